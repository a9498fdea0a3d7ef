"""The cut-offs of real règlements, read in communes' own pages: each rule as a commune states it.

`last` is the last accepted second, `until` the first refused instant (the corpus gives one or the other).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from rules.deadline_rules import PublishedDate, WeekdayRow
from rules.deadlines import Circumstances, DeadlineRule, Terms, judge
from rules.instants import PARIS
from rules.school_calendar import Pattern, SchoolCalendar, SchoolYear
from rules.vocabulary import BringBack, Change, DayUnit, DeadlineKind
from tests.rules.villars import LUNCH, PUBLIC_HOLIDAYS, SCHOOL_HOLIDAYS

EVERY_DAY = frozenset({1, 2, 3, 4, 5})
YEARS = [
    SchoolYear("2019-2020", date(2019, 9, 2), date(2020, 7, 3)),
    SchoolYear("2022-2023", date(2022, 9, 1), date(2023, 7, 7)),
    SchoolYear("2026-2027", date(2026, 9, 1), date(2027, 7, 2)),
]
CALENDAR = SchoolCalendar(
    YEARS, [*SCHOOL_HOLIDAYS, *PUBLIC_HOLIDAYS], [], [Pattern(EVERY_DAY, date(2015, 9, 1))]
)
LEA = Circumstances(LUNCH)
SECOND = timedelta(seconds=1)


def rule(kind: DeadlineKind, **values: Any) -> DeadlineRule:
    return DeadlineRule(kind, **{"change": None, "first": date(2015, 9, 1), **values})


def weekly(weekday: int, minute: int, **values: Any) -> DeadlineRule:
    return rule(DeadlineKind.WEEKLY, weekday=weekday, weeks=1, minute_of_day=minute, **values)


def days(amount: int, unit: DayUnit, minute: int, **values: Any) -> DeadlineRule:
    return rule(DeadlineKind.DAYS_BEFORE, amount=amount, unit=unit, minute_of_day=minute, **values)


def by_weekday(minute: int, **pairs: int) -> DeadlineRule:
    rows = tuple(WeekdayRow(NAMES[name], weekday, minute) for name, weekday in pairs.items())
    return rule(DeadlineKind.BY_WEEKDAY, weekday_rows=rows)


NAMES = {"monday": 1, "tuesday": 2, "thursday": 4, "friday": 5}
MIDNIGHT, NOON = 1440, 720
BOOK, CANCEL = {"change": Change.BOOK}, {"change": Change.CANCEL}
SAME_DAY = DeadlineKind.SAME_DAY

NINE = rule(SAME_DAY, minute_of_day=540)
CRUAS = [days(2, DayUnit.WEEKDAYS, NOON)]
VEYRAS_TAP = [
    rule(
        DeadlineKind.MONTH_DATES,
        published=(PublishedDate(date(2019, 9, 2), date(2019, 10, 18), date(2019, 8, 17), MIDNIGHT),),
        **BOOK,
    ),
    days(1, DayUnit.CALENDAR, 17 * 60, **CANCEL),
]
VILLES_SOEURS = [days(3, DayUnit.WEEKDAYS, MIDNIGHT, **BOOK)]
OURTON = [by_weekday(660, monday=5, tuesday=1, thursday=3, friday=3)]
JACOB = [weekly(4, 600, **BOOK), days(1, DayUnit.WORKING, 600, **CANCEL)]
ANDANCETTE = [weekly(5, NOON, **BOOK), days(1, DayUnit.CALENDAR, NOON, **CANCEL)]
LES_ROUSSES = [
    rule(DeadlineKind.HOURS_BEFORE, amount=48, unit=DayUnit.CALENDAR, **BOOK),
    rule(SAME_DAY, minute_of_day=540, **CANCEL),
]
CUILLE = [
    rule(DeadlineKind.HOURS_BEFORE, amount=72, unit=DayUnit.CALENDAR, **BOOK),
    rule(SAME_DAY, minute_of_day=510, **CANCEL),
]
PEZILLA = [weekly(1, MIDNIGHT, bring_back=BringBack.SAME_WEEKDAY)]


@pytest.mark.parametrize(
    ("commune", "rules", "change", "day", "until"),
    [
        ("Cruas", CRUAS, "book", "2026-11-30", "2026-11-26T12:00:00"),
        ("Cruas", CRUAS, "book", "2026-12-01", "2026-11-27T12:00:00"),
        ("Cruas", CRUAS, "book", "2026-12-03", "2026-12-01T12:00:00"),
        ("Cruas", CRUAS, "book", "2026-12-04", "2026-12-02T12:00:00"),
        ("Cruas, mercredi", [weekly(4, NOON)], "book", "2026-12-02", "2026-11-26T12:00:00"),
        ("Veyras", [weekly(2, 1439)], "book", "2026-12-03", "2026-11-25T00:00:00"),
        ("Veyras, garderie", [days(1, DayUnit.CALENDAR, 1080)], "book", "2026-12-03", "2026-12-02T18:00:00"),
        ("Veyras, TAP", VEYRAS_TAP, "book", "2019-10-18", "2019-08-18T00:00:00"),
        ("Veyras, TAP", VEYRAS_TAP, "cancel", "2019-10-18", "2019-10-17T17:00:00"),
        ("Montagnac", [weekly(3, MIDNIGHT)], "book", "2026-11-30", "2026-11-26T00:00:00"),
        ("Villes Sœurs", VILLES_SOEURS, "book", "2026-11-30", "2026-11-26T00:00:00"),
        ("Villes Sœurs", VILLES_SOEURS, "book", "2026-12-03", "2026-12-01T00:00:00"),
        ("Saint-Colomban", [NINE], "cancel", "2026-12-03", "2026-12-03T09:00:00"),
        (
            "Saint-Lager",
            [rule(DeadlineKind.MONTH_DATES, day_of_month=20, months=1, minute_of_day=0)],
            "book", "2026-12-03", "2026-11-20T00:00:00",
        ),
        ("Villars", [weekly(3, 1439)], "book", "2026-12-01", "2026-11-26T00:00:00"),
        ("Villars", [weekly(3, 1439)], "cancel", "2026-12-04", "2026-11-26T00:00:00"),
        ("Montrésor", [NINE], "book", "2026-12-03", "2026-12-03T09:00:00"),
        ("Boisemont", [weekly(4, 540)], "book", "2026-12-04", "2026-11-26T09:00:00"),
        ("Briarres", [days(1, DayUnit.WORKING, 540)], "book", "2026-11-30", "2026-11-27T09:00:00"),
        ("Briarres", [days(1, DayUnit.WORKING, 540)], "cancel", "2026-12-01", "2026-11-30T09:00:00"),
        ("Ourton", OURTON, "book", "2026-11-30", "2026-11-27T11:00:00"),
        ("Ourton", OURTON, "book", "2026-12-04", "2026-12-02T11:00:00"),
        ("Les Rousses", LES_ROUSSES, "book", "2026-12-03", "2026-12-01T12:00:00"),
        ("Les Rousses", LES_ROUSSES, "cancel", "2026-12-03", "2026-12-03T09:00:00"),
        ("Aubervilliers", [days(7, DayUnit.CALENDAR, MIDNIGHT)], "book", "2026-12-03", "2026-11-27T00:00:00"),
        (
            "Béthisy",
            [rule(DeadlineKind.HOURS_BEFORE, amount=48, unit=DayUnit.WORKING)],
            "book", "2026-11-30", "2026-11-26T12:00:00",
        ),
        ("Jacob-Bellecombette", JACOB, "book", "2026-11-30", "2026-11-26T10:00:00"),
        ("Jacob-Bellecombette", JACOB, "cancel", "2026-11-30", "2026-11-27T10:00:00"),
        ("Labruguière", [days(1, DayUnit.CALENDAR, MIDNIGHT)], "book", "2026-12-03", "2026-12-03T00:00:00"),
        ("Espondeilhan", [weekly(1, MIDNIGHT)], "book", "2022-09-19", "2022-09-13T00:00:00"),
        ("Bibost", [weekly(3, MIDNIGHT)], "book", "2026-11-30", "2026-11-26T00:00:00"),
        ("Andancette", ANDANCETTE, "book", "2026-12-03", "2026-11-27T12:00:00"),
        ("Andancette", ANDANCETTE, "cancel", "2026-12-03", "2026-12-02T12:00:00"),
        (
            "Lachelle",
            [by_weekday(420, monday=5, tuesday=1, thursday=2, friday=4)],
            "cancel", "2026-12-04", "2026-12-03T07:00:00",
        ),
        ("Pézilla", PEZILLA, "book", "2026-11-30", "2026-11-24T00:00:00"),
        ("Pézilla, au retour", PEZILLA, "book", "2026-11-03", "2026-10-13T00:00:00"),
        (
            "Voulangis",
            [by_weekday(570, monday=5, tuesday=1, thursday=2, friday=4)],
            "cancel", "2026-12-03", "2026-12-01T09:30:00",
        ),
        ("Cuillé", CUILLE, "book", "2026-12-03", "2026-11-30T12:00:00"),
        ("Cuillé", CUILLE, "cancel", "2026-12-03", "2026-12-03T08:30:00"),
        ("Vigneux-de-Bretagne", [weekly(4, MIDNIGHT)], "book", "2026-11-30", "2026-11-27T00:00:00"),
    ],
)  # fmt: skip
def test_a_real_commune_to_the_second(
    commune: str, rules: list[DeadlineRule], change: str, day: str, until: str
) -> None:
    refused = datetime.fromisoformat(until).replace(tzinfo=PARIS)
    service_day, what = date.fromisoformat(day), Change(change)
    before = judge(Terms(rules), what, service_day, CALENDAR, LEA, refused - SECOND)
    after = judge(Terms(rules), what, service_day, CALENDAR, LEA, refused)
    assert before.allowed, (commune, before.why)
    assert (after.allowed, after.late, after.cutoff) == (False, True, refused), commune


def test_a_commune_whose_bookings_are_never_cancelled() -> None:
    """Villes Sœurs: a meal bought is bought; no rule provides for cancelling."""
    found = judge(
        Terms(VILLES_SOEURS), Change.CANCEL, date(2026, 12, 3), CALENDAR, LEA,
        datetime(2026, 11, 2, 8, tzinfo=PARIS),
    )  # fmt: skip
    assert (found.allowed, found.late) == (False, False)
