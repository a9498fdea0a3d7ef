"""Which days a service runs, and why not on the others.

The table edited by staff is the truth (`calendar_seed` only fills it): school years, school
and public holidays, closures with their scope, and the weekdays of each school, level or activity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from rules.instants import ONE_DAY, monday_of
from rules.vocabulary import EventEffect, HalfDay, HolidayKind, Level, PatternPeriod
from rules.wording import weekday_name

NOON = 12 * 60


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
    half_day: MORNING is about the activities that start before noon, AFTERNOON about the others;
    neither closes the school itself, which runs the other half.
    """

    name: str
    first: date
    last: date
    effect: EventEffect = EventEffect.CLOSED
    school_id: int | None = None
    class_id: int | None = None
    level: Level | None = None
    activity_id: int | None = None
    half_day: HalfDay | None = None

    def concerns(self, place: Place, starts_at: int | None = None) -> bool:
        """Whether every scope it names is the place's own, at the time when the activity starts."""
        return (
            self.activity_id in (None, place.activity_id)
            and self.school_id in (None, place.school_id)
            and self.class_id in (None, place.class_id)
            and self.level in (None, place.level)
            and self.half_day in (None, half_of(starts_at))
        )

    def precision(self) -> tuple[bool, int, date]:
        """What decides between two events of one day: closing, then the narrowest, then the latest."""
        scopes = (self.activity_id, self.class_id, self.school_id, self.level, self.half_day)
        named = sum(scope is not None for scope in scopes)
        return (self.effect is EventEffect.CLOSED, named, self.first)

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


def half_of(starts_at: int | None) -> HalfDay | None:
    """The half of the day in which what starts at that minute takes place; None when not known."""
    if starts_at is None:
        return None
    return HalfDay.MORNING if starts_at < NOON else HalfDay.AFTERNOON


