"""The reference tables of docs/configuration.md, produced from the sections as they are declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rules.commune_activities import ACTIVITY_SECTION, SCHOOL_SECTION, SERVICE_SECTION
from rules.commune_calendar import CALENDAR, EVENT, HOLIDAY, WEEK
from rules.commune_changes import CAP, MODIFIER, SITUATION_RULE
from rules.commune_deadlines import RULE
from rules.commune_examples import ABSENCE as EXAMPLE_ABSENCE
from rules.commune_examples import EXAMPLE, EXPECTED, QUOTIENT_HISTORY
from rules.commune_file import SECTIONS
from rules.commune_grid import ROW
from rules.commune_policies import ABSENCE, BILLING, COMMUNE, FEE, PLACES, QUOTIENT_POLICY
from rules.commune_tariffs import VERSION
from rules.file_kinds import Choice, Several
from rules.file_schema import Field, Section

ALL = (
    SECTIONS,
    COMMUNE,
    CALENDAR,
    WEEK,
    HOLIDAY,
    EVENT,
    SCHOOL_SECTION,
    SERVICE_SECTION,
    ACTIVITY_SECTION,
    RULE,
    VERSION,
    ROW,
    MODIFIER,
    CAP,
    SITUATION_RULE,
    ABSENCE,
    PLACES,
    FEE,
    QUOTIENT_POLICY,
    BILLING,
    EXAMPLE,
    EXPECTED,
    EXAMPLE_ABSENCE,
    QUOTIENT_HISTORY,
)


def reference() -> str:
    """A table for each section, in the order in which one meets them."""
    return "\n\n".join(f"### {each.name}\n\n{each.doc}\n\n{_table(each)}" for each in ALL) + "\n"


def _table(section: Section) -> str:
    lines = ["| clé | sens | valeurs |", "|---|---|---|"]
    return "\n".join(
        [*lines, *(f"| {_key(each)} | {each.doc} | {_values(each.kind)} |" for each in section.fields)]
    )


def _key(field: Field) -> str:
    key = f"**`{field.key}`**" if field.required else f"`{field.key}`"
    return key + "".join(f", `{also}`" for also in field.also)


def _values(kind: Any) -> str:
    if isinstance(kind, Several):
        return f"un ou plusieurs : {_values(kind.each)}"
    if isinstance(kind, Choice):
        return ", ".join(f"`{word}`" for word in _words(kind))
    return str(kind.said)


def _words(choice: Choice) -> Iterator[str]:
    """The word written for each value: its other spellings are understood too."""
    seen: set[Any] = set()
    for word, value in choice.words:
        if value not in seen:
            seen.add(value)
            yield word
