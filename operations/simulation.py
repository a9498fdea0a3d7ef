"""Gathering what a simulation needs: the activities that have a price, a family's own facts, its habits.

A simulation reads and computes; it writes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache, partial

import sqlalchemy as sa

import models
from extensions import db
from operations.agenda import is_booked
from operations.children import ChildFacts
from operations.configuration import ActivityFacts, configuration
from operations.grounds import ground_of, places_of, wanted_by
from rules.billing import Line
from rules.categories import CategoryFact
from rules.charges import Charge
from rules.ground import DayUse, Ground, ResidenceFact, SchoolFact, Sibling, is_resident
from rules.instants import ONE_DAY
from rules.occurrences import decides_regime
from rules.pricer import needs_of
from rules.quotients import QuotientFact, quotient_on
from rules.school_calendar import Place, SchoolYear
from rules.simulated_quotients import Band, Cliff, bands_of, cliffs_of
from rules.simulation import (
    Cost,
    Habit,
    Standing,
    Standings,
    cost_of,
    covered,
    month_end,
    plan,
    sample_cost,
    sample_of,
    simulated,
    versions_of,
    with_quotient,
    without_fees,
)
from rules.tariff_grid import TariffVersion
from rules.tariffs import version_for
from rules.vocabulary import BookingState, Situation

EVERY_DAY = frozenset(range(1, 8))
MOST_BANDS = 14  # beyond, a page shows those around the family's own


# -- what may be simulated ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """An activity that has a price in the month: on which weekdays, and what its price asks."""

    activity: ActivityFacts
    version: TariffVersion
    weekdays: Sequence[int]

    @property
    def is_timed(self) -> bool:
        """Whether the hours of arrival and departure make the price."""
        return needs_of(self.version).timed

    @property
    def asks(self) -> frozenset[str]:
        """What the price depends on (`rules.tariff_conditions`), but for a regime that attendance decides."""
        needs = needs_of(self.version)
        asked = needs.stated | ({"rank"} if needs.ranked else set())
        return asked - {"regime"} if decides_regime(self.version) else asked

    @property
    def categories(self) -> frozenset[str]:
        """The tags of families that the tariff names."""
        pieces = (*self.version.rows, *self.version.modifiers, *self.version.caps)
        return frozenset(piece.category for piece in pieces if piece.category is not None)

    @property
    def situation(self) -> Situation:
        booked = is_booked(self.activity, self.version.first)
        return Situation.AS_BOOKED if booked else Situation.ATTENDED


def offered_in(month: date) -> list[Offered]:
    """The open activities with a tariff and days of service in that month, in their order."""
    rules, last = configuration(), month_end(month)
    found = []
    for activity in rules.activities.values():
        versions = rules.tariffs.get(activity.id, ())
        version = version_for(versions, last) or version_for(versions, month)
        weekdays = rules.calendar.weekdays_of(activity.id, month, last)
        if activity.is_open and version is not None and weekdays:
            found.append(Offered(activity, version, weekdays))
    return found


def months_from(today: date) -> list[date]:
    """The first day of each month of the school years that are not over, as far as they are known."""
    years = [year for year in configuration().calendar.years if year.last >= today]
    if not years:
        return [today.replace(day=1)]
    months, month = [], years[0].first.replace(day=1)
    while month <= years[-1].last:
        months.append(month)
        month = _next(month)
    return months


def _next(month: date) -> date:
    last = month_end(month)
    return date.fromordinal(last.toordinal() + 1)


def schools() -> list[models.School]:
    """The schools, by name; one query."""
    return list(db.session.scalars(sa.select(models.School).order_by(models.School.name)))


# -- what prices stand on -------------------------------------------------------------

NOBODY = 0  # the family of a visitor, who is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """What somebody says of their family in the open simulator; children are numbered, the eldest first."""

    quotient: QuotientFact | None
    resident: bool
    categories: frozenset[str]
    children: Mapping[int, SchoolFact]


def ground_of_visitor(visitor: Visitor) -> Ground:
    """What a visitor's prices stand on: the commune's tariffs, and what they said of themselves."""
    rules = configuration()

    def offered(child: int, activity_id: int, month: date) -> list[date]:
        at = visitor.children[child]
        place = Place(activity_id, at.school_id, None, at.level)
        return rules.calendar.service_days(month, month_end(month), place)

    return Ground(
        tariffs=rules.tariffs,
        activities=places_of(rules),
        quotients={NOBODY: () if visitor.quotient is None else (visitor.quotient,)},
        residents={NOBODY: (ResidenceFact(date.min, None, visitor.resident),)},
        categories={NOBODY: [CategoryFact(name, date.min) for name in visitor.categories]},
        siblings={NOBODY: [Sibling(child, date.min + child * ONE_DAY) for child in visitor.children]},
        schools={child: (school,) for child, school in visitor.children.items()},
        in_holidays=rules.calendar.in_school_holidays,
        between_holidays=rules.calendar.period_start,
        offered=offered,
        enrolled=lambda child, _activity, _day: child in visitor.children,
    )


def own_ground(family_id: int, facts: Mapping[int, ChildFacts]) -> Ground:
    """What a family's own prices stand on, in a few queries: its children's facts are already there."""
    rules = configuration()
    found = ground_of(
        rules,
        wanted_by(rules),
        [family_id],
        schoolings={child.id: child.schoolings for child in facts.values()},
        enrolments={child.id: child.enrolments for child in facts.values()},
    )
    return replace(found, fees=())


def quotient_in(ground: Ground, family_id: int, day: date) -> QuotientFact | None:
    """The quotient that counts for a family on a day."""
    return quotient_on(ground.quotients.get(family_id, ()), day, ground.policy)


def resident_in(ground: Ground, family_id: int, day: date) -> bool:
    """Whether the family lives in the commune on a day."""
    return is_resident(ground.residents.get(family_id, ()), day)


# -- a family's own habits ------------------------------------------------------------


def own_standings(facts: ChildFacts, family_id: int) -> Callable[[int], Standings]:
    """By activity, where the child is on the days that are this family's and that it is enrolled for."""

    @cache
    def is_mine(day: date) -> bool:
        return facts.family_on(day) == family_id

    def standing(activity_id: int, day: date) -> Standing | None:
        enrolment = facts.enrolment_on(day, activity_id)
        place = facts.place_on(day, activity_id) if enrolment is not None and is_mine(day) else None
        if enrolment is None or place is None:
            return None
        return Standing(place, enrolment.regime, enrolment.formula)

    return lambda activity_id: partial(standing, activity_id)


