"""From the frozen objects of the rules to the rows of the configuration, with the numbers of the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa

import models
from rules.deadline_rules import DeadlineRule
from rules.refusals import Refused
from rules.school_calendar import Closure
from rules.tariff_grid import TariffVersion
from rules.vocabulary import PriceUnit

T = TypeVar("T")
RENAMED = {"first": "first_day", "last": "last_day", "late_minute": "late_minute_of_day", "on": "on_day"}
PARTS = {
    "rows": models.TariffRow,
    "modifiers": models.TariffModifier,
    "caps": models.TariffCap,
    "situations": models.SituationRule,
}
NUMBERED = {"school_id": "école", "activity_id": "activité", "service_id": "service"}


@dataclass(slots=True)
class Ids:
    """What the numbers of a file stand for in the database."""

    of: dict[str, dict[int, int]] = field(default_factory=dict)
    classes: dict[int, list[tuple[date, date, int]]] = field(default_factory=dict)

    def put(self, what: str, number: int, row_id: int) -> None:
        self.of.setdefault(what, {})[number] = row_id

    def translated(self, piece: T) -> T:
        """The same piece of configuration, known by the numbers of the database."""
        changes: dict[str, Any] = {}
        for each in fields(piece):  # type: ignore[arg-type]
            value = getattr(piece, each.name)
            if value is None:
                continue
            if each.name in NUMBERED:
                changes[each.name] = self.of[NUMBERED[each.name]][value]
            elif each.name == "school_ids":
                changes[each.name] = frozenset(self.of["école"][number] for number in value)
        if isinstance(piece, Closure) and piece.class_id is not None:
            changes["class_id"] = self._class(piece)
        return replace(piece, **changes) if changes else piece  # type: ignore[type-var]

    def _class(self, event: Closure) -> int:
        """The class of the school year in which the event takes place."""
        assert event.class_id is not None
        for first, last, row_id in self.classes.get(event.class_id, ()):
            if first <= event.first <= last:
                return row_id
        raise Refused(f"La classe que touche « {event.name} » n’existe pas à cette date.")

    def version(self, version: TariffVersion) -> TariffVersion:
        parts: dict[str, Any] = {name: tuple(map(self.translated, getattr(version, name))) for name in PARTS}
        return replace(self.translated(version), **parts)


def columns(table: type[Any], piece: Any, **more: Any) -> dict[str, Any]:
    """The values of a row that says the same; an empty set is nothing said."""
    known = sa.inspect(table).columns.keys()
    values: dict[str, Any] = {}
    for each in fields(piece):
        name = RENAMED.get(each.name, each.name)
        if name in known and name != "id":
            value = getattr(piece, each.name)
            values[name] = None if value == frozenset() else value
    return values | more


def deadline_row(rule: DeadlineRule, activity_id: int) -> models.DeadlineRule:
    row = models.DeadlineRule(**columns(models.DeadlineRule, rule, activity_id=activity_id))
    row.weekday_rows = [
        models.DeadlineWeekday(**columns(models.DeadlineWeekday, each)) for each in rule.weekday_rows
    ]
    row.published = [models.DeadlineDate(**columns(models.DeadlineDate, each)) for each in rule.published]
    return row


def tariff_parts(version: TariffVersion, usual: PriceUnit) -> dict[str, list[Any]]:
    """New rows for each part of a version; a row in the usual unit names none."""
    return {
        name: [_part(table, each, usual) for each in getattr(version, name)] for name, table in PARTS.items()
    }


def _part(table: type[Any], piece: Any, usual: PriceUnit) -> Any:
    values = columns(table, piece)
    if table is models.TariffRow:
        values["unit"] = None if piece.unit is usual else piece.unit
        values["slice_minutes"] = piece.slice_minutes or None
    return table(**values)


def bare(version: TariffVersion) -> TariffVersion:
    """A version to be compared: without the numbers that only a database gives."""
    parts: dict[str, Any] = {name: _placed(getattr(version, name)) for name in ("rows", "modifiers", "caps")}
    situations = tuple(sorted(version.situations, key=lambda rule: (rule.situation, rule.from_nth)))
    return replace(version, id=None, activity_id=None, service_id=None, situations=situations, **parts)


def _placed(pieces: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(replace(each, id=None, position=place) for place, each in enumerate(pieces, start=1))
