"""What a person reads when a row of a tariff is refused."""

from __future__ import annotations

from collections.abc import Mapping

from rules.constraint_phrases import FACTOR, NO_MINUTES, NOT_NEGATIVE, PERIOD, Broken


def _conditions(table: str, field: str) -> dict[str, Broken]:
    """What rows, modifiers and caps may ask, said in the same words."""
    said = {
        "band": "Une tranche doit finir plus haut qu’elle ne commence.",
        "no_quotient": "Une ligne « sans quotient » n’a pas de tranche de quotient.",
        "weekdays": "Un ensemble de jours n’est pas vide.",
        "rank_from": "Le rang d’un enfant commence à 1.",
        "rank_to": "Les rangs se donnent du plus petit au plus grand.",
        "children_from": "Le nombre d’enfants commence à 1.",
        "children_to": "Les nombres d’enfants se donnent du plus petit au plus grand.",
        "days_from": "Un nombre de jours par semaine va de 1 à 7.",
        "days_to": "Les nombres de jours par semaine se donnent du plus petit au plus grand, 7 au plus.",
        "month_from": "Un nombre de jours par mois va de 1 à 31.",
        "month_to": "Les nombres de jours par mois se donnent du plus petit au plus grand, 31 au plus.",
        "slot_from": "Un créneau commence entre 0 h et 23 h 59.",
        "slot_to": "Un créneau finit après avoir commencé, à 24 h au plus.",
    }
    return {f"ck_{table}_{name}": Broken(sentence, field) for name, sentence in said.items()}


SENTENCES: Mapping[str, Broken] = {
    "ck_tariff_version_period": Broken(PERIOD, "last_day"),
    "uq_tariff_version_activity_id_first_day": Broken(
        "Un tarif de cette activité commence déjà ce jour-là.", "first_day"
    ),
    "uq_tariff_version_service_id_first_day": Broken(
        "Un tarif de ce service commence déjà ce jour-là.", "first_day"
    ),
    "ck_tariff_version_subject": Broken(
        "Un tarif est celui d’une activité ou celui d’un service : choisissez l’un des deux.", "activity"
    ),
    "ck_tariff_version_rounding_step": Broken(
        "Un arrondi se fait au centime au moins.", "rounding_step_cents"
    ),
    "ck_tariff_version_floor": Broken(NOT_NEGATIVE, "floor_cents"),
    "ck_tariff_version_ceiling": Broken(
        "Le prix plafond ne peut pas être plus bas que le prix plancher.", "ceiling_cents"
    ),
    "ck_tariff_version_regular_share": Broken(
        "La part des jours d’un régulier va de 0 à 1 (0,5 pour la moitié).", "regular_share"
    ),
    "ck_tariff_version_regular_days": Broken(
        "Le nombre de jours d’un régulier ne peut pas être négatif.", "regular_days"
    ),
    "ck_tariff_version_regular_without_weekdays": Broken(
        "Un ensemble de jours n’est pas vide.", "regular_without_weekdays"
    ),
    **_conditions("tariff_row", "rows"),
    **_conditions("tariff_modifier", "modifiers"),
    **_conditions("tariff_cap", "caps"),
    "ck_tariff_row_amount": Broken(NOT_NEGATIVE, "rows"),
    "ck_tariff_row_to_cents": Broken(NOT_NEGATIVE, "rows"),
    "ck_tariff_row_rate": Broken("Un taux d’effort ne peut pas être négatif.", "rows"),
    "ck_tariff_row_rate_complete": Broken("Un taux d’effort se donne en pour cent.", "rows"),
    "ck_tariff_row_linear_complete": Broken(
        "Un prix progressif va d’un montant à un autre, sur une tranche bornée des deux côtés.", "rows"
    ),
    "ck_tariff_row_floor": Broken(NOT_NEGATIVE, "rows"),
    "ck_tariff_row_ceiling": Broken("Le plafond ne peut pas être plus bas que le plancher.", "rows"),
    "ck_tariff_row_slice": Broken("Une tranche dure une minute au moins.", "rows"),
    "ck_tariff_row_slice_complete": Broken(
        "Un prix par tranche entamée dit la durée de la tranche, en minutes.", "rows"
    ),
    "ck_tariff_row_tolerance": Broken(NO_MINUTES, "rows"),
    "uq_tariff_row_version_id_position": Broken("Deux lignes de ce tarif ont le même rang.", "rows"),
    "ck_tariff_modifier_factor": Broken(FACTOR, "modifiers"),
    "uq_tariff_modifier_version_id_position": Broken(
        "Deux réductions ou suppléments de ce tarif ont le même rang.", "modifiers"
    ),
    "ck_tariff_cap_most": Broken(
        "Un plafond est un montant ou un nombre d’unités : donnez l’un des deux.", "caps"
    ),
    "ck_tariff_cap_max_cents": Broken(NOT_NEGATIVE, "caps"),
    "ck_tariff_cap_max_units": Broken("Un plafond compte une unité au moins.", "caps"),
    "ck_situation_rule_amount": Broken(NOT_NEGATIVE, "situations"),
    "ck_situation_rule_factor": Broken(FACTOR, "situations"),
    "ck_situation_rule_from_nth": Broken("Les fois se comptent à partir de 1.", "situations"),
    "ck_situation_rule_tolerance": Broken(NO_MINUTES, "situations"),
    "ck_situation_rule_slice": Broken(NO_MINUTES, "situations"),
    "uq_situation_rule_version_id_situation_from_nth": Broken(
        "Une situation n’a qu’une règle à partir d’une même fois.", "situations"
    ),
    "ck_fee_amount": Broken(NOT_NEGATIVE, "amount_cents"),
    "ck_fee_period": Broken(PERIOD, "last_day"),
    "ck_fee_rank_from": Broken("Les rangs se comptent à partir de 1.", "rank_from"),
    "ck_fee_rank_to": Broken("Le dernier rang ne peut pas précéder le premier.", "rank_to"),
    "ck_fee_family_max": Broken(NOT_NEGATIVE, "family_max_cents"),
    "ck_fee_of_a_child": Broken(
        "Un rang ou un maximum par famille se dit d’un droit dû par enfant.", "per_whom"
    ),
    "ck_fee_subject": Broken(
        "Un droit concerne une activité, un service ou tout : pas une activité et un service à la fois.",
        "activity",
    ),
}
