"""Real grids, one by one: the prices that communes print, from the rows that they voted.

The amounts are those of public pages (names of the communes beside each); none is invented.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rules.explanations import recompute
from rules.ground import Sibling
from rules.tariff_checks import check_version
from rules.tariff_grid import TariffVersion
from rules.tariffs import price
from rules.vocabulary import (
    Eater,
    EffortBasis,
    Formula,
    Level,
    PriceMethod,
    PriceUnit,
    Regime,
    Situation,
    SituationEffect,
)
from tests.rules.grids import (
    EVENING,
    LEA,
    MARTIN,
    MORNING,
    SESSION,
    TOM,
    bands,
    cap,
    cents,
    due,
    facts,
    ground,
    month,
    october,
    on,
    plus,
    row,
    tariff,
    times,
    use,
    why,
)

HALF, QUARTER = {"unit": PriceUnit.SLICE, "slice_minutes": 30}, {"unit": PriceUnit.SLICE, "slice_minutes": 15}
NURSERY = frozenset({Level.TPS, Level.PS, Level.MS, Level.GS})
PENALIZED = frozenset({Situation.UNBOOKED, Situation.NO_SHOW})

CHAMPCEVINEL = tariff(*bands("1.00", "3.30", "3.40", "3.50", bounds=("623", "1001", "1501")))
SAINT_CHAMOND = tariff(
    row(1, "3.00", "panier PAI", formula=Formula.OWN_MEAL),
    row(2, "4.85", "repas"),
    situations=(on(Situation.LATE, SituationEffect.FIXED, "8.00"),),
)
GROIX = tariff(
    *bands(
        *("1.10", "2.40", "2.60", "2.80", "3.20", "3.50", "3.60"),
        bounds=("441", "527", "558", "676", "1046", "2001"),
    )
)
RPI_DUVAL = tariff(
    *bands("2.00", "2.20", bounds=("800",), unit=SESSION),
    modifiers=(plus(1, "1.00", "hors du regroupement", resident=False),),
)
RPI_DUVAL_EVENING = tariff(
    *bands("3.00", "3.20", bounds=("800",), unit=SESSION),
    modifiers=(plus(1, "1.00", "hors du regroupement", resident=False),),
)
CHENIMENIL = tariff(*bands("5.65", "5.70", "5.75", bounds=("550", "1200.01")))
CHENIMENIL_CARE = tariff(
    *bands("1.20", "1.30", "1.40", bounds=("550", "1200.01"), unit=PriceUnit.HOUR), activity=EVENING
)
VIGEOIS = tariff(*bands("0.95", "1.00", "2.70", bounds=("499", "4000")))
SAINT_COLOMBAN = tariff(
    row(1, "5.95", "adulte", eater=Eater.ADULT),
    row(2, "2.15", "service seul", formula=Formula.OWN_MEAL),
    row(3, "3.75", "enfant"),
    situations=(on(Situation.NO_SHOW, SituationEffect.FIXED, "3.75"),),
)
VATTEVILLE = tariff(
    row(1, "0.60", "quart d’heure de 8 h 30", slot_from="8:30", slot_to="8:45", **QUARTER),
    row(2, "1.15", "demi-heure", **HALF),
    activity=MORNING,
)
DEUX_RIVES = tariff(
    *bands("0.30", "0.48", "0.63", bounds=("651", "1151"), **HALF),
    modifiers=(times(1, "2", "hors de la communauté", resident=False),),
)
DEUX_RIVES_LUNCH = tariff(
    *bands("1.20", "1.92", "2.52", bounds=("651", "1151"), unit=SESSION),
    modifiers=(times(1, "2", "hors de la communauté", resident=False),),
)
MONTRESOR = tariff(row(1, "4.00", "maternelle", levels=NURSERY), row(2, "4.15", "primaire"))
PLIVOT = tariff(
    row(1, "6.50", "enfant de l’extérieur", resident=False),
    row(2, "5.70", "régulier", regime=Regime.REGULAR),
    row(3, "6.50", "occasionnel"),
)
SAUSSAY_OCCASIONAL = tariff(
    row(1, "7.00", "adulte", eater=Eater.ADULT),
    row(2, "59.00", "carte, 1 enfant", regime=Regime.REGULAR, children_to=1, unit=PriceUnit.MONTH),
    row(
        3,
        "57.00",
        "carte, 2 enfants",
        regime=Regime.REGULAR,
        children_from=2,
        children_to=2,
        unit=PriceUnit.MONTH,
    ),
    row(4, "55.00", "carte, 3 enfants", regime=Regime.REGULAR, children_from=3, unit=PriceUnit.MONTH),
    row(5, "4.50", "occasionnel, 1 enfant", children_to=1),
    row(6, "4.40", "occasionnel, 2 enfants", children_from=2, children_to=2),
    row(7, "4.25", "occasionnel, 3 enfants", children_from=3),
    situations=(on(Situation.JUSTIFIED, SituationEffect.REFUND, "3.85"),),
)
SENE = tariff(
    row(
        1,
        method=PriceMethod.RATE,
        rate="0.2871",
        floor_cents=100,
        ceiling_cents=597,
        label="taux d’effort",
    ),
    row(2, "5.97", "sans quotient", no_quotient=True),
)
AUBERVILLIERS = tariff(
    *bands("1.00", "3.00", bounds=("700",)),
    situations=(
        on(Situation.UNBOOKED, SituationEffect.PLUS, "1.00"),
        on(Situation.NO_SHOW, SituationEffect.PLUS, "1.00"),
    ),
)


def saint_denis(first: date, last: date | None, extra: str) -> TariffVersion:
    """The meal is free; the one that was not booked, or not eaten, is charged by the quotient."""
    charged = bands("0.15", "4.91", bounds=("2000",), situations=PENALIZED)
    penalty = tuple(on(s, SituationEffect.PLUS, extra) for s in sorted(PENALIZED))
    free = row(9, label="repas", method=PriceMethod.FREE)
    return tariff(*charged, free, first=first, last=last, situations=penalty)


BEFORE = saint_denis(date(2024, 9, 1), date(2025, 6, 30), "2.00")
SINCE = saint_denis(date(2025, 7, 1), None, "0.00")

CASES = [
    (CHAMPCEVINEL, {"quotient": "622"}, "1.00"),
    (CHAMPCEVINEL, {"quotient": "622.50"}, "1.00"),
    (CHAMPCEVINEL, {"quotient": "623"}, "3.30"),
    (CHAMPCEVINEL, {"quotient": "1500"}, "3.40"),
    (CHAMPCEVINEL, {"quotient": "1501"}, "3.50"),
    (SAINT_CHAMOND, {}, "4.85"),
    (SAINT_CHAMOND, {"situation": Situation.LATE}, "8.00"),
    (SAINT_CHAMOND, {"formula": Formula.OWN_MEAL}, "3.00"),
    (BEFORE, {"quotient": "100", "situation": Situation.UNBOOKED}, "2.15"),
    (BEFORE, {"quotient": "3000", "situation": Situation.NO_SHOW}, "6.91"),
    (SINCE, {"quotient": "100", "situation": Situation.UNBOOKED}, "0.15"),
    (SINCE, {"quotient": "100"}, "0.00"),
    (GROIX, {"quotient": "526"}, "2.40"),
    (GROIX, {"quotient": "527"}, "2.60"),
    (GROIX, {"quotient": "2500"}, "3.60"),
    (RPI_DUVAL, {"quotient": "500"}, "2.00"),
    (RPI_DUVAL_EVENING, {"quotient": "900", "resident": False}, "4.20"),
    (CHENIMENIL, {"quotient": "549"}, "5.65"),
    (CHENIMENIL, {"quotient": "550"}, "5.70"),
    (CHENIMENIL, {"quotient": "1200"}, "5.70"),
    (CHENIMENIL, {"quotient": "1201"}, "5.75"),
    (CHENIMENIL_CARE, {"quotient": "900"}, "1.30"),
    (CHENIMENIL_CARE, {"quotient": "900", "arrives": "16:30", "leaves": "17:45"}, "2.60"),
    (VIGEOIS, {"quotient": "300"}, "0.95"),
    (VIGEOIS, {"quotient": "499"}, "1.00"),
    (VIGEOIS, {"quotient": "1200"}, "1.00"),
    (VIGEOIS, {}, "2.70"),
    (SAINT_COLOMBAN, {"situation": Situation.NO_SHOW}, "3.75"),
    (SAINT_COLOMBAN, {"eater": Eater.ADULT}, "5.95"),
    (SAINT_COLOMBAN, {"formula": Formula.OWN_MEAL}, "2.15"),
    (VATTEVILLE, {"arrives": "8:30", "leaves": "8:45"}, "0.60"),
    (VATTEVILLE, {"arrives": "8:00", "leaves": "8:30"}, "1.15"),
    (VATTEVILLE, {"arrives": "7:30", "leaves": "8:45"}, "2.90"),
    (VATTEVILLE, {"arrives": "16:15", "leaves": "18:45"}, "5.75"),
    (VATTEVILLE, {"arrives": "16:15", "leaves": "16:50"}, "2.30"),
    (DEUX_RIVES, {"quotient": "651", "arrives": "16:30", "leaves": "17:30"}, "0.96"),
    (DEUX_RIVES, {"quotient": "651", "resident": False, "arrives": "16:30", "leaves": "17:30"}, "1.92"),
    (DEUX_RIVES_LUNCH, {"quotient": "1200", "resident": False}, "5.04"),
    (MONTRESOR, {"level": Level.GS}, "4.00"),
    (MONTRESOR, {"level": Level.CP}, "4.15"),
    (PLIVOT, {"regime": Regime.REGULAR}, "5.70"),
    (PLIVOT, {"regime": Regime.REGULAR, "resident": False}, "6.50"),
    (PLIVOT, {"regime": Regime.OCCASIONAL}, "6.50"),
    (SAUSSAY_OCCASIONAL, {"children": 2}, "57.00"),
    (SAUSSAY_OCCASIONAL, {"children": 3, "regime": Regime.OCCASIONAL}, "4.25"),
    (SENE, {"quotient": "700"}, "2.01"),
    (SENE, {"quotient": "200"}, "1.00"),
    (SENE, {"quotient": "9000"}, "5.97"),
    (SENE, {}, "5.97"),
    (AUBERVILLIERS, {"quotient": "900", "situation": Situation.UNBOOKED}, "4.00"),
]


@pytest.mark.parametrize(("version", "asked", "euros"), CASES)
def test_the_price_is_the_one_that_the_commune_prints(
    version: TariffVersion, asked: dict[str, object], euros: str
) -> None:
    found = price(version, facts(**asked))  # type: ignore[arg-type]
    assert found.amount_cents == cents(euros)
    assert recompute(found.explanation.to_json()) == cents(euros)


@pytest.mark.parametrize("version", list(dict.fromkeys(version for version, _, _ in CASES)))
def test_the_grid_leaves_no_family_out(version: TariffVersion) -> None:
    assert check_version(version) == []


@pytest.mark.parametrize(
    ("version", "hole"),
    [
        (tariff(row(1, "1", qf_to="622"), row(2, "3.30", qf_from="623"), row(3, no_quotient=True)), "622,50"),
        (tariff(row(1, "2", qf_to="799"), row(2, "2.2", qf_from="800"), row(3, no_quotient=True)), "799,50"),
    ],
)
def test_integer_bounds_leave_a_hole_that_is_named(version: TariffVersion, hole: str) -> None:
    assert [hole in sentence for sentence in check_version(version)] == [True]


def test_touching_bounds_that_both_include_are_refused() -> None:
    overlapping = tariff(
        row(1, "0.95", qf_to="499.01"),
        row(2, "1.00", qf_from="499", qf_to="4000"),
        row(3, "2.70", qf_from="4000"),
        row(4, "2.70", no_quotient=True),
    )
    (said,) = check_version(overlapping)
    assert "couvrent toutes les deux un quotient de 499 à moins de 499,01" in said.replace("\u00a0", " ")


def test_morning_and_evening_together_have_their_own_price_for_each_rank() -> None:
    """Vigeois: 1,90 € alone, 2,20 € for both; 1,30 € and 1,60 € from the second child."""
    rows = (row(1, "1.90", unit=SESSION, rank_to=1), row(2, "1.30", unit=SESSION, rank_from=2))
    caps = (
        cap("Matin et soir, 1er enfant", "2.20", rank_to=1, whole_service=True),
        cap("Matin et soir, enfants suivants", "1.60", rank_from=2, whole_service=True),
    )
    both = [tariff(*rows, activity=a, caps=caps) for a in (MORNING, EVENING)]
    home = [Sibling(LEA, date(2016, 1, 1)), Sibling(TOM, date(2018, 1, 1))]
    standing = ground(*both, siblings={MARTIN: home})
    for child, euros in ((LEA, "2.20"), (TOM, "1.60")):
        found = month([use(child, october(5), a) for a in (MORNING, EVENING)], standing)
        assert found.total_cents() == cents(euros)
    alone = month([use(TOM, october(5), EVENING)], standing)
    assert alone.total_cents() == cents("1.30")


def test_hours_are_told_as_a_parent_counts_them() -> None:
    assert "17 h 10 à 18 h 20 : 3 demi-heures entamées × 1,15 € = 3,45 €" in why(
        VATTEVILLE, arrives="17:10", leaves="18:20"
    )
    assert "En tout : 2,30 € + 0,60 € = 2,90 €." in why(VATTEVILLE, arrives="7:30", leaves="8:45")


def test_an_effort_rate_is_told_with_its_floor_and_ceiling() -> None:
    assert "0,2871 % de 700,00 (quotient) = 2,01 € le repas" in why(SENE, "700")
    assert "(quotient), au moins 1,00 € = 1,00 €" in why(SENE, "200")
    assert "(quotient), au plus 5,97 € = 5,97 €" in why(SENE, "9000")


def test_a_modifier_is_told_by_its_name() -> None:
    assert "0,48 € × 2 (hors de la communauté) = 0,96 €" in why(
        DEUX_RIVES, "651", resident=False, arrives="16:30", leaves="17:30"
    )
    assert due(DEUX_RIVES, "651", resident=False) == 96  # hours not known: one slice


def test_a_price_by_the_hour_may_be_counted_by_the_quarter() -> None:
    hourly = tariff(row(1, "2.10", unit=PriceUnit.HOUR, slice_minutes=15, tolerance_minutes=5))
    assert due(hourly, arrives="16:30", leaves="17:15") == 158  # three quarters: 1,575 €
    assert due(hourly, arrives="16:30", leaves="17:20") == 158
    assert due(hourly, arrives="16:30", leaves="17:21") == 210
    assert due(hourly) == 210


def test_resources_and_family_size_make_a_rate() -> None:
    """Béthisy: a share of monthly resources, smaller with more children; an hour flat."""
    rate = {"method": PriceMethod.RATE, "basis": EffortBasis.INCOME, "unit": PriceUnit.HOUR}
    grid = tariff(
        row(1, rate="0.06", children_to=1, ceiling_cents=400, **rate),
        row(2, rate="0.05", children_from=2, ceiling_cents=400, **rate),
        row(3, "4.00", "ressources inconnues", unit=PriceUnit.HOUR),
    )
    assert check_version(grid) == []
    assert due(grid, income=Decimal(2000)) == 120
    assert due(grid, income=Decimal(2000), children=2) == 100
    assert due(grid, income=Decimal(9000)) == 400
    assert due(grid) == 400
