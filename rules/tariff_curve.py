"""The price along the quotient: the points of its curve, and its cliffs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice, pairwise, product

from rules.refusals import Refused
from rules.tariff_conditions import OTHERS, Condition
from rules.tariff_grid import Facts, TariffVersion
from rules.tariffs import Price, price
from rules.vocabulary import PriceMethod

MOST_CURVES = 6
GENERAL = "Cas général"
STEPS = 24  # points between two bounds of a price that slides
JUST_BEFORE = Decimal("0.01")
ONE_EURO = Decimal(1)
WITHOUT_BOUNDS = Decimal(2000)
BEYOND = Decimal("1.2")
NOT_OF_FAMILIES = frozenset({"slot", "situation", "weekday", "holidays", "income"})

Point = tuple[Decimal, int]


@dataclass(frozen=True, slots=True)
class Curve:
    """The price of one kind of families: stretches of points (quotient, cents), with holes between them."""

    label: str
    stretches: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True, slots=True)
class Cliff:
    """Where one euro of quotient changes the price by a lot."""

    quotient: Decimal
    before_cents: int
    after_cents: int
    families: str

    @property
    def step_cents(self) -> int:
        return self.after_cents - self.before_cents


def curves(version: TariffVersion) -> tuple[list[Curve], bool]:
    """One curve for each kind of families told apart, six at most; and whether some are left out."""
    cases = list(islice(_cases(version), MOST_CURVES + 1))
    shown = [_curve(version, label, facts) for label, facts in cases[:MOST_CURVES]]
    return _different(shown), len(cases) > MOST_CURVES


def _curve(version: TariffVersion, label: str, facts: Facts) -> Curve:
    """The curve of a kind of families, called as the only row that prices it when there is one."""
    stretches: list[list[Point]] = [[]]
    rows = set()
    for quotient in _quotients(version):
        found = _price(version, facts, quotient)
        if found is None:
            stretches.append([])
        else:
            stretches[-1].append((quotient, found.amount_cents))
            rows.add(found.row)
    name = f"Familles {label}" if label else GENERAL
    if len(rows) == 1:
        name = rows.pop().label
    return Curve(name, tuple(tuple(each) for each in stretches if each))


def _different(found: Sequence[Curve]) -> list[Curve]:
    """Kinds of families that pay the same are one curve."""
    labels: dict[tuple[tuple[Point, ...], ...], dict[str, None]] = {}
    for curve in found:
        labels.setdefault(curve.stretches, {})[curve.label] = None
    return [Curve(" ; ".join(said), points) for points, said in labels.items() if points]


def cliffs(version: TariffVersion, more_than_cents: int) -> list[Cliff]:
    """Every bound where the price moves by more than so much within one euro of quotient."""
    found = []
    for label, facts in islice(_cases(version), MOST_CURVES):
        for bound in _bounds(version):
            before, after = (
                _cents(version, facts, max(bound - ONE_EURO, Decimal(0))),
                _cents(version, facts, bound),
            )
            if before is not None and after is not None and abs(after - before) > more_than_cents:
                found.append(Cliff(bound, before, after, label))
    return found


def _cases(version: TariffVersion) -> Iterator[tuple[str, Facts]]:
    """The kinds of families that the rows and modifiers tell apart, the quotient left out."""
    pieces = (*version.rows, *version.modifiers)
    told = [c for c in OTHERS if c.name not in NOT_OF_FAMILIES and any(c.is_stated(row) for row in pieces)]
    for values in product(*(c.values(pieces) for c in told)):
        facts = Facts(day=version.first)
        for condition, value in zip(told, values, strict=True):
            facts = condition.put(facts, value)
        yield _say(told, values), facts


def _say(told: Sequence[Condition], values: Sequence[object]) -> str:
    """What sets these families apart; nothing for the most ordinary ones."""
    usual = Facts(day=date.min)
    pairs = zip(told, values, strict=True)
    return ", ".join(condition.say(value) for condition, value in pairs if value != condition.read(usual))


def _bounds(version: TariffVersion) -> list[Decimal]:
    pieces = (*version.rows, *version.modifiers)
    return sorted({b for row in pieces for b in (row.qf_from, row.qf_to) if b is not None and b > 0})


def last_quotient(version: TariffVersion) -> Decimal:
    """Where the curve ends: a little further than the last bound."""
    bounds = _bounds(version)
    return (bounds[-1] * BEYOND).quantize(ONE_EURO) if bounds else WITHOUT_BOUNDS


def _quotients(version: TariffVersion) -> list[Decimal]:
    """Each bound and what comes just before it; more points where the price slides."""
    edges = [Decimal(0), *_bounds(version), last_quotient(version)]
    found = set(edges) | {edge - JUST_BEFORE for edge in edges if edge > 0}
    if any(row.method in (PriceMethod.RATE, PriceMethod.LINEAR) for row in version.rows):
        for low, high in pairwise(edges):
            step = (high - low) / STEPS
            found |= {(low + step * i).quantize(JUST_BEFORE) for i in range(1, STEPS)}
    return sorted(found)


def _cents(version: TariffVersion, facts: Facts, quotient: Decimal) -> int | None:
    found = _price(version, facts, quotient)
    return None if found is None else found.amount_cents


def _price(version: TariffVersion, facts: Facts, quotient: Decimal) -> Price | None:
    try:
        return price(version, replace(facts, quotient=quotient, income=quotient))
    except Refused:
        return None
