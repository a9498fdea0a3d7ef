"""How dates and times are written in French, whatever the machine's locale.

Ordinary spaces throughout, so that a page can be searched for what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby

from rules.instants import ONE_DAY, paris

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def weekday_name(weekday: int) -> str:
    """The name of an ISO weekday: 1 is `lundi`, 7 is `dimanche`."""
    return WEEKDAYS[weekday - 1]


def day_number(day: date) -> str:
    """`1er` for the first of a month, the plain number for the others."""
    return "1er" if day.day == 1 else str(day.day)


def short_date(day: date) -> str:
    """`14 septembre`: no weekday, no year."""
    return f"{day_number(day)} {MONTHS[day.month - 1]}"


def day_and_month(day: date) -> str:
    """`mercredi 9 septembre`."""
    return f"{weekday_name(day.isoweekday())} {short_date(day)}"


def long_date(day: date) -> str:
    """`mercredi 9 septembre 2026`."""
    return f"{day_and_month(day)} {day.year}"


def month_name(day: date) -> str:
    """`septembre 2026`."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def of_month(day: date) -> str:
    """`de septembre 2026`, `d’octobre 2026`."""
    name = month_name(day)
    return f"d’{name}" if name[0] in "ao" else f"de {name}"


def clock_time(minute_of_day: int) -> str:
    """A time of day: `10 h`, `10 h 05`, `23 h 59`."""
    hours, minutes = divmod(minute_of_day, 60)
    return f"{hours} h {minutes:02d}" if minutes else f"{hours} h"


def moment(instant: datetime) -> str:
    """When something happened, Paris time: `lundi 23 novembre 2026 à 10 h 05`."""
    local = paris(instant)
    return f"{long_date(local.date())} à {clock_time(local.hour * 60 + local.minute)}"


def long_instant(first_refused: datetime) -> str:
    """Until when a change is accepted, given the first instant that refuses it (Paris time).

    Midnight reads as the last minute of the day before: `mercredi 9 septembre à 23 h 59`.
    Any other time reads as itself: `mercredi 9 septembre à 10 h`.
    """
    local = paris(first_refused)
    minute = local.hour * 60 + local.minute
    if minute == 0:
        return f"{day_and_month(local.date() - ONE_DAY)} à {clock_time(1439)}"
    return f"{day_and_month(local.date())} à {clock_time(minute)}"


def enumerate_words(words: Sequence[str]) -> str:
    """`a`, `a et b`, `a, b et c`."""
    *others, last = words
    return f"{', '.join(others)} et {last}" if others else last


def list_days(days: Iterable[date]) -> str:
    """`le 3 septembre`, `les 3, 5 et 10 septembre`, `le 30 septembre et les 1er et 2 octobre`.

    In order, each once; the year is said only when the days are of several years.
    """
    ordered = sorted(set(days))
    several_years = len({day.year for day in ordered}) > 1
    months = groupby(ordered, key=lambda day: (day.year, day.month))
    return enumerate_words([_days_of_month(list(group), several_years) for _, group in months])


def _days_of_month(days: Sequence[date], with_year: bool) -> str:
    article = "les" if len(days) > 1 else "le"
    month = month_name(days[0]) if with_year else MONTHS[days[0].month - 1]
    return f"{article} {enumerate_words([day_number(day) for day in days])} {month}"
