"""Cut-offs worked out by hand on the calendar of Villars, around every trap of 2026-27."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from rules.deadlines import (
    Circumstances,
    DeadlineRule,
    Terms,
    Verdict,
    comes_freely,
    cutoff,
    judge,
    needs_booking,
    rule_for,
)
from rules.instants import to_utc
from rules.refusals import Refused
from rules.school_calendar import Closure
from rules.vocabulary import AfterHolidays, BringBack, Change, DayUnit, DeadlineKind, Level, WhenLate
from tests.rules.villars import LUNCH, at, calendar

SECOND = timedelta(seconds=1)
MONDAY = date(2026, 9, 14)
LEA = Circumstances(LUNCH)
BACK = BringBack.HOLIDAYS
NOON = 720


def weekly(weekday: int = 3, minute: int = 1439, weeks: int = 1, **values: object) -> DeadlineRule:
    """Villars' own rule, unless told otherwise: Wednesday 23:59 for the week after."""
    values = {"change": None, "first": date(2020, 9, 1), **values}
    return DeadlineRule(DeadlineKind.WEEKLY, weekday=weekday, weeks=weeks, minute_of_day=minute, **values)


def days_before(amount: int, unit: DayUnit, minute: int = 600, **values: object) -> DeadlineRule:
    values = {"change": None, "first": date(2020, 9, 1), **values}
    return DeadlineRule(DeadlineKind.DAYS_BEFORE, amount=amount, unit=unit, minute_of_day=minute, **values)


def without_booking(**values: object) -> DeadlineRule:
    return DeadlineRule(DeadlineKind.NONE, **{"change": None, "first": date(2020, 9, 1), **values})


def first_refused(rule: DeadlineRule, day: str) -> str:
    limit = cutoff(rule, date.fromisoformat(day), calendar(), LUNCH, NOON)
    assert limit is not None
    return limit.isoformat(timespec="minutes")


# -- weekly -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "day", "expected"),
    [
        (weekly(), "2026-09-14", "2026-09-10T00:00+02:00"),
        (weekly(), "2026-09-18", "2026-09-10T00:00+02:00"),
        (weekly(), "2026-09-20", "2026-09-10T00:00+02:00"),
        (weekly(), "2026-09-21", "2026-09-17T00:00+02:00"),
        # The first days of the year: in the summer holidays.
        (weekly(), "2026-09-01", "2026-08-27T00:00+02:00"),
        # Back from the Toussaint: in mid-holiday, and already winter time.
        (weekly(), "2026-11-02", "2026-10-29T00:00+01:00"),
        (weekly(), "2026-11-06", "2026-10-29T00:00+01:00"),
        # The cut-off itself falls on 11 November.
        (weekly(), "2026-11-16", "2026-11-12T00:00+01:00"),
        # 2026 has a week 53.
        (weekly(), "2026-12-31", "2026-12-24T00:00+01:00"),
        (weekly(), "2027-01-03", "2026-12-24T00:00+01:00"),
        (weekly(), "2027-01-04", "2026-12-31T00:00+01:00"),
        (weekly(), "2027-01-11", "2027-01-07T00:00+01:00"),
        # 24:00 is 23:59; any other time is itself.
        (weekly(minute=1440), "2026-09-14", "2026-09-10T00:00+02:00"),
        (weekly(minute=1438), "2026-09-14", "2026-09-09T23:58+02:00"),
        (weekly(minute=0), "2026-09-14", "2026-09-09T00:00+02:00"),
        (weekly(weekday=4, minute=540), "2026-12-04", "2026-11-26T09:00+01:00"),
        (weekly(weekday=1, minute=1440), "2022-09-19", "2022-09-13T00:00+02:00"),
        (weekly(weeks=2), "2026-09-14", "2026-09-03T00:00+02:00"),
        (weekly(weeks=2), "2027-01-04", "2026-12-24T00:00+01:00"),
        # A Sunday evening when the clocks have moved that night.
        (weekly(weekday=7), "2026-10-26", "2026-10-26T00:00+01:00"),
        (weekly(weekday=7, minute=120), "2026-10-26", "2026-10-25T02:00+02:00"),
        (weekly(weekday=7, minute=180), "2026-10-26", "2026-10-25T03:00+01:00"),
        (weekly(weekday=7), "2027-03-30", "2027-03-29T00:00+02:00"),
        (weekly(weekday=7, minute=150), "2027-03-30", "2027-03-28T03:30+02:00"),
        (weekly(weekday=6), "2027-03-30", "2027-03-28T00:00+01:00"),
        # Inclusive: the whole minute is accepted; it changes nothing at the end of the day.
        (weekly(minute=600, inclusive=True), "2026-09-14", "2026-09-09T10:01+02:00"),
        (weekly(minute=1439, inclusive=True), "2026-09-14", "2026-09-10T00:00+02:00"),
    ],
)
def test_weekly(rule: DeadlineRule, day: str, expected: str) -> None:
    assert first_refused(rule, day) == expected


