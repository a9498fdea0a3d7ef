"""The life of a démarche: one table of allowed moves, its number, the day by which it is answered.

Code des relations entre le public et l’administration: every request is acknowledged (L112-3, L112-11);
an incomplete one is told what is missing and by when to send it, and the time to answer runs again
from the day it came (L114-5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from rules.refusals import Refused
from rules.request_vocabulary import RequestState

MOVES: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.WAITING: frozenset(
        {RequestState.ASKED, RequestState.ACCEPTED, RequestState.REFUSED, RequestState.WITHDRAWN}
    ),
    RequestState.ASKED: frozenset(
        {RequestState.WAITING, RequestState.ACCEPTED, RequestState.REFUSED, RequestState.WITHDRAWN}
    ),
    RequestState.ACCEPTED: frozenset(),
    RequestState.REFUSED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}
OPEN = frozenset({RequestState.WAITING, RequestState.ASKED})
DECIDED = frozenset({RequestState.ACCEPTED, RequestState.REFUSED})
DAYS_TO_COMPLETE = 15  # what a family is given to send what is missing
LONGEST_MESSAGE = 3000  # characters, either way
_UNTYPED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER = re.compile(r"D(\d{4})-(\d{6,9})")


def may_become(state: RequestState, wanted: RequestState) -> bool:
    """Whether a démarche may go from one state to the other."""
    return wanted in MOVES[state]


def request_number(year: int, request_id: int) -> str:
    """What families and agents call a démarche: `D2026-000123`, its year in Paris and its key."""
    return f"D{year}-{request_id:06d}"


def key_of(number: str) -> int | None:
    """The key that a number carries; None when it is no number. Its year is checked against the row."""
    found = _NUMBER.fullmatch(number)
    return int(found[2]) if found else None


def due_date(day: date, days: int) -> date:
    """The day by which the town hall answers what it received that day."""
    return day + timedelta(days=days)


def said_to_family(state: RequestState, *, answered: bool) -> str:
    """Where a démarche stands, in the family's words; `answered`: accepting it is answering it."""
    if state is RequestState.ACCEPTED and answered:
        return "Répondue"
    return _FAMILY.get(state, state.label)


def said_to_staff(state: RequestState, *, answered: bool) -> str:
    """The same in the agents' words."""
    return "Répondue" if state is RequestState.ACCEPTED and answered else state.label


_FAMILY = {
    RequestState.WAITING: "En cours de traitement",
    RequestState.ASKED: "Votre réponse est attendue",
}


def plain(text: str) -> str:
    """What was typed, without the signs that nobody types and no database takes; one sort of line end."""
    return _UNTYPED.sub("", text.replace("\r\n", "\n")).strip()


def message(text: str, field: str, missing: str = "") -> str:
    """A message as it is kept. Refused when too long, or when empty and `missing` says so."""
    said = plain(text)
    if missing and not said:
        raise Refused(missing, field)
    if len(said) > LONGEST_MESSAGE:
        raise Refused(
            f"Ce message compte {len(said)} caractères, et {LONGEST_MESSAGE} au plus peuvent être envoyés.",
            field,
        )
    return said
