"""What a bill holds beside its days: a price for a whole period, what a cap takes off, a yearly fee.

Each is known by its kind, its subject, whom it concerns and its period: what was billed once under that
name is not billed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from rules.vocabulary import ChargeKind, PriceUnit


class ChargeKey(NamedTuple):
    """The name of a charge: unique among what is billed, a cap excepted (each invoice may add its part)."""

    kind: ChargeKind
    subject: str
    family_id: int
    child_id: int | None
    first: date


Billed = Mapping[ChargeKey, int]  # the cents already billed under each name


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """An amount due for a period (cents; negative when taken off), on the bill of `month`.

    `days` are those that a price of the period pays, each with its activity: they are billed with it.
    """

    key: ChargeKey
    month: date
    activity_id: int | None
    label: str
    amount_cents: int
    explanation: dict[str, Any]
    unit: PriceUnit | None = None
    days: tuple[tuple[date, int], ...] = ()
