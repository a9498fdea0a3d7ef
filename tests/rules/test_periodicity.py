"""The same weekdays for a period."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.periodicity import repeated_days
from rules.refusals import Refused


def test_every_monday_and_thursday() -> None:
    assert repeated_days({1, 4}, 1, date(2026, 10, 1), date(2026, 10, 15)) == [
        date(2026, 10, 1),
        date(2026, 10, 5),
        date(2026, 10, 8),
        date(2026, 10, 12),
        date(2026, 10, 15),
    ]


def test_every_other_week_counts_from_the_week_of_the_first_day() -> None:
    # Thursday 1 October is of the week of Monday 28 September: Mondays 12 and 26 follow.
    assert repeated_days({1}, 2, date(2026, 10, 1), date(2026, 10, 31)) == [
        date(2026, 10, 12),
        date(2026, 10, 26),
    ]


def test_every_other_week_runs_through_a_year_of_53_weeks() -> None:
    days = repeated_days({1}, 2, date(2026, 12, 14), date(2027, 1, 31))
    assert days == [date(2026, 12, 14), date(2026, 12, 28), date(2027, 1, 11), date(2027, 1, 25)]


@pytest.mark.parametrize(
    ("weekdays", "first", "until", "field"),
    [
        (set(), date(2026, 10, 1), date(2026, 10, 2), "jours"),
        ({1}, date(2026, 10, 2), date(2026, 10, 1), "jusquau"),
        ({1}, date(2026, 10, 1), date(2028, 10, 1), "jusquau"),
    ],
)
def test_what_makes_no_sense_is_refused(weekdays: set[int], first: date, until: date, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        repeated_days(weekdays, 1, first, until)
    assert refusal.value.field == field


@given(
    st.sets(st.integers(1, 7), min_size=1),
    st.integers(1, 2),
    st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    st.integers(0, 366),
)
def test_days_are_in_the_period_on_the_weekdays_and_in_order(
    weekdays: set[int], every: int, first: date, length: int
) -> None:
    until = first + timedelta(days=length)
    days = repeated_days(weekdays, every, first, until)
    assert days == sorted(set(days))
    assert all(first <= day <= until and day.isoweekday() in weekdays for day in days)
    assert all((b - a).days <= 7 * every for a, b in pairwise(days))
