"""From when a declared change may count: a year back, six months ahead; beyond, somebody mistyped."""

from __future__ import annotations

from datetime import date, timedelta

from rules.refusals import Refused
from rules.wording import long_date

BACK = timedelta(days=366)
AHEAD = timedelta(days=183)


def check_since(day: date, today: date, field: str) -> None:
    """Refused with both limits in it."""
    first, last = today - BACK, today + AHEAD
    if not first <= day <= last:
        raise Refused(
            f"Donnez une date entre le {long_date(first)} et le {long_date(last)} ; "
            "pour une autre, écrivez au service.",
            field,
        )
