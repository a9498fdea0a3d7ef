"""Who a deadline is about, from when, until when late, and for whom it does not count yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rules.deadline_rules import PublishedDate
from rules.deadlines import Circumstances, DeadlineRule, Terms, cutoff, judge, opening, rule_for
from rules.instants import to_utc
from rules.school_calendar import Closure, Pattern, Place
from rules.vocabulary import (
    AfterHolidays,
    Bound,
    Change,
    DayUnit,
    DeadlineKind,
    Level,
    PatternPeriod,
    Reference,
    Regime,
    WhenLate,
)
from tests.rules.villars import FIRST_DAY, LUNCH, OTHER_SCHOOL, SCHOOL, at, calendar

HALF_PAST_ELEVEN = 690
LEA = Circumstances(LUNCH)
SECOND = timedelta(seconds=1)
ALWAYS = {"change": None, "first": date(2020, 9, 1)}


def rule(kind: DeadlineKind, **values: Any) -> DeadlineRule:
    return DeadlineRule(kind, **{**ALWAYS, **values})


def same_day(minute: int, **values: Any) -> DeadlineRule:
    return rule(DeadlineKind.SAME_DAY, minute_of_day=minute, **values)


def days(amount: int, reference: Reference, minute: int = 600, **values: Any) -> DeadlineRule:
    values = {"unit": DayUnit.CALENDAR, **values}
    return rule(DeadlineKind.DAYS_BEFORE, amount=amount, reference=reference, minute_of_day=minute, **values)


def weekly(weekday: int, minute: int, weeks: int = 1, **values: Any) -> DeadlineRule:
    return rule(DeadlineKind.WEEKLY, weekday=weekday, minute_of_day=minute, weeks=weeks, **values)


def first_refused(of: DeadlineRule, day: str, starts_at: int = HALF_PAST_ELEVEN) -> str:
    limit = cutoff(of, date.fromisoformat(day), calendar(), LUNCH, starts_at)
    assert limit is not None
    return limit.isoformat(timespec="minutes")


# -- conditions -----------------------------------------------------------------------

OTHERS = rule(DeadlineKind.SAME_DAY, minute_of_day=600, position=9)


@pytest.mark.parametrize(
    ("condition", "who", "matches"),
    [
        ({"levels": frozenset({Level.CP, Level.CE1})}, LEA, True),
        ({"levels": frozenset({Level.PS})}, LEA, False),
        ({"levels": frozenset({Level.CP})}, Circumstances(Place(1, SCHOOL)), False),
        ({"school_ids": frozenset({SCHOOL})}, LEA, True),
        ({"school_ids": frozenset({OTHER_SCHOOL})}, LEA, False),
        ({"regime": Regime.REGULAR}, Circumstances(LUNCH, Regime.REGULAR), True),
        ({"regime": Regime.REGULAR}, Circumstances(LUNCH, Regime.OCCASIONAL), False),
        ({"regime": Regime.REGULAR}, LEA, False),
        ({"resident": True}, Circumstances(LUNCH, resident=True), True),
        ({"resident": True}, Circumstances(LUNCH, resident=False), False),
        ({"resident": False}, Circumstances(LUNCH, resident=False), True),
        ({"resident": False}, LEA, False),
        ({"service_weekdays": frozenset({4})}, LEA, True),
        ({"service_weekdays": frozenset({5})}, LEA, False),
        ({"levels": frozenset({Level.CP}), "resident": True}, LEA, False),
        ({"first": date(2026, 12, 4)}, LEA, False),
        ({"last": date(2026, 12, 2)}, LEA, False),
        ({"change": Change.CANCEL}, LEA, False),
    ],
)
def test_a_rule_is_about_those_who_meet_all_its_conditions(
    condition: dict[str, Any], who: Circumstances, matches: bool
) -> None:
    own = same_day(540, **condition)
    found = rule_for([OTHERS, own], Change.BOOK, date(2026, 12, 3), calendar(), who)
    assert found == (own if matches else OTHERS)


@pytest.mark.parametrize(
    ("day", "first_day", "first_week"),
    [
        (date(2026, 9, 1), True, True),
        (date(2026, 9, 3), False, True),
        (date(2026, 9, 7), False, False),
        (date(2026, 11, 2), True, True),
        (date(2026, 11, 6), False, True),
        (date(2026, 11, 9), False, False),
        (date(2026, 10, 16), False, False),
        (date(2027, 1, 4), True, True),
    ],
)
def test_back_from_the_holidays(day: date, first_day: bool, first_week: bool) -> None:
    for condition, matches in [(AfterHolidays.FIRST_DAY, first_day), (AfterHolidays.FIRST_WEEK, first_week)]:
        own = same_day(540, after_holidays=condition)
        found = rule_for([OTHERS, own], Change.BOOK, day, calendar(), LEA)
        assert found == (own if matches else OTHERS), condition


# -- annual ---------------------------------------------------------------------------


def test_days_chosen_for_the_year_until_a_date() -> None:
    until = rule(DeadlineKind.ANNUAL, chosen_until=date(2026, 9, 11))
    assert first_refused(until, "2026-12-03") == "2026-09-12T00:00+02:00"
    assert first_refused(until, "2026-09-04") == "2026-09-04T11:30+02:00"  # held to the start
    at_noon = rule(DeadlineKind.ANNUAL, chosen_until=date(2026, 9, 11), minute_of_day=720)
    assert first_refused(at_noon, "2026-12-03") == "2026-09-11T12:00+02:00"


def test_days_chosen_at_enrolment_are_changed_by_the_service_alone() -> None:
    found = judge(
        Terms([rule(DeadlineKind.ANNUAL)]),
        Change.BOOK,
        date(2026, 12, 3),
        calendar(),
        LEA,
        at("2026-09-01T08:00"),
    )
    assert (found.allowed, found.late, found.cutoff) == (False, True, None)
    assert found.why is not None
    assert "à l’inscription" in found.why


def test_regular_children_are_bound_for_the_year_and_the_others_book() -> None:
    rules = [
        rule(DeadlineKind.ANNUAL, regime=Regime.REGULAR, change=Change.BOOK, position=1),
        weekly(4, 1439, position=2),
    ]
    day, now = date(2026, 12, 7), at("2026-12-03T23:59:59")
    regular, occasional = Circumstances(LUNCH, Regime.REGULAR), Circumstances(LUNCH, Regime.OCCASIONAL)
    assert not judge(Terms(rules), Change.BOOK, day, calendar(), regular, now).allowed
    assert judge(Terms(rules), Change.CANCEL, day, calendar(), regular, now).allowed
    assert judge(Terms(rules), Change.BOOK, day, calendar(), occasional, now).allowed


# -- openings -------------------------------------------------------------------------

RESIDENTS_FIRST = [
    rule(
        DeadlineKind.MONTH_DATES, bound=Bound.OPENS, resident=True, position=1,
        published=(PublishedDate(FIRST_DAY, date(2027, 7, 2), date(2026, 6, 1), 480),),
    ),
    rule(
        DeadlineKind.MONTH_DATES, bound=Bound.OPENS, position=2,
        published=(PublishedDate(FIRST_DAY, date(2027, 7, 2), date(2026, 6, 15), 480),),
    ),
    weekly(3, 1439),
]  # fmt: skip
HERE, ELSEWHERE = Circumstances(LUNCH, resident=True), Circumstances(LUNCH, resident=False)


@pytest.mark.parametrize(
    ("who", "opens"), [(HERE, "2026-06-01T08:00"), (ELSEWHERE, "2026-06-15T08:00"), (LEA, "2026-06-15T08:00")]
)
def test_residents_book_first_to_the_second(who: Circumstances, opens: str) -> None:
    day, terms = date(2026, 9, 14), Terms(RESIDENTS_FIRST)
    assert opening(RESIDENTS_FIRST, day, calendar(), who, 720) == at(opens)
    early = judge(terms, Change.BOOK, day, calendar(), who, at(opens) - SECOND)
    assert (early.allowed, early.late, early.opens) == (False, False, at(opens))
    assert judge(terms, Change.BOOK, day, calendar(), who, at(opens)).allowed
    assert judge(terms, Change.CANCEL, day, calendar(), who, at(opens) - SECOND).allowed


def test_too_early_says_from_when() -> None:
    found = judge(
        Terms(RESIDENTS_FIRST), Change.BOOK, date(2026, 9, 14), calendar(), HERE, at("2026-05-31T23:59:59")
    )
    assert found.why == (
        "Les repas du lundi 14 septembre se réserveront à partir du lundi 1er juin 2026 à 8 h."
    )


def test_past_its_cutoff_a_day_that_has_not_opened_is_too_late() -> None:
    """Two rules that cross: it will never open, so nobody is told to wait."""
    opens = same_day(540, bound=Bound.OPENS)
    found = judge(
        Terms([opens, RESIDENTS_FIRST[2]]),
        Change.BOOK,
        date(2026, 9, 14),
        calendar(),
        LEA,
        at("2026-09-10T08:00"),
    )
    assert (found.allowed, found.late, found.opens) == (False, True, None)


def test_an_opening_at_the_end_of_the_day_is_itself() -> None:
    """23:59 opens at 23:59: only what ends is rounded up to midnight."""
    opens = [weekly(3, 1439, weeks=4, bound=Bound.OPENS), weekly(3, 1439)]
    assert opening(opens, date(2026, 12, 3), calendar(), LEA, 720) == at("2026-11-04T23:59")
    assert opening(opens[1:], date(2026, 12, 3), calendar(), LEA, 720) is None


# -- late -----------------------------------------------------------------------------


def late(**values: Any) -> DeadlineRule:
    return weekly(3, 1439, when_late=WhenLate.ACCEPT, **values)


@pytest.mark.parametrize(
    ("of", "last_accepted"),
    [
        (late(), "2026-12-02T23:59:59"),
        (late(late_amount=0, late_minute=540), "2026-12-03T08:59:59"),
        (late(late_amount=0, late_minute=720), "2026-12-03T11:29:59"),  # held to the start
        (late(late_amount=0, late_minute=720, after_start=True), "2026-12-03T11:59:59"),
        (late(late_amount=1, late_unit=DayUnit.CALENDAR, late_minute=600), "2026-12-02T09:59:59"),
        (late(late_amount=2, late_unit=DayUnit.SERVICE, late_minute=1439), "2026-11-30T23:59:59"),
        (same_day(540, when_late=WhenLate.ACCEPT), "2026-12-03T11:29:59"),
    ],
)
def test_until_when_a_late_change_is_accepted(of: DeadlineRule, last_accepted: str) -> None:
    day, terms = date(2026, 12, 3), Terms([of], HALF_PAST_ELEVEN)
    accepted = judge(terms, Change.BOOK, day, calendar(), LEA, at(last_accepted))
    assert (accepted.allowed, accepted.late) == (True, True)
    refused = judge(terms, Change.BOOK, day, calendar(), LEA, at(last_accepted) + SECOND)
    assert (refused.allowed, refused.late) == (False, True)
    assert refused.why is not None


def test_too_late_even_for_a_late_change_says_both_limits() -> None:
    terms = Terms([late(late_amount=1, late_unit=DayUnit.CALENDAR, late_minute=600)], HALF_PAST_ELEVEN)
    found = judge(terms, Change.BOOK, date(2026, 12, 3), calendar(), LEA, at("2026-12-02T10:00"))
    assert found.why == (
        "Les repas de la semaine du 30 novembre étaient modifiables jusqu’au mercredi 25 novembre à 23 h 59, "
        "et hors délai jusqu’au mercredi 2 décembre à 10 h."
    )


# -- newcomers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "in_grace"),
    [
        (date(2026, 11, 9), False),  # before the arrival
        (date(2026, 11, 10), True),
        (date(2026, 11, 12), True),  # the 11th is a public holiday
        (date(2026, 11, 13), True),
        (date(2026, 11, 16), False),
    ],
)
def test_the_first_days_of_a_newcomer_have_no_cutoff(day: date, in_grace: bool) -> None:
    who = Circumstances(LUNCH, arrived_on=date(2026, 11, 10))
    terms = Terms([weekly(3, 1439)], HALF_PAST_ELEVEN, grace_days=3)
    morning = datetime.combine(day, datetime.min.time()).replace(hour=8)
    found = judge(terms, Change.BOOK, day, calendar(), who, at(morning.isoformat()))
    assert found.allowed is in_grace
    if in_grace:
        assert found.cutoff == at(f"{day}T11:30")


def test_grace_ends_when_the_service_starts_and_opens_nothing_else() -> None:
    who = Circumstances(LUNCH, arrived_on=date(2026, 11, 10))
    day = date(2026, 11, 10)
    terms = Terms([weekly(3, 1439)], HALF_PAST_ELEVEN, grace_days=1)
    assert not judge(terms, Change.BOOK, day, calendar(), who, at("2026-11-10T11:30")).allowed
    none = Terms([rule(DeadlineKind.NONE)], HALF_PAST_ELEVEN, grace_days=1)
    assert not judge(none, Change.BOOK, day, calendar(), who, at("2026-11-10T08:00")).allowed
    assert not judge(
        Terms([], grace_days=1), Change.BOOK, day, calendar(), who, at("2026-11-10T08:00")
    ).allowed
    closed = calendar([Closure("Grève", day, day)])
    assert not judge(terms, Change.BOOK, day, closed, who, at("2026-11-10T08:00")).allowed


def test_arrival_during_the_holidays_counts_from_the_first_day_of_service() -> None:
    who = Circumstances(LUNCH, arrived_on=date(2026, 10, 20))
    terms = Terms([weekly(3, 1439)], HALF_PAST_ELEVEN, grace_days=2)
    allowed = [
        judge(terms, Change.BOOK, date(2026, 11, n), calendar(), who, at(f"2026-11-0{n}T08:00")).allowed
        for n in (2, 3, 5)
    ]
    assert allowed == [True, True, False]


def test_what_the_calendar_lacks_is_said() -> None:
    centre = Pattern(frozenset({1, 2, 3, 4, 5}), date(2020, 1, 1), period=PatternPeriod.HOLIDAYS)
    of = days(15, Reference.YEAR)
    terms = Terms([of])
    found = judge(
        terms, Change.BOOK, date(2026, 7, 6), calendar(patterns=[centre]), LEA, at("2026-05-01T08:00")
    )
    assert found.why == "L’année scolaire de ce jour n’est pas dans le calendrier."
    limit = cutoff(of, date(2027, 7, 6), calendar(patterns=[centre]), LUNCH, 720)
    assert limit is not None
    assert to_utc(limit) == datetime(2026, 8, 17, 8, tzinfo=UTC)
