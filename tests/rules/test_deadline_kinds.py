"""Every kind of deadline, worked out by hand on the calendar of Villars in 2026-27."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rules.deadline_rules import PublishedDate, WeekdayRow
from rules.deadlines import Circumstances, DeadlineRule, cutoff, rule_for
from rules.refusals import Refused
from rules.school_calendar import Pattern
from rules.vocabulary import (
    BringBack,
    Change,
    DayUnit,
    DeadlineKind,
    PatternPeriod,
    Reference,
)
from tests.rules.villars import FIRST_DAY, FOUR_DAYS, LUNCH, at, calendar

HALF_PAST_ELEVEN = 690
LEA = Circumstances(LUNCH)
SECOND = timedelta(seconds=1)
ALWAYS = {"change": None, "first": date(2020, 9, 1)}


def rule(kind: DeadlineKind, **values: Any) -> DeadlineRule:
    return DeadlineRule(kind, **{**ALWAYS, **values})


def hours(amount: int, unit: DayUnit = DayUnit.CALENDAR, **values: Any) -> DeadlineRule:
    return rule(DeadlineKind.HOURS_BEFORE, amount=amount, unit=unit, **values)


def same_day(minute: int, **values: Any) -> DeadlineRule:
    return rule(DeadlineKind.SAME_DAY, minute_of_day=minute, **values)


def month(day: int, months: int = 1, minute: int = 1439, **values: Any) -> DeadlineRule:
    return rule(DeadlineKind.MONTH_DATES, day_of_month=day, months=months, minute_of_day=minute, **values)


def days(amount: int, reference: Reference, minute: int = 600, **values: Any) -> DeadlineRule:
    values = {"unit": DayUnit.CALENDAR, **values}
    return rule(DeadlineKind.DAYS_BEFORE, amount=amount, reference=reference, minute_of_day=minute, **values)


def weekly(weekday: int, minute: int, weeks: int = 1, **values: Any) -> DeadlineRule:
    return rule(DeadlineKind.WEEKLY, weekday=weekday, minute_of_day=minute, weeks=weeks, **values)


def by_weekday(*rows: tuple[int, ...], **values: Any) -> DeadlineRule:
    return rule(DeadlineKind.BY_WEEKDAY, weekday_rows=tuple(WeekdayRow(*row) for row in rows), **values)


def first_refused(of: DeadlineRule, day: str, starts_at: int = HALF_PAST_ELEVEN) -> str:
    limit = cutoff(of, date.fromisoformat(day), calendar(), LUNCH, starts_at)
    assert limit is not None
    return limit.isoformat(timespec="minutes")


OURTON = by_weekday((1, 5, 660), (2, 1, 660), (4, 3, 660), (5, 3, 660))


@pytest.mark.parametrize(
    ("of", "day", "expected"),
    [
        (OURTON, "2026-11-30", "2026-11-27T11:00+01:00"),
        (OURTON, "2026-12-01", "2026-11-30T11:00+01:00"),
        (OURTON, "2026-12-03", "2026-12-02T11:00+01:00"),
        (OURTON, "2026-12-04", "2026-12-02T11:00+01:00"),
        # Strictly before: Friday for a Friday is a week before.
        (by_weekday((5, 5, 600)), "2026-12-04", "2026-11-27T10:00+01:00"),
        (by_weekday((1, 5, 660, 1)), "2026-11-30", "2026-11-20T11:00+01:00"),
        (by_weekday((1, 5, 1440)), "2026-11-30", "2026-11-28T00:00+01:00"),
        # The Friday before Monday 2 November is in the holidays.
        (OURTON, "2026-11-02", "2026-10-30T11:00+01:00"),
        (by_weekday((1, 5, 660), bring_back=BringBack.HOLIDAYS), "2026-11-02", "2026-10-16T11:00+02:00"),
        # Sunday evening on the nights when the clocks move.
        (by_weekday((1, 7, 150)), "2027-04-05", "2027-04-04T02:30+02:00"),
    ],
)
def test_by_weekday(of: DeadlineRule, day: str, expected: str) -> None:
    assert first_refused(of, day) == expected


def test_by_weekday_is_about_no_other_weekday_than_its_lines() -> None:
    only_monday = by_weekday((1, 5, 660), position=1)
    eve = rule(DeadlineKind.DAYS_BEFORE, amount=1, unit=DayUnit.CALENDAR, minute_of_day=600, position=2)
    assert rule_for([eve, only_monday], Change.BOOK, date(2026, 11, 30), calendar(), LEA) == only_monday
    assert rule_for([eve, only_monday], Change.BOOK, date(2026, 12, 1), calendar(), LEA) == eve
    with pytest.raises(Refused, match="réserver le mardi"):
        rule_for([only_monday], Change.BOOK, date(2026, 12, 1), calendar(), LEA)


@pytest.mark.parametrize(
    ("of", "day", "expected"),
    [
        (hours(48), "2026-12-03", "2026-12-01T11:30+01:00"),
        (hours(72), "2026-11-30", "2026-11-27T11:30+01:00"),
        (hours(1), "2026-12-03", "2026-12-03T10:30+01:00"),
        # Real hours: 48 h before a Monday that follows a night when the clocks moved.
        (hours(48), "2027-03-30", "2027-03-28T11:30+02:00"),
        (hours(72), "2027-03-30", "2027-03-27T10:30+01:00"),
        (hours(24 * 9), "2026-11-02", "2026-10-24T12:30+02:00"),
        (hours(48, inclusive=True), "2026-12-03", "2026-12-01T11:31+01:00"),
        # Working hours: Saturday, Sunday and public holidays do not run.
        (hours(48, DayUnit.WORKING), "2026-12-03", "2026-12-01T11:30+01:00"),
        (hours(48, DayUnit.WORKING), "2026-11-30", "2026-11-26T11:30+01:00"),
        (hours(48, DayUnit.WORKING), "2026-11-12", "2026-11-09T11:30+01:00"),
        (hours(24, DayUnit.WORKING), "2027-03-30", "2027-03-26T11:30+01:00"),
        (hours(24, DayUnit.WORKABLE), "2027-03-30", "2027-03-27T11:30+01:00"),
        (hours(12, DayUnit.WORKING), "2026-11-30", "2026-11-27T23:30+01:00"),
        (hours(11, DayUnit.WORKING), "2026-11-30", "2026-11-30T00:30+01:00"),
        (hours(48, DayUnit.SERVICE), "2026-12-03", "2026-11-30T11:30+01:00"),
        (hours(24, DayUnit.SCHOOL), "2026-11-02", "2026-10-16T11:30+02:00"),
        (hours(24, bring_back=BringBack.CLOSED), "2026-11-02", "2026-10-16T11:30+02:00"),
    ],
)
def test_hours_before(of: DeadlineRule, day: str, expected: str) -> None:
    assert first_refused(of, day) == expected


def test_hours_before_end_at_the_midnight_of_a_counted_day() -> None:
    """At noon on a Monday, 12 working hours before is its own first instant, not Friday evening."""
    assert first_refused(hours(12, DayUnit.WORKING), "2026-11-30", 720) == "2026-11-30T00:00+01:00"


def test_the_hour_that_comes_twice_is_counted_twice() -> None:
    sundays = Pattern(frozenset({7}), FIRST_DAY, activity_id=LUNCH.activity_id, period=PatternPeriod.ALWAYS)
    sunday, villars = date(2026, 10, 25), calendar(patterns=[sundays])
    limits = [cutoff(hours(n), sunday, villars, LUNCH, 300) for n in (2, 3, 4)]  # from 5 h, winter time
    assert [limit and limit.astimezone(UTC) for limit in limits] == [
        datetime(2026, 10, 25, 2, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 0, tzinfo=UTC),
    ]
    assert [limit and limit.isoformat(timespec="minutes") for limit in limits] == [
        "2026-10-25T03:00+01:00",
        "2026-10-25T02:00+01:00",
        "2026-10-25T02:00+02:00",
    ]


@pytest.mark.parametrize(
    ("of", "day", "expected"),
    [
        (same_day(540), "2026-12-03", "2026-12-03T09:00+01:00"),
        (same_day(540, inclusive=True), "2026-12-03", "2026-12-03T09:01+01:00"),
        (same_day(0), "2026-12-03", "2026-12-03T00:00+01:00"),
        # Never after the activity has started, unless the rule says so.
        (same_day(720), "2026-12-03", "2026-12-03T11:30+01:00"),
        (same_day(720, after_start=True), "2026-12-03", "2026-12-03T12:00+01:00"),
        (same_day(1439, after_start=True), "2026-12-03", "2026-12-04T00:00+01:00"),
        # A weekly rule of the same week is held to the start of the earlier days.
        (weekly(2, 600, weeks=0), "2026-12-03", "2026-12-01T10:00+01:00"),
        (weekly(2, 600, weeks=0), "2026-11-30", "2026-11-30T11:30+01:00"),
        (weekly(2, 600, weeks=0, after_start=True), "2026-11-30", "2026-12-01T00:00+01:00"),
    ],
)
def test_the_same_day(of: DeadlineRule, day: str, expected: str) -> None:
    assert first_refused(of, day) == expected


SEASONS = rule(
    DeadlineKind.MONTH_DATES,
    published=(
        PublishedDate(date(2026, 9, 1), date(2026, 10, 16), date(2026, 8, 17), 1439),
        PublishedDate(date(2026, 11, 2), date(2026, 12, 18), date(2026, 10, 9), 720),
    ),
)


@pytest.mark.parametrize(
    ("of", "day", "expected"),
    [
        (month(19), "2026-12-01", "2026-11-20T00:00+01:00"),
        (month(20, minute=0), "2026-12-18", "2026-11-20T00:00+01:00"),
        (month(31), "2026-12-01", "2026-12-01T00:00+01:00"),
        (month(31), "2027-03-04", "2027-03-01T00:00+01:00"),  # February has 28 days
        (month(30), "2027-03-04", "2027-03-01T00:00+01:00"),
        (month(15, months=2), "2027-01-05", "2026-11-16T00:00+01:00"),
        (month(15, months=13 - 1), "2027-01-05", "2026-01-16T00:00+01:00"),
        (month(1, months=0, minute=540), "2026-12-03", "2026-12-01T09:00+01:00"),
        (month(10, months=0), "2026-12-03", "2026-12-03T11:30+01:00"),  # held to the start
        # The last Friday, the first Monday, the last Wednesday up to the 20th.
        (month(31, weekday=5), "2026-12-01", "2026-11-28T00:00+01:00"),
        (month(7, weekday=1), "2026-12-01", "2026-11-03T00:00+01:00"),
        (month(20, weekday=3, minute=720), "2026-12-01", "2026-11-18T12:00+01:00"),
        (month(1, weekday=5, minute=720), "2026-12-01", "2026-10-30T12:00+01:00"),
        (SEASONS, "2026-09-01", "2026-08-18T00:00+02:00"),
        (SEASONS, "2026-10-16", "2026-08-18T00:00+02:00"),
        (SEASONS, "2026-11-03", "2026-10-09T12:00+02:00"),
    ],
)
def test_month_dates(of: DeadlineRule, day: str, expected: str) -> None:
    assert first_refused(of, day) == expected


def test_published_dates_are_about_no_other_day_than_theirs() -> None:
    assert SEASONS.concerns(date(2026, 12, 18))
    assert not SEASONS.concerns(date(2026, 10, 17))
    assert not SEASONS.concerns(date(2027, 1, 4))


@pytest.mark.parametrize(
    ("of", "day", "expected"),
    [
        (days(7, Reference.WEEK), "2026-12-03", "2026-11-23T10:00+01:00"),
        (days(0, Reference.WEEK), "2026-12-03", "2026-11-30T10:00+01:00"),
        (days(3, Reference.WEEK, unit=DayUnit.WORKING), "2026-12-03", "2026-11-25T10:00+01:00"),
        (days(10, Reference.MONTH), "2026-12-18", "2026-11-21T10:00+01:00"),
        (days(0, Reference.MONTH), "2026-12-18", "2026-12-01T10:00+01:00"),
        # Between two school holidays: 2 November to 18 December, then 4 January to 12 February.
        (days(21, Reference.PERIOD), "2026-12-18", "2026-10-12T10:00+02:00"),
        (days(21, Reference.PERIOD), "2027-01-04", "2026-12-14T10:00+01:00"),
        (days(7, Reference.PERIOD), "2026-09-04", "2026-08-25T10:00+02:00"),
        (days(5, Reference.PERIOD, unit=DayUnit.SCHOOL), "2026-11-20", "2026-10-09T10:00+02:00"),
        (days(15, Reference.YEAR), "2027-06-04", "2026-08-17T10:00+02:00"),
        (days(15, Reference.YEAR, unit=DayUnit.CLEAR), "2027-06-04", "2026-08-16T10:00+02:00"),
    ],
)
def test_what_the_days_are_counted_from(of: DeadlineRule, day: str, expected: str) -> None:
    assert first_refused(of, day) == expected


@pytest.mark.parametrize(
    ("unit", "day", "expected"),
    [
        (DayUnit.WORKABLE, "2026-11-30", "2026-11-28T10:00+01:00"),  # Saturday counts
        (DayUnit.WORKABLE, "2026-11-12", "2026-11-10T10:00+01:00"),  # 11 November does not
        (DayUnit.WORKABLE, "2027-05-10", "2027-05-07T10:00+02:00"),  # 8 May is a Saturday
        (DayUnit.SCHOOL, "2026-12-03", "2026-12-01T10:00+01:00"),
        (DayUnit.SCHOOL, "2027-05-10", "2027-05-04T10:00+02:00"),  # the bridge
        (DayUnit.SCHOOL, "2026-09-01", "2026-08-31T10:00+02:00"),  # before what is known
    ],
)
def test_other_days(unit: DayUnit, day: str, expected: str) -> None:
    counted = rule(DeadlineKind.DAYS_BEFORE, amount=1, unit=unit, minute_of_day=600)
    assert first_refused(counted, day) == expected


def test_days_of_school_are_not_those_of_the_activity() -> None:
    """A Wednesday club counts the days of school, when somebody is there to read the request."""
    club = Pattern(frozenset({3}), FIRST_DAY, activity_id=LUNCH.activity_id)
    villars = calendar(patterns=[Pattern(FOUR_DAYS, FIRST_DAY), club])
    wednesday = date(2026, 12, 2)
    of_school = rule(DeadlineKind.DAYS_BEFORE, amount=1, unit=DayUnit.SCHOOL, minute_of_day=600)
    of_service = rule(DeadlineKind.DAYS_BEFORE, amount=1, unit=DayUnit.SERVICE, minute_of_day=600)
    assert cutoff(of_school, wednesday, villars, LUNCH, 600) == at("2026-12-01T10:00")
    assert cutoff(of_service, wednesday, villars, LUNCH, 600) == at("2026-11-25T10:00")


@pytest.mark.parametrize(
    ("how", "of", "day", "expected"),
    [
        # Pézilla: Monday for the week after; before the holidays, the Monday of the last school week.
        (BringBack.SAME_WEEKDAY, weekly(1, 1440), "2026-11-02", "2026-10-13T00:00+02:00"),
        (BringBack.SAME_WEEKDAY, weekly(1, 1440), "2026-11-09", "2026-11-03T00:00+01:00"),
        (BringBack.SAME_WEEKDAY, weekly(4, 600), "2027-01-04", "2026-12-17T10:00+01:00"),
        (BringBack.SAME_WEEKDAY, weekly(4, 600), "2026-09-01", "2026-08-27T10:00+02:00"),
        (BringBack.CLOSED, weekly(3, 1440), "2026-12-07", "2026-12-02T00:00+01:00"),  # no school on Wednesday
        (BringBack.CLOSED, weekly(5, 720), "2027-05-10", "2027-05-04T12:00+02:00"),  # the bridge
        (BringBack.CLOSED, weekly(3, 720), "2026-11-02", "2026-10-16T12:00+02:00"),
        (BringBack.WORKING, weekly(7, 720), "2026-12-07", "2026-12-04T12:00+01:00"),
        (BringBack.WORKING, weekly(3, 720), "2026-11-16", "2026-11-10T12:00+01:00"),  # 11 November
        (BringBack.WORKING, weekly(3, 720), "2026-11-02", "2026-10-28T12:00+01:00"),  # holidays are worked
        (BringBack.HOLIDAYS, weekly(3, 720), "2026-11-16", "2026-11-11T12:00+01:00"),
    ],
)
def test_a_cutoff_on_a_day_when_nobody_answers_goes_back(
    how: BringBack, of: DeadlineRule, day: str, expected: str
) -> None:
    values = {name: getattr(of, name) for name in DeadlineRule.__slots__}
    assert first_refused(DeadlineRule(**{**values, "bring_back": how}), day) == expected
