"""Fees by the rank of the child, and no more than so much for a family."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.charge_explanations import read, recompute
from rules.charges import Charge
from rules.fees import Fee
from rules.ground import Ground, Sibling, Signing
from rules.money import NBSP
from rules.months import Month
from rules.tariff_words import fee_in_words
from rules.vocabulary import FeeOccasion, PerWhom
from tests.rules.grids import (
    CANTEEN,
    HADDAD,
    LEA,
    MARTIN,
    SEPTEMBER,
    TOM,
    ZOE,
    ground,
    month,
    october,
    row,
    tariff,
    use,
)

FREE_MEALS = tariff(row(1, "0.00"))
FAMILY = (LEA, TOM, ZOE)
HOUSEHOLD = {MARTIN: [Sibling(child, date(2012 + n, 1, 1)) for n, child in enumerate(FAMILY)]}


def fee(cents: int, **more: Any) -> Fee:
    values = {"name": "Adhésion", "per_whom": PerWhom.CHILD, "first": SEPTEMBER, **more}
    return Fee(amount_cents=cents, **values)


FIRST, OTHERS = fee(1500, rank_to=1), fee(1000, rank_from=2)


def standing(*fees: Fee, household: Any = HOUSEHOLD) -> Ground:
    return ground(FREE_MEALS, fees=fees, siblings=household)


def owed(found: Month) -> dict[int | None, int]:
    return {charge.key.child_id: charge.amount_cents for charge in found.charges}


def billed(charges: list[Charge]) -> dict[Any, int]:
    return {charge.key: charge.amount_cents for charge in charges}


def test_the_eldest_owes_one_sum_and_the_others_another() -> None:
    """« Adhésion : 15 € le premier enfant, 10 € les suivants »; the rank is that of the household."""
    known = standing(FIRST, OTHERS)
    uses = [use(child, october(1)) for child in (ZOE, LEA, TOM)]
    assert owed(month(uses, known)) == {LEA: 1500, TOM: 1000, ZOE: 1000}
    assert owed(month([use(ZOE, october(1))], known)) == {ZOE: 1000}  # alone to come, third of the family
    assert owed(month([use(LEA, october(1))], known)) == {LEA: 1500}


@pytest.mark.parametrize(
    ("bounds", "owing"),
    [
        ({"rank_from": 3}, {ZOE}),
        ({"rank_from": 2, "rank_to": 2}, {TOM}),
        ({"rank_to": 2}, {LEA, TOM}),
        ({}, set(FAMILY)),
    ],
)
def test_ranks_are_inclusive_at_both_ends(bounds: dict[str, int], owing: set[int]) -> None:
    found = month([use(child, october(1)) for child in FAMILY], standing(fee(700, **bounds)))
    assert set(owed(found)) == owing


def test_a_household_that_nothing_shows_is_made_of_those_who_came() -> None:
    found = month([use(child, october(1)) for child in (LEA, TOM)], standing(FIRST, OTHERS, household={}))
    assert sum(owed(found).values()) == 2500


def test_a_child_who_left_the_family_leaves_its_rank() -> None:
    eldest = Sibling(LEA, date(2012, 1, 1), last=date(2026, 9, 15))
    known = standing(FIRST, OTHERS, household={MARTIN: [eldest, *HOUSEHOLD[MARTIN][1:]]})
    assert owed(month([use(TOM, october(1))], known)) == {TOM: 1500}


def test_a_family_owes_no_more_than_its_maximum_and_the_line_says_why() -> None:
    """« 10 € par enfant, 25 € au plus par famille »."""
    found = month([use(child, october(1)) for child in FAMILY], standing(fee(1000, family_max_cents=2500)))
    assert owed(found) == {LEA: 1000, TOM: 1000, ZOE: 500}
    last = max(found.charges, key=lambda charge: charge.key.child_id or 0)
    stored = json.loads(json.dumps(last.explanation))
    assert recompute(stored) == 500
    assert read(stored).sentences()[-1].replace(NBSP, " ") == (
        "25,00 € au plus par famille, dont 20,00 € déjà comptés : 5,00 €."
    )


def test_the_maximum_counts_what_was_billed_before_and_starts_again_each_school_year() -> None:
    known = standing(fee(1000, family_max_cents=1500))
    before = month([use(LEA, october(1))], known).charges
    later = month([use(TOM, date(2026, 11, 2))], known, billed=billed(before)).charges
    assert [charge.amount_cents for charge in later] == [500]
    full = billed([*before, *later])
    assert month([use(ZOE, date(2026, 12, 1))], known, billed=full).charges == []
    assert owed(month([use(ZOE, date(2027, 9, 6))], known, billed=full)) == {ZOE: 1000}


def test_two_families_have_each_their_maximum_and_two_names_each_theirs() -> None:
    known = standing(fee(1000, family_max_cents=1000), fee(300, name="Dossier"), household={})
    uses = [use(LEA, october(1)), use(TOM, october(1)), use(ZOE, october(1), family_id=HADDAD)]
    assert month(uses, known).total_cents() == 2 * 1000 + 3 * 300


def test_ranks_and_maximum_go_together_at_enrolment() -> None:
    fees = [
        fee(1500, rank_to=1, family_max_cents=3000, occasion=FeeOccasion.ENROLMENT),
        fee(1000, rank_from=2, family_max_cents=3000, occasion=FeeOccasion.ENROLMENT),
    ]
    signings = [Signing(child, CANTEEN, october(1), MARTIN) for child in FAMILY]
    assert owed(month([], standing(*fees), signings=signings)) == {LEA: 1500, TOM: 1000, ZOE: 500}


def test_what_is_read_of_a_fee() -> None:
    said = fee_in_words(fee(1000, rank_from=2, family_max_cents=2500)).replace(NBSP, " ")
    assert said == (
        "10,00 € par enfant (à partir du 2e enfant), 25,00 € au plus par famille, "
        "avec la première facture de l’année scolaire"
    )


CENTS = st.integers(0, 4000)
OCCASIONS = st.lists(st.tuples(st.sampled_from(FAMILY), st.integers(1, 9)), max_size=8)


@given(st.tuples(CENTS, CENTS), CENTS, OCCASIONS)
def test_no_year_of_bills_takes_a_family_over_the_maximum(
    amounts: tuple[int, int], most: int, days: list[tuple[int, int]]
) -> None:
    """Bill after bill, whoever comes and when: the sum of the children's fees, up to the maximum."""
    first, others = amounts
    known = standing(
        fee(first, rank_to=1, family_max_cents=most), fee(others, rank_from=2, family_max_cents=most)
    )
    done: dict[Any, int] = {}
    for number in range(1, 10):
        uses = [
            use(child, date(2026 + number // 5, 1 + (number + 7) % 12, 1)) for child, n in days if n == number
        ]
        found = month(uses, known, billed=done)
        assert all(recompute(charge.explanation) == charge.amount_cents for charge in found.charges)
        done |= billed(found.charges)
    whole = sum(first if child == LEA else others for child in {child for child, _ in days})
    assert sum(done.values()) == min(most, whole)
