"""Prices by the number of days taken in the month, or by the days of a week."""

from __future__ import annotations

from datetime import date

import pytest

from rules.commune_conditions import phrase
from rules.tariff_checks import check_version
from rules.tariff_words import conditions_in_words
from rules.vocabulary import PriceUnit, Situation
from tests.rules.grids import LEA, ground, month, october, row, tariff, use

MONTHLY = {"unit": PriceUnit.MONTH}
BY_WEEK = tariff(
    row(1, "20.00", "1 jour", days_to=1, **MONTHLY),
    row(2, "35.00", "2 jours", days_from=2, days_to=2, **MONTHLY),
    row(3, "60.00", "3 ou 4 jours", days_from=3, **MONTHLY),
)
BY_MONTH = tariff(
    row(1, "5.00", month_to=4), row(2, "4.00", month_from=5, month_to=8), row(3, "3.50", month_from=9)
)
MONDAYS = [october(n) for n in (5, 12, 19, 26)]
THURSDAYS = [october(n) for n in (1, 8, 15, 22)]


@pytest.mark.parametrize(
    ("days", "cents"), [(MONDAYS, 2000), (MONDAYS[:1], 2000), ([*MONDAYS, *THURSDAYS], 3500)]
)
def test_a_month_costs_by_the_days_of_the_week_that_the_child_takes(days: list[date], cents: int) -> None:
    assert month([use(LEA, day) for day in days], ground(BY_WEEK)).total_cents() == cents


def test_the_days_chosen_at_enrolment_count_more_than_those_taken() -> None:
    assert month([use(LEA, MONDAYS[0], chosen=3)], ground(BY_WEEK)).total_cents() == 6000


@pytest.mark.parametrize(("taken", "cents"), [(4, 500), (5, 400), (8, 400)])
def test_every_day_costs_by_how_many_were_taken(taken: int, cents: int) -> None:
    uses = [use(LEA, day) for day in [*MONDAYS, *THURSDAYS][:taken]]
    uses.append(use(LEA, october(2), situation=Situation.NO_SHOW))  # missed: not taken, yet due
    found = month(uses, ground(BY_MONTH))
    assert {day.price.amount_cents for day in found.days} == {cents}
    assert f"{taken} jours dans le mois." in found.days[0].price.explanation.sentences()


def test_a_gap_and_an_overlap_are_named() -> None:
    assert check_version(BY_WEEK) == check_version(BY_MONTH) == []
    (gap,) = check_version(tariff(row(1, month_to=4), row(2, month_from=6)))
    assert "dont l’enfant vient 5 jours dans le mois" in gap
    (overlap,) = check_version(tariff(row(1, days_to=2), row(2, days_from=2)))
    assert "couvrent toutes les deux les familles dont l’enfant vient 2 jours par semaine" in overlap


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2 jours par semaine", "2 jours par semaine"),
        ("1 jour par semaine", "1 jour par semaine"),
        ("3 jours et plus par semaine", "3 jours ou plus par semaine"),
        ("1 à 8 jours par mois", "1 à 8 jours dans le mois"),
        ("9 jours et plus par mois", "9 jours ou plus dans le mois"),
    ],
)
def test_a_file_and_a_screen_say_them_in_words(text: str, said: str) -> None:
    (attr, found), *_ = phrase(text).items()
    asked = row(1, **{f"{attr}_from": found.low, f"{attr}_to": found.high})
    assert conditions_in_words(asked, {}) == [said]


def test_a_week_is_sold_by_the_days_taken_in_that_week() -> None:
    """A holiday centre: a week of five days, or of four; another week of the month changes nothing."""
    weeks = tariff(
        row(1, "50.00", "semaine de 4 jours", days_to=4, unit=PriceUnit.WEEK),
        row(2, "60.00", "semaine de 5 jours", days_from=5, unit=PriceUnit.WEEK),
    )
    uses = [use(LEA, october(n)) for n in (19, 20, 21, 22, 23, 26, 27, 28, 29)]
    assert [c.amount_cents for c in month(uses, ground(weeks)).charges] == [6000, 5000]
    across = [use(LEA, day) for day in (october(29), october(30), date(2026, 11, 2))]
    assert month(across, ground(weeks)).total_cents() == 2 * 5000
