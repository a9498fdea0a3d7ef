"""The periods that prices are counted over: day, week, month, between two holidays, term, school year."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from rules.vocabulary import Per, PriceUnit

TERM_STARTS = (9, 1, 4)  # September, January and April, as communes bill their terms
YEAR_START = 9
OF_UNIT = {
    PriceUnit.WEEK: Per.WEEK,
    PriceUnit.MONTH: Per.MONTH,
    PriceUnit.PERIOD: Per.PERIOD,
    PriceUnit.TERM: Per.TERM,
    PriceUnit.YEAR: Per.YEAR,
}


def month_start(day: date) -> date:
    return day.replace(day=1)


def period_start(per: Per, day: date, between_holidays: Callable[[date], date] = month_start) -> date:
    """The first day of the period that holds a day: its Monday, its month, its term, its school year.

    Terms start in September, January and April; the school year in September. `between_holidays` gives
    the first day of the period between two school holidays, which only a calendar knows.
    """
    match per:
        case Per.DAY:
            return day
        case Per.WEEK:
            return day - timedelta(days=day.weekday())
        case Per.MONTH:
            return month_start(day)
        case Per.PERIOD:
            return between_holidays(day)
        case Per.TERM:
            month = max((m for m in TERM_STARTS if m <= day.month), default=1)
            return date(day.year, month, 1)
        case Per.YEAR:
            return date(day.year if day.month >= YEAR_START else day.year - 1, YEAR_START, 1)


def earliest_start(day: date, between_holidays: Callable[[date], date] = month_start) -> date:
    """The first day of the longest period that holds a day: its school year, or a week begun before it."""
    return min(period_start(per, day, between_holidays) for per in Per)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or the last day of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
