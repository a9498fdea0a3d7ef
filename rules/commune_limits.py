"""How the limits of a deadline are written in a commune's file: `2 jours ouvrés à 10:00`, `avant le 20`…"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rules.deadline_rules import PublishedDate, WeekdayRow
from rules.file_kinds import (
    DAY,
    INSTANT,
    WEEKDAYS_KIND,
    Plain,
    Scalar,
    choice,
    parse_day,
    parse_minute,
    parse_weekday,
    show_minute,
)
from rules.file_nodes import Entries, Names, Node, Skipped, Spot
from rules.file_schema import Field, Section, Values
from rules.folding import fold
from rules.instants import ONE_DAY, paris
from rules.refusals import Refused
from rules.vocabulary import DayUnit
from rules.wording import weekday_name

UNIT_WORDS = (
    ("jours", DayUnit.CALENDAR),
    ("jour", DayUnit.CALENDAR),
    ("jours calendaires", DayUnit.CALENDAR),
    ("jours de semaine", DayUnit.WEEKDAYS),
    ("jours hors samedi et dimanche", DayUnit.WEEKDAYS),
    ("jours hors week-end", DayUnit.WEEKDAYS),
    ("jours ouvrés", DayUnit.WORKING),
    ("jours ouvrables", DayUnit.WORKABLE),
    ("jours de service", DayUnit.SERVICE),
    ("jours d’école", DayUnit.SCHOOL),
    ("jours de classe", DayUnit.SCHOOL),
    ("jours francs", DayUnit.CLEAR),
)
HOUR_WORDS = (
    ("heures", DayUnit.CALENDAR),
    ("heure", DayUnit.CALENDAR),
    ("h", DayUnit.CALENDAR),
    ("heures hors samedi et dimanche", DayUnit.WEEKDAYS),
    ("heures de semaine", DayUnit.WEEKDAYS),
    ("heures ouvrées", DayUnit.WORKING),
    ("h ouvrées", DayUnit.WORKING),
    ("heures ouvrables", DayUnit.WORKABLE),
    ("heures de jours de service", DayUnit.SERVICE),
    ("heures de jours d’école", DayUnit.SCHOOL),
)
UNIT = choice(*UNIT_WORDS)
_AMOUNT = re.compile(r"(\d+)(?: ([^\d]+?))??(?:(?: avant)?,? à (\d.*|midi|minuit))?")


@dataclass(frozen=True, slots=True)
class Amount:
    """`2 jours ouvrés à 10:00`, and its parts when they are given apart."""

    number: int
    unit: Any = None  # a DayUnit, or an AbsenceUnit
    minute: int | None = None


def _singular(words: str) -> str:
    """`jour ouvré` and `jours ouvrés` are the same unit."""
    return " ".join(word if word in ("de", "d", "hors", "et") else word.rstrip("s") for word in words.split())


def _unit(words: str, known: Sequence[tuple[str, Any]]) -> Any:
    by_singular = {_singular(fold(word)): unit for word, unit in known}
    return by_singular[_singular(fold(words))]


def _parse_amount(known: Sequence[tuple[str, Any]]) -> Any:
    def parse(text: str) -> Amount:
        found = _AMOUNT.fullmatch(text)
        if not found:
            raise ValueError
        try:
            unit = _unit(found[2], known) if found[2] else None
        except KeyError:
            raise ValueError from None
        return Amount(int(found[1]), unit, parse_minute(found[3]) if found[3] else None)

    return parse


def _show_amount(known: Sequence[tuple[str, Any]]) -> Any:
    def show(amount: Amount) -> str:
        words = next(word for word, unit in known if unit is amount.unit)
        if amount.number < 2:
            words = " ".join(w if w in ("de", "d’école") else w.rstrip("s") for w in words.split(" "))
        at = "" if amount.minute is None else f" à {show_minute(amount.minute)}"
        return f"{amount.number} {words}{at}"

    return show


def amount_kind(said: str, known: Sequence[tuple[str, Any]]) -> Scalar:
    """`2 jours ouvrés`, `48 heures`, `1 jour à 10:00`, in the units known."""
    return Scalar(said, _parse_amount(known), _show_amount(known))


def _parse_days_before(text: str) -> Amount:
    """`2 jours ouvrés à 10:00`, `3 semaines à 12:00`; clear days without a time last to their end."""
    weeks = re.match(r"(\d+) semaines?\b", text)
    told: Amount = _parse_amount(UNIT_WORDS)(
        f"{int(weeks[1]) * 7} jours{text[weeks.end() :]}" if weeks else text
    )
    return replace(told, minute=1440) if told.unit is DayUnit.CLEAR and told.minute is None else told


DAYS_BEFORE = Scalar(
    "un nombre de jours (2 jours ouvrés à 10:00)", _parse_days_before, _show_amount(UNIT_WORDS)
)
HOURS_BEFORE = amount_kind("un nombre d’heures (48 heures)", HOUR_WORDS)


def _weekday_time(text: str) -> tuple[int, int]:
    """`mercredi 23:59`, `le mercredi à 9 h`, `mercredi minuit`."""
    words = text.removeprefix("le ").split(" ", 1)
    if len(words) < 2:
        raise Refused(f"« {text} » : on attend un jour et une heure (mercredi 23:59).")
    return parse_weekday(words[0]), parse_minute(words[1].removeprefix("à "))


WEEKDAY_TIME = Scalar(
    "un jour et une heure (mercredi 23:59)",
    _weekday_time,
    lambda value: f"{weekday_name(value[0])} {show_minute(value[1])}",
)


def _row_time(text: str) -> tuple[int, int, int]:
    """`vendredi 11:00`, `vendredi 11:00, 1 semaine avant`."""
    found = re.fullmatch(r"(.+?)(?:, (\d+) semaines? (?:avant|de plus))?", text)
    if not found:
        raise ValueError
    return (*_weekday_time(found[1]), int(found[2] or 0))


ROW_TIME = Scalar(
    "un jour et une heure (vendredi 11:00)",
    _row_time,
    lambda value: (
        f"{weekday_name(value[0])} {show_minute(value[1])}"
        + (f", {value[2]} semaine{'s' if value[2] > 1 else ''} de plus" if value[2] else "")
    ),
)


@dataclass(frozen=True, slots=True)
class WeekdayRows:
    """`{lundi: vendredi 11:00, mardi: lundi 11:00}`: the cut-off of each weekday of service."""

    said: str = "des jours de service, et pour chacun un jour et une heure (lundi: vendredi 11:00)"

    def read(self, node: Node, spot: Spot) -> tuple[WeekdayRow, ...]:
        if not isinstance(node, Entries):
            raise spot.refuse(node, f"On attend {self.said}.")
        rows: list[WeekdayRow] = []
        failed = False
        for key, value in node.pairs:
            try:
                weekdays = WEEKDAYS_KIND.read(key, spot)
                weekday, minute, weeks = ROW_TIME.read(value, spot.into(key.text))
            except Skipped:
                failed = True
                continue
            rows += [WeekdayRow(each, weekday, minute, weeks) for each in sorted(weekdays)]
        if failed:
            raise Skipped
        return tuple(sorted(rows, key=lambda row: row.service_weekday))

    def write(self, value: Sequence[WeekdayRow], names: Names) -> Plain:
        return {
            weekday_name(row.service_weekday): ROW_TIME.write(
                (row.weekday, row.minute_of_day, row.weeks), names
            )
            for row in sorted(value, key=lambda row: row.service_weekday)
        }


def _month_day(text: str) -> tuple[int, int]:
    """(day, minute): `20 à 12:00`, `avant le 20` (its start), `jusqu’au 20` (its end), `dernier jour`."""
    found = re.fullmatch(
        r"(?:(avant le|jusqu au|le) )?(\d{1,2}|dernier jour)(?:er)?(?: a (.+))?", fold_keep(text)
    )
    if not found:
        raise ValueError
    day = 31 if found[2] == "dernier jour" else int(found[2])
    if not 1 <= day <= 31:
        raise ValueError
    if found[3]:
        return day, parse_minute(found[3])
    return day, 0 if found[1] == "avant le" else 1440


def fold_keep(text: str) -> str:
    """Folded, but for the colon of an hour."""
    return " ".join(fold(text.replace(":", "h")).split())


MONTH_DAY = Scalar(
    "un jour du mois (avant le 20, jusqu’au 20, ou 20 à 12:00)",
    _month_day,
    lambda value: f"{'dernier jour' if value[0] == 31 else value[0]} à {show_minute(value[1])}",
)


def _late_until(text: str) -> Amount:
    """`le jour même à 9:00`, `1 jour ouvré à 10:00`."""
    same = re.fullmatch(r"le jour même à (.+)", text)
    if same:
        return Amount(0, None, parse_minute(same[1]))
    found: Amount = _parse_amount(UNIT_WORDS)(text)
    if found.minute is None:
        raise ValueError
    return found


def _show_late_until(value: Amount) -> str:
    if not value.number:
        return f"le jour même à {show_minute(value.minute or 0)}"
    return str(DAYS_BEFORE.write(value, Names()))


LATE_UNTIL = Scalar(
    "une limite (1 jour ouvré à 10:00, ou le jour même à 9:00)", _late_until, _show_late_until
)


def _chosen_until(text: str) -> tuple[date | None, int | None]:
    """`oui`, or the day until which the days are chosen, with its time or not."""
    if fold(text) == "oui":
        return None, None
    day, _, clock = text.partition(" ")
    return parse_day(day), parse_minute(clock.removeprefix("à ")) if clock else None


def _show_chosen_until(value: tuple[date | None, int | None]) -> str:
    day, minute = value
    if day is None:
        return "oui"
    return day.isoformat() + ("" if minute is None else f" {show_minute(minute)}")


CHOSEN_UNTIL = Scalar("oui, ou la date jusqu’à laquelle on choisit", _chosen_until, _show_chosen_until)


def _published(values: Values, _: Spot) -> PublishedDate:
    local = paris(values["limit"])
    on, minute = local.date(), local.hour * 60 + local.minute
    if minute == 0:  # midnight is read as the end of the day before
        on, minute = on - ONE_DAY, 1440
    return PublishedDate(values["first"], values["last"], on, minute)


def _of_published(value: PublishedDate, _: Names) -> Mapping[str, Any]:
    limit = f"{value.on.isoformat()} {show_minute(value.minute_of_day)}"
    return {"first": value.first, "last": value.last, "limit": limit}


PUBLISHED = Section(
    "Dates publiées",
    "La date limite de chaque période, telle que la commune l’affiche.",
    (
        Field("du", "first", DAY, "Premier jour de service de la période", required=True),
        Field("au", "last", DAY, "Dernier jour de service", required=True),
        Field("limite", "limit", Scalar(INSTANT.said, INSTANT.parse, str), "La date limite", required=True),
    ),
    build=_published,
    unbuild=_of_published,
)
