"""The arithmetic of a price: what one row gave, from the numbers that an explanation keeps.

A price is worked out by these objects and by nothing else: kept as JSON with an invoice line and read
back, they give the same cents (rules.md, A price is explained).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from rules.durations import say_slices
from rules.money import NBSP, format_cents, round_cents, share
from rules.tariff_grid import HOUR_MINUTES, TIMED_UNITS, format_quotient
from rules.vocabulary import EffortBasis, ModifierEffect, PriceMethod, PriceUnit, Rounding
from rules.wording import clock_time


@dataclass(frozen=True, slots=True)
class Coins:
    """How a tariff makes its amounts: rounded which way, to which multiple of cents, within which bounds."""

    rounding: Rounding = Rounding.HALF_UP
    step_cents: int = 1
    floor_cents: int | None = None
    ceiling_cents: int | None = None

    def round(self, amount: Decimal | int) -> int:
        """An exact amount in cents, as the tariff bills it."""
        return round_cents(Decimal(amount), self.rounding, self.step_cents)

    def bound(self, cents: int) -> int:
        """An ordinary price, neither under the floor nor over the ceiling; never negative."""
        if self.ceiling_cents is not None:
            cents = min(cents, self.ceiling_cents)
        return max(cents, self.floor_cents or 0)


@dataclass(frozen=True, slots=True)
class Change:
    """A modifier that applied: « hors commune », multiplied by 2."""

    label: str
    effect: ModifierEffect
    amount_cents: int = 0
    factor: Decimal = Decimal(1)

    def apply(self, exact: Decimal) -> Decimal:
        return exact + self.amount_cents if self.effect == ModifierEffect.PLUS else exact * self.factor

    def __str__(self) -> str:
        if self.effect == ModifierEffect.TIMES:
            what = f"× {decimal_words(self.factor)}"
        else:
            sign = "−" if self.amount_cents < 0 else "+"
            what = f"{sign} {format_cents(abs(self.amount_cents))}"
        return f"{what} ({self.label})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one row gave: the amount of a unit, and how many units.

    `known` is the quotient or the monthly income, in euros, that a RATE or LINEAR amount reads.
    `count` is the number of started slices, of occasions otherwise; `start` and `end` the hours
    of presence (minutes of the day) that it was counted from, when they are known.
    """

    row_id: int | None
    position: int
    label: str
    method: PriceMethod
    unit: PriceUnit
    amount_cents: int
    to_cents: int | None = None
    rate: Decimal | None = None
    basis: EffortBasis = EffortBasis.QUOTIENT
    known: Decimal | None = None
    qf_from: Decimal | None = None
    qf_to: Decimal | None = None
    floor_cents: int | None = None
    ceiling_cents: int | None = None
    rank: int = 1
    children: int = 1
    count: int = 1
    slice_minutes: int = 0
    tolerance_minutes: int = 0
    start: int | None = None
    end: int | None = None
    changes: tuple[Change, ...] = ()

    # -- cents

    def row_cents(self) -> Decimal:
        """What the row's method gives for one unit, exactly, before any modifier."""
        match self.method:
            case PriceMethod.FIXED:
                return Decimal(self.amount_cents)
            case PriceMethod.FREE:
                return Decimal(0)
            case PriceMethod.RATE:
                return self._bounded(self.free_cents())
            case PriceMethod.LINEAR:
                return self._bounded(self.free_cents())
            case PriceMethod.SHARED:
                counted = max(self.children, self.rank)
                return Decimal(share(self.amount_cents, [1] * counted)[self.rank - 1])

    def free_cents(self) -> Decimal:
        """A rate or a sliding price before its floor and ceiling."""
        known = self.known or Decimal(0)
        if self.method == PriceMethod.RATE:
            return known * (self.rate or 0)  # per cent of euros is cents
        low, high = self.qf_from or Decimal(0), self.qf_to or Decimal(0)
        rise = (self.to_cents or 0) - self.amount_cents
        return self.amount_cents + rise * (known - low) / (high - low)

    def _bounded(self, exact: Decimal) -> Decimal:
        if self.ceiling_cents is not None:
            exact = min(exact, Decimal(self.ceiling_cents))
        return exact if self.floor_cents is None else max(exact, Decimal(self.floor_cents))

    def unit_cents(self, coins: Coins) -> int:
        """The price of one unit, modifiers applied in order, rounded once, then bounded; never negative."""
        rounded = self._changed_cents(coins)
        return max(0, rounded) if self._is_given else coins.bound(rounded)

    def _changed_cents(self, coins: Coins) -> int:
        exact = self.row_cents()
        for change in self.changes:
            exact = change.apply(exact)
        return coins.round(exact)

    @property
    def _is_given(self) -> bool:
        """A row that says free, and nothing added to it: no floor makes it paid."""
        return self.method == PriceMethod.FREE and not self.changes

    def cents(self, coins: Coins) -> int:
        """The amount of the part, in cents."""
        unit = self.unit_cents(coins)
        if self.unit == PriceUnit.HOUR and self.slice_minutes not in (0, HOUR_MINUTES):
            return coins.round(Decimal(unit * self.count * self.slice_minutes) / HOUR_MINUTES)
        return unit * self.count

    @property
    def is_plain(self) -> bool:
        """A listed amount, once: there is no calculation to show."""
        listed = self.method in (PriceMethod.FIXED, PriceMethod.FREE) and not self.changes
        return listed and self.count == 1 and self.start is None and self.unit not in TIMED_UNITS

    # -- words

    def arithmetic(self, coins: Coins) -> str:
        """The calculation in figures: « 17 h 10 à 18 h 20 : 3 demi-heures entamées × 1,15 € = 3,45 € »."""
        unit = format_cents(self.unit_cents(coins))
        said = self._unit_arithmetic(coins)
        if self.unit in TIMED_UNITS:
            total = format_cents(self.cents(coins))
            said = said and f"{said}{NBSP}; "
            said += f"{self.count_words()} × {self._per_slice(unit)} = {total}"
        elif self.count == 0:
            said = f"dans la tolérance de {self.tolerance_minutes}{NBSP}minutes, {format_cents(0)}"
        return f"{self._hours()}{said or unit}"

    def count_words(self) -> str:
        """« 3 demi-heures entamées »; the hours are counted in started slices too."""
        return say_slices(self.count, self.slice_minutes or HOUR_MINUTES)

    def _per_slice(self, unit: str) -> str:
        if self.unit == PriceUnit.HOUR and self.slice_minutes not in (0, HOUR_MINUTES):
            return f"{unit} l’heure"
        return unit

    def _hours(self) -> str:
        if self.start is None or self.end is None:
            return ""
        return f"{clock_time(self.start)} à {clock_time(self.end)}{NBSP}: "

    def _unit_arithmetic(self, coins: Coins) -> str:
        """How one unit's price was made; empty when the tariff simply lists it."""
        said = self._method_words()
        changed, unit = max(0, self._changed_cents(coins)), self.unit_cents(coins)
        if not said and not self.changes and changed == unit:
            return ""
        steps = [said or format_cents(self.amount_cents), *map(str, self.changes)]
        made = f"{' '.join(steps)} = {format_cents(changed)}" if said or self.changes else steps[0]
        if changed == unit:
            return made
        bound = "minimum" if unit > changed else "maximum"
        return f"{made}, ramené au {bound} de {format_cents(unit)}"

    def _method_words(self) -> str:
        match self.method:
            case PriceMethod.RATE:
                basis = "quotient" if self.basis == EffortBasis.QUOTIENT else "ressources mensuelles"
                known = format_quotient(self.known or Decimal(0))
                made = f"{decimal_words(self.rate or Decimal(0))}{NBSP}% de {known} ({basis})"
                return made + self._bound_words()
            case PriceMethod.LINEAR:
                low, high = (format_quotient(q or Decimal(0)) for q in (self.qf_from, self.qf_to))
                prices = f"{format_cents(self.amount_cents)} à {format_cents(self.to_cents or 0)}"
                known = format_quotient(self.known or Decimal(0))
                made = f"de {prices} entre les quotients {low} et {high}, à {known}"
                return made + self._bound_words()
            case PriceMethod.SHARED:
                counted = max(self.children, self.rank)
                whole = format_cents(self.amount_cents)
                return f"{whole} pour la famille, partagés entre {counted} enfant{'s' if counted > 1 else ''}"
            case _:
                return ""

    def _bound_words(self) -> str:
        exact, bounded = self.free_cents(), self.row_cents()
        if bounded > exact:
            return f", au moins {format_cents(self.floor_cents or 0)}"
        if bounded < exact:
            return f", au plus {format_cents(self.ceiling_cents or 0)}"
        return ""

    # -- storage

    def to_json(self) -> dict[str, Any]:
        """Only what differs from the defaults; decimals as text, never as floats."""
        return to_json(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`."""
        values = dict(data)
        for name in ("rate", "known", "qf_from", "qf_to"):
            if values.get(name) is not None:
                values[name] = Decimal(values[name])
        for name, kind in _MEMBERS.items():
            if name in values:
                values[name] = kind(values[name])
        values["changes"] = tuple(map(_change, values.get("changes", ())))
        return cls(**values)


_MEMBERS: dict[str, Callable[..., StrEnum]] = {
    "method": PriceMethod,
    "unit": PriceUnit,
    "basis": EffortBasis,
}


def _change(data: Mapping[str, Any]) -> Change:
    effect: Callable[..., ModifierEffect] = ModifierEffect
    read = {"effect": effect(data["effect"]), "factor": Decimal(data.get("factor", 1))}
    return Change(**(dict(data) | read))


def decimal_words(number: Decimal) -> str:
    """A factor or a rate the French way, without useless zeros: `1,5`, `0,2871`."""
    plain = f"{number:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain).replace(".", ",")


def to_json(thing: Any) -> dict[str, Any]:
    """The fields of a small dataclass that differ from their defaults, as JSON values."""
    told = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        if field.default is MISSING or value != field.default:
            told[field.name] = json_value(value)
    return told


def json_value(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [json_value(item) for item in value]
    return to_json(value) if is_dataclass(value) else value
