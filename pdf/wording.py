"""Dates and quantities as French people read them on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby

from rules.instants import paris
from rules.money import NBSP
from rules.wording import MONTHS, WEEKDAYS, day_number

SHORT_WEEKDAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")


def long_date(day: date) -> str:
    """Write `23 novembre 2026` (no-break inside)."""
    return f"{day_number(day)}{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"


def full_date(day: date) -> str:
    """Write `lundi 23 novembre 2026`."""
    return f"{WEEKDAYS[day.weekday()]}{NBSP}{long_date(day)}"


def moment(instant: datetime) -> str:
    """Write an aware instant in Paris time: `lundi 2 novembre 2026 à 9 h 30`."""
    local = paris(instant)
    return f"{full_date(local)} à {local.hour}{NBSP}h{NBSP}{local.minute:02d}"


def days_in_words(days: Iterable[date]) -> str:
    """Write `lun. 5, mar. 6, jeu. 8 octobre`; the year appears when the days span two."""
    return ", ".join(months_in_words(days))


def months_in_words(days: Iterable[date]) -> list[str]:
    """Write the same, one text per month."""
    ordered = sorted(days)
    with_year = bool(ordered) and ordered[0].year != ordered[-1].year
    months = groupby(ordered, key=lambda day: (day.year, day.month))
    return [_month_in_words(list(group), with_year) for _, group in months]


def _month_in_words(days: Sequence[date], with_year: bool) -> str:
    named = [f"{SHORT_WEEKDAYS[day.weekday()]}{NBSP}{day_number(day)}" for day in days]
    year = f"{NBSP}{days[0].year}" if with_year else ""
    return f"{', '.join(named)}{NBSP}{MONTHS[days[0].month - 1]}{year}"


def enumerate_names(names: Sequence[str]) -> str:
    """Write `Éloïse, Noé et Zoé`."""
    return " et ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def quotient(hundredths: int) -> str:
    """Write a quotient stored in hundredths: `742` or `622,50`."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole},{rest:02d}" if rest else str(whole)


def delay(days: int) -> str:
    """Write a number of days, in weeks when it is whole weeks: `3 semaines`."""
    weeks, rest = divmod(days, 7)
    count, word = (weeks, "semaine") if weeks and not rest else (days, "jour")
    return f"{count}{NBSP}{word}{'s' if count > 1 else ''}"


def phone(number: str) -> str:
    """Keep the pairs of a telephone number on one line."""
    return number.replace(" ", NBSP)
