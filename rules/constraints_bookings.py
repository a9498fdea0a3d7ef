"""What a person reads when a row of the bookings, the attendance or the absences is refused."""

from __future__ import annotations

from collections.abc import Mapping

from rules.constraint_phrases import HOUR, ONE_DAY, PERIOD, Broken

SENTENCES: Mapping[str, Broken] = {
    "ck_absence_policy_period": Broken(PERIOD, "last_day"),
    "ck_absence_policy_min_days": Broken(ONE_DAY, "min_days"),
    "ck_absence_policy_max_days": Broken(ONE_DAY, "max_days"),
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
    "ck_absence_policy_window_minute": Broken(HOUR, "window_minute"),
    "ck_absence_policy_notice_days": Broken("Le nombre de jours ne peut pas être négatif.", "notice_days"),
    "ck_absence_policy_notice_minute": Broken(HOUR, "notice_minute"),
    "ck_absence_policy_carence": Broken("La carence ne peut pas être négative.", "carence_amount"),
    "ck_absence_policy_carence_in_days": Broken("La carence ne se compte pas en heures.", "carence_unit"),
    "ck_absence_policy_yearly_days": Broken("Le nombre de jours ne peut pas être négatif.", "yearly_days"),
    "uq_absence_policy_activity_id_first_day_position": Broken(
        "Une règle de même rang commence déjà ce jour-là pour cette activité.", "position"
    ),
    "uq_booking_child_id_activity_id_day": Broken("Cet enfant a déjà une réservation ce jour-là.", "day"),
    "ck_booking_waiting": Broken("Une réservation en attente porte la date de sa demande."),
    "ck_receipt_line_waiting_rank": Broken("Le rang sur la liste d’attente commence à 1."),
    "uq_receipt_line_receipt_id_child_id_activity_id_day": Broken("Ce reçu porte déjà ce jour.", "day"),
    "ck_attendance_sheet_closed": Broken("Une feuille close porte la date de sa clôture."),
    "uq_attendance_sheet_class": Broken("La feuille de cette classe est déjà ouverte pour ce jour.", "day"),
    "uq_attendance_sheet_school": Broken("La feuille de cette école est déjà ouverte pour ce jour.", "day"),
    "uq_attendance_child_id_activity_id_day": Broken("Cet enfant est déjà noté pour ce jour.", "child"),
    "ck_absence_claim_period": Broken(PERIOD, "last_day"),
    "ck_absence_claim_decided": Broken("Une demande tranchée porte la date de la décision."),
    "ck_absence_claim_refused": Broken("Donnez la raison du refus.", "decision"),
    "ck_absence_claim_told": Broken("L’absence est signalée au plus tard à la réception.", "told_at"),
    "ck_absence_claim_day_credited": Broken("Seul un jour accepté donne lieu à un avoir."),
    "uq_absence_claim_day_claim_id_activity_id_day": Broken("Cette demande porte déjà ce jour.", "days"),
    "uq_absence_claim_day_accepted": Broken("L’absence de ce jour est déjà acceptée."),
}
