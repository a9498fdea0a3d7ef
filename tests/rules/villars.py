"""The calendar of a town like Villars in 2026-27, written by hand: zone A, four school days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from rules.instants import PARIS
from rules.school_calendar import Closure, Holiday, Pattern, Place, SchoolCalendar, SchoolYear
from rules.vocabulary import HolidayKind, Level

CANTEEN, MORNING_CARE = 1, 2
SCHOOL, OTHER_SCHOOL = 10, 11
CP_CLASS = 100
FIRST_DAY, LAST_DAY = date(2026, 9, 1), date(2027, 7, 2)
FOUR_DAYS = frozenset({1, 2, 4, 5})
LUNCH = Place(CANTEEN, SCHOOL, CP_CLASS, Level.CP)

SCHOOL_HOLIDAYS = [
    Holiday(HolidayKind.SCHOOL, name, date.fromisoformat(first), date.fromisoformat(last))
    for name, first, last in [
        ("Vacances d’été", "2026-07-04", "2026-08-31"),
        ("Vacances de la Toussaint", "2026-10-17", "2026-11-01"),
        ("Vacances de Noël", "2026-12-19", "2027-01-03"),
        ("Vacances d’hiver", "2027-02-13", "2027-02-28"),
        ("Vacances de printemps", "2027-04-10", "2027-04-25"),
        ("Vacances d’été", "2027-07-03", "2027-08-31"),
    ]
]
BRIDGE = Holiday(HolidayKind.BRIDGE, "Pont de l’Ascension", date(2027, 5, 7), date(2027, 5, 8))
PUBLIC_HOLIDAYS = [
    Holiday(HolidayKind.PUBLIC, name, date.fromisoformat(day), date.fromisoformat(day))
    for name, day in [
        ("Toussaint", "2026-11-01"),
        ("Armistice 1918", "2026-11-11"),
        ("Noël", "2026-12-25"),
        ("Jour de l’An", "2027-01-01"),
        ("Lundi de Pâques", "2027-03-29"),
        ("Fête du Travail", "2027-05-01"),
        ("Ascension", "2027-05-06"),
        ("Victoire 1945", "2027-05-08"),
        ("Lundi de Pentecôte", "2027-05-17"),
    ]
]


def calendar(
    closures: Iterable[Closure] = (), patterns: Iterable[Pattern] = (Pattern(FOUR_DAYS, FIRST_DAY),)
) -> SchoolCalendar:
    """That school year, with these closures and weekly patterns."""
    year = SchoolYear("2026-2027", FIRST_DAY, LAST_DAY)
    return SchoolCalendar([year], [*SCHOOL_HOLIDAYS, BRIDGE, *PUBLIC_HOLIDAYS], closures, patterns)


def at(text: str) -> datetime:
    """An ISO date and time on the clocks of Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)
