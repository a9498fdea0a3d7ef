"""What a person reads when a row of the documents is refused."""

from __future__ import annotations

from collections.abc import Mapping

from rules.constraint_phrases import PERIOD, Broken

SENTENCES: Mapping[str, Broken] = {
    "ck_document_size": Broken("Ce fichier est vide."),
    "ck_document_name": Broken("Ce fichier n’a pas de nom."),
    "ck_document_seen": Broken("Une pièce vue l’est à une date."),
    "ck_document_removed": Broken("Une pièce ne se retire pas avant d’être déposée."),
    "ck_document_need_period": Broken(PERIOD, "last_day"),
    "ck_document_need_subject": Broken("Choisissez une activité ou un service, pas les deux.", "activity"),
}
