"""« Je confirme que tout est exact »: what was confirmed holds for the school year, twelve months at most."""

from __future__ import annotations

from datetime import date


def is_due(confirmed_on: date | None, today: date, year_first: date | None) -> bool:
    """Whether an adult is asked (again) to confirm what the town hall knows of the family.

    `year_first`: the first day of the school year under way, when there is one.
    """
    if confirmed_on is None or _months(confirmed_on, today) >= 12:
        return True
    return year_first is not None and confirmed_on < year_first <= today


def _months(first: date, last: date) -> int:
    """Whole months from one day to another."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day)
