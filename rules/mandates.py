"""The life of a SEPA mandate: one table of moves, its reference, when it lapses, when it debits.

Sources: EPC SDD Core rulebook (reference of at most 35 characters, lapse after 36 months without a
collection, pre-notification 14 days before, refund within 8 weeks or 13 months).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from rules.folding import slug
from rules.mandate_vocabulary import MandateState
from rules.money import NBSP
from rules.periods import months_later
from rules.refusals import Refused

MOVES: Mapping[MandateState, frozenset[MandateState]] = {
    MandateState.DRAFT: frozenset({MandateState.TO_SIGN, MandateState.REVOKED}),
    MandateState.TO_SIGN: frozenset({MandateState.RECEIVED, MandateState.REPLACED, MandateState.REVOKED}),
    MandateState.RECEIVED: frozenset({MandateState.ACTIVE, MandateState.REFUSED, MandateState.REVOKED}),
    MandateState.ACTIVE: frozenset({MandateState.REVOKED, MandateState.LAPSED, MandateState.REPLACED}),
    # the same paper may come back, better scanned or completed
    MandateState.REFUSED: frozenset({MandateState.RECEIVED, MandateState.REPLACED, MandateState.REVOKED}),
    MandateState.REVOKED: frozenset(),
    MandateState.LAPSED: frozenset(),
    MandateState.REPLACED: frozenset(),
}
# On its way to be in force: one at a time for a payer, beside the one in force.
UNDER_WAY = frozenset({MandateState.DRAFT, MandateState.TO_SIGN, MandateState.RECEIVED, MandateState.REFUSED})
OVER = frozenset({MandateState.REVOKED, MandateState.LAPSED, MandateState.REPLACED})
LAPSES_AFTER_MONTHS = 36
NOTICE_DAYS = 14
LONGEST_RUM = 35
EXAMPLE_ICS = "FR72ZZZ123456"  # published as a sample: nobody’s
_RUM = re.compile(r"[A-Z0-9-]{1,35}")
_ICS = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")


def ensure_move(state: MandateState, wanted: MandateState) -> None:
    """Refused when a mandate cannot go from one state to the other."""
    if wanted not in MOVES[state]:
        raise Refused(
            f"Ce mandat ne peut plus changer ainsi{NBSP}: il est «{NBSP}{state.label.lower()}{NBSP}»."
        )


def rum_of(creditor: str, year: int, number: int) -> str:
    """The mandate's unique reference: `VILLARS-2026-000123`, in capitals, digits and dashes.

    It names the creditor, never the account nor the debtor (EPC). The name is cut so that the whole
    holds in 35 characters; `number` is unique by itself.
    """
    tail = f"-{year:04d}-{number:06d}"
    head = slug(creditor).upper()[: LONGEST_RUM - len(tail)].strip("-") or "MANDAT"
    return head + tail


def is_rum(text: str) -> bool:
    return _RUM.fullmatch(text) is not None


def ensure_ics(text: str) -> None:
    """Refuse a SEPA creditor identifier whose key is wrong (modulo 97, the business code left out)."""
    if not _ICS.fullmatch(text):
        raise Refused(f"Un identifiant créancier SEPA s’écrit ainsi{NBSP}: FR72ZZZ123456.", "ics")
    turned = text[7:] + text[:4]
    if int("".join(str(int(sign, 36)) for sign in turned)) % 97 != 1:
        raise Refused("La clé de cet identifiant créancier est fausse : recopiez-le.", "ics")


def lapses_on(signed_on: date, last_collected_on: date | None) -> date:
    """The first day a mandate is worth nothing: 36 months after its last collection, or its signature."""
    return months_later(last_collected_on or signed_on, LAPSES_AFTER_MONTHS) + timedelta(days=1)


def debit_day(announced_on: date, after_days: int) -> date:
    """When an announced invoice is debited; the invoice is the pre-notification, 14 days before at least."""
    return announced_on + timedelta(days=max(after_days, NOTICE_DAYS))
