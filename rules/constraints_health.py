"""What a person reads when a row of the health or of the day's absences is refused."""

from __future__ import annotations

from collections.abc import Mapping

from rules.constraint_phrases import Broken

SENTENCES: Mapping[str, Broken] = {
    "ck_child_health_pai_until": Broken("Une date de fin suppose un PAI.", "pai_until"),
    "uq_child_health_child_id": Broken(
        "La fiche santé de cet enfant vient d’être créée, par l’autre parent ou dans un autre onglet : "
        "rechargez la page."
    ),
    "ck_commune_health_keep_days": Broken(
        "La durée de conservation ne peut pas être négative.", "health_keep_days"
    ),
    "uq_child_insurance_child_id_family_id": Broken(
        "L’assurance de cet enfant vient d’être enregistrée par un autre adulte de votre foyer."
    ),
    "uq_told_absence_child_id_activity_id_day": Broken("Cette absence est déjà signalée.", "day"),
}
