"""What runs during the holidays, half days, the effects of events, and the periods between holidays."""

from __future__ import annotations

from datetime import date

import pytest

from rules.school_calendar import (
    Closure,
    Holiday,
    Pattern,
    Place,
    SchoolCalendar,
    SchoolYear,
)
from rules.vocabulary import EventEffect, HalfDay, HolidayKind, Level, PatternPeriod
from tests.rules.villars import (
    BRIDGE,
    CANTEEN,
    CP_CLASS,
    FIRST_DAY,
    FOUR_DAYS,
    LAST_DAY,
    LUNCH,
    MORNING_CARE,
    PUBLIC_HOLIDAYS,
    SCHOOL,
    SCHOOL_HOLIDAYS,
    calendar,
)

THURSDAY = date(2026, 12, 3)
CENTRE = 3
SATURDAY = "Pas de service le samedi"
AT_THE_CENTRE = Place(CENTRE, SCHOOL, CP_CLASS, Level.CP)
WEEK = frozenset({1, 2, 3, 4, 5})
HOLIDAY_CLUB = Pattern(WEEK, FIRST_DAY, activity_id=CENTRE, period=PatternPeriod.HOLIDAYS)
NURSERY = Pattern(WEEK, FIRST_DAY, activity_id=CENTRE, period=PatternPeriod.ALWAYS)
SCHOOL_WEEK = Pattern(FOUR_DAYS, FIRST_DAY)


@pytest.mark.parametrize(
    ("day", "term", "holidays", "always"),
    [
        (date(2026, 10, 16), None, "Pendant les vacances seulement", None),
        (date(2026, 10, 19), "Vacances de la Toussaint", None, None),
        (
            date(2026, 10, 24),
            "Vacances de la Toussaint",
            "Pas de service le samedi",
            "Pas de service le samedi",
        ),
        (date(2026, 12, 25), "Jour férié : Noël", "Jour férié : Noël", "Jour férié : Noël"),
        (date(2027, 5, 7), "Pont de l’Ascension", "Pont de l’Ascension", None),
        (date(2027, 7, 6), "Vacances d’été", None, None),
        (date(2027, 9, 2), "Hors année scolaire", "Hors année scolaire", "Hors année scolaire"),
    ],
)
def test_what_runs_in_term_in_holidays_and_always(
    day: date, term: str | None, holidays: str | None, always: str | None
) -> None:
    of_term = Pattern(WEEK, FIRST_DAY, activity_id=CENTRE)
    for pattern, reason in [(of_term, term), (HOLIDAY_CLUB, holidays), (NURSERY, always)]:
        assert calendar(patterns=[pattern]).closed_because(day, AT_THE_CENTRE) == reason, pattern.period


def test_one_activity_may_have_its_school_week_and_its_holidays() -> None:
    wednesdays = Pattern(frozenset({3}), FIRST_DAY, activity_id=CENTRE)
    villars = calendar(patterns=[SCHOOL_WEEK, wednesdays, HOLIDAY_CLUB])
    found = villars.service_days(date(2026, 10, 12), date(2026, 10, 23), AT_THE_CENTRE)
    assert [day.day for day in found] == [14, 19, 20, 21, 22, 23]


def test_a_day_that_runs_in_the_holidays_is_no_day_of_school() -> None:
    everywhere = Pattern(WEEK, FIRST_DAY, period=PatternPeriod.ALWAYS)
    villars = calendar(patterns=[everywhere])
    assert villars.is_service_day(date(2026, 10, 19), LUNCH)
    assert not villars.is_school_day(date(2026, 10, 19), LUNCH)
    assert villars.last_school_day_before(date(2026, 10, 28), LUNCH) == date(2026, 10, 16)
    assert not villars.is_first_after_holidays(date(2026, 10, 20), LUNCH)
    assert villars.next_service_day(LAST_DAY, LUNCH) == date(2027, 7, 5)