# -- days before --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "unit", "day", "expected"),
    [
        (1, DayUnit.CALENDAR, "2026-12-03", "2026-12-02T10:00+01:00"),
        (1, DayUnit.CALENDAR, "2026-11-30", "2026-11-29T10:00+01:00"),
        (2, DayUnit.CALENDAR, "2026-10-26", "2026-10-24T10:00+02:00"),
        (1, DayUnit.CALENDAR, "2026-10-26", "2026-10-25T10:00+01:00"),
        (15, DayUnit.CALENDAR, "2026-11-30", "2026-11-15T10:00+01:00"),
        (1, DayUnit.WEEKDAYS, "2026-12-03", "2026-12-02T10:00+01:00"),
        (2, DayUnit.WEEKDAYS, "2026-11-30", "2026-11-26T10:00+01:00"),
        (2, DayUnit.WEEKDAYS, "2026-12-01", "2026-11-27T10:00+01:00"),
        (3, DayUnit.WEEKDAYS, "2026-11-30", "2026-11-25T10:00+01:00"),
        (2, DayUnit.WEEKDAYS, "2026-11-12", "2026-11-10T10:00+01:00"),  # 11 November counts
        (1, DayUnit.WORKING, "2026-11-30", "2026-11-27T10:00+01:00"),
        (1, DayUnit.WORKING, "2026-11-12", "2026-11-10T10:00+01:00"),
        (2, DayUnit.WORKING, "2026-11-12", "2026-11-09T10:00+01:00"),  # 11 November does not
        (2, DayUnit.WORKING, "2026-11-02", "2026-10-29T10:00+01:00"),  # school holidays are worked
        (1, DayUnit.WORKING, "2027-03-30", "2027-03-26T10:00+01:00"),  # Easter Monday, clocks moved
        (2, DayUnit.WORKING, "2027-05-10", "2027-05-05T10:00+02:00"),  # the bridge is worked
        (2, DayUnit.WORKING, "2027-01-04", "2026-12-30T10:00+01:00"),  # 1 January
        (1, DayUnit.SERVICE, "2026-12-03", "2026-12-01T10:00+01:00"),  # no service on Wednesdays
        (1, DayUnit.SERVICE, "2026-11-12", "2026-11-10T10:00+01:00"),
        (2, DayUnit.SERVICE, "2026-11-02", "2026-10-15T10:00+02:00"),
        (2, DayUnit.SERVICE, "2027-05-10", "2027-05-03T10:00+02:00"),
        (2, DayUnit.SERVICE, "2026-09-01", "2026-08-28T10:00+02:00"),  # before what is known
        (2, DayUnit.SERVICE, "2026-09-03", "2026-08-31T10:00+02:00"),
        (1, DayUnit.CLEAR, "2026-12-03", "2026-12-01T10:00+01:00"),
        (15, DayUnit.CLEAR, "2026-11-30", "2026-11-14T10:00+01:00"),
    ],
)
def test_days_before(amount: int, unit: DayUnit, day: str, expected: str) -> None:
    assert first_refused(days_before(amount, unit), day) == expected


