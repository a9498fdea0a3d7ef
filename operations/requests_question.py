"""A question to the service: its answer is a message, and nothing else changes."""

from __future__ import annotations

from operations.request_kind import Field, Filing, Kind
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from rules.requests import message

LONGEST_SUBJECT = 120


def _check(filing: Filing) -> None:
    subject = str(filing.asked.get("subject", "")).strip()
    if not subject:
        raise Refused("Dites en quelques mots de quoi il s’agit.", "subject")
    if len(subject) > LONGEST_SUBJECT:
        raise Refused(f"{LONGEST_SUBJECT} caractères suffisent : le détail va dans la question.", "subject")
    message(str(filing.asked.get("question", "")), "question", missing="Écrivez votre question.")


KIND = Kind(
    kind=RequestKind.QUESTION,
    slug="question",
    fields=(
        Field(name="subject", label="Objet", corrected=False),
        Field(name="question", label="Question", widget="long", corrected=False),
    ),
    check=_check,
    days=10,
    reasons=("Cette question ne relève pas du service : adressez-vous à l’accueil de la mairie.",),
    several=True,
    answered=True,
)
