from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.school_calendar import Closure, Pattern, Place, SchoolCalendar
from rules.vocabulary import EventEffect, Level
from tests.rules.villars import (
    CANTEEN,
    CP_CLASS,
    FIRST_DAY,
    FOUR_DAYS,
    LAST_DAY,
    LUNCH,
    MORNING_CARE,
    OTHER_SCHOOL,
    SCHOOL,
    calendar,
)

THURSDAY = date(2026, 12, 3)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 8, 31), "Vacances d’été"),
        (date(2026, 9, 1), None),
        (date(2026, 9, 2), "Pas d’école le mercredi"),
        (date(2026, 9, 5), "Pas d’école le samedi"),
        (date(2026, 10, 16), None),
        (date(2026, 10, 17), "Vacances de la Toussaint"),
        (date(2026, 10, 25), "Vacances de la Toussaint"),
        (date(2026, 11, 1), "Jour férié : Toussaint"),
        (date(2026, 11, 2), None),
        (date(2026, 11, 11), "Jour férié : Armistice 1918"),
        (date(2026, 12, 25), "Jour férié : Noël"),
        (date(2027, 1, 4), None),
        (date(2027, 3, 29), "Jour férié : Lundi de Pâques"),
        (date(2027, 5, 6), "Jour férié : Ascension"),
        (date(2027, 5, 7), "Pont de l’Ascension"),
        (date(2027, 5, 10), None),
        (date(2027, 7, 2), None),
        (date(2027, 7, 3), "Vacances d’été"),
        (date(2027, 9, 2), "Hors année scolaire"),
        (date(2020, 9, 3), "Hors année scolaire"),
    ],
)
def test_why_a_day_is_closed(day: date, reason: str | None) -> None:
    assert calendar().closed_because(day, LUNCH) == reason
    assert calendar().is_service_day(day, LUNCH) is (reason is None)


def test_holidays_and_public_holidays_are_told_apart() -> None:
    villars = calendar()
    assert villars.in_school_holidays(date(2026, 12, 25))
    assert villars.is_public_holiday(date(2026, 12, 25))
    assert not villars.in_school_holidays(date(2026, 11, 11))
    assert not villars.in_school_holidays(date(2027, 5, 7))
    assert not villars.is_public_holiday(date(2026, 12, 24))


@pytest.mark.parametrize(
    ("scope", "closes_lunch"),
    [
        ({}, True),
        ({"school_id": SCHOOL}, True),
        ({"school_id": OTHER_SCHOOL}, False),
        ({"class_id": CP_CLASS}, True),
        ({"class_id": CP_CLASS + 1}, False),
        ({"level": Level.CP}, True),
        ({"level": Level.CE1}, False),
        ({"activity_id": CANTEEN}, True),
        ({"activity_id": MORNING_CARE}, False),
        ({"school_id": SCHOOL, "level": Level.CP}, True),
        ({"school_id": SCHOOL, "level": Level.CE1}, False),
        ({"effect": EventEffect.FREE_ABSENCE}, False),
        ({"effect": EventEffect.PICNIC_HOME}, False),
    ],
)
def test_the_scope_of_a_closure(scope: dict[str, object], closes_lunch: bool) -> None:
    villars = calendar([Closure("Grève", THURSDAY, THURSDAY, **scope)])
    assert villars.closed_because(THURSDAY, LUNCH) == ("Grève" if closes_lunch else None)


def test_a_closure_lasts_from_its_first_to_its_last_day() -> None:
    villars = calendar([Closure("Travaux", date(2026, 12, 7), date(2026, 12, 11))])
    found = villars.service_days(date(2026, 12, 3), date(2026, 12, 15), LUNCH)
    assert found == [date(2026, 12, day) for day in (3, 4, 14, 15)]


EVERY_DAY = Pattern(frozenset({1, 2, 3, 4, 5}), FIRST_DAY)
OF_SCHOOL = Pattern(FOUR_DAYS, FIRST_DAY, school_id=SCHOOL)
OF_LEVEL = Pattern(frozenset({1}), FIRST_DAY, level=Level.CP)
OF_ACTIVITY = Pattern(frozenset({3}), FIRST_DAY, activity_id=CANTEEN)
OF_ACTIVITY_HERE = Pattern(frozenset({2}), FIRST_DAY, activity_id=CANTEEN, school_id=SCHOOL)