def test_days_before_at_the_end_of_the_day() -> None:
    eve = days_before(1, DayUnit.CALENDAR, minute=1440)
    assert first_refused(eve, "2026-12-03") == "2026-12-03T00:00+01:00"
    assert first_refused(eve, "2026-10-26") == "2026-10-26T00:00+01:00"
    clear = days_before(15, DayUnit.CLEAR, minute=1439)
    assert first_refused(clear, "2026-11-30") == "2026-11-15T00:00+01:00"


def test_a_closure_moves_the_days_of_service_before_it() -> None:
    tuesday = date(2026, 12, 1)
    villars = calendar([Closure("Grève", tuesday, tuesday)])
    rule = days_before(1, DayUnit.SERVICE)
    assert cutoff(rule, date(2026, 12, 3), villars, LUNCH, NOON) == at("2026-11-30T10:00")


# -- conditions ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "day", "expected"),
    [
        (weekly(bring_back=BACK), "2026-11-02", "2026-10-17T00:00+02:00"),
        (weekly(bring_back=BACK), "2027-01-04", "2026-12-19T00:00+01:00"),
        (weekly(bring_back=BACK), "2026-11-09", "2026-11-05T00:00+01:00"),
        (
            weekly(bring_back=BACK),
            "2026-11-16",
            "2026-11-12T00:00+01:00",
        ),  # a public holiday stays
        (
            weekly(bring_back=BACK),
            "2026-09-01",
            "2026-08-27T00:00+02:00",
        ),  # no school day known before
        (
            days_before(2, DayUnit.WORKING, bring_back=BACK),
            "2026-11-02",
            "2026-10-16T10:00+02:00",
        ),
        (
            days_before(1, DayUnit.CALENDAR, bring_back=BACK),
            "2026-11-02",
            "2026-10-16T10:00+02:00",
        ),
    ],
)
def test_a_cutoff_in_the_holidays_goes_back_to_the_last_school_day(
    rule: DeadlineRule, day: str, expected: str
) -> None:
    assert first_refused(rule, day) == expected


FRIDAY_FOR_MONDAY = days_before(3, DayUnit.CALENDAR, 660, service_weekdays=frozenset({1}), position=1)
DAY_BEFORE = days_before(1, DayUnit.CALENDAR, 660, position=2)
BACK_TO_SCHOOL = days_before(7, DayUnit.CALENDAR, after_holidays=AfterHolidays.FIRST_DAY)
RULES = [DAY_BEFORE, FRIDAY_FOR_MONDAY, BACK_TO_SCHOOL]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 2), BACK_TO_SCHOOL),
        (date(2026, 11, 3), DAY_BEFORE),
        (date(2026, 11, 9), FRIDAY_FOR_MONDAY),
        (date(2026, 11, 10), DAY_BEFORE),
    ],
)
def test_the_first_rule_by_position_whose_conditions_match(day: date, expected: DeadlineRule) -> None:
    assert rule_for(RULES, Change.BOOK, day, calendar(), LEA) == expected


def test_rules_are_dated_by_the_day_of_service() -> None:
    old = weekly(last=date(2026, 12, 31))
    new = days_before(2, DayUnit.WORKING, first=date(2027, 1, 1))
    villars = calendar()
    assert rule_for([old, new], Change.BOOK, date(2026, 12, 18), villars, LEA) is old
    assert rule_for([old, new], Change.BOOK, date(2027, 1, 4), villars, LEA) is new


def test_booking_and_cancelling_may_differ() -> None:
    rules = [weekly(change=Change.BOOK), days_before(1, DayUnit.WORKING, change=Change.CANCEL)]
    found = [rule_for(rules, change, MONDAY, calendar(), LEA) for change in Change]
    assert found == rules


