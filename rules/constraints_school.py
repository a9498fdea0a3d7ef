"""What a person reads when a row of the school or of the règlement is refused."""

from __future__ import annotations

from collections.abc import Mapping

from rules.constraint_phrases import NAME_TAKEN, NO_SUCH_DATE, NOT_NEGATIVE, PERIOD, SLUG_TAKEN, Broken

SENTENCES: Mapping[str, Broken] = {
    "ck_commune_carry_over": Broken(NOT_NEGATIVE, "carry_over_below_cents"),
    "ck_commune_due_days": Broken("Le délai de paiement ne peut pas être négatif.", "due_days"),
    "ck_commune_debit_days": Broken(
        "Le prélèvement a lieu de 14 jours (le préavis) à 62 jours après l’annonce.", "debit_days"
    ),
    "ck_commune_keep_years": Broken("La durée de conservation ne peut pas être négative.", "keep_years"),
    "ck_commune_quotient_backdated": Broken(
        "Le nombre de jours de rétroactivité ne peut pas être négatif.", "quotient_backdated_days"
    ),
    "ck_commune_quotient_expires": Broken(
        "Pour une fin de validité, donnez le jour et le mois.", "quotient_expires_day"
    ),
    "ck_commune_quotient_expires_date": Broken(NO_SUCH_DATE, "quotient_expires_day"),
    "ck_commune_quotient_renewed": Broken(
        "Le renouvellement va avec une fin de validité : donnez son jour et son mois.",
        "quotient_renewed_day",
    ),
    "ck_commune_quotient_renewed_date": Broken(NO_SUCH_DATE, "quotient_renewed_day"),
    "ck_commune_quotient_reference": Broken(
        "Pour une date de référence, donnez le jour et le mois.", "quotient_reference_day"
    ),
    "ck_commune_quotient_reference_date": Broken(NO_SUCH_DATE, "quotient_reference_day"),
    "ck_commune_single": Broken("Le portail ne connaît qu’une commune."),
    "ck_school_year_period": Broken("L’année scolaire finit après avoir commencé.", "last_day"),
    "uq_school_year_name": Broken(NAME_TAKEN, "name"),
    "ck_holiday_period": Broken(PERIOD, "last_day"),
    "uq_holiday_kind_first_day": Broken("Un congé de cette nature commence déjà ce jour-là.", "first_day"),
    "uq_school_name": Broken(NAME_TAKEN, "name"),
    "uq_school_class_school_id_school_year_id_name": Broken(
        "Cette école a déjà une classe de ce nom pour cette année.", "name"
    ),
    "ck_schooling_period": Broken(PERIOD, "last_day"),
    "uq_schooling_child_id_first_day": Broken(
        "Une scolarité commence déjà ce jour-là pour cet enfant.", "first_day"
    ),
    "uq_service_name": Broken(NAME_TAKEN, "name"),
    "ck_activity_starts_at": Broken("Donnez une heure de début entre 0 h et 23 h 59.", "starts_at_minute"),
    "ck_activity_days_without_choice": Broken("Donnez de 1 à 7 jours par semaine.", "days_without_choice"),
    "ck_activity_ends_at": Broken("L’activité finit après avoir commencé, à 24 h au plus.", "ends_at_minute"),
    "ck_activity_childcare_share": Broken("La part de garde va de 0 à 100 %.", "childcare_share"),
    "ck_activity_grace_days": Broken("Le nombre de jours ne peut pas être négatif.", "grace_days"),
    "uq_activity_name": Broken(NAME_TAKEN, "name"),
    "uq_activity_slug": Broken(SLUG_TAKEN, "slug"),
    "ck_week_pattern_period": Broken(PERIOD, "last_day"),
    "ck_week_pattern_weekdays": Broken("Cochez au moins un jour.", "weekdays"),
    "ck_closure_period": Broken(PERIOD, "last_day"),
    "ck_enrolment_period": Broken(PERIOD, "last_day"),
    "uq_enrolment_child_id_activity_id_first_day": Broken(
        "Cet enfant est déjà inscrit à cette activité à partir de ce jour.", "first_day"
    ),
    "ck_enrolment_usual_weekdays": Broken("Cochez au moins un jour, ou aucun choix.", "usual_weekdays"),
    "ck_capacity_period": Broken(PERIOD, "last_day"),
    "ck_capacity_places": Broken("Le nombre de places ne peut pas être négatif.", "places"),
    "ck_capacity_weekdays": Broken("Cochez au moins un jour.", "weekdays"),
    "ck_deadline_rule_amount": Broken("Le nombre de jours ne peut pas être négatif.", "amount"),
    "ck_deadline_rule_days_before_complete": Broken(
        "Donnez le nombre de jours, comment ils se comptent et l’heure.", "amount"
    ),
    "ck_deadline_rule_minute": Broken("Donnez l’heure limite, de 0 h à 24 h.", "minute_of_day"),
    "ck_deadline_rule_period": Broken(PERIOD, "last_day"),
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
    "ck_deadline_date_period": Broken(PERIOD, "published"),
    "uq_deadline_date_rule_id_first_day": Broken("Deux dates publiées commencent le même jour.", "published"),
}