def usual_weekdays(
    facts: Mapping[int, ChildFacts], family_id: int, month: date
) -> dict[tuple[int, int], set[int]]:
    """By child and activity, the ISO weekdays that are a commitment or booked in that month; one query."""
    booking, last = models.Booking, month_end(month)
    query = sa.select(booking.child_id, booking.activity_id, booking.day).where(
        booking.child_id.in_(facts),
        booking.family_id == family_id,
        booking.state == BookingState.BOOKED,
        booking.day.between(month, last),
    )
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    for child_id, activity_id, day in db.session.execute(query):
        found[child_id, activity_id].add(day.isoweekday())
    for child_id, child in facts.items():
        for enrolment in child.enrolments:
            if enrolment.usual_weekdays and enrolment.first <= last:
                found[child_id, enrolment.activity_id] |= enrolment.usual_weekdays
    return found


# -- the simulation -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Simulation:
    """What habits cost over a month and a school year, and what other quotients would make of them."""

    month: date
    total_cents: int
    lines: Sequence[Line]
    fees: Sequence[Charge]
    notes: Sequence[str]
    open_days: Mapping[tuple[int | None, int | None], int]
    quotient: Decimal | None
    year: SchoolYear | None
    year_cents: int
    bands: Sequence[Band]
    cliffs: Sequence[Cliff]
    at: Callable[[Decimal | None], Cost]  # what the same month costs with another quotient, or none
    is_example: bool

    @property
    def depends_on_quotient(self) -> bool:
        return len(self.bands) > 1 or any(band.slides for band in self.bands)

    @property
    def shown_bands(self) -> Sequence[Band]:
        """All the bands, or those around the family's own when they are too many to be read."""
        here = next((n for n, band in enumerate(self.bands) if self._is_here(band)), 0)
        first = max(0, min(here - MOST_BANDS // 2, len(self.bands) - MOST_BANDS))
        return self.bands[first : first + MOST_BANDS]

    def _is_here(self, band: Band) -> bool:
        return self.quotient is not None and band.holds(self.quotient)

    @property
    def under(self) -> Cliff | None:
        """The nearest cliff at or under the quotient."""
        if self.quotient is None:
            return None
        return next((c for c in reversed(self.cliffs) if c.first <= self.quotient), None)

    @property
    def over(self) -> Cliff | None:
        """The nearest cliff above the quotient."""
        if self.quotient is None:
            return None
        return next((c for c in self.cliffs if c.first > self.quotient), None)

    @property
    def without_quotient(self) -> Cost:
        return self.at(None)

    @property
    def highest_cents(self) -> int:
        costs = (band.high.total_cents for band in self.bands)
        return max(costs, default=0)


def simulate(habits: Sequence[Habit], ground: Ground, family_id: int, month: date) -> Simulation:
    """Price these habits of one family over that month and its school year; no query."""
    rules, last = configuration(), month_end(month)
    whole_week = [replace(habit, weekdays=EVERY_DAY) for habit in habits]
    days, notes = covered(plan(habits, rules.calendar, month, last), ground)
    with_fees = replace(ground, fees=rules.fees)
    signed = family_id == NOBODY  # the children of a family that we know are enrolled already
    cost = cost_of(days, with_fees, signed)
    month_cost, fees = without_fees(cost)
    versions = _versions(ground, days)
    quotient = quotient_in(ground, family_id, days[-1].day if days else last)
    sample = sample_of(days, versions, ground)

    def at(value: Decimal | None) -> Cost:
        other = None if value is None else another(quotient, value)
        return sample_cost(sample, with_quotient(ground, family_id, other))

    bands = bands_of(versions, at)
    year = rules.calendar.year_around(last)
    return Simulation(
        month=month,
        total_cents=month_cost.total_cents,
        lines=sorted(month_cost.lines(), key=lambda line: _order(line, list(rules.activities))),
        fees=fees,
        notes=[*notes, cost.refused] if cost.refused else notes,
        open_days=Counter((u.child_id, u.activity_id) for u in plan(whole_week, rules.calendar, month, last)),
        quotient=quotient.value if quotient else None,
        year=year,
        year_cents=_year_cents(habits, with_fees, year, signed),
        bands=bands,
        cliffs=cliffs_of(bands),
        at=at,
        is_example=any(version.is_example for version in versions),
    )


def _order(line: Line, activities: Sequence[int]) -> tuple[object, ...]:
    """Child by child, each activity in its order, then what a cap takes off."""
    rank = activities.index(line.activity_id) if line.activity_id in activities else len(activities)
    return line.child_id is None, line.child_id or 0, line.unit is None, rank, line.days[:1]


def _year_cents(habits: Sequence[Habit], ground: Ground, year: SchoolYear | None, signed: bool) -> int:
    """What the same habits cost over the school year, its fees included."""
    if year is None:
        return 0
    days, _ = covered(plan(habits, configuration().calendar, year.first, year.last), ground)
    return sample_cost(sample_of(days, _versions(ground, days), ground), ground, signed).total_cents


def another(quotient: QuotientFact | None, value: Decimal, source: str = "") -> QuotientFact:
    """A quotient in force on every day, with the income and the children declared with the family's own."""
    if quotient is None:
        return simulated(value, source)
    return simulated(value, source, quotient.income, quotient.dependants)


def _versions(ground: Ground, days: Iterable[DayUse]) -> list[TariffVersion]:
    """The tariffs in force on these days, each once."""
    cases = dict.fromkeys((use.activity_id, use.day) for use in days)
    version_on = versions_of(ground)
    found = (version_on(activity_id, day) for activity_id, day in cases)
    return list(dict.fromkeys(version for version in found if version is not None))