def test_what_no_rule_provides_for_is_refused() -> None:
    with pytest.raises(Refused, match="annuler le lundi 14 septembre"):
        rule_for([weekly(change=Change.BOOK)], Change.CANCEL, MONDAY, calendar(), LEA)
    with pytest.raises(Refused, match="réserver le lundi 14 septembre"):
        rule_for([weekly(first=date(2026, 9, 15))], Change.BOOK, MONDAY, calendar(), LEA)


def test_activities_without_booking() -> None:
    assert needs_booking([weekly()], MONDAY)
    assert not needs_booking([without_booking()], MONDAY)
    assert needs_booking([without_booking(first=date(2027, 1, 4)), weekly()], MONDAY)
    mixed = [without_booking(levels=frozenset({Level.PS}), position=0), weekly(position=1)]
    assert needs_booking(mixed, MONDAY)
    assert not needs_booking(mixed[:1], MONDAY)
    assert not needs_booking([without_booking(position=0), weekly(position=1)], MONDAY)
    assert needs_booking([weekly(position=0), without_booking(position=1)], MONDAY)
    assert needs_booking([], MONDAY)
    at_nursery = Circumstances(replace(LUNCH, level=Level.PS))
    assert comes_freely(mixed, MONDAY, calendar(), at_nursery)
    assert not comes_freely(mixed, MONDAY, calendar(), LEA)
    assert not comes_freely([], MONDAY, calendar(), LEA)
    assert cutoff(without_booking(), MONDAY, calendar(), LUNCH, NOON) is None


# -- judge --------------------------------------------------------------------------


def verdict(rules: list[DeadlineRule], day: date, now: datetime, **values: object) -> Verdict:
    change = values.pop("change", Change.BOOK)
    return judge(Terms(rules, **values), change, day, calendar(), LEA, now)


@pytest.mark.parametrize("change", list(Change))
def test_villars_to_the_second(change: Change) -> None:
    limit = at("2026-09-10T00:00")
    accepted = verdict([weekly()], MONDAY, at("2026-09-09T23:59:59"), change=change)
    assert accepted == Verdict(True, False, limit, None)
    refused = verdict([weekly()], MONDAY, at("2026-09-10T00:00:00"), change=change)
    assert refused == Verdict(
        False,
        True,
        limit,
        "Les repas de la semaine du 14 septembre étaient modifiables jusqu’au "
        "mercredi 9 septembre à 23 h 59.",
    )


@pytest.mark.parametrize(
    ("rule", "day", "first_refused_utc"),
    [
        (weekly(), date(2026, 11, 2), "2026-10-28T23:00:00"),
        (weekly(weekday=7), date(2026, 11, 2), "2026-11-01T23:00:00"),
        (days_before(1, DayUnit.WORKING), date(2027, 3, 30), "2027-03-26T09:00:00"),
        (days_before(2, DayUnit.CALENDAR, 150), date(2027, 3, 30), "2027-03-28T01:30:00"),
        (days_before(8, DayUnit.CALENDAR, 150), date(2026, 11, 2), "2026-10-25T00:30:00"),
        (days_before(8, DayUnit.CALENDAR, 165), date(2026, 11, 2), "2026-10-25T00:45:00"),
    ],
)
def test_the_last_second_and_the_next_one(rule: DeadlineRule, day: date, first_refused_utc: str) -> None:
    refused_at = datetime.fromisoformat(first_refused_utc).replace(tzinfo=UTC)
    assert verdict([rule], day, refused_at - SECOND).allowed
    assert not verdict([rule], day, refused_at).allowed


def test_the_hour_that_comes_twice_is_not_accepted_twice() -> None:
    """25 October 2026: 2:40 in winter time comes after 2:45 in summer time."""
    rule = days_before(8, DayUnit.CALENDAR, 165)
    second_time = at("2026-10-25T02:40").replace(fold=1)
    assert verdict([rule], date(2026, 11, 2), at("2026-10-25T02:40")).allowed
    assert not verdict([rule], date(2026, 11, 2), second_time).allowed