@dataclass(frozen=True, slots=True)
class Pattern:
    """The ISO weekdays (1 to 7) on which a school, a level or an activity runs, from a date.

    period: TERM rules the days out of the school holidays (the ordinary school week), HOLIDAYS those
    of the school holidays (a leisure centre), ALWAYS both, bridges included. A public holiday and a
    day outside the school years and holidays are closed whatever the pattern. An activity that has
    patterns of its own in force follows them alone: with only HOLIDAYS, it does not run in school time,
    and when all are about other schools or levels, it does not run for the child.
    """

    weekdays: frozenset[int]
    first: date
    last: date | None = None
    activity_id: int | None = None
    school_id: int | None = None
    level: Level | None = None
    period: PatternPeriod = PatternPeriod.TERM

    def concerns(self, place: Place) -> bool:
        """Whether every scope it names is the place's own."""
        return (
            self.activity_id in (None, place.activity_id)
            and self.school_id in (None, place.school_id)
            and self.level in (None, place.level)
        )

    def excludes(self, place: Place) -> bool:
        """Whether it is about another school or another level; what is not known excludes nothing."""
        return (place.school_id is not None and self.school_id not in (None, place.school_id)) or (
            place.level is not None and self.level not in (None, place.level)
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

    def runs_in(self, off: HolidayKind | None) -> bool:
        """Whether it is about the ordinary days (None), the school holidays, or the bridges."""
        if off is None:
            return self.period is not PatternPeriod.HOLIDAYS
        in_holidays = self.period is PatternPeriod.HOLIDAYS and off is HolidayKind.SCHOOL
        return in_holidays or self.period is PatternPeriod.ALWAYS


@dataclass(slots=True)
class _PlaceDays:
    """What concerns one place, most precise first, and the answers already given."""

    patterns: list[Pattern]
    own: list[Pattern]
    """Those of the activity, whatever the school and the level."""
    events: list[Closure]
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
        starts: Mapping[int, int] | None = None,
    ) -> None:
        """`starts`: the minute of the day when each activity starts, for the closures of half a day."""
        self.years = tuple(sorted(years, key=lambda year: year.first))
        self._closures = sorted(closures, key=Closure.precision, reverse=True)
        self._patterns = sorted(patterns, key=Pattern.precision, reverse=True)
        self._starts = starts or {}
        self._days_off: dict[HolidayKind, dict[date, str]] = {kind: {} for kind in HolidayKind}
        for holiday in holidays:
            self._days_off[holiday.kind].update(dict.fromkeys(_days_of(holiday), holiday.name))
        ends = [*(year.last for year in self.years), *self._days_off[HolidayKind.SCHOOL]]
        self._end = max(ends, default=date.min)
        self._places: dict[Place, _PlaceDays] = {}
        self._period_starts: dict[date, date] = {}

    def closed_because(self, day: date, place: Place) -> str | None:
        """None when the service runs; otherwise the short reason shown on the greyed day.

        In order: public holiday, school holidays or bridge, outside the school years, weekday,
        closure. Only the effect CLOSED closes a day; a place without any pattern is closed and
        says that its weekdays are missing, so that nobody books a Wednesday by omission.
        """
        here = self._places.get(place) or self._open_place(place)
        if day not in here.reasons:
            here.reasons[day] = self._reason(day, place, here)
        return here.reasons[day]

    def event_on(self, day: date, place: Place, starts_at: int | None = None) -> Closure | None:
        """The closure or exceptional event that covers that day there, whatever its effect.

        Of several, one that closes; then the narrowest; then the latest begun. `starts_at` tells the
        half of the day; by default, when the activity of the place starts.
        """
        if starts_at is None:
            here = self._places.get(place) or self._open_place(place)
            return next((each for each in here.events if each.covers(day)), None)
        found = (each for each in self._closures if each.concerns(place, starts_at))
        return next((each for each in found if each.covers(day)), None)

    def is_service_day(self, day: date, place: Place) -> bool:
        """Whether the service runs there on that day."""
        return self.closed_because(day, place) is None

    def is_public_holiday(self, day: date) -> bool:
        """Whether that day is a jour férié."""
        return day in self._days_off[HolidayKind.PUBLIC]

    def closes_partly(self, day: date) -> bool:
        """Whether a closure of that day is about some children only: a school, a class, a level."""
        return any(
            each.first <= day <= each.last and (each.school_id or each.class_id or each.level)
            for each in self._closures
        )

    def in_school_holidays(self, day: date) -> bool:
        """Whether that day is in the vacances scolaires; the Ascension bridge is not."""
        return day in self._days_off[HolidayKind.SCHOOL]

    def is_school_day(self, day: date, place: Place) -> bool:
        """Whether the child's school runs that day, whatever the activity; never in school holidays."""
        return not self.in_school_holidays(day) and self.is_service_day(day, _school_of(place))

    def period_of(self, day: date) -> tuple[date, date]:
        """The days from one change to the next between school time and school holidays, around that day.

        The period between two school holidays, cut at the ends of the school year; for a day of the
        school holidays, those holidays. A day outside every year and holidays is a period by itself.
        """
        within = self._days_off[HolidayKind.SCHOOL]
        year, in_holidays = self.year_of(day), day in within

        def goes_on(other: date) -> bool:
            if in_holidays:
                return other in within
            return year is not None and other not in within and year.first <= other <= year.last

        first = last = day
        while goes_on(first - ONE_DAY):
            first -= ONE_DAY
        while goes_on(last + ONE_DAY):
            last += ONE_DAY
        return first, last

    def period_start(self, day: date) -> date:
        """The first day of the period of that day, remembered: billing asks it for every day."""
        if day not in self._period_starts:
            self._period_starts[day] = self.period_of(day)[0]
        return self._period_starts[day]

    def year_around(self, day: date) -> SchoolYear | None:
        """The school year of that day; in summer, the one that has just ended; None before them all."""
        begun = [year for year in self.years if year.first <= day]
        return begun[-1] if begun else None

    def lacks_holidays(self, year: SchoolYear) -> bool:
        """Whether the table holds no school holidays within that school year: it is not ready."""
        days_off = self._days_off[HolidayKind.SCHOOL]
        return not any(year.first <= day <= year.last for day in days_off)

    def year_of(self, day: date) -> SchoolYear | None:
        """The school year that contains that day, if any."""
        return next((year for year in self.years if year.first <= day <= year.last), None)

    def precedes_all_years(self, day: date) -> bool:
        """Whether that day is before every school year of the table: nothing is known of it."""
        return not self.years or day < self.years[0].first

    def service_days(self, first: date, last: date, place: Place) -> list[date]:
        """The days of service from first to last, both included."""
        return [day for day in _days_between(first, last) if self.is_service_day(day, place)]

    def weekdays_of(self, activity_id: int, first: date, last: date) -> list[int]:
        """The ISO weekdays on which that activity may run somewhere in that time: what a form offers."""
        known = [p for p in self._patterns if p.first <= last and (p.last is None or first <= p.last)]
        own = [p for p in known if p.activity_id == activity_id]
        shared = [p for p in known if p.activity_id is None]
        return sorted({weekday for pattern in own or shared for weekday in pattern.weekdays})

    def tells_apart(self, scope: str) -> bool:
        """Whether some pattern or closure holds for one `school_id` or one `level` and not for the others."""
        return any(getattr(each, scope) is not None for each in (*self._patterns, *self._closures))

    def previous_service_day(self, day: date, place: Place) -> date | None:
        """The last day of service before that day; None when the table knows of none."""
        while not self.precedes_all_years(day):
            day -= ONE_DAY
            if self.is_service_day(day, place):
                return day
        return None

    def next_service_day(self, day: date, place: Place) -> date | None:
        """The first day of service after that day; None when the table knows of none."""
        while day < self._end:
            day += ONE_DAY
            if self.is_service_day(day, place):
                return day
        return None

    def last_school_day_before(self, day: date, place: Place) -> date | None:
        """The last day before that one when the child's school runs, whatever the activity."""
        while not self.precedes_all_years(day):
            day -= ONE_DAY
            if self.is_school_day(day, place):
                return day
        return None

    def is_first_after_holidays(self, day: date, place: Place) -> bool:
        """Whether that day is the first day of service there since school holidays.

        The first day of the first known school year is: summer comes before it.
        """
        if self.in_school_holidays(day) or not self.is_service_day(day, place):
            return False
        while not self.precedes_all_years(day):
            day -= ONE_DAY
            if self.in_school_holidays(day):
                return True
            if self.is_service_day(day, place):
                return False
        return True

    def is_in_first_week_after_holidays(self, day: date, place: Place) -> bool:
        """Whether that day of service is in the ISO week of the first one since school holidays."""
        week = _days_between(monday_of(day), day)
        return self.is_service_day(day, place) and any(self.is_first_after_holidays(d, place) for d in week)

    def _open_place(self, place: Place) -> _PlaceDays:
        starts_at = self._starts.get(place.activity_id) if place.activity_id is not None else None
        here = _PlaceDays(
            [pattern for pattern in self._patterns if pattern.concerns(place)],
            [each for each in self._patterns if each.activity_id and each.activity_id == place.activity_id],
            [closure for closure in self._closures if closure.concerns(place, starts_at)],
        )
        self._places[place] = here
        return here

    def _reason(self, day: date, place: Place, here: _PlaceDays) -> str | None:
        if self.is_public_holiday(day):
            return f"Jour férié : {self._days_off[HolidayKind.PUBLIC][day]}"
        off = next(
            (kind for kind in (HolidayKind.SCHOOL, HolidayKind.BRIDGE) if day in self._days_off[kind]), None
        )
        covering = _followed(day, place, here)
        patterns = [each for each in covering if each.runs_in(off)]
        if off is not None and not patterns:
            return self._days_off[off][day]
        if off is not HolidayKind.SCHOOL and self.year_of(day) is None:
            return "Hors année scolaire"
        if covering and not patterns:
            return "Pendant les vacances seulement"
        if not covering and any(each.covers(day) for each in here.own):
            return "Pas pour cette école ou ce niveau"
        decisive = patterns[:1] if patterns and patterns[0].concerns(place) else patterns
        return _weekday_reason(day, decisive) or _closure_reason(day, here.events)


