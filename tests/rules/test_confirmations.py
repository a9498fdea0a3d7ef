"""When « Je confirme que tout est exact » is asked again."""

from datetime import date

import pytest

from rules.confirmations import is_due

YEAR = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("confirmed", "today", "year_first", "asked"),
    [
        (None, date(2026, 10, 1), YEAR, True),  # never
        (date(2026, 9, 1), date(2026, 10, 1), YEAR, False),  # this school year
        (date(2026, 8, 31), date(2026, 9, 1), YEAR, True),  # the year before
        (date(2026, 8, 31), date(2026, 8, 31), None, False),  # in the summer, no year has begun
        (date(2026, 5, 2), date(2027, 5, 1), None, False),  # a day short of twelve months
        (date(2026, 5, 2), date(2027, 5, 2), None, True),  # twelve months
        (date(2024, 2, 29), date(2025, 2, 28), None, False),
        (date(2024, 2, 29), date(2025, 3, 1), None, True),
    ],
)
def test_it_holds_for_the_school_year_and_twelve_months(confirmed, today, year_first, asked):
    assert is_due(confirmed, today, year_first) is asked
