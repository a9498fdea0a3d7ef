"""The life of a démarche: its moves, its number, its days, its words."""

from __future__ import annotations

from datetime import date

import pytest

from rules.refusals import Refused
from rules.request_vocabulary import RequestState
from rules.requests import (
    DECIDED,
    LONGEST_MESSAGE,
    MOVES,
    OPEN,
    due_date,
    key_of,
    may_become,
    message,
    request_number,
    said_to_family,
    said_to_staff,
)


def test_only_open_requests_move():
    assert set(MOVES) == set(RequestState)
    assert {state for state in RequestState if MOVES[state]} == OPEN
    assert not OPEN & DECIDED
    assert may_become(RequestState.ASKED, RequestState.WAITING)
    assert not may_become(RequestState.ACCEPTED, RequestState.WAITING)


def test_a_number_says_its_year_and_its_key():
    assert request_number(2026, 123) == "D2026-000123"
    assert key_of("D2026-000123") == 123
    assert key_of(request_number(2026, 1234567)) == 1234567


@pytest.mark.parametrize(
    "typed", ["", "D2026-123", "R2026-000123", "D2026-000123 ", "D2026-0001234567", "D2026-00012x"]
)
def test_what_is_no_number_has_no_key(typed):
    assert key_of(typed) is None


def test_the_days_to_answer_are_counted_from_the_day_it_came():
    assert due_date(date(2026, 12, 20), 15) == date(2027, 1, 4)


def test_a_message_is_trimmed_and_bounded():
    assert message("  Bonjour\n ", "text") == "Bonjour"
    assert message(" ", "text") == ""
    assert message("Un\x00\r\ndeux\x7f", "text") == "Un\ndeux"
    with pytest.raises(Refused, match="Écrivez") as refused:
        message(" ", "text", missing="Écrivez un message.")
    assert refused.value.field == "text"
    assert message("x" * LONGEST_MESSAGE, "text")
    with pytest.raises(Refused, match="3001 caractères"):
        message("x" * (LONGEST_MESSAGE + 1), "text")


def test_an_answered_question_is_not_called_accepted():
    assert said_to_family(RequestState.ACCEPTED, answered=True) == "Répondue"
    assert said_to_staff(RequestState.ACCEPTED, answered=True) == "Répondue"
    assert said_to_family(RequestState.ACCEPTED, answered=False) == "Acceptée"
    assert said_to_family(RequestState.ASKED, answered=True) == "Votre réponse est attendue"
    assert said_to_staff(RequestState.ASKED, answered=True) == "Complément demandé"
