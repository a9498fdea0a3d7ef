"""What a person reads when a row of the publications or of the traces is refused."""

from __future__ import annotations

from collections.abc import Mapping

from rules.constraint_phrases import NAME_TAKEN, PERIOD, SLUG_TAKEN, Broken

SENTENCES: Mapping[str, Broken] = {
    "ck_news_period": Broken(PERIOD, "last_day"),
    "uq_news_slug": Broken(SLUG_TAKEN, "slug"),
    "uq_page_slug": Broken(SLUG_TAKEN, "slug"),
    "uq_cgu_version_name": Broken(NAME_TAKEN, "name"),
    "uq_cgu_acceptance_account_id_version_id": Broken("Cette version est déjà acceptée."),
    "ck_outbox_attempts": Broken("Le nombre d’essais ne peut pas être négatif."),
    "ck_outbox_secret_wiped": Broken("Le secret d’un courriel parti est effacé."),
    "uq_outbox_idempotency_key": Broken("Ce courriel est déjà à l’envoi."),
}
