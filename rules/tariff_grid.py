"""What a tariff is made of: versions, ordered rows, and the conditions that choose a row.

A new condition (level, sibling rank…) is a field on `TariffRow` and `Facts` and one entry in
`CONDITIONS`; a new way to compute an amount is one entry in `METHODS`. Nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rules.money import NBSP
from rules.vocabulary import PriceMethod, PriceUnit, Situation, SituationEffect


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffRow:
    """One row of a tariff: what it asks of a family, and the amount it gives.

    The quotient band is half-open, `[qf_from, qf_to[`: no `qf_from` means from 0, no `qf_to`
    means without limit. A row with neither bound says nothing of the quotient, unless
    `no_quotient` keeps it for the families whose quotient is not known.
    """

    id: int | None = None
    position: int
    label: str
    qf_from: Decimal | None = None
    qf_to: Decimal | None = None
    no_quotient: bool = False
    resident: bool | None = None
    method: PriceMethod = PriceMethod.FIXED
    amount_cents: int = 0
    unit: PriceUnit = PriceUnit.MEAL

    @property
    def has_band(self) -> bool:
        return self.qf_from is not None or self.qf_to is not None


@dataclass(frozen=True, slots=True)
class SituationRule:
    """What one situation does to the ordinary price."""

    situation: Situation
    effect: SituationEffect
    amount_cents: int = 0
    factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class TariffVersion:
    """A tariff as voted, with its days of validity (`last` included, None: until further notice).

    `rows` are in order: the first whose conditions all hold gives the price.
    """

    id: int | None
    activity_id: int | None
    name: str
    first: date
    last: date | None
    rows: tuple[TariffRow, ...]
    situations: tuple[SituationRule, ...] = ()
    is_example: bool = False

    def __hash__(self) -> int:
        """Short, because pricing a month looks its versions up tens of thousands of times."""
        return hash((self.id, self.activity_id, self.first, self.name))

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a price may depend on, for one day of one child."""

    day: date
    quotient: Decimal | None
    quotient_source: str
    resident: bool
    situation: Situation = Situation.AS_BOOKED


def format_quotient(quotient: Decimal) -> str:
    """Write a quotient the French way, always with its hundredths: `1 250,50`."""
    return f"{quotient:,.2f}".replace(",", NBSP).replace(".", ",")


# -- conditions ---------------------------------------------------------------------


def quotient_holds(row: TariffRow, facts: Facts) -> bool:
    if row.no_quotient:
        return facts.quotient is None
    if not row.has_band:
        return True
    if facts.quotient is None:
        return False
    return in_band(row, facts.quotient)


def in_band(row: TariffRow, quotient: Decimal) -> bool:
    return (row.qf_from or 0) <= quotient and (row.qf_to is None or quotient < row.qf_to)


def resident_holds(row: TariffRow, facts: Facts) -> bool:
    return row.resident is None or row.resident == facts.resident


def quotient_values(rows: Sequence[TariffRow]) -> list[Any]:
    """Every quotient where a band starts or ends, from 0; and no quotient at all."""
    bounds = {Decimal(0)}
    for row in rows:
        bounds |= {bound for bound in (row.qf_from, row.qf_to) if bound is not None and bound > 0}
    return [*sorted(bounds), None]


def resident_values(rows: Sequence[TariffRow]) -> list[Any]:
    return [True, False] if any(row.resident is not None for row in rows) else [True]


def say_resident(resident: bool) -> str:
    return "domiciliées dans la commune" if resident else "domiciliées hors de la commune"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a row may ask.

    `name` is the field of `Facts` it reads; `holds` decides; `is_stated` tells the rows that
    ask it; `values` lists one value for each case that the rows tell apart (what lies between
    two bounds of a band behaves like its lower bound); `say` completes « les familles … ».
    """

    name: str
    holds: Callable[[TariffRow, Facts], bool]
    is_stated: Callable[[TariffRow], bool]
    values: Callable[[Sequence[TariffRow]], list[Any]]
    say: Callable[[Any], str]


CONDITIONS = (
    Condition(
        "quotient",
        quotient_holds,
        lambda row: row.has_band or row.no_quotient,
        quotient_values,
        lambda quotient: "sans quotient connu" if quotient is None else f"de quotient {quotient}",
    ),
    Condition(
        "resident", resident_holds, lambda row: row.resident is not None, resident_values, say_resident
    ),
)


QUOTIENT, *OTHERS = CONDITIONS  # only quotients have bands, hence holes between two bounds


def mentions(rows: Sequence[TariffRow]) -> tuple[str, ...]:
    """The conditions that at least one row states: what this price depends on."""
    return tuple(c.name for c in CONDITIONS if any(c.is_stated(row) for row in rows))


def matches(row: TariffRow, facts: Facts) -> bool:
    return all(condition.holds(row, facts) for condition in CONDITIONS)


def first_match(rows: Sequence[TariffRow], facts: Facts) -> TariffRow | None:
    return next((row for row in rows if matches(row, facts)), None)


# -- amounts ------------------------------------------------------------------------

METHODS: dict[PriceMethod, Callable[[TariffRow, Facts], int]] = {
    PriceMethod.FIXED: lambda row, _: row.amount_cents,
    PriceMethod.FREE: lambda *_: 0,
}
