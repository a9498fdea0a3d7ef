"""The simulator on every règlement of the corpus: what it says of other quotients is what they would pay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rules.commune_file import Reglement
from rules.ground import ActivityPlace, DayUse, Ground, ResidenceFact, SchoolFact, Sibling
from rules.school_calendar import Place
from rules.simulated_quotients import bands_of, cliffs_of
from rules.simulation import (
    Cost,
    Habit,
    always,
    cost_of,
    covered,
    month_end,
    plan,
    sample_cost,
    sample_of,
    simulated,
    with_quotient,
)
from rules.tariff_grid import TariffVersion
from rules.tariffs import version_for
from rules.vocabulary import Level
from tests.communes_page import FILES, checked

FAMILY, ELDEST, YOUNGEST = 0, 1, 2
INCOME = Decimal(1800)
WHOLE_WEEK = frozenset(range(1, 8))
QUOTIENTS = [Decimal(q) for q in ("0", "155.50", "333.33", "640", "812.49", "1500", "4000")]
CP = SchoolFact(None, Level.CP)


def town(reglement: Reglement) -> Ground:
    activities = {reglement.number(each): each for each in reglement.activities}
    return Ground(
        tariffs={number: reglement.tariffs_of(each) for number, each in activities.items()},
        activities={
            number: ActivityPlace(each.name, reglement.service_number(each), each.starts_at, each.ends_at)
            for number, each in activities.items()
        },
        residents={FAMILY: [ResidenceFact(date.min, None, True)]},
        siblings={FAMILY: [Sibling(ELDEST, date(2016, 1, 1)), Sibling(YOUNGEST, date(2018, 1, 1))]},
        schools={ELDEST: [CP], YOUNGEST: [CP]},
        in_holidays=reglement.calendar.in_school_holidays,
    )


def habits(reglement: Reglement) -> list[Habit]:
    """Two children who come to everything; an hour and a half where the hours are not the activity's own."""
    return [
        Habit(
            child_id=child,
            activity_id=(number := reglement.number(activity)),
            family_id=FAMILY,
            weekdays=WHOLE_WEEK,
            standing=always(Place(number, None, None, Level.CP)),
            arrives=activity.starts_at or 990,
            leaves=activity.ends_at or (activity.starts_at or 990) + 90,
        )
        for child in (ELDEST, YOUNGEST)
        for activity in reglement.activities
    ]


def busiest(reglement: Reglement, ground: Ground) -> list[DayUse]:
    """The days of the month of the first school year that has the most of them."""
    year = reglement.calendar.years[0]
    months = [date(year.first.year + (n > 12), (n - 1) % 12 + 1, 1) for n in range(9, 19)]
    every = [covered(plan(habits(reglement), reglement.calendar, m, month_end(m)), ground)[0] for m in months]
    return max(every, key=len)


def versions_of(ground: Ground, days: Sequence[DayUse]) -> list[TariffVersion]:
    found = (version_for(ground.tariffs[use.activity_id], use.day) for use in days)
    return list(dict.fromkeys(version for version in found if version is not None))


def paying(days: Sequence[DayUse], ground: Ground) -> Callable[[Decimal | None], Cost]:
    def at(value: Decimal | None) -> Cost:
        known = None if value is None else simulated(value, income=INCOME, dependants=2)
        return cost_of(days, with_quotient(ground, FAMILY, known))

    return at


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_bands_and_cliffs_tell_what_every_quotient_pays(path: Path) -> None:
    reglement = checked(path).reglement
    assert reglement is not None
    ground = town(reglement)
    days = busiest(reglement, ground)
    versions, at = versions_of(ground, days), paying(days, ground)
    sample = sample_of(days, versions, ground)

    def quickly(value: Decimal) -> Cost:
        known = simulated(value, income=INCOME, dependants=2)
        return sample_cost(sample, with_quotient(ground, FAMILY, known))

    bands = bands_of(versions, quickly)
    edges = [edge for band in bands for edge in (band.first, band.last) if edge is not None]
    for quotient in [*QUOTIENTS, *edges]:
        exact = at(quotient)
        (here,) = [band for band in bands if band.holds(quotient)]
        ends = sorted((here.low.total_cents, here.high.total_cents))
        assert quickly(quotient).total_cents == exact.total_cents
        if here.after is not None or not here.slides:
            assert ends[0] <= exact.total_cents <= ends[1], (quotient, ends)
        assert sum(line.amount_cents for line in exact.lines()) == exact.total_cents
    for cliff in cliffs_of(bands):
        assert at(cliff.last).total_cents == cliff.before_cents
        assert at(cliff.first).total_cents == cliff.after_cents


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_year_costs_what_its_kinds_of_days_cost(path: Path) -> None:
    reglement = checked(path).reglement
    assert reglement is not None
    ground = replace(
        with_quotient(town(reglement), FAMILY, simulated(Decimal(640), income=INCOME)), fees=reglement.fees
    )
    year = reglement.calendar.years[0]
    days, _ = covered(plan(habits(reglement), reglement.calendar, year.first, year.last), ground)
    sample = sample_of(days, versions_of(ground, days), ground)
    assert sample_cost(sample, ground).total_cents == cost_of(days, ground).total_cents
