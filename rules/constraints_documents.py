"""What a person reads when a row of the documents is refused."""

from __future__ import annotations

from collections.abc import Mapping

from rules.constraint_phrases import PERIOD, Broken

SENTENCES: Mapping[str, Broken] = {
    "ck_document_size": Broken("Ce fichier est vide."),
    "ck_document_name": Broken("Ce fichier n’a pas de nom."),
    "ck_document_seen": Broken("Une pièce vue l’est à une date."),
    "ck_document_removed": Broken("Une pièce ne se retire pas avant d’être déposée."),
    "ck_enrolment_campaign_period": Broken("La fermeture ne peut pas précéder l’ouverture.", "closes_on"),
    "ck_enrolment_campaign_documents_by": Broken(
        "Les pièces ne peuvent pas être attendues avant l’ouverture.", "documents_by"
    ),
    "uq_enrolment_campaign_school_year_id": Broken(
        "Les inscriptions de cette année scolaire existent déjà.", "school_year"
    ),
    "ck_service_rules_body": Broken("Écrivez le règlement.", "body"),
    "ck_service_rules_name": Broken("Nommez cette version.", "name"),
    "uq_service_rules_service_id_first_day": Broken(
        "Ce service a déjà une version à cette date.", "first_day"
    ),
    "uq_rules_acceptance_rules_id_guardian_id_child_id": Broken("Cette version est déjà acceptée."),
    "ck_enrolment_provisional": Broken("Une inscription provisoire dit quelles pièces elle attend."),
    "ck_document_need_period": Broken(PERIOD, "last_day"),
    "ck_document_need_subject": Broken("Choisissez une activité ou un service, pas les deux.", "activity"),
}
