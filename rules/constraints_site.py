"""What a person reads when a row of the publications or of the traces is refused."""

from __future__ import annotations

from collections.abc import Mapping

from rules.constraint_phrases import NAME_TAKEN, PERIOD, SLUG_TAKEN, Broken

SENTENCES: Mapping[str, Broken] = {
    "ck_news_period": Broken(PERIOD, "last_day"),
    "uq_news_slug": Broken(SLUG_TAKEN, "slug"),
    "uq_page_slug": Broken(SLUG_TAKEN, "slug"),
    "ck_page_period": Broken(PERIOD, "last_day"),
    "ck_picture_alternative": Broken(
        "Décrivez l’image, ou dites qu’elle est décorative : sans cela, une personne qui ne la voit pas ne "
        "sait pas ce qu’elle montre.",
        "alternative",
    ),
    "uq_picture_token": Broken("Cette image est déjà là."),
    "ck_interruption_period": Broken("Une interruption finit après avoir commencé.", "ends_at"),
    "ck_interruption_announced": Broken("Une interruption s’annonce avant de commencer.", "announced_at"),
    "ck_town_document_period": Broken(PERIOD, "last_day"),
    "uq_town_document_slug": Broken(SLUG_TAKEN, "slug"),
    "uq_town_document_version_document_id_number": Broken(
        "Une autre version de ce document vient d’être mise en ligne : vérifiez-la."
    ),
    "uq_menu_day": Broken("Un menu est déjà saisi pour ce jour.", "day"),
    "uq_menu_day_school_id": Broken("Un menu est déjà saisi pour ce jour et cette école.", "day"),
    "ck_dish_name": Broken("Donnez un nom au plat.", "dishes"),
    "uq_cgu_version_name": Broken(NAME_TAKEN, "name"),
    "uq_cgu_acceptance_account_id_version_id": Broken("Cette version est déjà acceptée."),
    "ck_outbox_attempts": Broken("Le nombre d’essais ne peut pas être négatif."),
    "ck_outbox_secret_wiped": Broken("Le secret d’un courriel parti est effacé."),
    "uq_outbox_idempotency_key": Broken("Ce courriel est déjà à l’envoi."),
}
