"""The curve of a tariff: its steps, slopes, holes and cliffs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rules.tariff_curve import MOST_CURVES, cliffs, curves, last_quotient
from rules.tariff_grid import TariffRow, TariffVersion
from rules.vocabulary import Level, PriceMethod


def version(*rows: TariffRow) -> TariffVersion:
    return TariffVersion(None, 1, "Cantine", date(2026, 9, 1), None, rows)


def band(low: str | None, high: str | None, cents: int, **asked: object) -> TariffRow:
    bounds = {"qf_from": low and Decimal(low), "qf_to": high and Decimal(high)}
    return TariffRow(position=1, label="", amount_cents=cents, **bounds, **asked)  # type: ignore[arg-type]


def test_a_step_is_two_points_at_its_bound():
    (curve,), left_out = curves(version(band(None, "622.50", 230), band("622.50", None, 320)))
    assert not left_out
    (points,) = curve.stretches
    assert points == (
        (Decimal(0), 230), (Decimal("622.49"), 230), (Decimal("622.50"), 320),
        (Decimal("746.99"), 320), (Decimal(747), 320),
    )  # fmt: skip


def test_a_hole_breaks_the_line():
    (curve,), _ = curves(version(band(None, "400", 100), band("500", None, 200)))
    assert [each[0][1] for each in curve.stretches] == [100, 200]


def test_one_line_for_each_kind_of_families_and_one_for_those_that_pay_the_same():
    outside = [band(None, "400", 690, resident=False), band("400", None, 800, resident=False)]
    found, _ = curves(version(*outside, band(None, "500", 100), band("500", None, 200)))
    assert [curve.label for curve in found] == ["Cas général", "Familles domiciliées hors de la commune"]
    levels = [band(None, None, 100 + n, levels=frozenset({level})) for n, level in enumerate(Level)]
    found, left_out = curves(version(*levels))
    assert (len(found), left_out) == (MOST_CURVES, True)


def test_a_curve_of_one_row_has_its_name():
    outside = TariffRow(position=1, label="Hors commune", amount_cents=690, resident=False)
    inside = TariffRow(position=2, label="Tranche 1", amount_cents=100, qf_to=Decimal(400))
    above = TariffRow(position=3, label="Tranche 2", amount_cents=200, qf_from=Decimal(400))
    found, _ = curves(version(outside, inside, above))
    assert [curve.label for curve in found] == ["Cas général", "Hors commune"]


def test_a_rate_slides_from_its_floor_to_its_ceiling():
    rate = TariffRow(
        position=1, label="", method=PriceMethod.RATE, rate=Decimal("0.5"), floor_cents=100, ceiling_cents=500
    )
    (curve,), _ = curves(version(rate))
    cents = [each for _, each in curve.stretches[0]]
    assert (cents[0], cents[-1]) == (100, 500)
    assert cents == sorted(cents) and len(set(cents)) > 5
    assert last_quotient(version(rate)) == 2000


def test_a_cliff_is_more_than_what_is_asked():
    grid = version(band(None, "400", 100), band("400", "800", 180), band("800", None, 300))
    assert [(c.quotient, c.before_cents, c.after_cents) for c in cliffs(grid, 100)] == [
        (Decimal(800), 180, 300)
    ]
    assert len(cliffs(grid, 79)) == 2
    assert cliffs(grid, 120) == []


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=8, unique=True), st.data())
def test_the_curve_says_the_price_of_each_band(bounds, data):
    edges = [None, *(str(bound) for bound in sorted(bounds)), None]
    cents = data.draw(st.lists(st.integers(0, 1000), min_size=len(edges) - 1, max_size=len(edges) - 1))
    grid = version(*(band(a, b, c) for a, b, c in zip(edges, edges[1:], cents, strict=False)))
    (curve,), _ = curves(grid)
    drawn = dict(curve.stretches[0])
    for low, amount in zip([0, *sorted(bounds)], cents, strict=True):
        assert drawn[Decimal(low)] == amount
