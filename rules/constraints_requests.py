"""What a person reads when a row of the démarches is refused."""

from __future__ import annotations

from collections.abc import Mapping

from rules.constraint_phrases import Broken

SENTENCES: Mapping[str, Broken] = {
    "ck_request_decided": Broken("Une démarche acceptée ou refusée dit quand, et elle seule."),
    "ck_request_refused": Broken("Un refus donne sa raison.", "reason"),
    "uq_request_document_request_id_document_id": Broken("Cette pièce est déjà jointe."),
    "ck_request_message_body": Broken("Écrivez un message.", "text"),
}
