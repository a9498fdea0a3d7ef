"""The curve of prices as a drawing: where each line, tick and label stands, for an inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rules.money import format_cents
from rules.tariff_curve import Curve, curves, last_quotient
from rules.tariff_grid import TariffVersion, format_quotient

WIDTH, HEIGHT = 720, 280
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 14, 40
TICKS = 5
STEPS_CENTS = (5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000, 20_000, 50_000, 100_000)
STEPS_QUOTIENT = (50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)


@dataclass(frozen=True, slots=True)
class Tick:
    at: int
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of families: its paths, and the ends that a point marks."""

    label: str
    paths: list[str]


@dataclass(frozen=True, slots=True)
class Drawing:
    lines: list[Line]
    left: list[Tick]
    bottom: list[Tick]
    some_left_out: bool
    said: str


def drawing_of(version: TariffVersion) -> Drawing | None:
    """The curve of a version; None when it has nothing to draw."""
    found, some_left_out = curves(version)
    if not found:
        return None
    highest = max(cents for curve in found for stretch in curve.stretches for _, cents in stretch)
    step, step_x = _step(highest, STEPS_CENTS), _step(int(last_quotient(version)), STEPS_QUOTIENT)
    top, end = max(-(-highest // step) * step, step), last_quotient(version)
    return Drawing(
        lines=[Line(curve.label, [_path(each, end, top) for each in curve.stretches]) for curve in found],
        left=[Tick(_y(cents, top), format_cents(cents)) for cents in range(0, top + 1, step)],
        bottom=[Tick(_x(Decimal(q), end), _quotient(q)) for q in range(0, int(end) + 1, step_x)],
        some_left_out=some_left_out,
        said=" ".join(_in_words(curve) for curve in found),
    )


def _step(most: int, steps: Sequence[int]) -> int:
    """The smallest round step that makes few ticks."""
    return next((step for step in steps if step * TICKS >= most), steps[-1])


def _x(quotient: Decimal, end: Decimal) -> int:
    return LEFT + int(quotient * (WIDTH - LEFT - RIGHT) / end)


def _y(cents: int, top: int) -> int:
    return HEIGHT - BOTTOM - cents * (HEIGHT - TOP - BOTTOM) // top


def _path(points: Sequence[tuple[Decimal, int]], end: Decimal, top: int) -> str:
    places = list(dict.fromkeys((_x(quotient, end), _y(cents, top)) for quotient, cents in points))
    return " ".join(f"{'L' if i else 'M'}{x} {y}" for i, (x, y) in enumerate(places))


def _quotient(quotient: int) -> str:
    return format_quotient(Decimal(quotient)).removesuffix(",00")


def _in_words(curve: Curve) -> str:
    """For who does not see the drawing: from the lowest to the highest price."""
    cents = [cents for stretch in curve.stretches for _, cents in stretch]
    said = f"de {format_cents(min(cents))} à {format_cents(max(cents))}"
    return f"{curve.label} : {said}."
