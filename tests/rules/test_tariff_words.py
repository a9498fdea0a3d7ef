"""What anybody reads of a tariff: conditions, amounts, reductions, caps, situations, fees."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rules.fees import Fee
from rules.tariff_grid import Cap, Conditions, Modifier, SituationRule, TariffRow, TariffVersion
from rules.tariff_words import (
    amount_in_words,
    cap_in_words,
    conditions_in_words,
    fee_in_words,
    modifier_in_words,
    regular_in_words,
    situation_in_words,
    unit_in_words,
    whom,
)
from rules.vocabulary import (
    Eater,
    EffortBasis,
    FeeOccasion,
    Formula,
    Level,
    ModifierEffect,
    Per,
    PerWhom,
    PriceMethod,
    PriceUnit,
    Regime,
    Situation,
    SituationEffect,
)

SCHOOLS = {1: "Les Tilleuls", 2: "Le Vallon"}
ASKED: list[tuple[dict[str, Any], str]] = [
    ({"qf_to": Decimal("622.50")}, "quotient de moins de 622,50"),
    ({"qf_from": Decimal(400), "qf_to": Decimal("622.50")}, "quotient de 400 à moins de 622,50"),
    ({"qf_from": Decimal(1400)}, "quotient de 1 400 ou plus"),
    ({"no_quotient": True}, "quotient inconnu"),
    ({"resident": True}, "habitants de la commune"),
    ({"resident": False}, "hors commune"),
    ({"category": "commune conventionnée"}, "familles « commune conventionnée »"),
    ({"levels": frozenset({Level.CP, Level.PS, Level.MS})}, "en PS, MS et CP"),
    ({"school_ids": frozenset({2, 1})}, "école : Les Tilleuls et Le Vallon"),
    ({"weekdays": frozenset({3, 1})}, "le lundi et le mercredi"),
    ({"holidays": True}, "pendant les vacances"),
    ({"holidays": False}, "en période scolaire"),
    ({"rank_from": 2}, "à partir du 2e enfant"),
    ({"rank_to": 1}, "1er enfant"),
    ({"rank_from": 2, "rank_to": 3}, "du 2e au 3e enfant"),
    ({"days_from": 2, "days_to": 2}, "2 jours par semaine"),
    ({"days_from": 3}, "3 jours ou plus par semaine"),
    ({"month_to": 8}, "1 à 8 jours dans le mois"),
    ({"month_from": 9}, "9 jours ou plus dans le mois"),
    ({"children_from": 3}, "familles de 3 enfants ou plus"),
    ({"children_to": 1}, "familles d’un enfant"),
    ({"children_from": 2, "children_to": 3}, "familles de 2 à 3 enfants"),
    ({"days_from": 3}, "3 jours ou plus par semaine"),
    ({"days_from": 1, "days_to": 1}, "1 jour par semaine"),
    ({"days_from": 2, "days_to": 4}, "2 à 4 jours par semaine"),
    ({"regime": Regime.OCCASIONAL}, "enfants occasionnels"),
    ({"formula": Formula.OWN_MEAL}, "repas apporté (PAI)"),
    ({"eater": Eater.ADULT}, "adultes"),
    ({"slot_from": 450, "slot_to": 510}, "de 7 h 30 à 8 h 30"),
    ({"slot_to": 510}, "avant 8 h 30"),
    ({"slot_from": 1020}, "après 17 h"),
    ({"situations": frozenset({Situation.LATE})}, "si : réservé hors délai"),
]


@pytest.mark.parametrize(("asked", "said"), ASKED, ids=[said for _, said in ASKED])
def test_conditions(asked, said):
    assert plain(", ".join(conditions_in_words(Conditions(**asked), SCHOOLS))) == said


def test_no_condition_is_left_unsaid():
    said = {name for asked, _ in ASKED for name in asked}
    assert {field.name for field in fields(Conditions)} == said


def test_whom():
    assert whom(Conditions(), {}) == "Tous"
    asked = Conditions(qf_to=Decimal(500), resident=False, regime=Regime.REGULAR)
    assert whom(asked, {}) == "quotient de moins de 500, hors commune, enfants réguliers"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"amount_cents": 380}, "3,80 € par repas"),
        ({"method": PriceMethod.FREE}, "gratuit par repas"),
        ({"method": PriceMethod.RATE, "rate": Decimal("0.65"), "floor_cents": 100, "ceiling_cents": 500},
         "0,65 % du quotient, au moins 1,00 € et au plus 5,00 € par repas"),
        ({"method": PriceMethod.RATE, "rate": Decimal("0.02"), "basis": EffortBasis.INCOME},
         "0,02 % des ressources mensuelles par repas"),
        ({"method": PriceMethod.LINEAR, "amount_cents": 100, "to_cents": 300},
         "de 1,00 € à 3,00 €, selon le quotient par repas"),
        ({"method": PriceMethod.SHARED, "amount_cents": 1200, "unit": PriceUnit.MONTH},
         "12,00 € pour la famille, partagés entre ses enfants par mois"),
        ({"amount_cents": 50, "unit": PriceUnit.SLICE, "slice_minutes": 30, "tolerance_minutes": 5},
         "0,50 € par tranche de 30 minutes entamée, 5 minutes de tolérance"),
        ({"amount_cents": 200, "unit": PriceUnit.HOUR}, "2,00 € par heure entamée"),
        ({"amount_cents": 200, "unit": PriceUnit.HOUR, "slice_minutes": 15},
         "2,00 € par heure, comptée par 15 minutes"),
    ],
)  # fmt: skip
def test_amounts(facts, said):
    row = TariffRow(position=1, label="", **facts)
    assert plain(f"{amount_in_words(row)} {unit_in_words(row)}") == said


@pytest.mark.parametrize(
    ("effect", "cents", "factor", "said"),
    [
        (ModifierEffect.PLUS, 100, "1", "plus 1,00 €"),
        (ModifierEffect.PLUS, -50, "1", "moins 0,50 €"),
        (ModifierEffect.TIMES, 0, "0.8", "moins 20 %"),
        (ModifierEffect.TIMES, 0, "2", "multiplié par 2"),
        (ModifierEffect.TIMES, 0, "0", "gratuit"),
    ],
)
def test_modifiers(effect, cents, factor, said):
    modifier = Modifier(position=1, label="", effect=effect, amount_cents=cents, factor=Decimal(factor))
    assert plain(modifier_in_words(modifier)) == said


def test_caps():
    together = Cap(position=1, label="", max_cents=220, whole_service=True)
    assert plain(cap_in_words(together)) == (
        "pas plus de 2,20 € par jour et par enfant, toutes les activités du service ensemble"
    )
    units = Cap(position=1, label="", max_units=20, period=Per.MONTH, per_whom=PerWhom.FAMILY)
    assert cap_in_words(units) == "pas plus de 20 unités payées par mois et par famille"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (SituationRule(Situation.UNBOOKED, SituationEffect.PLUS, 200), "prix habituel + 2,00 €"),
        (SituationRule(Situation.NO_SHOW, SituationEffect.TIMES, factor=Decimal("1.5")),
         "prix habituel × 1,5"),
        (SituationRule(Situation.JUSTIFIED, SituationEffect.REFUND, 150), "1,50 € déduits"),
        (SituationRule(Situation.UNBOOKED, SituationEffect.HIGHEST), "prix le plus élevé de la grille"),
        (SituationRule(Situation.UNBOOKED, SituationEffect.FIXED, 800, from_nth=3, nth_period=Per.MONTH),
         "8,00 €, à partir de la 3e fois par mois"),
        (SituationRule(Situation.LATE_PICKUP, SituationEffect.PLUS, 500, once=PerWhom.FAMILY,
                       slice_minutes=15, tolerance_minutes=10),
         "prix habituel + 5,00 €, par tranche de 15 minutes entamée, après 10 minutes de tolérance, "
         "une seule fois par jour et par famille"),
    ],
)  # fmt: skip
def test_situations(rule, said):
    assert plain(situation_in_words(rule)) == said


def test_fees_and_regulars():
    fee = Fee(name="Adhésion", amount_cents=1500, occasion=FeeOccasion.FIRST_BILL, first=date(2026, 9, 1))
    assert plain(fee_in_words(fee)) == "15,00 € par famille, avec la première facture de l’année scolaire"
    version = TariffVersion(None, 1, "", date(2026, 9, 1), None, ())
    assert regular_in_words(version) == ""
    half = TariffVersion(
        None, 1, "", date(2026, 9, 1), None, (), regular_share=Decimal("0.5"),
        regular_without_weekdays=frozenset({3}),
    )  # fmt: skip
    assert plain(regular_in_words(half)) == (
        "Un enfant est régulier s’il vient au moins 50 % des jours de service du mois, "
        "le mercredi non compté."
    )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")
