"""Reading, writing, rounding and sharing amounts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.money import format_cents, parse_cents, round_cents, share
from rules.refusals import Refused

CENTS = st.integers(-99_999_999_999, 99_999_999_999)


@pytest.mark.parametrize(
    ("amount", "cents"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("2.49", 2), ("380", 380)]
)
def test_halves_round_away_from_zero(amount: str, cents: int) -> None:
    assert round_cents(Decimal(amount)) == cents


@pytest.mark.parametrize(
    ("cents", "written"),
    [
        (0, "0,00\u00a0€"),
        (5, "0,05\u00a0€"),
        (380, "3,80\u00a0€"),
        (123_450, "1\u00a0234,50\u00a0€"),
        (-380, "\u22123,80\u00a0€"),
    ],
)
def test_amounts_are_written_the_french_way(cents: int, written: str) -> None:
    assert format_cents(cents) == written


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("12,50", 1250), ("12.5", 1250), (" 1 200 € ", 120_000), ("-3", -300), ("0", 0), ("0,05", 5)],
)
def test_amounts_are_read_as_people_type_them(typed: str, cents: int) -> None:
    assert parse_cents(typed) == cents


@pytest.mark.parametrize("typed", ["", "douze", "1,234", "1,2,3", "12 $", "--3", "1e3", "NaN"])
def test_what_is_not_an_amount_is_refused_with_its_field(typed: str) -> None:
    with pytest.raises(Refused, match="n’est pas un montant") as refused:
        parse_cents(typed, field="amount")
    assert refused.value.field == "amount"


@given(CENTS)
def test_reading_undoes_writing(cents: int) -> None:
    assert parse_cents(format_cents(cents)) == cents


@given(CENTS, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_shares_sum_to_the_whole_and_are_within_a_cent_of_fair(total: int, weights: list[int]) -> None:
    parts = share(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)


def test_the_cents_left_go_to_the_largest_remainders() -> None:
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    assert share(-100, [1, 1, 1]) == [-34, -33, -33]
    assert share(10, [0, 1]) == [0, 10]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_impossible_weights_are_a_bug_not_a_refusal(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        share(100, weights)
