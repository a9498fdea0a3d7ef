"""The life of a claim: one table of allowed moves."""

from __future__ import annotations

from collections.abc import Mapping

from rules.money import NBSP
from rules.refusals import Refused
from rules.vocabulary import ClaimState

MOVES: Mapping[ClaimState, frozenset[ClaimState]] = {
    ClaimState.WAITING: frozenset({ClaimState.ACCEPTED, ClaimState.REFUSED, ClaimState.WITHDRAWN}),
    ClaimState.ACCEPTED: frozenset({ClaimState.WAITING}),
    ClaimState.REFUSED: frozenset({ClaimState.WAITING}),
    ClaimState.WITHDRAWN: frozenset(),
}
STANDING = frozenset({ClaimState.WAITING, ClaimState.ACCEPTED})  # a day is in one standing claim at most


def may_become(state: ClaimState, wanted: ClaimState) -> bool:
    """Whether a claim may go from one state to the other."""
    return wanted in MOVES[state]


def ensure_move(state: ClaimState, wanted: ClaimState) -> None:
    """Refused when the claim cannot go from one state to the other."""
    if not may_become(state, wanted):
        raise Refused(f"Cette demande est déjà tranchée{NBSP}: {state.label.lower()}.")


def claim_number(claim_id: int) -> str:
    """What families and agents call a claim: `J-00012`."""
    return f"J-{claim_id:05d}"
