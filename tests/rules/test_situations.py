"""The situation table of rules.md, every combination of booking and attendance."""

from __future__ import annotations

from itertools import product

import pytest

from rules.situations import BookingFact, situation_of
from rules.vocabulary import EventEffect, Presence, Situation, Timing

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


# Under an event: what a child booked in time, booked late, or not booked ends in.
EVENTS = [
    # event, presence, booked, late, unbooked (the sheet is closed)
    (EventEffect.CLOSED, PRESENT, Situation.AS_BOOKED, Situation.LATE, Situation.UNBOOKED),
    (EventEffect.CLOSED, ABSENT, Situation.EVENT, Situation.EVENT, None),
    (EventEffect.CLOSED, NO_ROW, Situation.EVENT, Situation.EVENT, None),
    (EventEffect.FREE_ABSENCE, PRESENT, Situation.AS_BOOKED, Situation.LATE, Situation.UNBOOKED),
    (EventEffect.FREE_ABSENCE, ABSENT, Situation.EVENT, Situation.EVENT, None),
    (EventEffect.FREE_ABSENCE, NO_ROW, Situation.EVENT, Situation.EVENT, None),
    (EventEffect.PICNIC_HOME, PRESENT, Situation.EVENT, Situation.EVENT, Situation.EVENT),
    (EventEffect.PICNIC_HOME, ABSENT, Situation.EVENT, Situation.EVENT, None),
    (EventEffect.PICNIC_HOME, NO_ROW, Situation.EVENT, Situation.EVENT, None),
    (EventEffect.PICNIC_KITCHEN, PRESENT, Situation.PICNIC, Situation.LATE, Situation.UNBOOKED),
    (EventEffect.PICNIC_KITCHEN, ABSENT, Situation.NO_SHOW, Situation.NO_SHOW, None),
    (EventEffect.PICNIC_KITCHEN, NO_ROW, Situation.PICNIC, Situation.LATE, None),
]


@pytest.mark.parametrize(("event", "presence", "booked", "late", "unbooked"), EVENTS)
def test_an_event_says_what_is_due(
    event: EventEffect,
    presence: Presence | None,
    booked: Situation,
    late: Situation,
    unbooked: Situation | None,
) -> None:
    ends = [situation_of(each, presence, CLOSED, event=event) for each in (IN_TIME, LATE, None)]
    assert ends == [booked, late, unbooked]


def test_every_event_and_presence_has_its_line() -> None:
    assert {row[:2] for row in EVENTS} == set(product(EventEffect, [PRESENT, ABSENT, NO_ROW]))


@pytest.mark.parametrize("closed", [CLOSED, OPEN])
@pytest.mark.parametrize("booking", [IN_TIME, LATE, EXCUSED])
def test_an_accepted_claim_says_the_absence(booking: BookingFact, closed: bool) -> None:
    assert situation_of(booking, ABSENT, closed, justified=True) == Situation.JUSTIFIED
    assert situation_of(booking, NO_ROW, closed, justified=True) == Situation.JUSTIFIED
    seen = situation_of(booking, PRESENT, closed, justified=True)
    assert seen == situation_of(booking, PRESENT, closed)


def test_a_claim_without_a_booking_says_nothing() -> None:
    assert situation_of(None, ABSENT, CLOSED, justified=True) is None


def test_nothing_is_due_of_a_justified_day_of_strike() -> None:
    end = situation_of(IN_TIME, ABSENT, CLOSED, justified=True, event=EventEffect.CLOSED)
    assert end == Situation.EVENT
