"""Taking a receipt back: day by day, what is undone and what is left with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.take_back import CHANGED_SINCE, NOT_YOURS_NOW, Done, take_back
from rules.vocabulary import BookingState, Change

DAY = date(2026, 9, 14)
BOOKED = Done(
    day=DAY,
    change=Change.BOOK,
    waited=False,
    state=BookingState.BOOKED,
    is_last=True,
    same_family=True,
    closed=None,
)
CANCELLED = replace(BOOKED, change=Change.CANCEL, state=BookingState.CANCELLED)
WAITING = replace(BOOKED, waited=True, state=BookingState.WAITING)


@pytest.mark.parametrize("done", [BOOKED, WAITING])
def test_what_was_asked_is_cancelled(done):
    found = take_back([done])
    assert (found.add, found.remove, found.left) == (frozenset(), {DAY}, ())


def test_what_was_cancelled_is_asked_again():
    found = take_back([CANCELLED])
    assert (found.add, found.remove, found.left) == ({DAY}, frozenset(), ())


@pytest.mark.parametrize(
    ("done", "why"),
    [
        (replace(BOOKED, closed="Délai dépassé"), "Délai dépassé"),
        (replace(BOOKED, is_last=False), CHANGED_SINCE),  # cancelled and booked again by somebody
        (replace(BOOKED, state=BookingState.CANCELLED), CHANGED_SINCE),
        (replace(WAITING, state=BookingState.BOOKED), CHANGED_SINCE),  # a place was given since
        (replace(CANCELLED, state=BookingState.BOOKED), CHANGED_SINCE),
        (replace(CANCELLED, same_family=False), NOT_YOURS_NOW),
        (replace(BOOKED, is_last=False, closed="Délai dépassé"), CHANGED_SINCE),
    ],
)
def test_what_changed_since_or_is_closed_stays_and_is_said(done, why):
    found = take_back([done])
    assert not found.is_possible
    assert found.left_by_reason == {why: [DAY]}


ANY = st.builds(
    Done,
    day=st.integers(0, 60).map(lambda n: DAY + timedelta(days=n)),
    change=st.sampled_from(Change),
    waited=st.booleans(),
    state=st.sampled_from(BookingState),
    is_last=st.booleans(),
    same_family=st.booleans(),
    closed=st.sampled_from([None, "Délai dépassé"]),
)


@given(st.lists(ANY, unique_by=lambda done: done.day))
def test_each_day_is_undone_or_left_and_never_both(days):
    found = take_back(days)
    left = {day for day, _ in found.left}
    assert found.add | found.remove | left == {done.day for done in days}
    assert not found.add & found.remove
    assert not left & (found.add | found.remove)
    for done in days:
        if done.day not in left:
            assert done.is_last and done.same_family and done.closed is None
