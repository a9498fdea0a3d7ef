"""What a person reads when a row of the people's tables is refused."""

from __future__ import annotations

from collections.abc import Mapping

from rules.constraint_phrases import CALL_ORDER, LOWER, NAME_TAKEN, NOT_NEGATIVE, NUMBER_TAKEN, PERIOD, Broken

SENTENCES: Mapping[str, Broken] = {
    "ck_account_email_lower": Broken(LOWER, "email"),
    "uq_account_email": Broken("Un compte existe déjà avec cette adresse électronique.", "email"),
    "uq_account_fs_uniquifier": Broken("Ce compte vient d’être modifié : recommencez."),
    "uq_configuration_example_name": Broken(NAME_TAKEN, "name"),
    "uq_role_name": Broken(NAME_TAKEN, "name"),
    "uq_sign_in_failure_email_address": Broken("Une autre connexion est en cours : recommencez."),
    "uq_family_former_number": Broken(NUMBER_TAKEN, "former_number"),
    "ck_guardian_email_lower": Broken(LOWER, "email"),
    "uq_guardian_account_id": Broken("Ce compte appartient déjà à un autre adulte.", "account"),
    "uq_email_change_guardian_id": Broken("Une autre demande de changement vient d’arriver : recommencez."),
    "uq_email_change_token_hash": Broken("Ce lien existe déjà : recommencez."),
    "uq_guardian_email": Broken(
        "Un autre adulte a déjà cette adresse électronique : chacun a la sienne.", "email"
    ),
    "uq_guardian_payer": Broken("Cette famille a déjà un payeur : une seule personne paie.", "is_payer"),
    "uq_child_former_number": Broken(NUMBER_TAKEN, "former_number"),
    "ck_guardianship_call_order": Broken(CALL_ORDER, "call_order"),
    "ck_guardianship_period": Broken(PERIOD, "last_day"),
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
    "ck_custody_swap_back": Broken("Donnez les premier et dernier jours rendus en échange.", "back_last_day"),
    "ck_custody_swap_back_period": Broken(PERIOD, "back_last_day"),
    "ck_custody_swap_closed": Broken("Cet échange vient de recevoir une réponse : rechargez la page."),
    "ck_custody_swap_period": Broken(PERIOD, "last_day"),
    "ck_custody_swap_two_families": Broken("Les deux familles doivent être différentes.", "family"),
    "ck_contact_call_order": Broken(CALL_ORDER, "call_order"),
    "ck_residence_period": Broken(PERIOD, "last_day"),
    "uq_residence_family_id_first_day": Broken(
        "Une situation commence déjà ce jour-là pour cette famille.", "first_day"
    ),
    "ck_family_category_name": Broken("Donnez un nom à la catégorie.", "name"),
    "ck_family_category_period": Broken(PERIOD, "last_day"),
    "uq_family_category_family_id_name_first_day": Broken(
        "Cette famille a déjà cette catégorie à partir de ce jour.", "first_day"
    ),
    "ck_quotient_period": Broken("La fin ne peut pas précéder la date d’effet.", "ends_on"),
    "ck_quotient_value": Broken("Un quotient ne peut pas être négatif.", "value"),
    "ck_quotient_income": Broken(NOT_NEGATIVE, "income"),
    "ck_quotient_dependants": Broken("Le nombre d’enfants ne peut pas être négatif.", "dependants"),
    "uq_quotient_family_id_effective_on": Broken(
        "Cette famille a déjà un quotient à cette date d’effet.", "effective_on"
    ),
}
