"""Habits on the real calendar; bands and cliffs, whatever the method of the price."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rules.school_calendar import Closure, Place
from rules.simulation import (
    Cost,
    Habit,
    Known,
    Pricer,
    Standing,
    always,
    bands_of,
    cliffs_of,
    plan,
)
from rules.tariff_grid import TariffRow, TariffVersion
from rules.vocabulary import PriceMethod
from tests.rules.villars import CANTEEN, FIRST_DAY, LUNCH, calendar

LEA, TOM = 1, 2
D = Decimal
MONDAYS = frozenset({1})


def habit(child: int = LEA, weekdays: frozenset[int] = MONDAYS, **more: object) -> Habit:
    asked = {"child_id": child, "activity_id": CANTEEN, "weekdays": weekdays, "standing": always(LUNCH)}
    return Habit(**(asked | more))  # type: ignore[arg-type]


def bands_tariff(*bounds: tuple[str | None, str | None, int]) -> TariffVersion:
    rows = [
        TariffRow(
            position=n, label=f"Tranche {n}", qf_from=low and D(low), qf_to=high and D(high), amount_cents=c
        )
        for n, (low, high, c) in enumerate(bounds, start=1)
    ]
    unknown = TariffRow(position=99, label="Sans quotient", no_quotient=True, amount_cents=545)
    return TariffVersion(1, CANTEEN, "Repas", FIRST_DAY, None, (*rows, unknown))


VILLARS = bands_tariff((None, "622.50", 320), ("622.50", "799.50", 405), ("799.50", None, 405))


def rate_tariff(floor: int | None = 100, ceiling: int | None = 500) -> TariffVersion:
    row = TariffRow(
        position=1,
        label="Taux",
        method=PriceMethod.RATE,
        rate=D("0.5"),
        floor_cents=floor,
        ceiling_cents=ceiling,
    )
    unknown = TariffRow(position=2, label="Sans quotient", no_quotient=True, amount_cents=500)
    return TariffVersion(2, CANTEEN, "Taux d’effort", FIRST_DAY, None, (unknown, row))


def costing(version: TariffVersion, *habits: Habit) -> Callable[[Decimal | None], Cost]:
    """What November 2026 costs at each quotient."""
    pricer = Pricer({CANTEEN: [version]}, [LEA, TOM])
    days = plan(habits or [habit()], calendar(), date(2026, 11, 1), date(2026, 11, 30))
    return lambda quotient: pricer.cost(days, lambda _day: Known(quotient=quotient))


# -- planning -------------------------------------------------------------------------


def days_of(
    *habits: Habit, first: date = date(2026, 10, 1), last: date = date(2026, 10, 31), **town: object
) -> list[date]:
    return [planned.day for planned in plan(habits, calendar(**town), first, last)]  # type: ignore[arg-type]


def test_a_week_is_repeated_on_the_days_that_are_served() -> None:
    """From 17 October 2026 it is the holidays; a Wednesday is never served."""
    assert days_of(habit()) == [date(2026, 10, 5), date(2026, 10, 12)]
    assert days_of(habit(weekdays=frozenset({3, 6, 7}))) == []


def test_a_closure_takes_its_day_away() -> None:
    strike = Closure("Grève", date(2026, 10, 5), date(2026, 10, 5), school_id=LUNCH.school_id)
    assert days_of(habit(), closures=[strike]) == [date(2026, 10, 12)]
    elsewhere = habit(standing=always(Place(CANTEEN, 999)))
    assert len(days_of(elsewhere, closures=[strike])) == 2


def test_days_that_are_not_the_familys_are_left_out() -> None:
    mine = habit(standing=lambda day: Standing(LUNCH) if day.isocalendar().week % 2 == 0 else None)
    assert days_of(mine) == [date(2026, 10, 12)]


# -- pricing --------------------------------------------------------------------------


def test_lines_are_those_of_an_invoice() -> None:
    cost = costing(VILLARS, habit(), habit(TOM, frozenset({1, 2})))(D(640))
    assert [(line.child_id, line.quantity, line.amount_cents) for line in cost.lines] == [
        (LEA, 5, 5 * 405),
        (TOM, 9, 9 * 405),
    ]
    assert cost.total_cents == 14 * 405
    assert costing(VILLARS)(None).total_cents == 5 * 545


def test_a_month_without_a_tariff_says_so_and_counts_nothing() -> None:
    pricer = Pricer({}, [LEA], {CANTEEN: "Cantine"})
    cost = pricer.cost(plan([habit()], calendar(), date(2026, 11, 1), date(2026, 11, 30)), lambda _: Known())
    assert cost.total_cents == 0
    assert len(cost.unpriced) == 1
    assert "Cantine" in cost.unpriced[0]


# -- cliffs ---------------------------------------------------------------------------


def test_the_cliff_is_between_two_hundredths() -> None:
    cliffs = cliffs_of(bands_of([VILLARS], costing(VILLARS)))
    assert [(c.last, c.first, c.jump_cents) for c in cliffs] == [(D("622.49"), D("622.50"), 5 * 85)]
    assert [(s.before_cents, s.after_cents) for s in cliffs[0].steps] == [(320, 405)]


def test_neighbouring_bands_that_cost_the_same_are_one() -> None:
    bands = bands_of([VILLARS], costing(VILLARS))
    assert [(band.first, band.after) for band in bands] == [(D(0), D("622.50")), (D("622.50"), None)]


def test_a_rate_slides_without_a_cliff_between_its_floor_and_its_ceiling() -> None:
    version = rate_tariff()
    bands = bands_of([version], costing(version))
    assert [(b.first, b.after, b.slides) for b in bands] == [
        (D(0), D(200), False),
        (D(200), D(1000), True),
        (D(1000), None, False),
    ]
    assert all(abs(cliff.jump_cents) <= 5 for cliff in cliffs_of(bands))


def test_several_activities_change_at_the_same_bound() -> None:
    cost = costing(VILLARS, habit(), habit(TOM))
    (cliff,) = cliffs_of(bands_of([VILLARS], cost))
    assert cliff.jump_cents == 2 * 5 * 85
    assert len(cliff.steps) == 1, "two children, one price that changes"


amounts = st.lists(st.integers(0, 900), min_size=1, max_size=8)


@given(amounts, st.data())
def test_bands_cover_every_quotient_once_and_tell_its_price(cents: list[int], data: st.DataObject) -> None:
    """Whatever the grid: each quotient is in one band, which costs what the engine says of it."""
    steps = data.draw(st.lists(st.integers(1, 50_000), min_size=len(cents) - 1, max_size=len(cents) - 1))
    bounds = [sum(steps[:n]) for n in range(1, len(cents))]
    edges = [None, *(str(D(b) / 100) for b in bounds), None]
    version = bands_tariff(*zip(edges, edges[1:], cents, strict=False))
    cost_of = costing(version)
    bands = bands_of([version], cost_of)
    quotient = D(data.draw(st.integers(0, sum(steps) + 100))) / 100
    (here,) = [band for band in bands if band.holds(quotient)]
    assert here.low.total_cents == cost_of(quotient).total_cents == here.high.total_cents
    assert len(cliffs_of(bands)) == len(bands) - 1
    for cliff in cliffs_of(bands):
        assert cost_of(cliff.last).total_cents == cliff.before_cents
        assert cost_of(cliff.first).total_cents == cliff.after_cents
        assert cliff.first - cliff.last == D("0.01")
