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
    "uq_told_absence_child_id_activity_id_day": Broken("Cette absence est déjà signalée.", "day"),
}
