"""A floor and a ceiling of the price once reduced and increased, before the situation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rules.money import NBSP
from rules.tariff_checks import check_version
from rules.tariff_words import bounds_in_words
from rules.vocabulary import PriceMethod, PriceUnit, Situation, SituationEffect
from tests.rules.grids import bands, cents, due, on, plus, row, tariff, times, why

SIBLING = times(1, "0.8", "dès le 2e enfant", rank_from=2)
ELSEWHERE = times(2, "2", "hors commune", resident=False)
BANDS = bands("1.10", "3.00", "5.60", bounds=("400", "900"))
BOUNDED = tariff(*BANDS, modifiers=(SIBLING, ELSEWHERE), floor_cents=100, ceiling_cents=600)


@pytest.mark.parametrize(
    ("quotient", "more", "euros"),
    [
        ("300", {}, "1.10"),
        ("300", {"rank": 2, "children": 2}, "1.00"),  # 0,88 brought back
        ("600", {"rank": 2, "children": 2}, "2.40"),
        ("600", {"resident": False}, "6.00"),  # exactly the ceiling
        ("950", {"resident": False}, "6.00"),  # 11,20 brought back
        ("300", {"rank": 2, "children": 2, "resident": False}, "1.76"),  # bounded once, after both
    ],
)
def test_the_bounds_hold_after_all_the_modifiers(quotient: str, more: dict[str, Any], euros: str) -> None:
    assert due(BOUNDED, quotient, **more) == cents(euros)


def test_the_explanation_says_which_bound_made_the_price() -> None:
    low = why(BOUNDED, "300", rank=2, children=2)
    assert "1,10 € × 0,8 (dès le 2e enfant) = 0,88 €, ramené au minimum de 1,00 € le repas" in low
    high = why(BOUNDED, "950", resident=False)
    assert "5,60 € × 2 (hors commune) = 11,20 €, ramené au maximum de 6,00 € le repas" in high
    assert "ramené" not in why(BOUNDED, "600", resident=False)


def test_a_listed_price_is_bounded_too_and_says_so() -> None:
    assert "0,50 €, ramené au minimum de 1,00 €" in why(tariff(row(1, "0.50"), floor_cents=100))


@pytest.mark.parametrize(
    ("effect", "more", "euros"),
    [
        (SituationEffect.FREE, {}, "0"),
        (SituationEffect.FIXED, {"euros": "0.30"}, "0.30"),
        (SituationEffect.TIMES, {"factor": "0.5"}, "0.50"),
        (SituationEffect.PLUS, {"euros": "7.00"}, "8.00"),
        (SituationEffect.REFUND, {"euros": "0.40"}, "0.60"),
        (SituationEffect.SAME, {}, "1.00"),
    ],
)
def test_a_situation_acts_on_the_bounded_price_and_is_not_bounded(
    effect: SituationEffect, more: dict[str, Any], euros: str
) -> None:
    rule = on(Situation.NO_SHOW, effect, **more)
    version = replace(BOUNDED, situations=(rule,))
    assert due(version, "300", rank=2, children=2, situation=Situation.NO_SHOW) == cents(euros)


def test_the_dearest_row_is_bounded() -> None:
    rule = on(Situation.UNBOOKED, SituationEffect.HIGHEST)
    version = replace(BOUNDED, situations=(rule,))
    assert due(version, "300", resident=False, situation=Situation.UNBOOKED) == cents("6.00")


def test_a_free_row_stays_free_until_something_is_added() -> None:
    free = row(1, method=PriceMethod.FREE)
    assert due(tariff(free, floor_cents=100)) == 0
    assert due(tariff(free, modifiers=(plus(1, "0.40", "pique-nique"),), floor_cents=100)) == 100


def test_each_started_slice_is_bounded_and_nothing_is_due_within_the_tolerance() -> None:
    """The bounds are those of a unit, like the price itself."""
    slices = row(1, "0.80", unit=PriceUnit.SLICE, slice_minutes=30, tolerance_minutes=5)
    halved = tariff(slices, modifiers=(times(1, "0.5", "réduit"),), floor_cents=50)
    assert due(halved, arrives="17:00", leaves="18:10") == 150
    assert due(halved, arrives="17:00", leaves="17:04") == 0


def test_a_floor_that_is_no_multiple_of_the_rounding_is_kept_as_voted() -> None:
    version = tariff(row(1, "1.00"), modifiers=(times(1, "0.9", "réduit"),), floor_cents=103)
    assert due(replace(version, rounding_step_cents=10)) == 103


def test_bounds_are_said_and_equal_bounds_are_allowed() -> None:
    assert bounds_in_words(tariff(row(1))) == ""
    said = bounds_in_words(BOUNDED).replace(NBSP, " ")
    assert said == "jamais moins de 1,00 € ni plus de 6,00 €, réductions et suppléments comptés"
    assert check_version(tariff(row(1, "2.00"), floor_cents=200, ceiling_cents=200)) == []
