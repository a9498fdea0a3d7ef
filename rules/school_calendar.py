"""Which days a service runs, and why not on the others.

The table edited by staff is the truth (`calendar_seed` only fills it): school years, school
and public holidays, closures with their scope, and the weekdays of each school, level or activity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from rules.instants import ONE_DAY
from rules.vocabulary import EventEffect, HolidayKind, Level
from rules.wording import weekday_name


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """From the first to the last day of school, both included."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Holiday:
    """School holidays, a bridge or a public holiday: first and last day off, both included."""

    kind: HolidayKind
    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Place:
    """Where a child is for an activity on a day; what a closure or a pattern may be about."""

    activity_id: int | None = None
    school_id: int | None = None
    class_id: int | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Closure:
    """An exceptional period, both days included; a scope left empty means everything.

    Several scopes together narrow it: a school and a level close that level of that school.
    """

    name: str
    first: date
    last: date
    effect: EventEffect = EventEffect.CLOSED
    school_id: int | None = None
    class_id: int | None = None
    level: Level | None = None
    activity_id: int | None = None

    def concerns(self, place: Place) -> bool:
        """Whether every scope it names is the place's own."""
        return (
            self.activity_id in (None, place.activity_id)
            and self.school_id in (None, place.school_id)
            and self.class_id in (None, place.class_id)
            and self.level in (None, place.level)
        )


@dataclass(frozen=True, slots=True)
class Pattern:
    """The ISO weekdays (1 to 7) on which a school, a level or an activity runs, from a date."""

    weekdays: frozenset[int]
    first: date
    last: date | None = None
    activity_id: int | None = None
    school_id: int | None = None
    level: Level | None = None

    def concerns(self, place: Place) -> bool:
        """Whether every scope it names is the place's own."""
        return (
            self.activity_id in (None, place.activity_id)
            and self.school_id in (None, place.school_id)
            and self.level in (None, place.level)
        )

    def precision(self) -> tuple[bool, bool, bool, date]:
        """What decides between two patterns: activity, then school, then level, then the latest."""
        return (
            self.activity_id is not None,
            self.school_id is not None,
            self.level is not None,
            self.first,
        )

    def covers(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(slots=True)
class _PlaceDays:
    """What concerns one place, most precise pattern first, and the answers already given."""

    patterns: list[Pattern]
    closures: list[Closure]
    reasons: dict[date, str | None] = field(default_factory=dict)


class SchoolCalendar:
    """The calendar of a commune, read from its tables once per request or per billing.

    It answers each question about a place and a day once, then remembers: build a new one when
    the tables change.
    """

    def __init__(
        self,
        years: Iterable[SchoolYear],
        holidays: Iterable[Holiday],
        closures: Iterable[Closure],
        patterns: Iterable[Pattern],
    ) -> None:
        self.years = tuple(sorted(years, key=lambda year: year.first))
        self._closures = [closure for closure in closures if closure.effect is EventEffect.CLOSED]
        self._patterns = sorted(patterns, key=Pattern.precision, reverse=True)
        self._days_off: dict[HolidayKind, dict[date, str]] = {kind: {} for kind in HolidayKind}
        for holiday in holidays:
            self._days_off[holiday.kind].update(dict.fromkeys(_days_of(holiday), holiday.name))
        self._places: dict[Place, _PlaceDays] = {}

    def closed_because(self, day: date, place: Place) -> str | None:
        """None when the service runs; otherwise the short reason shown on the greyed day.

        In order: public holiday, school holidays or bridge, outside the school years, weekday,
        closure. Only the effect CLOSED closes a day; a place without any pattern is closed and
        says that its weekdays are missing, so that nobody books a Wednesday by omission.
        """
        here = self._places.get(place) or self._open_place(place)
        if day not in here.reasons:
            here.reasons[day] = self._reason(day, here)
        return here.reasons[day]

    def is_service_day(self, day: date, place: Place) -> bool:
        """Whether the service runs there on that day."""
        return self.closed_because(day, place) is None

    def is_public_holiday(self, day: date) -> bool:
        """Whether that day is a jour férié."""
        return day in self._days_off[HolidayKind.PUBLIC]

    def in_school_holidays(self, day: date) -> bool:
        """Whether that day is in the vacances scolaires; the Ascension bridge is not."""
        return day in self._days_off[HolidayKind.SCHOOL]

    def year_of(self, day: date) -> SchoolYear | None:
        """The school year that contains that day, if any."""
        return next((year for year in self.years if year.first <= day <= year.last), None)

    def precedes_all_years(self, day: date) -> bool:
        """Whether that day is before every school year of the table: nothing is known of it."""
        return not self.years or day < self.years[0].first

    def service_days(self, first: date, last: date, place: Place) -> list[date]:
        """The days of service from first to last, both included."""
        return [day for day in _days_between(first, last) if self.is_service_day(day, place)]

    def previous_service_day(self, day: date, place: Place) -> date | None:
        """The last day of service before that day; None when the table knows of none."""
        while not self.precedes_all_years(day):
            day -= ONE_DAY
            if self.is_service_day(day, place):
                return day
        return None

    def next_service_day(self, day: date, place: Place) -> date | None:
        """The first day of service after that day; None when the table knows of none."""
        while self.years and day < self.years[-1].last:
            day += ONE_DAY
            if self.is_service_day(day, place):
                return day
        return None

    def last_school_day_before(self, day: date, place: Place) -> date | None:
        """The last day before that one when the child's school runs, whatever the activity."""
        return self.previous_service_day(day, Place(None, place.school_id, place.class_id, place.level))

    def is_first_after_holidays(self, day: date, place: Place) -> bool:
        """Whether that day is the first day of service there since school holidays.

        The first day of the first known school year is: summer comes before it.
        """
        if not self.is_service_day(day, place):
            return False
        while not self.precedes_all_years(day):
            day -= ONE_DAY
            if self.in_school_holidays(day):
                return True
            if self.is_service_day(day, place):
                return False
        return True

    def _open_place(self, place: Place) -> _PlaceDays:
        here = _PlaceDays(
            [pattern for pattern in self._patterns if pattern.concerns(place)],
            [closure for closure in self._closures if closure.concerns(place)],
        )
        self._places[place] = here
        return here

    def _reason(self, day: date, here: _PlaceDays) -> str | None:
        if self.is_public_holiday(day):
            return f"Jour férié : {self._days_off[HolidayKind.PUBLIC][day]}"
        for kind in (HolidayKind.SCHOOL, HolidayKind.BRIDGE):
            if day in self._days_off[kind]:
                return self._days_off[kind][day]
        if self.year_of(day) is None:
            return "Hors année scolaire"
        return _weekday_reason(day, here.patterns) or _closure_reason(day, here.closures)


def _days_between(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _days_of(holiday: Holiday) -> Iterator[date]:
    return _days_between(holiday.first, holiday.last)


def _weekday_reason(day: date, patterns: list[Pattern]) -> str | None:
    pattern = next((pattern for pattern in patterns if pattern.covers(day)), None)
    if pattern is None:
        return "Jours d’école non définis"
    if day.isoweekday() in pattern.weekdays:
        return None
    what = "d’école" if pattern.activity_id is None else "de service"
    return f"Pas {what} le {weekday_name(day.isoweekday())}"


def _closure_reason(day: date, closures: list[Closure]) -> str | None:
    return next((each.name for each in closures if each.first <= day <= each.last), None)
