"""Money is integer cents; the only rounding, sharing, reading and writing of amounts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from rules.refusals import Refused
from rules.vocabulary import Rounding

NBSP = "\u00a0"
_MODES = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.DOWN: ROUND_FLOOR, Rounding.UP: ROUND_CEILING}
_AMOUNT = re.compile(r"-?\d{1,9}([.,]\d{1,2})?")


def round_cents(amount: Decimal, rounding: Rounding = Rounding.HALF_UP, step_cents: int = 1) -> int:
    """Round an amount in cents to a multiple of `step_cents`; by default halves go away from zero."""
    steps = (amount / step_cents).quantize(Decimal(1), rounding=_MODES[rounding])
    return int(steps) * step_cents


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` cents along `weights`; the parts always sum to the whole.

    The cents that rounding leaves go to the largest remainders, first come first served.
    Raises ValueError when the weights are negative or all zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be positive or zero, and not all zero")
    sign, total = (-1, -total) if total < 0 else (1, total)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def format_cents(cents: int) -> str:
    """Write cents the French way, for a page or a PDF: `1 234,50 €` (no-break spaces)."""
    sign = "\u2212" if cents < 0 else ""
    euros, rest = divmod(abs(cents), 100)
    return f"{sign}{euros:,}".replace(",", NBSP) + f",{rest:02d}{NBSP}€"


def parse_cents(text: str, *, field: str | None = None) -> int:
    """Read what a person typed (`12,50`, `12.5`, `1 200 €`) as cents, or refuse in French."""
    bare = re.sub(r"[\s\u00a0\u202f€]", "", text).replace("\u2212", "-")
    if not _AMOUNT.fullmatch(bare):
        raise Refused(f"« {text.strip()} » n’est pas un montant. Exemple : 12,50.", field)
    return int(Decimal(bare.replace(",", ".")) * 100)
