"""Copying days: what a copy ticks, what it cannot, and that it never cancels."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.copying import copied, last_week_of, onto_week, pasted
from rules.instants import monday_of
from rules.ticks import NOTHING_ASKED, Merge, asked_after

MON, TUE, WED, THU, FRI = (date(2026, 9, 14) + timedelta(days=n) for n in range(5))
DAYS = st.frozensets(st.integers(0, 27).map(lambda n: MON + timedelta(days=n)))


@pytest.mark.parametrize(
    ("model", "asked", "open_days", "add", "refused"),
    [
        ({MON, TUE}, set(), {MON, TUE, THU}, {MON, TUE}, set()),
        ({MON, TUE}, {MON}, {MON, TUE}, {TUE}, set()),  # already asked for: nothing to do
        ({MON, WED}, set(), {MON}, {MON}, {WED}),  # no school on Wednesdays: said
        ({MON}, {MON}, set(), set(), set()),  # booked and locked is not refused
        (set(), {THU}, {THU}, set(), set()),  # copying nothing cancels nothing
    ],
)
def test_a_copy_adds_what_may_be_and_says_the_rest(model, asked, open_days, add, refused):
    found = copied(model, asked, open_days)
    assert (found.add, found.refused) == (add, refused)


@given(DAYS, DAYS, DAYS)
def test_a_copy_stays_within_the_model_and_loses_none_of_it(model, asked, open_days):
    found = copied(model, asked, open_days)
    assert found.add | found.refused | (model & asked) == model
    assert found.add <= open_days
    assert not found.refused & open_days


@given(DAYS, DAYS, DAYS, DAYS, DAYS)
def test_what_is_asked_only_grows(model, current, add, remove, open_days):
    before = Merge(add - current, remove & current, frozenset())
    copy = copied(model, asked_after(before, current), open_days)
    after = pasted(before, copy, current)
    assert asked_after(after, current) == asked_after(before, current) | copy.add
    assert not after.add & current
    assert after.remove <= current


def test_a_day_unticked_then_copied_is_ticked_again():
    before = Merge(frozenset(), frozenset({MON}), frozenset())
    copy = copied({MON}, asked_after(before, {MON}), {MON})
    assert pasted(before, copy, {MON}) == NOTHING_ASKED


@pytest.mark.parametrize(
    ("days", "monday", "expected"),
    [
        ({MON, FRI}, date(2026, 9, 21), {date(2026, 9, 21), date(2026, 9, 25)}),
        ({date(2026, 12, 31)}, date(2027, 1, 4), {date(2027, 1, 7)}),
        (set(), date(2026, 9, 21), set()),
    ],
)
def test_the_same_weekdays_in_another_week(days, monday, expected):
    assert onto_week(days, monday) == expected


@given(DAYS)
def test_the_last_week_is_one_week_and_the_latest(days):
    last = last_week_of(days)
    assert last <= days
    assert bool(last) == bool(days)
    assert len({monday_of(day) for day in last}) <= 1
    assert all(monday_of(day) < monday_of(min(last)) for day in days - last)


@given(DAYS, st.integers(0, 40))
def test_a_week_copied_keeps_its_weekdays(days, weeks):
    last = last_week_of(days)
    monday = MON + timedelta(weeks=weeks)
    assert {day.isoweekday() for day in onto_week(last, monday)} == {day.isoweekday() for day in last}
    assert all(monday_of(day) == monday for day in onto_week(last, monday))
