"""Every condition of a row: it holds where it says, and what a grid leaves out is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.refusals import Refused
from rules.tariff_checks import check_version
from rules.tariff_conditions import matches
from rules.tariff_grid import TariffRow, TariffVersion
from rules.tariffs import price
from rules.vocabulary import (
    Eater,
    EffortBasis,
    Formula,
    Level,
    ModifierEffect,
    Per,
    PriceMethod,
    PriceUnit,
    Regime,
    Situation,
    SituationEffect,
)
from tests.rules.grids import cap, due, facts, on, plus, row, tariff, times

MONDAY, WEDNESDAY = "2026-09-07", "2026-09-09"
EARLY = frozenset({Level.PS, Level.MS, Level.GS})


def said(version: TariffVersion, **more: Any) -> str:
    return " ".join(check_version(version, **more)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("condition", "holds", "fails", "hole"),
    [
        ({"resident": True}, {"resident": True}, {"resident": False}, "domiciliées hors de la commune"),
        ({"category": "conventionnée"}, {"categories": frozenset({"conventionnée"})}, {}, "sans catégorie"),
        ({"levels": EARLY}, {"level": Level.GS}, {"level": Level.CP}, "dont l’enfant est en"),
        ({"school_ids": frozenset({4})}, {"school_id": 4}, {"school_id": 5}, "d’une autre école"),
        ({"weekdays": frozenset({3})}, {"day": WEDNESDAY}, {"day": MONDAY}, "le lundi"),
        ({"holidays": True}, {"in_holidays": True}, {"in_holidays": False}, "en période scolaire"),
        ({"rank_from": 2}, {"rank": 2}, {"rank": 1}, "dont l’enfant est le 1er"),
        ({"rank_to": 2}, {"rank": 2}, {"rank": 3}, "dont l’enfant est le 3e"),
        ({"children_from": 3}, {"children": 3}, {"children": 2}, "de 1 enfant"),
        ({"children_to": 2}, {"children": 2}, {"children": 3}, "de 3 enfants"),
        ({"regime": Regime.REGULAR}, {}, {"regime": Regime.OCCASIONAL}, "au régime « Occasionnel »"),
        ({"formula": Formula.MEAL}, {}, {"formula": Formula.OWN_MEAL}, "à la formule"),
        ({"eater": Eater.CHILD}, {}, {"eater": Eater.ADULT}, "pour un convive « Adulte »"),
        (
            {"situations": frozenset({Situation.NO_SHOW})},
            {"situation": Situation.NO_SHOW},
            {"situation": Situation.LATE},
            "en situation",
        ),
        ({"qf_from": "300", "qf_to": "600"}, {"quotient": "300"}, {"quotient": "600"}, "de 0 à moins de 300"),
        ({"no_quotient": True}, {}, {"quotient": "1"}, "un quotient de 0 ou plus"),
    ],
)
def test_a_condition_holds_where_it_says_and_what_it_leaves_out_is_named(
    condition: dict[str, Any], holds: dict[str, Any], fails: dict[str, Any], hole: str
) -> None:
    asking = row(1, "3.00", **condition)
    yes, no = (facts(**_dated(asked)) for asked in (holds, fails))
    assert (matches(asking, yes), matches(asking, no)) == (True, False)
    assert hole in said(tariff(asking))
    with pytest.raises(Refused, match="Aucune ligne du tarif"):
        price(tariff(asking), no)
    whole = tariff(asking, row(2, "5.00"))
    assert check_version(whole) == []
    assert [price(whole, each).amount_cents for each in (yes, no)] == [300, 500]


def _dated(asked: dict[str, Any]) -> dict[str, Any]:
    return {k: date.fromisoformat(v) if k == "day" else v for k, v in asked.items()}


def test_a_hole_is_said_with_what_matters_and_nothing_else() -> None:
    grid = tariff(
        row(1, "3", resident=True, levels=EARLY),
        row(2, "4", resident=True, formula=Formula.MEAL),
        row(3, "5", resident=False),
    )
    assert said(grid).count("Aucune ligne") == 1
    assert "domiciliées dans la commune et dont l’enfant est en TPS et à la formule « Panier-repas" in said(
        grid
    )


def test_rows_that_name_every_school_leave_none_out() -> None:
    grid = tariff(row(1, "3", school_ids=frozenset({1})), row(2, "4", school_ids=frozenset({2})))
    assert "d’une autre école" in said(grid)
    assert check_version(grid, school_ids=(1, 2)) == []
    assert "d’une autre école" in said(grid, school_ids=(1, 2, 3))


def test_an_impossible_child_is_no_hole() -> None:
    """No child is the third of two: rows by rank and by number of children together leave nothing out."""
    grid = tariff(
        row(1, "5", children_to=1),
        row(2, "4", children_from=2, children_to=2, rank_to=2),
        row(3, "3", children_from=3),
    )
    assert check_version(grid) == []


def test_a_gap_between_two_slots_is_named() -> None:
    first = row(1, "1", slot_from="16:30", slot_to="17:30")
    assert "présentes à 17 h 30" in said(tariff(first, row(2, "2", slot_from="18:00", slot_to="18:30")))
    assert check_version(tariff(first, row(2, "2", slot_from="17:30", slot_to="18:30"))) == []


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ({"rank_to": 2}, {"rank_from": 2}, "dont l’enfant est le 2e"),
        ({"children_to": 2}, {"children_from": 2}, "de 2 enfants"),
        (
            {"slot_from": "16:30", "slot_to": "17:30"},
            {"slot_from": "17:00", "slot_to": "18:30"},
            "présentes à 17 h",
        ),
    ],
)
def test_ranges_that_run_over_each_other_are_refused(
    one: dict[str, Any], other: dict[str, Any], words: str
) -> None:
    assert f"couvrent toutes les deux les familles {words}." in said(
        tariff(row(1, "1", **one), row(2, **other))
    )


def test_a_special_slot_inside_another_is_an_exception_not_an_overlap() -> None:
    special = row(1, "0.60", slot_from="8:30", slot_to="8:45")
    assert check_version(tariff(special, row(2, "1.15", slot_from="7:30", slot_to="9:00"))) == []


def test_a_row_hidden_by_several_others_is_never_reached() -> None:
    grid = tariff(
        row(1, resident=True),
        row(2, regime=Regime.REGULAR),
        row(3, resident=False, regime=Regime.OCCASIONAL),
        row(4, "9", formula=Formula.OWN_MEAL),
    )
    assert "La ligne 4 « ligne 4 » ne sert jamais" in said(grid)


def test_a_rate_needs_a_quotient_and_says_who_has_none() -> None:
    rate = row(1, method=PriceMethod.RATE, rate="0.3")
    assert said(tariff(rate)) == "Aucune ligne ne couvre les familles sans quotient connu."
    income = replace(rate, basis=EffortBasis.INCOME)
    assert "aux ressources inconnues" in said(tariff(income))
    assert due(tariff(income, row(2, "5")), income=Decimal(1500)) == 450


def test_too_many_crossings_are_refused_rather_than_half_checked() -> None:
    many = [
        row(
            n,
            qf_from=str(n * 10),
            rank_from=n,
            rank_to=n,
            children_from=n,
            weekdays=frozenset({n % 5 + 1}),
            levels=frozenset({list(Level)[n % 10]}),
            situations=frozenset({list(Situation)[n % 8]}),
        )
        for n in range(1, 25)
    ]
    assert "croise trop de conditions" in said(tariff(*many))


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (tariff(row(1, method=PriceMethod.RATE)), "n’a pas de taux d’effort"),
        (tariff(row(1, method=PriceMethod.LINEAR, qf_from="0")), "est progressive"),
        (tariff(row(1, method=PriceMethod.RATE, rate="1", no_quotient=True)), "familles qui n’en ont pas"),
        (tariff(row(1, floor_cents=300, ceiling_cents=200)), "un plafond plus bas que son plancher"),
        (tariff(row(1, unit=PriceUnit.SLICE)), "il lui faut la durée de la tranche"),
        (tariff(row(1, tolerance_minutes=-1)), "porte une durée négative"),
        (tariff(row(1, rank_from=0)), "porte un rang inférieur à 1"),
        (tariff(row(1, rank_from=3, rank_to=2)), "finit à un rang plus petit"),
        (tariff(row(1, children_from=3, children_to=2)), "finit à un nombre d’enfants plus petit"),
        (tariff(row(1, slot_from="18:00", slot_to="17:00")), "un créneau qui ne commence pas avant de finir"),
        (tariff(row(1, levels=frozenset())), "porte une liste vide"),
        (tariff(row(1), modifiers=(times(1, "-2", "hors"),)), "Le modificateur « hors » multiplie"),
        (tariff(row(1), modifiers=(plus(1, "1", "hors", qf_to="0"),)), "Le modificateur « hors » doit finir"),
        (tariff(row(1), caps=(cap("jour"),)), "Le plafond « jour » doit porter soit un montant"),
        (tariff(row(1), caps=(cap("jour", "-1"),)), "Le plafond « jour » porte un maximum négatif"),
        (tariff(row(1), rounding_step_cents=0), "L’arrondi doit se faire à un centime au moins"),
        (tariff(row(1), floor_cents=-1), "ne peuvent pas être négatifs"),
        (tariff(row(1), ceiling_cents=-1), "ne peuvent pas être négatifs"),
        (tariff(row(1), floor_cents=200, ceiling_cents=199), "plus bas que le prix plancher"),
        (tariff(row(1), regular_share=Decimal(2)), "comprise entre 0 et 100 %"),
        (tariff(row(1), regular_days=0), "d’au moins un"),
        (
            tariff(row(1), situations=(on(Situation.LATE, SituationEffect.PLUS, from_nth=0),)),
            "doit commencer à la 1re fois",
        ),
    ],
)
def test_what_makes_no_sense_is_named(version: TariffVersion, words: str) -> None:
    assert words in said(version)


def test_several_thresholds_of_one_situation_are_no_repetition() -> None:
    rules = [on(Situation.NO_SHOW, SituationEffect.PLUS, str(n), from_nth=n) for n in (1, 2, 3)]
    assert check_version(tariff(row(1), situations=tuple(rules))) == []


# -- laws ---------------------------------------------------------------------------


@st.composite
def grids(draw: st.DrawFn) -> list[TariffRow]:
    """Rows that ask a few things each, of conditions that cross."""
    listed = []
    for position in range(1, draw(st.integers(1, 5)) + 1):
        low = draw(st.none() | st.integers(0, 3))
        listed.append(
            TariffRow(
                position=position,
                label="x",
                qf_from=None if low is None else Decimal(low),
                resident=draw(st.none() | st.booleans()),
                levels=draw(
                    st.none() | st.sets(st.sampled_from((Level.PS, Level.CP)), min_size=1).map(frozenset)
                ),
                rank_from=draw(st.none() | st.integers(1, 3)),
                children_to=draw(st.none() | st.integers(1, 3)),
                regime=draw(st.none() | st.sampled_from(Regime)),
                weekdays=draw(st.none() | st.just(frozenset({1, 3}))),
            )
        )
    return listed


@settings(max_examples=60)
@given(grids(), st.data())
def test_a_grid_that_is_accepted_prices_every_family(listed, data) -> None:  # type: ignore[no-untyped-def]
    """And when a hole is named, some family indeed finds no row."""
    version = tariff(*listed)
    holes = [s for s in check_version(version) if "Aucune ligne" in s]
    everyone = [
        facts(q, resident=r, level=level, rank=rank, children=max(rank, children), regime=regime, day=day)
        for q in (None, "0", "1.5", "9")
        for r in (True, False)
        for level in (Level.PS, Level.CP, Level.CM2)
        for rank in (1, 2, 3)
        for children in (1, 3, 4)
        for regime in Regime
        for day in (_dated({"day": MONDAY})["day"], _dated({"day": "2026-09-08"})["day"])
    ]
    if holes:
        assert any(not any(matches(each, who) for each in listed) for who in everyone)
    else:
        assert price(version, data.draw(st.sampled_from(everyone))).row in listed


def test_modifiers_apply_in_order_and_round_once() -> None:
    both = (times(1, "1.5", "hors commune"), plus(2, "0.10", "goûter"))
    assert due(tariff(row(1, "3.33"), modifiers=both)) == 510  # 4,995 + 0,10 = 5,095
    assert due(tariff(row(1, "3.33"), modifiers=both[::-1])) == 515  # 3,43 × 1,5 = 5,145
    assert both[0].effect == ModifierEffect.TIMES
    assert due(tariff(row(1, "1.00"), modifiers=(plus(1, "-3", "aide"),))) == 0


def test_the_highest_price_of_the_grid_may_be_asked_of_an_exceptional_meal() -> None:
    """Paris 15e: an exceptional meal costs the last of the ten prices."""
    rows = (row(1, "0.13", qf_to="300"), row(2, "7.00", qf_from="300"), row(3, "5.00", no_quotient=True))
    rules = (on(Situation.UNBOOKED, SituationEffect.HIGHEST),)
    assert due(tariff(*rows, situations=rules), "100", situation=Situation.UNBOOKED) == 700
    rate = row(1, method=PriceMethod.RATE, rate="0.3", ceiling_cents=650)
    sliding = tariff(rate, row(2, "5.00", no_quotient=True), situations=rules)
    assert due(sliding, "100", situation=Situation.UNBOOKED) == 650


def test_a_cap_is_a_cap_of_its_period() -> None:
    assert cap("jour", "1").period == Per.DAY
