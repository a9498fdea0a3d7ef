"""The demo's démarches: one late, one that waits for the family, one new, one answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import models
from demo.dates import at
from demo.people import account_of
from operations import requests
from operations.actors import agent, parent
from rules.request_vocabulary import RequestKind

CLAIRE, PAUL = "claire.martin@villars.example", "paul.martin@villars.example"
SONIA, KARIM = "sonia.bernard@villars.example", "karim.haddad@villars.example"
AGENT = "agent@villars.example"


def ask() -> None:
    """What these families asked in November."""
    _late_child()
    _incomplete_adult()
    answered = _ask(
        PAUL,
        RequestKind.QUESTION,
        {"subject": "Pique-nique", "question": "Faut-il prévoir le pique-nique du 27 novembre ?"},
        at(date(2026, 11, 12), 21, 30),
    )
    note = "Non : la cantine le fournit, il est compris dans le prix du repas."
    requests.accept(answered, note=note, by=agent(account_of(AGENT)), now=at(date(2026, 11, 13), 9, 15))
    _ask(
        SONIA,
        RequestKind.QUESTION,
        {"subject": "Garderie du soir", "question": "Jusqu’à quelle heure puis-je venir chercher Inès ?"},
        at(date(2026, 11, 22), 18, 40),
    )


def _late_child() -> None:
    asked = {
        "who": "child",
        "first_name": "Jules",
        "last_name": "Martin",
        "birth_date": "2024-02-11",
        "relation": "mother",
        "level": "tps",
    }
    _ask(CLAIRE, RequestKind.NEW_MEMBER, asked, at(date(2026, 11, 5), 20, 5))


def _incomplete_adult() -> None:
    asked = {"who": "adult", "civility": "mme", "first_name": "Leïla", "last_name": "Haddad"}
    row = _ask(KARIM, RequestKind.NEW_MEMBER, asked, at(date(2026, 11, 16), 12, 20))
    said = (
        "Pour ajouter Mme Leïla Haddad à votre foyer, il manque le livret de famille ou une pièce d’identité."
    )
    requests.ask_more(row, said, by=agent(account_of(AGENT)), now=at(date(2026, 11, 18), 10, 0))


def _ask(email: str, kind: RequestKind, asked: Mapping[str, Any], when: datetime) -> models.Request:
    account = account_of(email)
    return requests.submit(kind, account.guardian, asked, by=parent(account), now=when)
