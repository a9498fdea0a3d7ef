"""Weekdays chosen for the year, and what no choice means."""

from __future__ import annotations

from datetime import date

import pytest

from rules.commitments import check_weekdays, on_weekdays, weekdays_of_the_year
from rules.refusals import Refused

FOUR_DAYS = {1, 2, 4, 5}


@pytest.mark.parametrize(
    ("chosen", "without_choice", "expected"),
    [
        (frozenset({1, 4}), None, {1, 4}),
        (frozenset({1, 4}), 4, {1, 4}),
        (None, None, set()),
        (None, 4, {1, 2, 4, 5}),
        (None, 2, {1, 2}),
        (None, 5, {1, 2, 4, 5}),
    ],
)
def test_no_choice_means_the_first_days_of_the_week(chosen, without_choice, expected):
    """Caisse des écoles of Paris 15e: no choice means five days, all those of its week."""
    assert weekdays_of_the_year(chosen, without_choice, FOUR_DAYS) == expected


def test_a_weekday_without_service_is_refused_by_its_name():
    with pytest.raises(Refused, match="« Cantine » n’a pas lieu le mercredi et le samedi") as refusal:
        check_weekdays(frozenset({1, 3, 6}), FOUR_DAYS, "Cantine")
    assert refusal.value.field == "usual_weekdays"
    check_weekdays(frozenset({1, 5}), FOUR_DAYS, "Cantine")
    check_weekdays(None, FOUR_DAYS, "Cantine")
    check_weekdays(frozenset({3}), set(), "Cantine")


def test_only_the_days_that_fall_on_them():
    days = [date(2026, 9, day) for day in range(7, 21)]
    assert on_weekdays(days, {1, 5}) == [date(2026, 9, day) for day in (7, 11, 14, 18)]