# -- events -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("half", "starts_at", "closed"),
    [
        (None, 690, True),
        (HalfDay.MORNING, 450, True),
        (HalfDay.MORNING, 690, True),
        (HalfDay.MORNING, 720, False),
        (HalfDay.AFTERNOON, 690, False),
        (HalfDay.AFTERNOON, 720, True),
        (HalfDay.AFTERNOON, 990, True),
    ],
)
def test_half_a_day_closes_what_starts_in_it(half: HalfDay | None, starts_at: int, closed: bool) -> None:
    strike = Closure("Grève", THURSDAY, THURSDAY, half_day=half)
    villars = SchoolCalendar(
        [SchoolYear("2026-2027", FIRST_DAY, LAST_DAY)], [], [strike], [SCHOOL_WEEK], {CANTEEN: starts_at}
    )
    assert villars.closed_because(THURSDAY, LUNCH) == ("Grève" if closed else None)
    assert (villars.event_on(THURSDAY, LUNCH) is strike) is closed
    assert (villars.event_on(THURSDAY, LUNCH, starts_at) is strike) is closed


def test_half_a_day_without_class_is_still_a_day_of_school() -> None:
    strike = Closure("Grève", THURSDAY, THURSDAY, half_day=HalfDay.MORNING)
    assert calendar([strike]).is_school_day(THURSDAY, LUNCH)
    assert not calendar([Closure("Grève", THURSDAY, THURSDAY)]).is_school_day(THURSDAY, LUNCH)


def event(effect: EventEffect, name: str = "Sortie", **scope: object) -> Closure:
    return Closure(name, THURSDAY, date(2026, 12, 4), effect, **scope)


@pytest.mark.parametrize("effect", list(EventEffect))
def test_every_effect_can_be_read_and_one_alone_closes(effect: EventEffect) -> None:
    villars = calendar([event(effect)])
    found = villars.event_on(THURSDAY, LUNCH)
    assert found is not None
    assert found.effect is effect
    assert villars.is_service_day(THURSDAY, LUNCH) is (effect is not EventEffect.CLOSED)
    assert villars.event_on(date(2026, 12, 7), LUNCH) is None


def test_of_several_events_closing_wins_then_the_narrowest() -> None:
    free = event(EventEffect.FREE_ABSENCE, "Grève", school_id=SCHOOL)
    picnic = event(EventEffect.PICNIC_KITCHEN, school_id=SCHOOL, class_id=CP_CLASS)
    closed = event(EventEffect.CLOSED, "Panne")
    elsewhere = event(EventEffect.CLOSED, "Travaux", activity_id=MORNING_CARE)
    assert calendar([free, picnic, elsewhere]).event_on(THURSDAY, LUNCH) is picnic
    assert calendar([free, picnic, closed]).event_on(THURSDAY, LUNCH) is closed
    assert calendar([elsewhere]).event_on(THURSDAY, LUNCH) is None


# -- periods ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 9, 1), "2026-09-01", "2026-10-16"),
        (date(2026, 10, 16), "2026-09-01", "2026-10-16"),
        (date(2026, 10, 20), "2026-10-17", "2026-11-01"),
        (date(2026, 11, 11), "2026-11-02", "2026-12-18"),
        (date(2027, 5, 7), "2027-04-26", "2027-07-02"),  # the bridge is not holidays
        (date(2027, 8, 1), "2027-07-03", "2027-08-31"),
        (date(2028, 1, 5), "2028-01-05", "2028-01-05"),  # nothing is known
    ],
)
def test_the_period_of_a_day(day: date, first: str, last: str) -> None:
    assert calendar().period_of(day) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("day", "is_in"),
    [
        (date(2026, 9, 4), True),
        (date(2026, 9, 7), False),
        (date(2026, 11, 2), True),
        (date(2026, 11, 4), False),  # a Wednesday: no service
        (date(2026, 11, 6), True),
        (date(2026, 11, 9), False),
    ],
)
def test_the_first_week_after_holidays(day: date, is_in: bool) -> None:
    assert calendar().is_in_first_week_after_holidays(day, LUNCH) is is_in


def test_the_year_around_a_day() -> None:
    villars = calendar()
    assert villars.year_around(date(2026, 8, 1)) is None
    assert villars.year_around(date(2027, 8, 1)) == villars.years[0]


def test_a_year_without_holidays_is_not_ready() -> None:
    coming = SchoolYear("2027-2028", date(2027, 9, 1), date(2028, 7, 7))
    villars = SchoolCalendar(
        [SchoolYear("2026-2027", FIRST_DAY, LAST_DAY), coming],
        [
            *SCHOOL_HOLIDAYS,
            BRIDGE,
            *PUBLIC_HOLIDAYS,
            Holiday(HolidayKind.PUBLIC, "Noël", *[date(2027, 12, 25)] * 2),
        ],
        [],
        [SCHOOL_WEEK],
    )
    assert [villars.lacks_holidays(year) for year in villars.years] == [False, True]
