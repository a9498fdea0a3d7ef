"""Which rows match a day: one entry of `CONDITIONS` for each thing that a row may ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rules.tariff_grid import Conditions, Facts, TariffRow
from rules.vocabulary import PriceMethod


def quotient_holds(row: Conditions, facts: Facts) -> bool:
    if row.no_quotient:
        return facts.quotient is None
    if not row.has_band:
        return True
    if facts.quotient is None:
        return False
    return in_band(row, facts.quotient)


def in_band(row: Conditions, quotient: Decimal) -> bool:
    return (row.qf_from or 0) <= quotient and (row.qf_to is None or quotient < row.qf_to)


def resident_holds(row: Conditions, facts: Facts) -> bool:
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
