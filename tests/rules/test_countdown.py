"""The time left before a cut-off."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rules.countdown import time_left

PARIS = ZoneInfo("Europe/Paris")
LIMIT = datetime(2026, 9, 10, 0, 0, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2026, 9, 7, 10, 0, tzinfo=PARIS), "2 jours et 14 heures"),
        (datetime(2026, 9, 8, 0, 0, tzinfo=PARIS), "2 jours"),
        (datetime(2026, 9, 8, 23, 30, tzinfo=PARIS), "1 jour"),
        (datetime(2026, 9, 9, 18, 50, tzinfo=PARIS), "5 heures et 10 minutes"),
        (datetime(2026, 9, 9, 23, 58, 1, tzinfo=PARIS), "1 minute"),
        (datetime(2026, 9, 9, 23, 59, 30, tzinfo=PARIS), "moins d’une minute"),
        (LIMIT, ""),
        (datetime(2026, 9, 11, tzinfo=PARIS), ""),
    ],
)
def test_time_left(now: datetime, said: str) -> None:
    assert time_left(now, LIMIT) == said


def test_the_night_of_the_clocks_is_an_hour_longer() -> None:
    before, after = datetime(2026, 10, 25, 0, 0, tzinfo=PARIS), datetime(2026, 10, 25, 6, 0, tzinfo=PARIS)
    assert time_left(before, after) == "7 heures"
