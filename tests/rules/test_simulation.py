"""Habits on the real calendar; bands and cliffs, whatever the method of the price."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.fees import Fee
from rules.ground import ActivityPlace, Ground, ResidenceFact, Sibling
from rules.quotients import QuotientFact
from rules.school_calendar import Closure, Place
from rules.simulated_quotients import bands_of, cliffs_of
from rules.simulation import (
    Cost,
    Habit,
    Standing,
    always,
    cost_of,
    covered,
    plan,
    sample_cost,
    sample_of,
    simulated,
    with_quotient,
    without_fees,
)
from rules.tariff_grid import Cap, Modifier, TariffRow, TariffVersion
from rules.vocabulary import (
    EventEffect,
    FeeOccasion,
    ModifierEffect,
    Per,
    PerWhom,
    PriceMethod,
    PriceUnit,
    QuotientRounding,
    Situation,
)
from tests.rules.villars import CANTEEN, FIRST_DAY, LUNCH, calendar

LEA, TOM, MARTIN = 1, 2, 7
D = Decimal
MONDAYS = frozenset({1})
NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)  # five Mondays and four Tuesdays of school


def habit(child: int = LEA, weekdays: frozenset[int] = MONDAYS, **more: object) -> Habit:
    asked = {"child_id": child, "activity_id": CANTEEN, "family_id": MARTIN, "weekdays": weekdays}
    return Habit(**({"standing": always(LUNCH)} | asked | more))  # type: ignore[arg-type]


def bands_tariff(*bounds: tuple[str | None, str | None, int], **more: object) -> TariffVersion:
    rows = [
        TariffRow(
            position=n,
            label=f"Tranche {n}",
            qf_from=D(low) if low else None,
            qf_to=D(high) if high else None,
            amount_cents=cents,
        )
        for n, (low, high, cents) in enumerate(bounds, start=1)
    ]
    unknown = TariffRow(position=99, label="Sans quotient", no_quotient=True, amount_cents=545)
    return TariffVersion(1, CANTEEN, "Repas", FIRST_DAY, None, (unknown, *rows), **more)  # type: ignore[arg-type]


TWO_BANDS = ((None, "622.50", 320), ("622.50", "799.50", 405), ("799.50", None, 405))
VILLARS = bands_tariff(*TWO_BANDS)


def one_row(**row: object) -> TariffVersion:
    given = TariffRow(position=2, label="Pour tous", **row)  # type: ignore[arg-type]
    unknown = TariffRow(position=1, label="Sans quotient", no_quotient=True, amount_cents=500)
    return TariffVersion(2, CANTEEN, "Une ligne", FIRST_DAY, None, (unknown, given))


def ground(version: TariffVersion | None) -> Ground:
    return Ground(
        tariffs={} if version is None else {CANTEEN: [version]},
        activities={CANTEEN: ActivityPlace("Cantine")},
        residents={MARTIN: [ResidenceFact(date.min, None, True)]},
        siblings={MARTIN: [Sibling(LEA, date(2016, 1, 1)), Sibling(TOM, date(2018, 1, 1))]},
    )


def costing(version: TariffVersion, *habits: Habit) -> Callable[[Decimal | None], Cost]:
    """What November 2026 costs at each quotient."""
    days = plan(habits or [habit()], calendar(), *NOVEMBER)

    def at(quotient: Decimal | None) -> Cost:
        known = None if quotient is None else simulated(quotient)
        return cost_of(days, with_quotient(ground(version), MARTIN, known))

    return at


# -- planning -------------------------------------------------------------------------


def days_of(*habits: Habit, closures: Sequence[Closure] = ()) -> list[date]:
    return [use.day for use in plan(habits, calendar(closures), date(2026, 10, 1), date(2026, 10, 31))]


def test_a_week_is_repeated_on_the_days_that_are_served() -> None:
    """From 17 October 2026 it is the holidays; a Wednesday is never served."""
    assert days_of(habit()) == [date(2026, 10, 5), date(2026, 10, 12)]
    assert days_of(habit(weekdays=frozenset({3, 6, 7}))) == []


def test_a_closure_takes_its_day_away() -> None:
    strike = Closure("Grève", date(2026, 10, 5), date(2026, 10, 5), school_id=LUNCH.school_id)
    assert days_of(habit(), closures=[strike]) == [date(2026, 10, 12)]
    elsewhere = habit(standing=always(Place(CANTEEN, 999)))
    assert len(days_of(elsewhere, closures=[strike])) == 2


@pytest.mark.parametrize(
    ("effect", "ends"),
    [
        (EventEffect.CLOSED, []),
        (EventEffect.PICNIC_HOME, []),
        (EventEffect.PICNIC_KITCHEN, [Situation.PICNIC]),
        (EventEffect.FREE_ABSENCE, [Situation.AS_BOOKED]),
    ],
)
def test_an_event_counts_as_on_a_bill_for_a_child_who_comes(
    effect: EventEffect, ends: list[Situation]
) -> None:
    event = Closure("Sortie", date(2026, 10, 5), date(2026, 10, 5), effect)
    uses = plan([habit()], calendar([event]), date(2026, 10, 5), date(2026, 10, 6))
    assert [use.situation for use in uses] == ends


def test_days_that_are_not_the_familys_are_left_out() -> None:
    mine = habit(standing=lambda day: Standing(LUNCH) if day.isocalendar().week % 2 == 0 else None)
    assert days_of(mine) == [date(2026, 10, 12)]


# -- pricing --------------------------------------------------------------------------


def test_lines_are_those_of_an_invoice() -> None:
    cost = costing(VILLARS, habit(), habit(TOM, frozenset({1, 2})))(D(640))
    assert [(line.child_id, line.quantity, line.amount_cents) for line in cost.lines()] == [
        (LEA, 5, 5 * 405),
        (TOM, 9, 9 * 405),
    ]
    assert cost.total_cents == 14 * 405
    assert costing(VILLARS)(None).total_cents == 5 * 545


def test_rank_caps_and_whole_prices_count_as_on_a_bill() -> None:
    half = Modifier(position=1, label="2e enfant", effect=ModifierEffect.TIMES, factor=D("0.5"), rank_from=2)
    cap = Cap(position=1, label="20 € par mois", period=Per.MONTH, max_cents=2000)
    version = bands_tariff((None, None, 400), modifiers=(half,), caps=(cap,))
    cost = costing(version, habit(LEA, frozenset({1, 2})), habit(TOM))(D(640))
    assert cost.total_cents == 2000 + 5 * 200, "nine meals of the eldest, capped; five half-price"
    assert sum(line.amount_cents for line in cost.lines()) == cost.total_cents
    flat = one_row(unit=PriceUnit.MONTH, amount_cents=4500)
    assert costing(flat, habit(LEA, frozenset({1, 2})))(D(640)).total_cents == 4500


def test_a_month_without_a_tariff_says_so_and_counts_nothing() -> None:
    kept, notes = covered(plan([habit()], calendar(), *NOVEMBER), ground(None))
    assert kept == []
    assert len(notes) == 1
    assert "Cantine" in notes[0]


def test_a_family_that_no_row_takes_is_told_so() -> None:
    cost = costing(bands_tariff((None, "400", 100)))(D(640))
    assert cost.total_cents == 0
    assert "Aucune ligne du tarif" in cost.refused


def test_the_quotient_somebody_types_is_said_without_a_date() -> None:
    known = simulated(D(640), "celui que vous essayez")
    assert isinstance(known, QuotientFact)
    cost = cost_of(plan([habit()], calendar(), *NOVEMBER), with_quotient(ground(VILLARS), MARTIN, known))
    assert "640,00 (celui que vous essayez)" in str(cost.month.days[0].price.explanation.sentences())
    assert without_fees(cost) == (cost, [])


# -- days that stand for a month ---------------------------------------------------------


def together(**cap: object) -> TariffVersion:
    most = Cap(position=1, label="Plafond", **cap)  # type: ignore[arg-type]
    return bands_tariff(*TWO_BANDS, caps=(most,))


@pytest.mark.parametrize(
    ("version", "kept"),
    [
        (VILLARS, 2),
        (together(period=Per.DAY, per_whom=PerWhom.FAMILY, max_cents=600), 2),
        (together(period=Per.MONTH, max_cents=1500), 9),
        (one_row(unit=PriceUnit.MONTH, amount_cents=100), 9),
    ],
)
def test_a_month_costs_what_its_kinds_of_days_cost(version: TariffVersion, kept: int) -> None:
    """Five Mondays with both children and four Tuesdays with one."""
    known = with_quotient(ground(version), MARTIN, simulated(D(640)))
    uses = plan([habit(LEA, frozenset({1, 2})), habit(TOM)], calendar(), *NOVEMBER)
    sample = sample_of(uses, [version], known)
    assert len({use.day for use in sample.uses}) == kept
    assert sample_cost(sample, known).total_cents == cost_of(uses, known).total_cents


def test_a_fee_of_the_year_is_due_once_whatever_the_days_that_stand_for_others() -> None:
    fee = Fee(name="Adhésion", amount_cents=1000, first=FIRST_DAY)
    known = replace(with_quotient(ground(VILLARS), MARTIN, simulated(D(640))), fees=(fee,))
    year = plan([habit(weekdays=frozenset({2}))], calendar(), date(2026, 9, 1), date(2027, 7, 2))
    sample = sample_of(year, [VILLARS], known)
    assert sample.weights == {date(2026, 9, 1): 36}
    assert sample_cost(sample, known).total_cents == 36 * 405 + 1000
    month, fees = without_fees(cost_of(year[:5], known))
    assert (month.total_cents, [each.amount_cents for each in fees]) == (5 * 405, [1000])


def test_a_price_by_number_of_days_a_week_reads_the_habit() -> None:
    rows = (
        TariffRow(position=1, label="Quatre jours", days_from=4, amount_cents=300),
        TariffRow(position=2, label="Moins", amount_cents=350),
    )
    version = TariffVersion(6, CANTEEN, "Repas", FIRST_DAY, None, rows)
    for weekdays, cents in (({1, 2, 4}, 350), ({1, 2, 4, 5}, 300)):
        uses = plan([habit(weekdays=frozenset(weekdays))], calendar(), *NOVEMBER)
        sample = sample_of(uses, [version], ground(version))
        assert len(sample.uses) == len(weekdays)
        assert sample_cost(sample, ground(version)).total_cents == len(uses) * cents


def test_who_enrols_owes_the_fee_of_an_enrolment() -> None:
    fee = Fee(name="Inscription", amount_cents=700, occasion=FeeOccasion.ENROLMENT, first=FIRST_DAY)
    known = replace(ground(VILLARS), fees=(fee,))
    uses = plan([habit()], calendar(), *NOVEMBER)
    assert without_fees(cost_of(uses, known))[1] == []
    assert [each.amount_cents for each in without_fees(cost_of(uses, known, signed=True))[1]] == [700]


def test_a_family_that_moves_in_the_month_has_days_of_both_kinds() -> None:
    rows = (
        TariffRow(position=1, label="Hors commune", resident=False, amount_cents=700),
        TariffRow(position=2, label="Commune", amount_cents=300),
    )
    version = TariffVersion(5, CANTEEN, "Repas", FIRST_DAY, None, rows)
    moved = [
        ResidenceFact(date.min, date(2026, 11, 15), False),
        ResidenceFact(date(2026, 11, 16), None, True),
    ]
    known = replace(ground(version), residents={MARTIN: moved})
    uses = plan([habit()], calendar(), *NOVEMBER)
    assert sample_cost(sample_of(uses, [version], known), known).total_cents == 2 * 700 + 3 * 300


# -- cliffs ---------------------------------------------------------------------------


def test_the_cliff_is_between_two_hundredths() -> None:
    cliffs = cliffs_of(bands_of([VILLARS], costing(VILLARS)))
    assert [(c.last, c.first, c.jump_cents) for c in cliffs] == [(D("622.49"), D("622.50"), 5 * 85)]
    assert [(s.before_cents, s.after_cents) for s in cliffs[0].steps] == [(320, 405)]


def test_neighbouring_bands_that_cost_the_same_are_one() -> None:
    bands = bands_of([VILLARS], costing(VILLARS))
    assert [(band.first, band.after) for band in bands] == [(D(0), D("622.50")), (D("622.50"), None)]


def test_a_rate_slides_without_a_cliff_between_its_floor_and_its_ceiling() -> None:
    version = one_row(method=PriceMethod.RATE, rate=D("0.5"), floor_cents=100, ceiling_cents=500)
    bands = bands_of([version], costing(version))
    assert [(b.first, b.after, b.slides) for b in bands] == [
        (D(0), D(200), False),
        (D(200), D(1000), True),
        (D(1000), None, False),
    ]
    assert cliffs_of(bands) == []


def test_two_children_whose_price_changes_together_are_one_step() -> None:
    (cliff,) = cliffs_of(bands_of([VILLARS], costing(VILLARS, habit(), habit(TOM))))
    assert cliff.jump_cents == 2 * 5 * 85
    assert len(cliff.steps) == 1


@pytest.mark.parametrize(
    ("rounding", "first"),
    [
        (QuotientRounding.NONE, "622.50"),
        (QuotientRounding.DOWN, "623"),
        (QuotientRounding.NEAREST, "622.50"),
        (QuotientRounding.UP, "622.01"),
    ],
)
def test_the_cliff_is_where_the_rounded_quotient_changes_band(rounding: QuotientRounding, first: str) -> None:
    version = bands_tariff(*TWO_BANDS, quotient_rounding=rounding)
    (cliff,) = cliffs_of(bands_of([version], costing(version)))
    assert cliff.first == D(first)
    assert cliff.last == D(first) - D("0.01")


def test_a_monthly_price_has_its_cliff_too() -> None:
    rows = (
        TariffRow(position=1, label="Sans", no_quotient=True, unit=PriceUnit.MONTH, amount_cents=4000),
        TariffRow(position=2, label="A", qf_to=D(500), unit=PriceUnit.MONTH, amount_cents=3000),
        TariffRow(position=3, label="B", qf_from=D(500), unit=PriceUnit.MONTH, amount_cents=4000),
    )
    version = TariffVersion(3, CANTEEN, "Forfait", FIRST_DAY, None, rows)
    (cliff,) = cliffs_of(bands_of([version], costing(version)))
    assert [(step.unit, step.before_cents, step.after_cents) for step in cliff.steps] == [
        (PriceUnit.MONTH, 3000, 4000)
    ]


@given(st.lists(st.integers(0, 900), min_size=1, max_size=8), st.data())
def test_bands_cover_every_quotient_once_and_tell_its_price(cents: list[int], data: st.DataObject) -> None:
    """Whatever the grid: each quotient is in one band, which costs what the engine says of it."""
    steps = data.draw(st.lists(st.integers(1, 50_000), min_size=len(cents) - 1, max_size=len(cents) - 1))
    bounds = [sum(steps[:n]) for n in range(1, len(cents))]
    edges = [None, *(str(D(bound) / 100) for bound in bounds), None]
    version = bands_tariff(*zip(edges, edges[1:], cents, strict=False))
    at = costing(version)
    bands = bands_of([version], at)
    quotient = D(data.draw(st.integers(0, sum(steps) + 100))) / 100
    (here,) = [band for band in bands if band.holds(quotient)]
    assert here.low.total_cents == at(quotient).total_cents == here.high.total_cents
    cliffs = cliffs_of(bands)
    assert len(cliffs) == len(bands) - 1
    for cliff in cliffs:
        assert at(cliff.last).total_cents == cliff.before_cents
        assert at(cliff.first).total_cents == cliff.after_cents
        assert cliff.first - cliff.last == D("0.01")
