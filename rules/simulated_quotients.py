"""What the same days cost at every quotient, and the cliffs: two neighbouring quotients, two prices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import NamedTuple

from rules.simulation import Cost
from rules.tariff_grid import Conditions, TariffRow, TariffVersion
from rules.vocabulary import PriceMethod, PriceUnit, QuotientRounding

HUNDREDTH = Decimal("0.01")
SLIDING = frozenset({PriceMethod.RATE, PriceMethod.LINEAR})


@dataclass(frozen=True, slots=True)
class Band:
    """The quotients `[first, after[` (no end when `after` is None), with what the lowest and highest cost."""

    first: Decimal
    after: Decimal | None
    low: Cost
    high: Cost

    def holds(self, quotient: Decimal) -> bool:
        return self.first <= quotient and (self.after is None or quotient < self.after)

    @property
    def last(self) -> Decimal | None:
        """The highest quotient of the band, to the hundredth."""
        return None if self.after is None else self.after - HUNDREDTH

    @property
    def slides(self) -> bool:
        return self.low.total_cents != self.high.total_cents


class Step(NamedTuple):
    """What one unit of an activity costs on both sides of a cliff."""

    activity_id: int | None
    unit: PriceUnit | None
    before_cents: int
    after_cents: int


@dataclass(frozen=True, slots=True)
class Cliff:
    """Two neighbouring quotients, `last` and `first`, that do not cost the same."""

    last: Decimal
    first: Decimal
    before_cents: int
    after_cents: int
    steps: tuple[Step, ...]

    @property
    def jump_cents(self) -> int:
        return self.after_cents - self.before_cents


def quotient_bounds(versions: Iterable[TariffVersion]) -> list[Decimal]:
    """Every quotient from which some price may be another, from 0."""
    found = {Decimal(0)}
    for version in versions:
        for piece in (*version.rows, *version.modifiers, *version.caps):
            found |= {_first_counted(version.quotient_rounding, bound) for bound in _bounds(piece)}
    return sorted(bound for bound in found if bound >= 0)


def _bounds(piece: Conditions) -> Iterable[Decimal]:
    """Where its band starts and ends; where a rate leaves its floor or reaches its ceiling."""
    yield from (bound for bound in (piece.qf_from, piece.qf_to) if bound is not None)
    if isinstance(piece, TariffRow) and piece.method is PriceMethod.RATE and piece.rate:
        for cents in (piece.floor_cents, piece.ceiling_cents):
            if cents is not None:
                yield (cents / piece.rate).quantize(HUNDREDTH, ROUND_HALF_UP)


def _first_counted(rounding: QuotientRounding, bound: Decimal) -> Decimal:
    """The lowest quotient that reaches this bound, once rounded as the tariff says."""
    whole = bound.quantize(Decimal(1), ROUND_CEILING)
    match rounding:
        case QuotientRounding.NONE:
            return bound
        case QuotientRounding.DOWN:
            return whole
        case QuotientRounding.NEAREST:
            return max(Decimal(0), whole - Decimal("0.5"))
        case QuotientRounding.UP:
            return max(Decimal(0), whole - 1 + HUNDREDTH)


def bands_of(versions: Sequence[TariffVersion], cost_of: Callable[[Decimal], Cost]) -> list[Band]:
    """What the same days cost at every quotient; neighbours that cost the same are one band."""
    bounds = quotient_bounds(versions)
    slides = any(row.method in SLIDING for version in versions for row in version.rows)
    bands: list[Band] = []
    for first, after in pairwise([*bounds, None]):
        assert first is not None
        low = cost_of(first)
        high = cost_of(after - HUNDREDTH) if slides and after is not None else low
        bands.append(Band(first, after, low, high))
    return _merged(bands)


def _merged(bands: Iterable[Band]) -> list[Band]:
    merged: list[Band] = []
    for band in bands:
        previous = merged[-1] if merged else None
        if previous and not previous.slides and not band.slides and not _steps(previous.high, band.low):
            merged[-1] = Band(previous.first, band.after, previous.low, band.high)
        else:
            merged.append(band)
    return merged


def cliffs_of(bands: Sequence[Band]) -> list[Cliff]:
    """Where one hundredth of quotient more changes the price, in order."""
    return [
        Cliff(
            last=below.last or Decimal(0),
            first=above.first,
            before_cents=below.high.total_cents,
            after_cents=above.low.total_cents,
            steps=steps,
        )
        for below, above in pairwise(bands)
        if (steps := _steps(below.high, above.low))
    ]


def _steps(before: Cost, after: Cost) -> tuple[Step, ...]:
    """The unit prices that differ; when none does, the whole if it differs (a cap, a charge that appears)."""
    old = dict(before.units())
    changed = {
        Step(new.activity_id, new.unit, old[item].cents, new.cents): None
        for item, new in after.units()
        if item in old and old[item].cents != new.cents
    }
    if not changed and before.total_cents != after.total_cents:
        return (Step(None, None, before.total_cents, after.total_cents),)
    return tuple(changed)
