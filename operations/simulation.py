"""Gathering what a simulation needs: the activities that have a price, a family's own facts, its habits.

A simulation reads and computes; it writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

import models
from extensions import db
from operations.agenda import is_booked
from operations.children import ChildFacts
from operations.configuration import ActivityFacts, Configuration, configuration
from operations.households import quotients_of, residences_of
from rules.ground import is_resident
from rules.school_calendar import SchoolYear
from rules.simulation import (
    Band,
    Cliff,
    Cost,
    Habit,
    Known,
    Pricer,
    Standing,
    Standings,
    bands_of,
    cliffs_of,
    month_end,
    plan,
)
from rules.tariff_conditions import mentions
from rules.tariff_grid import TIMED_UNITS, TariffVersion
from rules.tariffs import quotient_on, version_for
from rules.vocabulary import BookingState, Situation

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
        return any(row.unit in TIMED_UNITS or row.has_slot for row in self.version.rows)

    @property
    def asks(self) -> frozenset[str]:
        """What the price depends on (`rules.tariff_conditions`), but for a regime that attendance decides."""
        asked = set(mentions(self.version.rows))
        if self.version.regular_share is not None or self.version.regular_days is not None:
            asked.discard("regime")
        return frozenset(asked)

    @property
    def categories(self) -> frozenset[str]:
        """The tags of families that the tariff names."""
        return frozenset(row.category for row in self.version.rows if row.category is not None)

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


# -- a family's own facts -------------------------------------------------------------


def known_of(family_id: int, simulated: Decimal | None = None) -> Callable[[date], Known]:
    """What a family's prices depend on, day by day; `simulated` stands for its quotient. Two queries."""
    quotients = quotients_of([family_id]).get(family_id, ())
    residences = residences_of([family_id]).get(family_id, ())

    def on(day: date) -> Known:
        found = quotient_on(quotients, day)
        known = Known(resident=is_resident(residences, day))
        if simulated is not None:
            return replace(known, quotient=simulated, source="celui que vous essayez")
        return known if found is None else replace(known, quotient=found.value, source=found.source)

    return on


def household_of(family_id: int) -> list[int]:
    """The children whose days are this family's, eldest first; one query."""
    custody, child = models.Custody, models.Child
    mine = sa.or_(custody.family_id == family_id, custody.other_family_id == family_id)
    query = sa.select(child.id).where(child.custodies.any(mine)).order_by(child.birth_date, child.id)
    return list(db.session.scalars(query))


def own_standings(facts: ChildFacts, activity_id: int, family_id: int) -> Standings:
    """Where the child is on the days that are this family's and that it is enrolled for."""

    def on(day: date) -> Standing | None:
        enrolment = facts.enrolment_on(day, activity_id)
        place = facts.place_on(day, activity_id)
        if enrolment is None or place is None or facts.family_on(day) != family_id:
            return None
        regime = {"regime": enrolment.regime} if enrolment.regime is not None else {}
        return Standing(place, formula=enrolment.formula, **regime)

    return on


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
    cost: Cost
    open_days: Mapping[tuple[int | None, int | None], int]
    quotient: Decimal | None
    year: SchoolYear | None
    year_cents: int
    year_months: int
    without_quotient: Cost
    bands: Sequence[Band]
    cliffs: Sequence[Cliff]
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
    def highest_cents(self) -> int:
        return max((band.high.total_cents for band in self.bands), default=0)


def simulate(
    habits: Sequence[Habit], children: Sequence[int], known: Callable[[date], Known], month: date
) -> Simulation:
    """Price these habits over that month and its school year; no query."""
    rules, last = configuration(), month_end(month)
    names = {activity.id: activity.name for activity in rules.activities.values()}
    pricer = Pricer(rules.tariffs, children, names)
    days = plan(habits, rules.calendar, month, last)
    versions = _versions(rules, {habit.activity_id for habit in habits}, [planned.day for planned in days])

    def with_quotient(quotient: Decimal | None) -> Cost:
        return pricer.cost(days, lambda day: replace(known(day), quotient=quotient, source=""))

    bands = bands_of(versions, with_quotient)
    year = rules.calendar.year_around(month_end(month))
    months = [] if year is None else _year_costs(pricer, habits, known, year)
    return Simulation(
        month=month,
        cost=pricer.cost(days, known),
        open_days=_open_days(habits, month, last),
        quotient=known(days[-1].day if days else last).quotient,
        year=year,
        year_cents=sum(months),
        year_months=sum(cents > 0 for cents in months),
        without_quotient=with_quotient(None),
        bands=bands,
        cliffs=cliffs_of(bands),
        is_example=any(version.is_example for version in versions),
    )


def _versions(
    rules: Configuration, activity_ids: Collection[int], days: Iterable[date]
) -> list[TariffVersion]:
    """The tariffs in force on these days for these activities, each once."""
    found = {
        version: None
        for day in sorted(set(days))
        for activity_id in sorted(activity_ids)
        if (version := version_for(rules.tariffs.get(activity_id, ()), day)) is not None
    }
    return list(found)


def _year_costs(
    pricer: Pricer, habits: Sequence[Habit], known: Callable[[date], Known], year: SchoolYear
) -> list[int]:
    """What the same habits cost in each month of the school year, in cents."""
    costs, month = [], year.first.replace(day=1)
    while month <= year.last:
        first, last = max(month, year.first), min(month_end(month), year.last)
        days = plan(habits, configuration().calendar, first, last)
        costs.append(pricer.cost(days, known).total_cents)
        month = _next(month)
    return costs


def _open_days(habits: Sequence[Habit], month: date, last: date) -> dict[tuple[int | None, int | None], int]:
    """How many days each activity runs for each child in the month, whatever the weekdays chosen."""
    whole = [replace(habit, weekdays=frozenset(range(1, 8))) for habit in habits]
    found: dict[tuple[int | None, int | None], int] = defaultdict(int)
    for planned in plan(whole, configuration().calendar, month, last):
        found[planned.habit.child_id, planned.habit.activity_id] += 1
    return found
