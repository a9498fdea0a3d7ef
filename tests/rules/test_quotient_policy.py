"""From when a quotient counts: at once, the next month, at a date of the year, back-dated, expired."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rules.quotients import QuotientFact, QuotientPolicy, quotient_on
from rules.tariffs import price
from rules.vocabulary import QuotientRounding, QuotientStart
from tests.rules.grids import bands, due, facts, tariff, why


def quotient(value: int, effective: date, received: date | None = None) -> QuotientFact:
    return QuotientFact(Decimal(value), effective, None, "attestation CAF", received)


OLD = quotient(500, date(2025, 9, 1))
NEW = quotient(800, date(2026, 10, 15), date(2026, 11, 20))


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (QuotientPolicy(), {date(2026, 10, 14): 500, date(2026, 10, 15): 800}),
        (
            QuotientPolicy(start=QuotientStart.NEXT_MONTH),
            {date(2026, 10, 31): 500, date(2026, 11, 1): 800},
        ),
        (QuotientPolicy(backdated_days=0), {date(2026, 11, 19): 500, date(2026, 11, 20): 800}),
        (QuotientPolicy(backdated_days=10), {date(2026, 11, 9): 500, date(2026, 11, 10): 800}),
        (QuotientPolicy(backdated_days=90), {date(2026, 10, 14): 500, date(2026, 10, 15): 800}),
        (
            QuotientPolicy(start=QuotientStart.REFERENCE, reference=(1, 1)),
            {date(2026, 12, 31): 500, date(2027, 1, 1): 800},
        ),
        (
            QuotientPolicy(expires=(9, 1)),
            {date(2026, 8, 31): 500, date(2026, 9, 1): None, date(2026, 10, 15): 800, date(2027, 9, 1): None},
        ),
    ],
)
def test_a_quotient_counts_from_when_the_commune_says(
    policy: QuotientPolicy, expected: dict[date, int | None]
) -> None:
    for day, value in expected.items():
        found = quotient_on([OLD, NEW], day, policy)
        assert (found and found.value) == value, day


def test_a_family_without_a_quotient_at_the_reference_date_has_its_first_one() -> None:
    policy = QuotientPolicy(start=QuotientStart.REFERENCE, reference=(9, 1))
    assert quotient_on([NEW], date(2026, 10, 14), policy) is None
    assert quotient_on([NEW], date(2026, 10, 15), policy) == NEW


def test_a_first_of_the_month_counts_at_once() -> None:
    policy = QuotientPolicy(start=QuotientStart.NEXT_MONTH)
    assert quotient_on([quotient(300, date(2026, 11, 1))], date(2026, 11, 1), policy) is not None


@pytest.mark.parametrize(
    ("rounding", "cents"),
    [
        (QuotientRounding.NONE, 100),
        (QuotientRounding.DOWN, 100),
        (QuotientRounding.NEAREST, 330),
        (QuotientRounding.UP, 330),
    ],
)
def test_a_quotient_may_be_made_whole_before_its_band_is_looked_up(
    rounding: QuotientRounding, cents: int
) -> None:
    grid = tariff(*bands("1.00", "3.30", bounds=("623",)), quotient_rounding=rounding)
    assert due(grid, "622.50") == cents
    found = price(grid, facts("622.50")).explanation
    assert found.quotient == Decimal("622.50")
    assert ("arrondi à 623" in why(grid, "622.50")) == (cents == 330)


@pytest.mark.parametrize(
    ("effective_on", "day", "known"),
    [
        (date(2026, 12, 31), date(2027, 1, 31), True),
        (date(2026, 12, 31), date(2027, 2, 1), False),
        (date(2027, 1, 1), date(2027, 2, 1), True),
        (date(2027, 1, 1), date(2028, 1, 31), True),
        (date(2027, 1, 1), date(2028, 2, 1), False),
    ],
)
def test_a_quotient_renewed_before_the_expiry_stays(effective_on: date, day: date, known: bool) -> None:
    """« À mettre à jour en janvier ; à défaut, tarif maximal à compter du 1er février. »"""
    policy = QuotientPolicy(expires=(2, 1), renewed=(1, 1))
    given = QuotientFact(Decimal(600), effective_on, None, "Attestation")
    assert (quotient_on([given], day, policy) is not None) is known
