"""What habits cost: a week repeated over a real month, priced as the bills are.

Nothing here knows a price: days are planned on the calendar and handed to `rules.months`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from rules.billing import Line, lines_of
from rules.categories import categories_on
from rules.charges import Charge
from rules.ground import DayUse, Ground, Signing, is_resident, school_on
from rules.instants import ONE_DAY
from rules.money import NBSP
from rules.months import ALONE, Around, Month, price_month
from rules.occurrences import decides_regime
from rules.quotients import PLAIN, QuotientFact, quotient_on
from rules.refusals import Refused
from rules.school_calendar import Place, SchoolCalendar
from rules.situations import NOT_DUE, BookingFact, situation_of
from rules.tariff_grid import PERIOD_UNITS, TIMED_UNITS, TariffVersion
from rules.tariffs import version_for
from rules.vocabulary import (
    ChargeKind,
    EventEffect,
    Formula,
    Per,
    Presence,
    PriceUnit,
    Regime,
    Situation,
)


class Standing(NamedTuple):
    """Where a child is on a day, and how it is enrolled there."""

    place: Place
    regime: Regime | None = None
    formula: Formula = Formula.MEAL


Standings = Callable[[date], Standing | None]  # None: no day to count (another school, the other parent's)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """The ISO weekdays on which one child comes to one activity, and its hours where they make the price."""

    child_id: int
    activity_id: int
    family_id: int
    weekdays: frozenset[int]
    standing: Standings
    situation: Situation = Situation.AS_BOOKED
    arrives: int | None = None
    leaves: int | None = None


class SimulatedQuotient(QuotientFact):
    """A quotient that somebody types: its source is said as it is, without a date."""

    __slots__ = ()

    @property
    def source(self) -> str:
        return self.source_label


# -- planning -------------------------------------------------------------------------


def plan(habits: Iterable[Habit], calendar: SchoolCalendar, first: date, last: date) -> list[DayUse]:
    """The days of these habits that are served and due, from first to last, both included."""
    days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    found = (
        _planned(habit, calendar, day)
        for habit in habits
        for day in days
        if day.isoweekday() in habit.weekdays
    )
    return [use for use in found if use is not None]


def _planned(habit: Habit, calendar: SchoolCalendar, day: date) -> DayUse | None:
    standing = habit.standing(day)
    if standing is None or not calendar.is_service_day(day, standing.place):
        return None
    event = calendar.event_on(day, standing.place)
    situation = habit.situation if event is None else _under(event.effect, habit)
    if situation is None or situation in NOT_DUE:
        return None
    return DayUse(
        habit.child_id,
        habit.activity_id,
        day,
        habit.family_id,
        situation,
        habit.arrives,
        habit.leaves,
        standing.regime,
        standing.formula,
        chosen=len(habit.weekdays),
    )


def _under(effect: EventEffect, habit: Habit) -> Situation | None:
    """How a day ends for a child who comes under an exceptional event."""
    by_attendance = habit.situation is Situation.ATTENDED
    booking = None if by_attendance else BookingFact()
    return situation_of(booking, Presence.PRESENT, True, by_attendance=by_attendance, event=effect)


def always(place: Place, regime: Regime | None = None, formula: Formula = Formula.MEAL) -> Standings:
    """A child whose school and enrolment do not change."""
    standing = Standing(place, regime, formula)
    return lambda _day: standing


def month_end(month: date) -> date:
    """The last day of the month that begins on that day."""
    return (month + timedelta(days=31)).replace(day=1) - ONE_DAY


# -- pricing --------------------------------------------------------------------------

Item = tuple[object, ...]  # a day of a child in an activity, or a period it pays for


class UnitPrice(NamedTuple):
    activity_id: int | None
    unit: PriceUnit | None
    cents: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Days that stand for many: each counts `weights` times (once when it is not said).

    A month has some seventeen days of service and four or five different ones; a year hardly more.
    """

    uses: Sequence[DayUse]
    weights: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cost:
    """What planned days cost, in cents; `refused` when no row of a tariff takes such a family."""

    month: Month
    total_cents: int
    refused: str = ""

    def lines(self) -> list[Line]:
        """As on an invoice."""
        return lines_of(self.month.days, self.month.charges)

    def units(self) -> Iterator[tuple[Item, UnitPrice]]:
        """The price of one unit of each thing that is due; what a cap takes off is no unit."""
        for child, activity, day, _family, situation, price, _hours in self.month.days:
            unit = PriceUnit.SESSION if price.row.unit in TIMED_UNITS else price.row.unit
            yield (child, activity, day, situation), UnitPrice(activity, unit, price.amount_cents)
        for charge in self.month.charges:
            if charge.key.kind is ChargeKind.FLAT:
                yield charge.key, UnitPrice(charge.activity_id, charge.unit, charge.amount_cents)


def cost_of(uses: Sequence[DayUse], ground: Ground, signed: bool = False) -> Cost:
    """What these days cost; those that no tariff covers are not to be given (see `covered`).

    `signed`: the children enrol for them, and owe the fees of an enrolment.
    """
    return sample_cost(Sample(uses), ground, signed)


