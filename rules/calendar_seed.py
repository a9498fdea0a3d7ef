"""The official calendar, from packages, to fill a table that staff then edit.

School holidays: vacances-scolaires-france 0.12.0, which knows nothing after 31 August 2028 and
misses the Ascension bridges of 2024 to 2026. Public holidays: holidays 0.109.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import holidays as public
from vacances_scolaires_france import SchoolHolidayDates  # type: ignore[import-untyped]

from rules.instants import ONE_DAY
from rules.refusals import Refused
from rules.school_calendar import Holiday
from rules.vocabulary import HolidayKind
from rules.wording import long_date

ZONES = ("A", "B", "C")
COVERED_FROM = date(2015, 9, 1)  # the zones of today date from the reform of 2015
COVERED_UNTIL = date(2028, 8, 31)
ASCENSION_BRIDGE = "Pont de l’Ascension"

# Official days without class (Friday and Saturday) that the package does not know.
_MISSING_BRIDGES = (
    (date(2024, 5, 10), date(2024, 5, 11)),
    (date(2025, 5, 30), date(2025, 5, 31)),
    (date(2026, 5, 15), date(2026, 5, 16)),
)
# The departments with public holidays of their own, by the start of their postcodes.
_DEPARTMENTS = {
    "57": "57", "67": "6AE", "68": "6AE",
    "971": "971", "972": "972", "973": "973", "974": "974", "976": "976",
}  # fmt: skip
# The same places by their name (folded), with a postcode of theirs.
POSTCODES = {
    "alsace moselle": "67000",
    "alsace": "67000",
    "moselle": "57000",
    "guadeloupe": "97100",
    "martinique": "97200",
    "guyane": "97300",
    "la reunion": "97400",
    "reunion": "97400",
    "mayotte": "97600",
}
_USUAL_NAMES = {
    "Armistice": "Armistice 1918",
    "Fête de la Victoire": "Victoire 1945",
    "Jour de l’an": "Jour de l’An",
}


def seed_covers(day: date) -> bool:
    """Whether the official school calendar of that day is known; otherwise staff type it in."""
    return COVERED_FROM <= day <= COVERED_UNTIL


def school_holidays(zone: str, first: date, last: date) -> list[Holiday]:
    """The school holidays and Ascension bridges of a zone from first to last, in order.

    A period that crosses first or last is cut there. Refused for an unknown zone, and for dates
    beyond what the package knows: it would answer "no holiday".
    """
    if zone not in ZONES:
        raise Refused(f"La zone scolaire « {zone} » n’existe pas : choisissez A, B ou C.", "zone")
    _check_covered(first, last)
    named = {day: name for day, name in _school_days_off(zone).items() if first <= day <= last}
    return [_holiday(name, start, end) for name, start, end in _periods(named)]


def public_holidays(first: date, last: date, postcode: str = "") -> list[Holiday]:
    """The public holidays from first to last, in order, with those of the place that has its own.

    Alsace and Moselle keep Good Friday and 26 December; each overseas department keeps the abolition
    of slavery on its own day.
    """
    years = range(first.year, last.year + 1)
    where = _DEPARTMENTS.get(postcode[:3] if postcode.startswith("97") else postcode[:2])
    found = public.country_holidays("FR", subdiv=where, years=years, language="fr")
    return [
        Holiday(HolidayKind.PUBLIC, _public_name(name), day, day)
        for day, name in sorted(found.items())
        if first <= day <= last
    ]


def _check_covered(first: date, last: date) -> None:
    if not (seed_covers(first) and seed_covers(last)):
        raise Refused(
            f"Le calendrier scolaire officiel est connu du {long_date(COVERED_FROM)} au "
            f"{long_date(COVERED_UNTIL)} : au-delà, saisissez les vacances à la main."
        )


@cache
def _school_days_off(zone: str) -> dict[date, str]:
    source = SchoolHolidayDates()
    named = {
        day: str(row["nom_vacances"]).replace("'", "’")
        for year in range(COVERED_FROM.year, COVERED_UNTIL.year + 1)
        for day, row in source.holidays_for_year_and_zone(year, zone).items()
    }
    for bridge in _MISSING_BRIDGES:
        named.update(dict.fromkeys(bridge, ASCENSION_BRIDGE))
    return named


def _periods(named: dict[date, str]) -> list[tuple[str, date, date]]:
    """Consecutive days of one name, as (name, first, last)."""
    periods: list[tuple[str, date, date]] = []
    for day, name in sorted(named.items()):
        if periods and periods[-1][0] == name and day - periods[-1][2] == ONE_DAY:
            periods[-1] = (name, periods[-1][1], day)
        else:
            periods.append((name, day, day))
    return periods


def _holiday(name: str, first: date, last: date) -> Holiday:
    kind = HolidayKind.BRIDGE if name == ASCENSION_BRIDGE else HolidayKind.SCHOOL
    return Holiday(kind, name, first, last)


def _public_name(name: str) -> str:
    name = name.replace("'", "’")
    return _USUAL_NAMES.get(name, name)


def official_days(zone: str, first_day: date, last_day: date, postcode: str = "") -> list[Holiday]:
    """Every day off of a school year and of the summer after it, in order. Refused like `school_holidays`."""
    end = date(last_day.year, 8, 31)
    return [*school_holidays(zone, first_day, end), *public_holidays(first_day, end, postcode)]


def school_year_bounds(zone: str, first_year: int) -> tuple[date, date]:
    """The first and last days of class of the year that starts in September of `first_year`.

    The day after one summer's holidays, and the day before the next. Refused like `school_holidays`.
    """
    found = school_holidays(zone, date(first_year, 7, 1), date(first_year + 1, 8, 31))
    before, after = found[0], found[-1]
    return before.last + ONE_DAY, after.first - ONE_DAY
