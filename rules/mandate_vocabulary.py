"""The closed lists of direct debit."""

from __future__ import annotations

from rules.labelled import Labelled


class MandateState(Labelled):
    """Where a mandate stands, from the bank details typed to the end of its life (rules/mandates.py)."""

    DRAFT = "draft", "Commencé"
    TO_SIGN = "to_sign", "À signer"
    RECEIVED = "received", "Reçu, à vérifier"
    ACTIVE = "active", "En vigueur"
    REFUSED = "refused", "Refusé"
    REVOKED = "revoked", "Révoqué"
    LAPSED = "lapsed", "Caduc"
    REPLACED = "replaced", "Remplacé"


class SignedReturn(Labelled):
    """How the signed mandate comes back: the guide offers two ways."""

    PORTAL = "portal", "Je l’envoie ici, scanné ou photographié"
    TOWN_HALL = "town_hall", "Je le dépose en mairie, sur rendez-vous"
