"""What habits cost: a week repeated over a real month, priced as the bills are.

Nothing here knows a price. Days are planned on the calendar, handed to `rules.months`, and asked again for
other quotients: where two neighbouring quotients do not cost the same is a cliff, which the page shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import NamedTuple

from rules.billing import Line, lines_of
from rules.categories import categories_on
from rules.charges import Charge
from rules.ground import DayUse, Ground, is_resident, school_on
from rules.instants import ONE_DAY
from rules.money import NBSP
from rules.months import Month, price_month
from rules.occurrences import decides_regime
from rules.quotients import PLAIN, QuotientFact, quotient_on
from rules.refusals import Refused
from rules.school_calendar import Place, SchoolCalendar
from rules.tariff_grid import PERIOD_UNITS, TIMED_UNITS, Conditions, TariffRow, TariffVersion
from rules.tariffs import version_for
from rules.vocabulary import (
    ChargeKind,
    Formula,
    Per,
    PriceMethod,
    PriceUnit,
    QuotientRounding,
    Regime,
    Situation,
)

HUNDREDTH = Decimal("0.01")
SLIDING = frozenset({PriceMethod.RATE, PriceMethod.LINEAR})


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
    """The days of these habits that are served from first to last, both included."""
    days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    return [
        DayUse(
            habit.child_id,
            habit.activity_id,
            day,
            habit.family_id,
            habit.situation,
            habit.arrives,
            habit.leaves,
            standing.regime,
            standing.formula,
        )
        for habit in habits
        for day in days
        if day.isoweekday() in habit.weekdays
        and (standing := habit.standing(day)) is not None
        and calendar.is_service_day(day, standing.place)
    ]


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


def cost_of(uses: Sequence[DayUse], ground: Ground) -> Cost:
    """What these days cost; those that no tariff covers are not to be given (see `covered`)."""
    return sample_cost(Sample(uses), ground)


def sample_cost(sample: Sample, ground: Ground) -> Cost:
    """What a month or a year costs, from the days that stand for it."""
    try:
        month = price_month(sample.uses, ground)
    except Refused as refusal:
        return Cost(Month([], []), 0, refusal.sentence)
    weigh = sample.weights.get
    days = sum(each.price.amount_cents * weigh(each.day, 1) for each in month.days)
    charges = sum(
        each.amount_cents * (weigh(each.key.first, 1) if each.key.kind is ChargeKind.CAP else 1)
        for each in month.charges
    )
    return Cost(month, days + charges)


def sample_of(uses: Sequence[DayUse], versions: Iterable[TariffVersion], ground: Ground) -> Sample:
    """One day of each kind; or every day, when a tariff looks at more than a day (regime, flat price)."""
    if not all(map(_looks_at_one_day, versions)):
        return Sample(uses)
    by_day: dict[date, list[DayUse]] = defaultdict(list)
    for use in uses:
        by_day[use.day].append(use)
    kinds: dict[object, list[date]] = defaultdict(list)
    for day, those in by_day.items():
        seen = tuple(
            (use._replace(day=date.min), version_for(ground.tariffs.get(use.activity_id, ()), day))
            for use in those
        )
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
        tuple(school_on(ground.schools.get(use.child_id, ()), day) for use in uses),
        sum(
            each.first <= day and (each.last is None or day <= each.last)
            for each in ground.siblings.get(family_id, ())
        ),
    )


def _looks_at_one_day(version: TariffVersion) -> bool:
    by_period = any(row.unit in PERIOD_UNITS for row in version.rows)
    longer = any(cap.period is not Per.DAY for cap in version.caps)
    return not (by_period or longer or decides_regime(version))


def covered(uses: Iterable[DayUse], ground: Ground) -> tuple[list[DayUse], list[str]]:
    """The days that a tariff covers, and what to say of the activities that have days without one."""
    kept: list[DayUse] = []
    missing: dict[int, None] = {}
    for use in uses:
        if version_for(ground.tariffs.get(use.activity_id, ()), use.day) is None:
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


# -- other quotients ------------------------------------------------------------------


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
