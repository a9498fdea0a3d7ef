"""What a posted calendar asks for, when others have changed it meanwhile."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.ticks import Merge, merge

MON, TUE, THU = date(2026, 10, 5), date(2026, 10, 6), date(2026, 10, 8)


def days(*them: date) -> frozenset[date]:
    return frozenset(them)


@pytest.mark.parametrize(
    ("ticked", "shown", "current", "expected"),
    [
        (days(MON), days(), days(), Merge(days(MON), days(), days())),
        (days(), days(MON), days(MON), Merge(days(), days(MON), days())),
        (days(MON), days(MON), days(MON), Merge(days(), days(), days())),
        # sent twice: the second time it is already so
        (days(MON), days(), days(MON), Merge(days(), days(), days())),
        (days(), days(MON), days(), Merge(days(), days(), days())),
        # the other parent booked Tuesday, cancelled Thursday: neither is overwritten
        (days(MON, THU), days(THU), days(TUE), Merge(days(MON), days(), days(TUE, THU))),
        (days(THU), days(MON, THU), days(MON), Merge(days(), days(MON), days(THU))),
    ],
)
def test_only_differences_apply(
    ticked: frozenset[date], shown: frozenset[date], current: frozenset[date], expected: Merge
) -> None:
    assert merge(ticked, shown, current) == expected


some_days = st.frozensets(st.dates(date(2026, 10, 1), date(2026, 10, 31)))


@given(some_days, some_days, some_days)
def test_after_the_change_every_touched_day_is_as_ticked(
    ticked: frozenset[date], shown: frozenset[date], current: frozenset[date]
) -> None:
    asked = merge(ticked, shown, current)
    after = (current | asked.add) - asked.remove
    for day in ticked ^ shown:
        assert (day in after) == (day in ticked)


@given(some_days, some_days, some_days)
def test_untouched_days_stay_as_they_are_now(
    ticked: frozenset[date], shown: frozenset[date], current: frozenset[date]
) -> None:
    asked = merge(ticked, shown, current)
    after = (current | asked.add) - asked.remove
    untouched = (ticked | shown | current) - (ticked ^ shown)
    assert after & untouched == current & untouched
    assert asked.moved == {day for day in untouched if (day in shown) != (day in current)}


@given(some_days, some_days, some_days)
def test_sending_twice_asks_for_nothing(
    ticked: frozenset[date], shown: frozenset[date], current: frozenset[date]
) -> None:
    asked = merge(ticked, shown, current)
    assert merge(ticked, shown, (current | asked.add) - asked.remove).is_empty
