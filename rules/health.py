"""How long a child's health is kept, and when its papers are to be renewed (GDPR, articles 5 and 9)."""

from __future__ import annotations

from datetime import date, timedelta

from rules.school_calendar import SchoolCalendar


def kept_until(
    confirmed_on: date, left_on: date | None, calendar: SchoolCalendar, keep_days: int
) -> date | None:
    """The last day on which a child's health may be kept, or None while nothing ends it.

    It goes with the child; else `keep_days` after the end of the school year in which a parent last
    confirmed it (a confirmation in the summer is for the year to come). No year known: nothing ends it.
    """
    if left_on is not None:
        return left_on
    year = calendar.year_of(confirmed_on) or next(
        (each for each in calendar.years if each.first > confirmed_on), None
    )
    return year.last + timedelta(days=keep_days) if year else None


def is_out_of_date(until: date | None, today: date) -> bool:
    """Whether a paper with an end (PAI, insurance) has passed it."""
    return until is not None and until < today
