"""The hours of a sheet's form: what was sent for each child, and the fields that show it again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import models
from operations.attendance_hours import field_of
from rules.file_kinds import parse_minute
from rules.money import NBSP
from rules.presence_hours import NO_HOURS, NOTHING_ASKED, Asked, Hours
from rules.refusals import Refused

LABELS = {"arrives": "Arrivée", "leaves": "Départ"}
_FIELD = re.compile(r"(arrives|leaves)-(\d{1,9})")


@dataclass(frozen=True, slots=True)
class HourField:
    """One hour of one child, as its field shows it."""

    name: str
    label: str
    value: str
    error: str


@dataclass(frozen=True, slots=True)
class HourFields:
    """The fields of a sheet: what is asked, what was noted, what was sent back and why it was refused."""

    asked: Asked = NOTHING_ASKED
    noted: Mapping[int, Hours] = field(default_factory=dict)
    sent: Mapping[tuple[str, int], str] = field(default_factory=dict)
    refused: Refused | None = None

    def of(self, child: models.Child) -> list[HourField]:
        return [self._field(side, child.id) for side in self.asked.sides]

    def _field(self, side: str, child_id: int) -> HourField:
        minute = getattr(self.noted.get(child_id, NO_HOURS), side)
        shown = "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"
        name = field_of(side, child_id)
        error = self.refused.sentence if self.refused and self.refused.field == name else ""
        return HourField(name, LABELS[side], self.sent.get((side, child_id), shown), error)


def sent_hours(form: Mapping[str, str]) -> dict[tuple[str, int], str]:
    """What the form holds for each child and side, as it was typed."""
    return {(side, child_id): text for side, child_id, text in _sent(form)}


def _sent(form: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    for name, text in form.items():
        found = _FIELD.fullmatch(name)
        if found is not None:
            yield found[1], int(found[2]), text.strip()


def timed_children(sent: Mapping[tuple[str, int], str]) -> set[int]:
    """The children with an hour: they were there, ticked or not."""
    return {child_id for (_, child_id), text in sent.items() if text}


def read_hours(sent: Mapping[tuple[str, int], str]) -> dict[int, Hours]:
    """The hours sent, by child; refused on its field when one cannot be read."""
    found: dict[int, Hours] = {}
    for (side, child_id), text in sent.items():
        try:
            minute = parse_minute(text) if text else None
        except ValueError:
            sentence = f"«{NBSP}{text[:20]}{NBSP}» n’est pas une heure. Exemple : 17:45."
            raise Refused(sentence, field_of(side, child_id)) from None
        found[child_id] = found.get(child_id, NO_HOURS)._replace(**{side: minute})
    return found
