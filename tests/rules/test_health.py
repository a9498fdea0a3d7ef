"""How long a child's health is kept."""

from __future__ import annotations

from datetime import date

import pytest

from rules.health import is_out_of_date, kept_until
from rules.school_calendar import SchoolCalendar, SchoolYear

CALENDAR = SchoolCalendar(
    years=[
        SchoolYear("2025-2026", date(2025, 9, 1), date(2026, 7, 3)),
        SchoolYear("2026-2027", date(2026, 9, 1), date(2027, 7, 3)),
    ],
    holidays=[],
    closures=[],
    patterns=[],
)


@pytest.mark.parametrize(
    ("confirmed_on", "left_on", "until"),
    [
        (date(2026, 9, 10), None, date(2027, 8, 3)),
        (date(2026, 7, 3), None, date(2026, 8, 3)),
        (date(2026, 7, 20), None, date(2027, 8, 3)),  # in summer: for the year to come
        (date(2027, 7, 10), None, None),  # the next year is not known yet
        (date(2026, 9, 10), date(2026, 12, 18), date(2026, 12, 18)),
    ],
)
def test_health_goes_with_the_year_or_with_the_child(confirmed_on, left_on, until):
    assert kept_until(confirmed_on, left_on, CALENDAR, 31) == until


def test_a_paper_is_good_to_the_end_of_its_last_day():
    assert not is_out_of_date(date(2027, 7, 3), date(2027, 7, 3))
    assert is_out_of_date(date(2027, 7, 3), date(2027, 7, 4))
    assert not is_out_of_date(None, date(2099, 1, 1))