def _school_of(place: Place) -> Place:
    return Place(None, place.school_id, place.class_id, place.level)


def _days_between(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _days_of(holiday: Holiday) -> Iterator[date]:
    return _days_between(holiday.first, holiday.last)


def _followed(day: date, place: Place, here: _PlaceDays) -> list[Pattern]:
    """The patterns of the activity itself when it has any in force, else those of schools and levels.

    Its own are those of the place; for a place whose school or level is not known, all that may be.
    """
    own = [each for each in here.own if each.covers(day)]
    if not own:
        return [each for each in here.patterns if each.covers(day)]
    return [each for each in own if each.concerns(place)] or [
        each for each in own if not each.excludes(place)
    ]


def _weekday_reason(day: date, patterns: list[Pattern]) -> str | None:
    """What the patterns in force say of that weekday: one day of service among them is enough."""
    if not patterns:
        return "Jours d’école non définis"
    if any(day.isoweekday() in each.weekdays for each in patterns):
        return None
    what = "d’école" if patterns[0].activity_id is None else "de service"
    return f"Pas {what} le {weekday_name(day.isoweekday())}"


def _closure_reason(day: date, events: list[Closure]) -> str | None:
    """Only the effect CLOSED closes, and it comes first."""
    event = next((each for each in events if each.covers(day)), None)
    return event.name if event is not None and event.effect is EventEffect.CLOSED else None
