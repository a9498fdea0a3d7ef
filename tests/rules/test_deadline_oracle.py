"""The engine against its slow second reading, around every cut-off of two school years, in three zones.

The suite looks at one service day in eleven and at a few instants around each cut-off. `ORACLE=full`
looks at every day and at every minute of the ninety before and after:
`ORACLE=full pytest tests/rules/test_deadline_oracle.py` (some minutes).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from rules.calendar_seed import public_holidays, school_holidays, school_year_bounds
from rules.deadline_rules import WeekdayRow
from rules.deadlines import Circumstances, DeadlineRule, Terms, cutoff, judge
from rules.instants import to_utc
from rules.school_calendar import Pattern, SchoolCalendar, SchoolYear
from rules.vocabulary import BringBack, Change, DayUnit, DeadlineKind, Reference
from tests.rules.deadline_oracle import FIRST_KNOWN, Oracle
from tests.rules.villars import FOUR_DAYS, LUNCH

FULL = os.environ.get("ORACLE") == "full"
STARTS_AT = 705
LEA = Circumstances(LUNCH)
SECOND = timedelta(seconds=1)
ZONES = ("A", "B", "C")


def rule(kind: DeadlineKind, **values: Any) -> DeadlineRule:
    return DeadlineRule(kind, **{"change": None, "first": date(2020, 9, 1), **values})


def _weekly() -> Iterator[DeadlineRule]:
    for weekday, minute, weeks in ((3, 1439, 1), (7, 150, 1), (7, 1440, 1), (1, 600, 0), (4, 0, 3)):
        for back in (None, *BringBack):
            yield rule(
                DeadlineKind.WEEKLY, weekday=weekday, minute_of_day=minute, weeks=weeks, bring_back=back
            )


def _days_before() -> Iterator[DeadlineRule]:
    for unit in DayUnit:
        for amount, minute in ((1, 600), (2, 1440), (8, 135)):
            yield rule(DeadlineKind.DAYS_BEFORE, amount=amount, unit=unit, minute_of_day=minute)
    for reference in Reference:
        for unit in (DayUnit.CALENDAR, DayUnit.WORKING, DayUnit.SCHOOL):
            yield rule(DeadlineKind.DAYS_BEFORE, amount=5, unit=unit, minute_of_day=720, reference=reference)


def _others() -> Iterator[DeadlineRule]:
    for unit in set(DayUnit) - {DayUnit.CLEAR}:
        for amount in (1, 48, 100):
            yield rule(DeadlineKind.HOURS_BEFORE, amount=amount, unit=unit, inclusive=amount == 100)
    for minute in (0, 540, 720, 1439):
        yield rule(DeadlineKind.SAME_DAY, minute_of_day=minute)
        yield rule(DeadlineKind.SAME_DAY, minute_of_day=minute, after_start=True, inclusive=True)
    for day, months in ((20, 1), (31, 1), (30, 6), (1, 0), (25, 5)):
        for weekday in (None, 5):
            yield rule(
                DeadlineKind.MONTH_DATES,
                day_of_month=day,
                months=months,
                minute_of_day=1439,
                weekday=weekday,
            )
    rows = (WeekdayRow(1, 5, 660), WeekdayRow(2, 1, 660), WeekdayRow(4, 7, 165), WeekdayRow(5, 5, 0, 1))
    for back in (None, *BringBack):
        yield rule(DeadlineKind.BY_WEEKDAY, weekday_rows=rows, bring_back=back)


RULES = [*_weekly(), *_days_before(), *_others()]


@cache
def calendar_of(zone: str) -> SchoolCalendar:
    """Two school years as the portal seeds them, with the summers."""
    bounds = [school_year_bounds(zone, year) for year in (2026, 2027)]
    first, last = FIRST_KNOWN, date(2028, 8, 31)
    return SchoolCalendar(
        [SchoolYear(f"{start.year}", start, end) for start, end in bounds],
        [*school_holidays(zone, first, last), *public_holidays(first, last)],
        [],
        [Pattern(FOUR_DAYS, first)],
    )


def service_days(zone: str) -> list[date]:
    calendar = calendar_of(zone)
    days = calendar.service_days(calendar.years[0].first, calendar.years[1].last, LUNCH)
    return days if FULL else days[::11]


@pytest.mark.parametrize("zone", ZONES)
def test_the_two_calendars_agree(zone: str) -> None:
    """Else everything below would compare two towns."""
    town, calendar = Oracle(zone, STARTS_AT).town, calendar_of(zone)
    bounds = [(year.first, year.last) for year in calendar.years]
    for first, last in bounds:
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            assert calendar.is_service_day(day, LUNCH) is town.has_school(day), day


def instants_around(limit: datetime) -> Iterator[datetime]:
    if FULL:
        yield from (limit + timedelta(minutes=n) for n in range(-90, 91))
        yield from (limit - SECOND, limit + SECOND)
    else:
        yield from (limit + timedelta(seconds=n) for n in (-5400, -3600, -60, -1, 0, 1, 60, 3600, 5400))


@pytest.mark.parametrize("zone", ZONES)
def test_judge_says_what_the_slow_reading_says(zone: str) -> None:
    oracle, calendar, disagreements = Oracle(zone, STARTS_AT), calendar_of(zone), []
    for each in RULES:
        terms = Terms([each], STARTS_AT)
        for day in service_days(zone):
            limit = cutoff(each, day, calendar, LUNCH, STARTS_AT)
            assert limit is not None
            refused_from = oracle.refused_from(each, day)
            for now in instants_around(to_utc(limit)):
                said = judge(terms, Change.BOOK, day, calendar, LEA, now).allowed
                if said is not (now < refused_from):
                    disagreements.append((each, day, now, said))
    assert not disagreements, disagreements[:3]


def test_the_slow_reading_knows_its_clocks() -> None:
    """The oracle itself, on what was worked out by hand."""
    oracle = Oracle("A", STARTS_AT)
    villars = rule(DeadlineKind.WEEKLY, weekday=3, weeks=1, minute_of_day=1439)
    assert oracle.refused_from(villars, date(2026, 11, 2)) == datetime(2026, 10, 28, 23, tzinfo=UTC)
    sunday_night = rule(DeadlineKind.WEEKLY, weekday=7, weeks=1, minute_of_day=150)
    assert oracle.refused_from(sunday_night, date(2027, 3, 30)) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert oracle.refused_from(sunday_night, date(2026, 10, 26)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
