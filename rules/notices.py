"""The mails that a parent may switch off; what the law or safety asks for is always sent."""

from __future__ import annotations

from collections.abc import Mapping

from rules.labelled import Labelled


class Notice(Labelled):
    """What a parent may prefer to read in the portal only."""

    RECEIPT = "receipt", "Le reçu de chaque changement de réservation que je demande"
    REMINDER = "reminder", "Un rappel avant la date limite, quand la semaine habituelle n’est pas réservée"
    UNBOOKED = "unbooked", "Un message quand mon enfant est venu sans réservation"


# The kinds of mail (`Outbox.kind`) that are switched off with each notice; all others are always sent:
# the announcement of an invoice, what is decided about a démarche, days cancelled or booked by others
# (they change what is due), and whatever protects the account.
NOTICE_OF: Mapping[str, Notice] = {notice.value: notice for notice in Notice}

ALWAYS_SENT = (
    "L’annonce de vos factures.",
    "L’accusé de réception de vos démarches, et leur réponse.",
    "Les jours réservés ou annulés par d’autres que vous (place libérée, garde modifiée, service fermé).",
    "Ce qui protège votre compte : mot de passe, changement de courriel, connexion bloquée.",
)