@pytest.mark.parametrize(
    ("rule", "noun", "why"),
    [
        (
            weekly(change=Change.BOOK),
            "Les repas",
            "Les repas de la semaine du 30 novembre étaient réservables jusqu’au "
            "mercredi 25 novembre à 23 h 59.",
        ),
        (
            days_before(2, DayUnit.WORKING),
            "La garderie du soir",
            "La garderie du soir du mardi 1er décembre était modifiable jusqu’au "
            "vendredi 27 novembre à 10 h.",
        ),
        (
            days_before(15, DayUnit.CLEAR, 1439),
            "Les mercredis",
            "Les mercredis du mardi 1er décembre étaient modifiables jusqu’au "
            "dimanche 15 novembre à 23 h 59.",
        ),
    ],
)
def test_why_it_is_too_late(rule: DeadlineRule, noun: str, why: str) -> None:
    assert verdict([rule], date(2026, 12, 1), at("2026-12-01T08:00"), noun=noun).why == why


def test_cancelling_too_late_says_cancel() -> None:
    rules = [weekly(change=Change.CANCEL)]
    found = verdict(rules, MONDAY, at("2026-09-11T08:00"), change=Change.CANCEL)
    assert found.why is not None
    assert "étaient annulables jusqu’au" in found.why


def test_a_closed_day_is_refused_with_its_reason_whatever_the_time() -> None:
    found = verdict([weekly()], date(2026, 11, 11), at("2026-09-01T08:00"))
    why = "Le mercredi 11 novembre n’est pas un jour de service (Jour férié : Armistice 1918)."
    assert found == Verdict(False, False, None, why)


def test_a_day_without_booking_is_refused() -> None:
    found = verdict([without_booking()], MONDAY, at("2026-09-01T08:00"))
    assert found == Verdict(False, False, None, "Aucune réservation n’est nécessaire : il suffit de venir.")


def test_a_day_without_rule_is_refused_not_an_error() -> None:
    found = verdict([], MONDAY, at("2026-09-01T08:00"))
    assert (found.allowed, found.late, found.cutoff) == (False, False, None)
    assert found.why is not None
    assert "service Éducation" in found.why


def test_late_changes_where_the_rule_accepts_them() -> None:
    rules = [weekly(when_late=WhenLate.ACCEPT)]
    assert verdict(rules, MONDAY, at("2026-09-09T23:59:59")) == Verdict(
        True, False, at("2026-09-10T00:00"), None
    )
    late = verdict(rules, MONDAY, at("2026-09-10T00:00"))
    assert (late.allowed, late.late) == (True, True)
    assert late.why == (
        "Les repas de la semaine du 14 septembre étaient modifiables jusqu’au "
        "mercredi 9 septembre à 23 h 59 : le tarif hors délai s’applique."
    )


def test_late_changes_stop_when_the_day_of_service_begins() -> None:
    rules = [weekly(when_late=WhenLate.ACCEPT)]
    assert verdict(rules, MONDAY, at("2026-09-13T23:59:59")).allowed
    begun = verdict(rules, MONDAY, at("2026-09-14T00:00"))
    assert begun == Verdict(
        False,
        True,
        at("2026-09-10T00:00"),
        "Le lundi 14 septembre a commencé : il n’est plus modifiable.",
    )


def test_a_naive_now_is_a_bug() -> None:
    with pytest.raises(ValueError, match="time zone"):
        verdict([weekly()], MONDAY, datetime(2026, 9, 9, 10))


def test_the_cutoff_is_said_in_paris_time_wherever_now_comes_from() -> None:
    found = verdict([weekly()], MONDAY, datetime(2026, 9, 9, 21, 59, 59, tzinfo=UTC))
    assert found.allowed
    assert found.cutoff is not None
    assert to_utc(found.cutoff) == datetime(2026, 9, 9, 22, tzinfo=UTC)
    assert found.cutoff.utcoffset() == timedelta(hours=2)
