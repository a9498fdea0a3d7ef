"""What a payer really paid for childcare in a calendar year, to be told to the tax office.

CGI article 200 quater B, BOFiP BOI-IR-RICI-300: children under six on 1 January of the year (in practice,
born six years before or later), sums borne and paid during the year, childcare alone: neither meals
nor penalties. Each activity says which share of its price is childcare, in hundredths.

An invoice's payments are shared over what it holds; the parts of a payment always sum to it, and
those of a paid invoice to its lines. What an invoice credits counts against what it bills.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rules.money import NBSP, share
from rules.refusals import Refused
from rules.vocabulary import PriceUnit

AGE = 6
WATCHING = frozenset({PriceUnit.SESSION, PriceUnit.SLICE, PriceUnit.HOUR})
WHOLE = 100
REST = (0, 0)  # what is not childcare, whoever it is for
Part = tuple[int, int]  # a child and an activity


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line of an invoice: cents, negative when it gives back, and how much of it is childcare."""

    child_id: int | None
    activity_id: int | None
    amount_cents: int
    childcare: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """A payment that nobody reversed."""

    on: date
    cents: int


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    lines: tuple[BilledLine, ...]
    payments: tuple[Received, ...]


def usual_childcare(unit: PriceUnit | None) -> int:
    """Sessions and hours are childcare; a meal, or a day with its meal, is not until the commune says so."""
    return WHOLE if unit in WATCHING else 0


def is_young_enough(birth_date: date, year: int) -> bool:
    """Under six on 1 January; who turns six that very day is counted, as the tax office reads it."""
    return birth_date.year >= year - AGE


def ensure_over(year: int, today: date) -> None:
    """Refuse the year in progress: what is still to be paid in it is not known."""
    if year >= today.year:
        raise Refused(
            f"L’attestation de {year} sera disponible à partir du 1er janvier {year + 1}{NBSP}: "
            "elle compte tout ce qui a été payé dans l’année."
        )


def paid_for_childcare(
    invoices: Sequence[PaidInvoice], children: Collection[int], year: int
) -> dict[Part, int]:
    """Cents paid in a year for each child and activity, childcare alone; never more than what was paid."""
    totals: dict[Part, int] = defaultdict(int)
    for invoice in invoices:
        for part, cents in _of_invoice(invoice, children, year).items():
            totals[part] += cents
    return {part: cents for part, cents in totals.items() if cents}


def certified(paid: Mapping[Part, int]) -> dict[int, int]:
    """What a certificate says for each child, in cents.

    To whom more was given back than was paid, nothing is certified, and the others bear what is beyond.
    """
    children: dict[int, int] = defaultdict(int)
    for (child_id, _), cents in paid.items():
        children[child_id] += cents
    kept = {child_id: cents for child_id, cents in children.items() if cents > 0}
    beyond = sum(children.values()) - sum(kept.values())
    if not kept or beyond + sum(kept.values()) <= 0:
        return {}
    taken_off = share(beyond, list(kept.values()))
    return {child_id: cents + off for (child_id, cents), off in zip(kept.items(), taken_off, strict=True)}


def _of_invoice(invoice: PaidInvoice, children: Collection[int], year: int) -> dict[Part, int]:
    """Share each payment over what is left to pay, then keep those of the year."""
    left = _weights(invoice.lines, children)
    found: dict[Part, int] = defaultdict(int)
    for payment in sorted(invoice.payments, key=lambda each: each.on):
        for part, cents in _shared(payment.cents, left).items():
            left[part] -= cents
            if payment.on.year == year and part != REST:
                found[part] += cents
    return found


def _weights(lines: Sequence[BilledLine], children: Collection[int]) -> dict[Part, int]:
    """What the invoice comes to, part by part, and the rest; a rest in credit lightens the others."""
    nets: dict[Part, int] = defaultdict(int)
    for line in lines:
        part = REST
        if line.child_id is not None and line.activity_id is not None and line.child_id in children:
            part = (line.child_id, line.activity_id)
        care, rest = share(line.amount_cents, [line.childcare, WHOLE - line.childcare])
        nets[part] += care
        nets[REST] += rest
    if nets[REST] < 0 and any(cents > 0 for cents in nets.values()):
        billed = [part for part, cents in nets.items() if cents > 0]
        for part, cents in zip(billed, share(nets[REST], [nets[part] for part in billed]), strict=True):
            nets[part] += cents
        nets[REST] = 0
    return dict(nets)


def _shared(cents: int, left: Mapping[Part, int]) -> dict[Part, int]:
    """A payment over what is left: the credits pay their share of what is billed, beside the money."""
    billed = {part: due for part, due in left.items() if due > 0}
    credited = {part: -due for part, due in left.items() if due < 0}
    due, given_back = sum(left.values()), sum(credited.values())
    used = given_back * cents // due
    parts = dict(zip(billed, share(cents + used, list(billed.values())), strict=True))
    if used:
        parts |= dict(zip(credited, share(-used, list(credited.values())), strict=True))
    return parts
