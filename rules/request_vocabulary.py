"""The démarches' closed lists: what families ask for, and where each request stands."""

from __future__ import annotations

from rules.labelled import Labelled


class RequestKind(Labelled):
    """What a family asks the town hall to change, decide or answer; what it may do alone is not here."""

    ADDRESS = "address", "Changement d’adresse"
    SITUATION = "situation", "Changement de situation familiale"
    NEW_MEMBER = "new_member", "Nouveau membre de la famille"
    FORM = "form", "Formulaire complété"
    QUESTION = "question", "Question au service"
    QUOTIENT = "quotient", "Nouvelle attestation de quotient familial"
    ENROLMENT = "enrolment", "Inscription pour l’année scolaire"
    MANDATE = "mandate", "Prélèvement automatique"
    CONTEST = "contest", "Contestation d’une ligne de facture"
    CUSTODY = "custody", "Garde d’un enfant"
    ERASURE = "erasure", "Effacement de mes données"


class RequestState(Labelled):
    WAITING = "waiting", "À traiter"
    ASKED = "asked", "Complément demandé"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"
    WITHDRAWN = "withdrawn", "Retirée"
