"""Paying online: what a payer needs in the commune's mode of adhesion to PayFiP (formats.md, 1.7).

`reference`: the debt is known to the Treasury by the rôle, and the payer types its references on the
State's site. The two other modes (`ws`, the secure web service; `url`, the older redirection) need an
adhesion of another kind: they are named, not built.
"""

from __future__ import annotations

from dataclasses import dataclass

from rules.money import format_cents

PAYFIP_URL = "https://www.payfip.gouv.fr"
CASH_LIMIT_CENTS = 300_00  # loi 2018-1317, article 201


@dataclass(frozen=True, slots=True)
class Debt:
    """What is to be paid: the creditor's number, the debt's reference, cents."""

    structure: str
    reference: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Typed:
    """Something to type on the State's site: what it is, as people read it, as it is typed."""

    label: str
    shown: str
    copied: str


@dataclass(frozen=True, slots=True)
class OnlinePayment:
    """Where to go, and what to type there."""

    url: str
    typed: tuple[Typed, ...]


def amount_typed(cents: int) -> str:
    """The exact amount as the site takes it: `82,35`, no sign, no space."""
    return f"{cents // 100},{cents % 100:02d}"


def by_reference(debt: Debt) -> OnlinePayment:
    return OnlinePayment(
        PAYFIP_URL,
        (
            Typed("Identifiant de la structure", debt.structure, debt.structure),
            Typed("Référence de la dette", debt.reference, debt.reference),
            Typed("Montant exact", format_cents(debt.amount_cents), amount_typed(debt.amount_cents)),
        ),
    )
