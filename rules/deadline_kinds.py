"""The exact instant that each kind of deadline rule names for a day of service, Paris time.

Each function answers with the day that the rule names and a minute of it; `bring_back` may then move
the day and keeps the minute. The two nights when the clocks move are read as `rules.instants` says.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from rules.deadline_rules import DeadlineRule
from rules.instants import ONE_DAY, PARIS, at_minute, local_midnight, monday_of, paris, to_utc
from rules.refusals import Refused
from rules.school_calendar import Place, SchoolCalendar
from rules.vocabulary import Bound, BringBack, DayUnit, DeadlineKind, Reference

T = TypeVar("T")
Counts = Callable[[date, SchoolCalendar, Place], bool]
END_OF_DAY = 1440


@dataclass(frozen=True, slots=True)
class Service:
    """One day of service: where, and when it starts (a minute of the day)."""

    day: date
    calendar: SchoolCalendar
    place: Place
    starts_at: int

    @property
    def start(self) -> datetime:
        return at_minute(self.day, self.starts_at)


@dataclass(frozen=True, slots=True)
class Named:
    """The day and the minute that a rule names; `exact` when a clock would tell that minute twice."""

    day: date
    minute: int
    exact: datetime | None = None

    @property
    def instant(self) -> datetime:
        return self.exact or at_minute(self.day, self.minute)


def instant_of(rule: DeadlineRule, service: Service) -> datetime | None:
    """The instant that the rule names for that day; None when it names none (`none`, `annual` undated).

    For a CLOSES rule, the first refused instant, not yet held before the service starts.
    Refused when the table lacks what it counts from.
    """
    named = _KINDS[rule.kind](rule, service)
    if named is None:
        return None
    return _brought_back(rule.bring_back, named, service).instant


def limit_minute(rule: DeadlineRule, minute: int | None) -> int:
    """The minute of the day that the rule's time means; 1440 is the end of the day.

    CLOSES: 23:59 and 24:00 are the end of the day, and an inclusive rule refuses one minute later.
    OPENS: the time is itself.
    """
    minute = given(minute)
    if rule.bound is Bound.OPENS:
        return minute
    if minute >= END_OF_DAY - 1:
        return END_OF_DAY
    return minute + 1 if rule.inclusive else minute


def given(value: T | None) -> T:
    """A value that the checks of the rule have made sure of."""
    if value is None:
        raise ValueError("a rule cannot be built without what its kind requires")
    return value


# -- counting -------------------------------------------------------------------------


def days_back(day: date, amount: int, unit: DayUnit, service: Service) -> date:
    """The day that is `amount` counted days before that day, whether or not that day counts.

    Clear days (jours francs) leave that many full days in between.
    """
    if unit in (DayUnit.CALENDAR, DayUnit.CLEAR):
        return day - timedelta(days=amount + (unit is DayUnit.CLEAR))
    counts = _COUNTED[unit]
    while amount:
        day -= ONE_DAY
        amount -= counts(day, service.calendar, service.place)
    return day


def _every_day(*_: object) -> bool:
    return True


def _is_weekday(day: date, *_: object) -> bool:
    return day.isoweekday() <= 5


def is_working(day: date, calendar: SchoolCalendar, *_: object) -> bool:
    """Jours ouvrés: Monday to Friday, without public holidays; school holidays are worked."""
    return day.isoweekday() <= 5 and not calendar.is_public_holiday(day)


def _is_workable(day: date, calendar: SchoolCalendar, *_: object) -> bool:
    """Jours ouvrables: Monday to Saturday, without public holidays."""
    return day.isoweekday() <= 6 and not calendar.is_public_holiday(day)


def _is_service(day: date, calendar: SchoolCalendar, place: Place) -> bool:
    """Before the first known school year, working days stand for the days of service."""
    if calendar.precedes_all_years(day):
        return is_working(day, calendar)
    return calendar.is_service_day(day, place)


def _is_school(day: date, calendar: SchoolCalendar, place: Place) -> bool:
    """Before the first known school year, working days stand for the days of school."""
    if calendar.precedes_all_years(day):
        return is_working(day, calendar)
    return calendar.is_school_day(day, place)


_COUNTED: dict[DayUnit, Counts] = {
    DayUnit.CALENDAR: _every_day,
    DayUnit.WEEKDAYS: _is_weekday,
    DayUnit.WORKING: is_working,
    DayUnit.WORKABLE: _is_workable,
    DayUnit.SERVICE: _is_service,
    DayUnit.SCHOOL: _is_school,
}


# -- one function per kind ------------------------------------------------------------


def _nothing(*_: object) -> None:
    """Nothing is booked, so there is no instant."""


def _weekly(rule: DeadlineRule, service: Service) -> Named:
    """A weekday, n weeks before the ISO week of the service (0: that very week)."""
    back = timedelta(weeks=given(rule.weeks)) - timedelta(days=given(rule.weekday) - 1)
    return Named(monday_of(service.day) - back, limit_minute(rule, rule.minute_of_day))


def _by_weekday(rule: DeadlineRule, service: Service) -> Named:
    """The last such weekday strictly before the service, then as many weeks more as its row says."""
    row = given(rule.row_of(service.day))
    back = (service.day.isoweekday() - row.weekday - 1) % 7 + 1
    day = service.day - timedelta(days=back, weeks=row.weeks)
    return Named(day, limit_minute(rule, row.minute_of_day))


def _days_before(rule: DeadlineRule, service: Service) -> Named:
    """n counted days back from the reference day."""
    start = _reference_day(rule.reference, service)
    day = days_back(start, given(rule.amount), given(rule.unit), service)
    return Named(day, limit_minute(rule, rule.minute_of_day))


def _reference_day(reference: Reference, service: Service) -> date:
    day = service.day
    if reference is Reference.DAY:
        return day
    if reference is Reference.WEEK:
        return monday_of(day)
    if reference is Reference.MONTH:
        return day.replace(day=1)
    if reference is Reference.PERIOD:
        return service.calendar.period_of(day)[0]
    year = service.calendar.year_around(day)
    if year is None:
        raise Refused("L’année scolaire de ce jour n’est pas dans le calendrier.")
    return year.first


def _hours_before(rule: DeadlineRule, service: Service) -> Named:
    """The last instant with n hours left before the start, only the hours of counted days running.

    Real hours: a day has 23 or 25 of them when the clocks move.
    """
    counts = _COUNTED[given(rule.unit)]
    left, end, day = timedelta(hours=given(rule.amount)), to_utc(service.start), service.day
    while True:
        midnight = to_utc(local_midnight(day))
        if counts(day, service.calendar, service.place):
            if end - midnight >= left:
                break
            left -= end - midnight
        end, day = midnight, day - ONE_DAY
    exact = paris(end - left + timedelta(minutes=rule.inclusive))
    local = exact.astimezone(PARIS)
    return Named(local.date(), local.hour * 60 + local.minute, exact)


def _same_day(rule: DeadlineRule, service: Service) -> Named:
    return Named(service.day, limit_minute(rule, rule.minute_of_day))


def _month_dates(rule: DeadlineRule, service: Service) -> Named:
    """A day of a month before (its last one when it is shorter), or the published date.

    With a weekday, the last such weekday up to that day: it may be of the month before.
    """
    published = rule.published_for(service.day)
    if published is not None:
        return Named(published.on, limit_minute(rule, published.minute_of_day))
    year, month = divmod(service.day.year * 12 + service.day.month - 1 - given(rule.months), 12)
    day = min(given(rule.day_of_month), monthrange(year, month + 1)[1])
    named = date(year, month + 1, day)
    if rule.weekday is not None:
        named -= timedelta(days=(named.isoweekday() - rule.weekday) % 7)
    return Named(named, limit_minute(rule, rule.minute_of_day))


def _annual(rule: DeadlineRule, _: Service) -> Named | None:
    """The end of the last day of the choice, or its time when it has one."""
    if rule.chosen_until is None:
        return None
    minute = END_OF_DAY if rule.minute_of_day is None else rule.minute_of_day
    return Named(rule.chosen_until, limit_minute(rule, minute))


_KINDS: dict[DeadlineKind, Callable[[DeadlineRule, Service], Named | None]] = {
    DeadlineKind.NONE: _nothing,
    DeadlineKind.WEEKLY: _weekly,
    DeadlineKind.BY_WEEKDAY: _by_weekday,
    DeadlineKind.DAYS_BEFORE: _days_before,
    DeadlineKind.HOURS_BEFORE: _hours_before,
    DeadlineKind.SAME_DAY: _same_day,
    DeadlineKind.MONTH_DATES: _month_dates,
    DeadlineKind.ANNUAL: _annual,
}


# -- brought back ---------------------------------------------------------------------


def _brought_back(how: BringBack | None, named: Named, service: Service) -> Named:
    """The same time of an earlier day, when the day named is one on which nobody answers.

    It stays where it is when the calendar knows of no better day before.
    """
    if how is None or not _IS_SILENT[how](named.day, service.calendar, service.place):
        return named
    day = _EARLIER[how](named.day, service)
    return named if day is None else replace(named, day=day, exact=None)


def _in_holidays(day: date, calendar: SchoolCalendar, *_: object) -> bool:
    return calendar.in_school_holidays(day)


def _without_school(day: date, calendar: SchoolCalendar, place: Place) -> bool:
    return not calendar.is_school_day(day, place)


def _not_working(day: date, calendar: SchoolCalendar, *_: object) -> bool:
    return not is_working(day, calendar)


_IS_SILENT: dict[BringBack, Counts] = {
    BringBack.HOLIDAYS: _in_holidays,
    BringBack.SAME_WEEKDAY: _in_holidays,
    BringBack.CLOSED: _without_school,
    BringBack.WORKING: _not_working,
}


def _last_school_day(day: date, service: Service) -> date | None:
    return service.calendar.last_school_day_before(day, service.place)


def _same_weekday(day: date, service: Service) -> date | None:
    """Whole weeks back, out of the holidays."""
    while service.calendar.in_school_holidays(day):
        day -= timedelta(weeks=1)
    return None if service.calendar.precedes_all_years(day) else day


def _last_working_day(day: date, service: Service) -> date | None:
    return days_back(day, 1, DayUnit.WORKING, service)


_EARLIER: dict[BringBack, Callable[[date, Service], date | None]] = {
    BringBack.HOLIDAYS: _last_school_day,
    BringBack.SAME_WEEKDAY: _same_weekday,
    BringBack.CLOSED: _last_school_day,
    BringBack.WORKING: _last_working_day,
}
