"""What a person reads when a row of the notices is refused."""

from __future__ import annotations

from collections.abc import Mapping

from rules.constraint_phrases import Broken

SENTENCES: Mapping[str, Broken] = {
    "uq_muted_notice_guardian_id_notice": Broken("Ce message est déjà désactivé."),
    "uq_calendar_feed_guardian_id": Broken("Votre calendrier a déjà une adresse."),
    "uq_calendar_feed_token_digest": Broken("Cette adresse est déjà prise : recommencez."),
}
