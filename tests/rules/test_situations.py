"""The situation table of rules.md, every combination of booking and attendance."""

from __future__ import annotations

from itertools import product

import pytest

from rules.situations import BookingFact, situation_of
from rules.vocabulary import Presence, Situation, Timing

IN_TIME = BookingFact(Timing.IN_TIME)
LATE = BookingFact(Timing.LATE)
EXCUSED = BookingFact(Timing.EXCUSED)
PRESENT, ABSENT, NO_ROW = Presence.PRESENT, Presence.ABSENT, None
CLOSED, OPEN = True, False

TABLE = [
    (IN_TIME, PRESENT, CLOSED, Situation.AS_BOOKED),
    (IN_TIME, PRESENT, OPEN, Situation.AS_BOOKED),
    (IN_TIME, NO_ROW, CLOSED, Situation.AS_BOOKED),  # no row is not an absence
    (IN_TIME, NO_ROW, OPEN, Situation.AS_BOOKED),
    (IN_TIME, ABSENT, CLOSED, Situation.NO_SHOW),
    (IN_TIME, ABSENT, OPEN, Situation.AS_BOOKED),  # an absence counts once the sheet is closed
    (LATE, PRESENT, CLOSED, Situation.LATE),
    (LATE, PRESENT, OPEN, Situation.LATE),
    (LATE, NO_ROW, CLOSED, Situation.LATE),
    (LATE, NO_ROW, OPEN, Situation.LATE),
    (LATE, ABSENT, CLOSED, Situation.NO_SHOW),
    (LATE, ABSENT, OPEN, Situation.LATE),
    (EXCUSED, PRESENT, CLOSED, Situation.AS_BOOKED),
    (EXCUSED, PRESENT, OPEN, Situation.AS_BOOKED),
    (EXCUSED, NO_ROW, CLOSED, Situation.AS_BOOKED),
    (EXCUSED, NO_ROW, OPEN, Situation.AS_BOOKED),
    (EXCUSED, ABSENT, CLOSED, Situation.NO_SHOW),
    (EXCUSED, ABSENT, OPEN, Situation.AS_BOOKED),
    (None, PRESENT, CLOSED, Situation.UNBOOKED),
    (None, PRESENT, OPEN, Situation.UNBOOKED),
    (None, NO_ROW, CLOSED, None),
    (None, NO_ROW, OPEN, None),
    (None, ABSENT, CLOSED, None),
    (None, ABSENT, OPEN, None),
]


@pytest.mark.parametrize(("booking", "presence", "closed", "expected"), TABLE)
def test_every_day_ends_in_one_situation(
    booking: BookingFact | None, presence: Presence | None, closed: bool, expected: Situation | None
) -> None:
    assert situation_of(booking, presence, closed) == expected


def test_the_table_is_complete() -> None:
    combinations = product([IN_TIME, LATE, EXCUSED, None], [PRESENT, ABSENT, NO_ROW], [CLOSED, OPEN])
    assert {row[:3] for row in TABLE} == set(combinations)


@pytest.mark.parametrize("closed", [CLOSED, OPEN])
def test_without_booking_attendance_alone_counts(closed: bool) -> None:
    assert situation_of(None, PRESENT, closed, by_attendance=True) == Situation.ATTENDED
    assert situation_of(None, ABSENT, closed, by_attendance=True) is None
    assert situation_of(None, NO_ROW, closed, by_attendance=True) is None