@pytest.mark.parametrize(
    ("patterns", "winner"),
    [
        ([EVERY_DAY, OF_LEVEL], OF_LEVEL),
        ([OF_LEVEL, OF_SCHOOL, EVERY_DAY], OF_SCHOOL),
        ([OF_SCHOOL, OF_ACTIVITY, OF_LEVEL], OF_ACTIVITY),
        ([OF_ACTIVITY, OF_ACTIVITY_HERE], OF_ACTIVITY_HERE),
        ([EVERY_DAY, Pattern(frozenset({1}), FIRST_DAY, school_id=OTHER_SCHOOL)], EVERY_DAY),
        ([EVERY_DAY, Pattern(FOUR_DAYS, date(2026, 11, 2))], Pattern(FOUR_DAYS, FIRST_DAY)),
        ([EVERY_DAY, Pattern(FOUR_DAYS, FIRST_DAY, date(2026, 11, 2), school_id=SCHOOL)], EVERY_DAY),
    ],
)
def test_the_most_precise_pattern_wins(patterns: list[Pattern], winner: Pattern) -> None:
    monday = date(2026, 11, 30)
    week = calendar(patterns=patterns).service_days(monday, monday + timedelta(days=6), LUNCH)
    assert {day.isoweekday() for day in week} == winner.weekdays


def test_a_place_without_pattern_is_closed_and_says_so() -> None:
    assert calendar(patterns=[]).closed_because(THURSDAY, LUNCH) == "Jours d’école non définis"


def test_the_weekdays_of_an_activity_are_not_those_of_the_school() -> None:
    assert calendar(patterns=[OF_ACTIVITY]).closed_because(THURSDAY, LUNCH) == "Pas de service le jeudi"


def test_the_next_and_previous_days_of_service() -> None:
    villars = calendar()
    assert villars.previous_service_day(date(2026, 11, 2), LUNCH) == date(2026, 10, 16)
    assert villars.next_service_day(date(2026, 10, 16), LUNCH) == date(2026, 11, 2)
    assert villars.previous_service_day(FIRST_DAY, LUNCH) is None
    assert villars.next_service_day(LAST_DAY, LUNCH) is None
    assert villars.next_service_day(date(2026, 8, 1), LUNCH) == FIRST_DAY
    assert villars.previous_service_day(date(2027, 8, 1), LUNCH) == LAST_DAY


def test_the_last_school_day_looks_at_the_school_not_at_the_activity() -> None:
    wednesdays = Pattern(frozenset({3}), FIRST_DAY, activity_id=CANTEEN)
    villars = calendar(patterns=[OF_SCHOOL, wednesdays])
    assert villars.previous_service_day(date(2026, 10, 28), LUNCH) == date(2026, 10, 14)
    assert villars.last_school_day_before(date(2026, 10, 28), LUNCH) == date(2026, 10, 16)


@pytest.mark.parametrize(
    ("day", "is_first"),
    [
        (date(2026, 9, 1), True),
        (date(2026, 9, 3), False),
        (date(2026, 11, 2), True),
        (date(2026, 11, 3), False),
        (date(2026, 11, 12), False),  # after a public holiday only
        (date(2026, 10, 20), False),  # in the holidays: no service
        (date(2027, 1, 4), True),
        (date(2027, 5, 10), False),  # after the Ascension bridge only
    ],
)
def test_the_first_day_of_service_after_holidays(day: date, is_first: bool) -> None:
    assert calendar().is_first_after_holidays(day, LUNCH) is is_first


def test_the_first_day_after_holidays_may_be_later_for_one_school() -> None:
    villars = calendar([Closure("Chauffage en panne", date(2026, 11, 2), date(2026, 11, 2))])
    assert villars.is_first_after_holidays(date(2026, 11, 3), LUNCH)


def test_school_years() -> None:
    villars = calendar()
    year = villars.year_of(THURSDAY)
    assert year is not None
    assert year.name == "2026-2027"
    assert villars.year_of(date(2027, 7, 3)) is None
    assert villars.precedes_all_years(date(2026, 8, 31))
    assert not villars.precedes_all_years(FIRST_DAY)


def test_an_empty_calendar_serves_no_day() -> None:
    empty = SchoolCalendar([], [], [], [])
    assert empty.closed_because(THURSDAY, LUNCH) == "Hors année scolaire"
    assert empty.previous_service_day(THURSDAY, LUNCH) is None
    assert empty.next_service_day(THURSDAY, LUNCH) is None


@given(st.dates(date(2026, 7, 1), date(2027, 9, 30)))
def test_next_and_previous_skip_closed_days_only(day: date) -> None:
    villars = calendar()
    following = villars.next_service_day(day, LUNCH)
    if following is not None:
        between = villars.service_days(day + timedelta(days=1), following, LUNCH)
        assert between == [following]
        assert villars.previous_service_day(following + timedelta(days=1), LUNCH) == following


def test_two_places_do_not_share_their_answers() -> None:
    villars = calendar([Closure("Sortie", THURSDAY, THURSDAY, class_id=CP_CLASS)])
    assert villars.closed_because(THURSDAY, LUNCH) == "Sortie"
    assert villars.closed_because(THURSDAY, Place(CANTEEN, SCHOOL, CP_CLASS + 1, Level.CP)) is None
    assert villars.closed_because(THURSDAY, LUNCH) == "Sortie"