def sample_cost(sample: Sample, ground: Ground, signed: bool = False) -> Cost:
    """What a month or a year costs, from the days that stand for it."""
    try:
        month = price_month(sample.uses, ground, Around(signings=_signings(sample.uses)) if signed else ALONE)
    except Refused as refusal:
        return Cost(Month([], []), 0, refusal.sentence)
    weigh = sample.weights.get
    days = sum(each.price.amount_cents * weigh(each.day, 1) for each in month.days)
    charges = sum(
        each.amount_cents * (weigh(each.key.first, 1) if each.key.kind is ChargeKind.CAP else 1)
        for each in month.charges
    )
    return Cost(month, days + charges)


def _signings(uses: Iterable[DayUse]) -> list[Signing]:
    """An enrolment for each child and activity, on its first day."""
    first: dict[tuple[int, int], Signing] = {}
    for use in uses:
        found = Signing(use.child_id, use.activity_id, use.day, use.family_id)
        known = first.setdefault((use.child_id, use.activity_id), found)
        first[use.child_id, use.activity_id] = min(known, found)
    return list(first.values())


def sample_of(uses: Sequence[DayUse], versions: Iterable[TariffVersion], ground: Ground) -> Sample:
    """One day of each kind; or every day, when a tariff looks at more than a day (regime, flat price)."""
    if not all(map(_looks_at_one_day, versions)):
        return Sample(uses)
    by_day: dict[date, list[DayUse]] = defaultdict(list)
    for use in uses:
        by_day[use.day].append(use)
    kinds: dict[object, list[date]] = defaultdict(list)
    version_on = versions_of(ground)
    for day, those in by_day.items():
        seen = tuple((use._replace(day=date.min), version_on(use.activity_id, day)) for use in those)
        kinds[day.isoweekday(), ground.in_holidays(day), seen, _family_on(ground, those, day)].append(day)
    kept = {days[0]: len(days) for days in kinds.values()}
    return Sample([use for use in uses if use.day in kept], kept)


def _family_on(ground: Ground, uses: Sequence[DayUse], day: date) -> tuple[object, ...]:
    """What is known of the family and of the children that day."""
    family_id = uses[0].family_id
    return (
        quotient_on(ground.quotients.get(family_id, ()), day, ground.policy),
        is_resident(ground.residents.get(family_id, ()), day),
        categories_on(ground.categories.get(family_id, ()), day),
        *(school_on(ground.schools.get(child, ()), day) for child in sorted({use.child_id for use in uses})),
        sum(
            each.first <= day and (each.last is None or day <= each.last)
            for each in ground.siblings.get(family_id, ())
        ),
    )


def _looks_at_one_day(version: TariffVersion) -> bool:
    by_period = any(row.unit in PERIOD_UNITS for row in version.rows)
    longer = any(cap.period is not Per.DAY for cap in version.caps)
    return not (by_period or longer or decides_regime(version))


def versions_of(ground: Ground) -> Callable[[int, date], TariffVersion | None]:
    """The tariff of an activity in force on a day, each looked for once."""
    return cache(lambda activity_id, day: version_for(ground.tariffs.get(activity_id, ()), day))


def covered(uses: Iterable[DayUse], ground: Ground) -> tuple[list[DayUse], list[str]]:
    """The days that a tariff covers, and what to say of the activities that have days without one."""
    kept: list[DayUse] = []
    missing: dict[int, None] = {}
    version_on = versions_of(ground)
    for use in uses:
        if version_on(use.activity_id, use.day) is None:
            missing[use.activity_id] = None
        else:
            kept.append(use)
    return kept, [_no_tariff(ground, activity_id) for activity_id in missing]


def _no_tariff(ground: Ground, activity_id: int) -> str:
    known = ground.activities.get(activity_id)
    name = f"«{NBSP}{known.name}{NBSP}»" if known else "d’une activité"
    return f"Le tarif {name} n’est pas encore publié pour tous ces jours{NBSP}: ils ne sont pas comptés."


def with_quotient(ground: Ground, family_id: int, quotient: QuotientFact | None) -> Ground:
    """The same ground, where this family has that quotient on every day (None: it has none)."""
    history = () if quotient is None else (quotient,)
    return replace(ground, quotients={**ground.quotients, family_id: history}, policy=PLAIN)


def simulated(
    value: Decimal, source: str = "", income: Decimal | None = None, dependants: int | None = None
) -> QuotientFact:
    """A quotient in force on every day."""
    return SimulatedQuotient(value, date.min, None, source, None, income, dependants)


def without_fees(cost: Cost) -> tuple[Cost, list[Charge]]:
    """What the days cost, and apart the fees that are due once a year."""
    fees = [charge for charge in cost.month.charges if charge.key.kind is ChargeKind.FEE]
    if not fees:
        return cost, []
    month = Month(cost.month.days, [charge for charge in cost.month.charges if charge not in fees])
    return Cost(month, month.total_cents(), cost.refused), fees
