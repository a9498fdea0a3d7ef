"""What a person reads when the database refuses a row: one French sentence per named constraint.

Operations and forms check first, so these are met only when two people act at once or when a
screen let something through; even then nobody reads SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rules.refusals import Refused


class Broken(NamedTuple):
    """The sentence of a constraint, and the form field that it belongs to, if any."""

    sentence: str
    field: str | None = None


FROZEN = "frozen row"
FOREIGN_KEY = "foreign key"
NOT_NULL = "not null"

_PERIOD = "Le dernier jour ne peut pas précéder le premier."
_NUMBER_TAKEN = "Ce numéro de l’ancien logiciel est déjà pris."
_NAME_TAKEN = "Ce nom est déjà pris."
_SLUG_TAKEN = "Cette adresse de page est déjà prise."
_CALL_ORDER = "L’ordre d’appel commence à 1."
_LOWER = "L’adresse électronique s’écrit en minuscules."
_REASON = "Donnez la raison."
_NOT_ZERO = "Le montant ne peut pas être nul."
_NOT_NEGATIVE = "Le montant ne peut pas être négatif."
_ONE_DAY = "Une absence dure au moins un jour."
_HOUR = "Donnez une heure de 0 h à 24 h."
_NO_SUCH_DATE = "Un mois va de 1 à 12 et un jour de 1 à 31."
_LISTED = "Cette valeur n’est pas dans la liste."

_FACTOR = "Le multiplicateur ne peut pas être négatif."
_NO_MINUTES = "Un nombre de minutes ne peut pas être négatif."


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
    # people
    "ck_account_email_lower": Broken(_LOWER, "email"),
    "uq_account_email": Broken("Un compte existe déjà avec cette adresse électronique.", "email"),
    "uq_account_fs_uniquifier": Broken("Ce compte vient d’être modifié : recommencez."),
    "uq_configuration_example_name": Broken(_NAME_TAKEN, "name"),
    "uq_role_name": Broken(_NAME_TAKEN, "name"),
    "uq_sign_in_failure_email_address": Broken("Une autre connexion est en cours : recommencez."),
    "uq_family_former_number": Broken(_NUMBER_TAKEN, "former_number"),
    "ck_guardian_email_lower": Broken(_LOWER, "email"),
    "uq_guardian_account_id": Broken("Ce compte appartient déjà à un autre adulte.", "account"),
    "uq_guardian_email": Broken(
        "Un autre adulte a déjà cette adresse électronique : chacun a la sienne.", "email"
    ),
    "uq_guardian_payer": Broken("Cette famille a déjà un payeur : une seule personne paie.", "is_payer"),
    "uq_child_former_number": Broken(_NUMBER_TAKEN, "former_number"),
    "ck_guardianship_call_order": Broken(_CALL_ORDER, "call_order"),
    "ck_guardianship_period": Broken(_PERIOD, "last_day"),
    "uq_guardianship_child_id_guardian_id_first_day": Broken(
        "Cet adulte est déjà responsable de cet enfant à partir de ce jour.", "first_day"
    ),
    "ck_custody_anchor": Broken(
        "Une alternance une semaine sur deux part d’un jour de référence, et elle seule.", "anchor_day"
    ),
    "ck_custody_changeover": Broken("Choisissez le jour du changement de semaine.", "changeover_weekday"),
    "ck_custody_other_family": Broken(
        "Une garde alternée nomme l’autre famille ; une garde simple n’en nomme pas.", "other_family"
    ),
    "ck_custody_two_families": Broken("Les deux familles doivent être différentes.", "other_family"),
    "uq_custody_child_id_first_day": Broken(
        "Une garde commence déjà ce jour-là pour cet enfant.", "first_day"
    ),
    "ck_contact_call_order": Broken(_CALL_ORDER, "call_order"),
    "ck_residence_period": Broken(_PERIOD, "last_day"),
    "uq_residence_family_id_first_day": Broken(
        "Une situation commence déjà ce jour-là pour cette famille.", "first_day"
    ),
    "ck_family_category_name": Broken("Donnez un nom à la catégorie.", "name"),
    "ck_family_category_period": Broken(_PERIOD, "last_day"),
    "uq_family_category_family_id_name_first_day": Broken(
        "Cette famille a déjà cette catégorie à partir de ce jour.", "first_day"
    ),
    "ck_quotient_period": Broken("La fin ne peut pas précéder la date d’effet.", "ends_on"),
    "ck_quotient_value": Broken("Un quotient ne peut pas être négatif.", "value"),
    "ck_quotient_income": Broken(_NOT_NEGATIVE, "income"),
    "ck_quotient_dependants": Broken("Le nombre d’enfants ne peut pas être négatif.", "dependants"),
    "uq_quotient_family_id_effective_on": Broken(
        "Cette famille a déjà un quotient à cette date d’effet.", "effective_on"
    ),
    # school and règlement
    "ck_commune_carry_over": Broken(_NOT_NEGATIVE, "carry_over_below_cents"),
    "ck_commune_due_days": Broken("Le délai de paiement ne peut pas être négatif.", "due_days"),
    "ck_commune_keep_years": Broken("La durée de conservation ne peut pas être négative.", "keep_years"),
    "ck_commune_quotient_backdated": Broken(
        "Le nombre de jours de rétroactivité ne peut pas être négatif.", "quotient_backdated_days"
    ),
    "ck_commune_quotient_expires": Broken(
        "Pour une fin de validité, donnez le jour et le mois.", "quotient_expires_day"
    ),
    "ck_commune_quotient_expires_date": Broken(_NO_SUCH_DATE, "quotient_expires_day"),
    "ck_commune_quotient_renewed": Broken(
        "Le renouvellement va avec une fin de validité : donnez son jour et son mois.",
        "quotient_renewed_day",
    ),
    "ck_commune_quotient_renewed_date": Broken(_NO_SUCH_DATE, "quotient_renewed_day"),
    "ck_commune_quotient_reference": Broken(
        "Pour une date de référence, donnez le jour et le mois.", "quotient_reference_day"
    ),
    "ck_commune_quotient_reference_date": Broken(_NO_SUCH_DATE, "quotient_reference_day"),
    "ck_commune_single": Broken("Le portail ne connaît qu’une commune."),
    "ck_school_year_period": Broken("L’année scolaire finit après avoir commencé.", "last_day"),
    "uq_school_year_name": Broken(_NAME_TAKEN, "name"),
    "ck_holiday_period": Broken(_PERIOD, "last_day"),
    "uq_holiday_kind_first_day": Broken("Un congé de cette nature commence déjà ce jour-là.", "first_day"),
    "uq_school_name": Broken(_NAME_TAKEN, "name"),
    "uq_school_class_school_id_school_year_id_name": Broken(
        "Cette école a déjà une classe de ce nom pour cette année.", "name"
    ),
    "ck_schooling_period": Broken(_PERIOD, "last_day"),
    "uq_schooling_child_id_first_day": Broken(
        "Une scolarité commence déjà ce jour-là pour cet enfant.", "first_day"
    ),
    "uq_service_name": Broken(_NAME_TAKEN, "name"),
    "ck_activity_starts_at": Broken("Donnez une heure de début entre 0 h et 23 h 59.", "starts_at_minute"),
    "ck_activity_days_without_choice": Broken("Donnez de 1 à 7 jours par semaine.", "days_without_choice"),
    "ck_activity_ends_at": Broken("L’activité finit après avoir commencé, à 24 h au plus.", "ends_at_minute"),
    "ck_activity_grace_days": Broken("Le nombre de jours ne peut pas être négatif.", "grace_days"),
    "uq_activity_name": Broken(_NAME_TAKEN, "name"),
    "uq_activity_slug": Broken(_SLUG_TAKEN, "slug"),
    "ck_week_pattern_period": Broken(_PERIOD, "last_day"),
    "ck_week_pattern_weekdays": Broken("Cochez au moins un jour.", "weekdays"),
    "ck_closure_period": Broken(_PERIOD, "last_day"),
    "ck_enrolment_period": Broken(_PERIOD, "last_day"),
    "uq_enrolment_child_id_activity_id_first_day": Broken(
        "Cet enfant est déjà inscrit à cette activité à partir de ce jour.", "first_day"
    ),
    "ck_enrolment_usual_weekdays": Broken("Cochez au moins un jour, ou aucun choix.", "usual_weekdays"),
    "ck_capacity_period": Broken(_PERIOD, "last_day"),
    "ck_capacity_places": Broken("Le nombre de places ne peut pas être négatif.", "places"),
    "ck_capacity_weekdays": Broken("Cochez au moins un jour.", "weekdays"),
    "ck_deadline_rule_amount": Broken("Le nombre de jours ne peut pas être négatif.", "amount"),
    "ck_deadline_rule_days_before_complete": Broken(
        "Donnez le nombre de jours, comment ils se comptent et l’heure.", "amount"
    ),
    "ck_deadline_rule_minute": Broken("Donnez l’heure limite, de 0 h à 24 h.", "minute_of_day"),
    "ck_deadline_rule_period": Broken(_PERIOD, "last_day"),
    "ck_deadline_rule_weekday": Broken("Choisissez un jour de la semaine.", "weekday"),
    "ck_deadline_rule_weekly_complete": Broken(
        "Donnez le jour, le nombre de semaines et l’heure.", "weekday"
    ),
    "ck_deadline_rule_weeks": Broken("Le nombre de semaines ne peut pas être négatif.", "weeks"),
    "ck_deadline_rule_day_of_month": Broken("Donnez le jour du mois, de 1 à 31.", "day_of_month"),
    "ck_deadline_rule_hours_before_complete": Broken(
        "Donnez le nombre d’heures et les jours dont les heures se comptent.", "amount"
    ),
    "ck_deadline_rule_late_amount": Broken("Le nombre de jours ne peut pas être négatif.", "late_amount"),
    "ck_deadline_rule_late_minute": Broken("Donnez l’heure limite, de 0 h à 24 h.", "late_minute_of_day"),
    "ck_deadline_rule_months": Broken("Le nombre de mois ne peut pas être négatif.", "months"),
    "ck_deadline_rule_same_day_complete": Broken("Donnez l’heure limite, de 0 h à 24 h.", "minute_of_day"),
    "uq_deadline_rule_activity_id_bound_change_first_day_position": Broken(
        "Une règle de même rang existe déjà pour cette activité à cette date.", "position"
    ),
    "ck_deadline_weekday_minute": Broken("Donnez l’heure limite, de 0 h à 24 h.", "weekday_rows"),
    "ck_deadline_weekday_service_weekday": Broken("Choisissez le jour de service.", "weekday_rows"),
    "ck_deadline_weekday_weekday": Broken("Choisissez un jour de la semaine.", "weekday_rows"),
    "ck_deadline_weekday_weeks": Broken("Le nombre de semaines ne peut pas être négatif.", "weekday_rows"),
    "uq_deadline_weekday_rule_id_service_weekday": Broken(
        "Deux lignes disent la date limite du même jour de service : une seule.", "weekday_rows"
    ),
    "ck_deadline_date_minute": Broken("Donnez l’heure limite, de 0 h à 24 h.", "published"),
    "ck_deadline_date_period": Broken(_PERIOD, "published"),
    "uq_deadline_date_rule_id_first_day": Broken("Deux dates publiées commencent le même jour.", "published"),
    "ck_tariff_version_period": Broken(_PERIOD, "last_day"),
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
    "ck_tariff_version_floor": Broken(_NOT_NEGATIVE, "floor_cents"),
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
    "ck_tariff_row_amount": Broken(_NOT_NEGATIVE, "rows"),
    "ck_tariff_row_to_cents": Broken(_NOT_NEGATIVE, "rows"),
    "ck_tariff_row_rate": Broken("Un taux d’effort ne peut pas être négatif.", "rows"),
    "ck_tariff_row_rate_complete": Broken("Un taux d’effort se donne en pour cent.", "rows"),
    "ck_tariff_row_linear_complete": Broken(
        "Un prix progressif va d’un montant à un autre, sur une tranche bornée des deux côtés.", "rows"
    ),
    "ck_tariff_row_floor": Broken(_NOT_NEGATIVE, "rows"),
    "ck_tariff_row_ceiling": Broken("Le plafond ne peut pas être plus bas que le plancher.", "rows"),
    "ck_tariff_row_slice": Broken("Une tranche dure une minute au moins.", "rows"),
    "ck_tariff_row_slice_complete": Broken(
        "Un prix par tranche entamée dit la durée de la tranche, en minutes.", "rows"
    ),
    "ck_tariff_row_tolerance": Broken(_NO_MINUTES, "rows"),
    "uq_tariff_row_version_id_position": Broken("Deux lignes de ce tarif ont le même rang.", "rows"),
    "ck_tariff_modifier_factor": Broken(_FACTOR, "modifiers"),
    "uq_tariff_modifier_version_id_position": Broken(
        "Deux réductions ou suppléments de ce tarif ont le même rang.", "modifiers"
    ),
    "ck_tariff_cap_most": Broken(
        "Un plafond est un montant ou un nombre d’unités : donnez l’un des deux.", "caps"
    ),
    "ck_tariff_cap_max_cents": Broken(_NOT_NEGATIVE, "caps"),
    "ck_tariff_cap_max_units": Broken("Un plafond compte une unité au moins.", "caps"),
    "ck_situation_rule_amount": Broken(_NOT_NEGATIVE, "situations"),
    "ck_situation_rule_factor": Broken(_FACTOR, "situations"),
    "ck_situation_rule_from_nth": Broken("Les fois se comptent à partir de 1.", "situations"),
    "ck_situation_rule_tolerance": Broken(_NO_MINUTES, "situations"),
    "ck_situation_rule_slice": Broken(_NO_MINUTES, "situations"),
    "uq_situation_rule_version_id_situation_from_nth": Broken(
        "Une situation n’a qu’une règle à partir d’une même fois.", "situations"
    ),
    "ck_fee_amount": Broken(_NOT_NEGATIVE, "amount_cents"),
    "ck_fee_period": Broken(_PERIOD, "last_day"),
    "ck_fee_rank_from": Broken("Les rangs se comptent à partir de 1.", "rank_from"),
    "ck_fee_rank_to": Broken("Le dernier rang ne peut pas précéder le premier.", "rank_to"),
    "ck_fee_family_max": Broken(_NOT_NEGATIVE, "family_max_cents"),
    "ck_fee_of_a_child": Broken(
        "Un rang ou un maximum par famille se dit d’un droit dû par enfant.", "per_whom"
    ),
    "ck_fee_subject": Broken(
        "Un droit concerne une activité, un service ou tout : pas une activité et un service à la fois.",
        "activity",
    ),
    "ck_absence_policy_period": Broken(_PERIOD, "last_day"),
    "ck_absence_policy_min_days": Broken(_ONE_DAY, "min_days"),
    "ck_absence_policy_max_days": Broken(_ONE_DAY, "max_days"),
    "ck_absence_policy_length": Broken(
        "La durée maximale est plus courte que la durée minimale.", "max_days"
    ),
    "ck_absence_policy_length_in_days": Broken(
        "La durée d’une absence ne se compte pas en heures.", "length_unit"
    ),
    "ck_absence_policy_window": Broken("Le délai ne peut pas être négatif.", "window_amount"),
    "ck_absence_policy_window_not_booked": Broken(
        "Le délai pour justifier ne se compte pas en jours réservés.", "window_unit"
    ),
    "ck_absence_policy_window_minute": Broken(_HOUR, "window_minute"),
    "ck_absence_policy_notice_days": Broken("Le nombre de jours ne peut pas être négatif.", "notice_days"),
    "ck_absence_policy_notice_minute": Broken(_HOUR, "notice_minute"),
    "ck_absence_policy_carence": Broken("La carence ne peut pas être négative.", "carence_amount"),
    "ck_absence_policy_carence_in_days": Broken("La carence ne se compte pas en heures.", "carence_unit"),
    "ck_absence_policy_yearly_days": Broken("Le nombre de jours ne peut pas être négatif.", "yearly_days"),
    "uq_absence_policy_activity_id_first_day_position": Broken(
        "Une règle de même rang commence déjà ce jour-là pour cette activité.", "position"
    ),
    # bookings and attendance
    "uq_booking_child_id_activity_id_day": Broken("Cet enfant a déjà une réservation ce jour-là.", "day"),
    "ck_booking_waiting": Broken("Une réservation en attente porte la date de sa demande."),
    "ck_receipt_line_waiting_rank": Broken("Le rang sur la liste d’attente commence à 1."),
    "uq_receipt_line_receipt_id_child_id_activity_id_day": Broken("Ce reçu porte déjà ce jour.", "day"),
    "ck_attendance_sheet_closed": Broken("Une feuille close porte la date de sa clôture."),
    "uq_attendance_sheet_class": Broken("La feuille de cette classe est déjà ouverte pour ce jour.", "day"),
    "uq_attendance_sheet_school": Broken("La feuille de cette école est déjà ouverte pour ce jour.", "day"),
    "uq_attendance_child_id_activity_id_day": Broken("Cet enfant est déjà noté pour ce jour.", "child"),
    "ck_absence_claim_period": Broken(_PERIOD, "last_day"),
    "ck_absence_claim_decided": Broken("Une demande tranchée porte la date de la décision."),
    "ck_absence_claim_refused": Broken("Donnez la raison du refus.", "decision"),
    "ck_absence_claim_told": Broken("L’absence est signalée au plus tard à la réception.", "told_at"),
    "ck_absence_claim_day_credited": Broken("Seul un jour accepté donne lieu à un avoir."),
    "uq_absence_claim_day_claim_id_activity_id_day": Broken("Cette demande porte déjà ce jour.", "days"),
    "uq_absence_claim_day_accepted": Broken("L’absence de ce jour est déjà acceptée."),
    # money
    "uq_draft_month_family_id": Broken("Cette famille a déjà un brouillon pour ce mois."),
    "ck_adjustment_amount": Broken(_NOT_ZERO, "amount_cents"),
    "ck_adjustment_reason": Broken(_REASON, "reason"),
    "ck_exclusion_reason": Broken(_REASON, "reason"),
    "uq_exclusion_month_family_id": Broken("Cette famille est déjà mise de côté pour ce mois.", "family"),
    "ck_invoice_due": Broken("L’échéance ne peut pas précéder l’annonce de la facture."),
    "ck_invoice_origin": Broken("Un avoir désigne la facture qu’il corrige."),
    "ck_invoice_sequence": Broken("Les factures se numérotent à partir de 1."),
    "uq_invoice_exercice_sequence": Broken("Ce numéro de facture est déjà pris."),
    "uq_invoice_number": Broken("Ce numéro de facture est déjà pris."),
    "ck_invoice_line_amount": Broken("Le montant d’une ligne est son prix par sa quantité."),
    "ck_invoice_line_quantity": Broken("Une ligne de facture compte au moins une unité."),
    "uq_invoice_line_adjustment_id": Broken("Cette ligne manuelle est déjà facturée."),
    "uq_invoice_line_invoice_id_position": Broken("Deux lignes de la facture ont le même rang."),
    "uq_billed_day": Broken("Ce jour est déjà facturé."),
    "uq_billed_charge_child": Broken("Cette période est déjà facturée pour cet enfant."),
    "uq_billed_charge_family": Broken("Ces frais sont déjà facturés à cette famille pour cette période."),
    "uq_invoice_pdf_invoice_id": Broken("Le PDF de cette facture existe déjà."),
    "ck_sending_outbox": Broken("Un envoi par courriel désigne son courriel, et lui seul."),
    "ck_payment_amount": Broken(_NOT_ZERO, "amount_cents"),
    "ck_payment_reversal": Broken("Une annulation désigne le paiement qu’elle annule.", "method"),
    "ck_payment_sign": Broken("Seule une annulation porte un montant négatif.", "amount_cents"),
    "uq_payment_reverses_id": Broken("Ce paiement est déjà annulé."),
    # what the town hall publishes
    "ck_news_period": Broken(_PERIOD, "last_day"),
    "uq_news_slug": Broken(_SLUG_TAKEN, "slug"),
    "uq_page_slug": Broken(_SLUG_TAKEN, "slug"),
    "uq_cgu_version_name": Broken(_NAME_TAKEN, "name"),
    "uq_cgu_acceptance_account_id_version_id": Broken("Cette version est déjà acceptée."),
    # traces
    "ck_outbox_attempts": Broken("Le nombre d’essais ne peut pas être négatif."),
    "ck_outbox_secret_wiped": Broken("Le secret d’un courriel parti est effacé."),
    "uq_outbox_idempotency_key": Broken("Ce courriel est déjà à l’envoi."),
    # of no table in particular
    FROZEN: Broken("Ce document est définitif : il ne change plus. Corrigez par un autre document."),
    FOREIGN_KEY: Broken("Cet élément est lié à d’autres : il ne peut être ni supprimé ni changé ainsi."),
    NOT_NULL: Broken("Il manque une information obligatoire."),
}

_OTHERWISE = Broken("Cette modification contredit une règle du portail : rien n’a été enregistré.")


def broken(constraint: str | None) -> Broken:
    """The sentence of a constraint by its name, of its kind, or the general one.

    Closed lists have a CHECK too (`ck_<table>_<list>`); forms offer only their values, so one
    sentence says it for all.
    """
    if constraint is None:
        return _OTHERWISE
    if constraint not in SENTENCES and constraint.startswith("ck_"):
        return Broken(_LISTED)
    return SENTENCES.get(constraint, _OTHERWISE)


def refusal(constraint: str | None) -> Refused:
    """The same, ready to be shown beside its field."""
    said = broken(constraint)
    return Refused(said.sentence, said.field)
