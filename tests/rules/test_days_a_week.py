"""A price by the number of days a week: those chosen for the year, else those of the month."""

from __future__ import annotations

from datetime import date

import pytest

from rules.ground import Commitment, DayUse, Ground
from rules.months import Around, price_month
from rules.tariff_checks import check_version
from rules.tariff_grid import TariffRow, TariffVersion
from rules.vocabulary import PriceUnit, Situation

GARDERIE, LEA, FAMILY = 7, 1, 1


def row(position: int, cents: int, low: int | None, high: int | None) -> TariffRow:
    return TariffRow(
        position=position,
        label=f"Forfait {position}",
        amount_cents=cents,
        unit=PriceUnit.MONTH,
        days_from=low,
        days_to=high,
    )


def version(*rows: TariffRow) -> TariffVersion:
    return TariffVersion(1, GARDERIE, "Forfaits", date(2026, 9, 1), None, rows)


FORFAITS = version(row(1, 1400, None, 1), row(2, 2500, 2, 2), row(3, 3600, 3, None))
GROUND = Ground(tariffs={GARDERIE: [FORFAITS]})


def uses(*days: int, chosen: int | None = None) -> list[DayUse]:
    return [
        DayUse(LEA, GARDERIE, date(2027, 1, day), FAMILY, Situation.ATTENDED, chosen=chosen) for day in days
    ]


@pytest.mark.parametrize(
    ("days", "chosen", "cents"),
    [
        ((11,), 3, 3600),
        ((11, 12, 14, 15), 2, 2500),
        ((11, 18, 25), None, 1400),
        ((11, 12, 18), None, 2500),
        ((11, 12, 14, 15), None, 3600),
    ],
)
def test_the_weekdays_chosen_decide_else_those_of_the_month(days, chosen, cents):
    assert price_month(uses(*days, chosen=chosen), GROUND).total_cents() == cents


def test_a_child_enrolled_owes_for_the_weekdays_it_chose_without_a_day():
    owed = Around(commitments=[Commitment(LEA, GARDERIE, date(2027, 1, 1), FAMILY, chosen=2)])
    assert price_month([], GROUND, owed).total_cents() == 2500


def test_a_number_of_days_that_no_row_takes_is_named():
    assert check_version(version(row(1, 1400, 1, 1), row(2, 3600, 3, None))) == [
        "Aucune ligne ne couvre les familles dont l’enfant vient 2 jours par semaine."
    ]


def test_the_explanation_says_how_many_days():
    (charge,) = price_month(uses(11, chosen=3), GROUND).charges
    assert "3 jours par semaine." in charge.explanation["circumstances"]
