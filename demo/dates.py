"""The demo's own calendar: it always tells the same story, whatever the clock shows."""

from __future__ import annotations

from datetime import date, datetime

from config import DEMO_NOW
from rules.instants import PARIS

NOW = datetime.fromisoformat(DEMO_NOW).replace(tzinfo=PARIS)
TODAY = NOW.date()
FIRST_DAY = date(2026, 9, 1)
INSTALLED = datetime(2026, 8, 3, 9, 0, tzinfo=PARIS)
IMPORTED = datetime(2026, 8, 4, 14, 0, tzinfo=PARIS)
ACTIVATED = datetime(2026, 8, 6, 10, 0, tzinfo=PARIS)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)
