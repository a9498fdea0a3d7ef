"""What habits cost: a week repeated over a real month, priced by the one price engine.

Nothing here knows a price. Days are planned on the calendar, handed to the engine, and asked again for other
quotients: where two neighbouring quotients do not cost the same is a cliff, which the page shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import NamedTuple

from rules.billing import Line, lines_of
from rules.instants import ONE_DAY
from rules.money import NBSP
from rules.months import PricedDay
from rules.refusals import Refused
from rules.school_calendar import Place, SchoolCalendar
from rules.tariff_grid import Conditions, Facts, TariffRow, TariffVersion
from rules.tariffs import Price, price, version_for
from rules.vocabulary import Formula, PriceMethod, PriceUnit, Regime, Situation

HUNDREDTH = Decimal("0.01")
SLIDING = frozenset({PriceMethod.RATE, PriceMethod.LINEAR})
A_MONDAY = date(2026, 9, 7)


class Standing(NamedTuple):
    """Where a child is on a day, and how it is enrolled there."""

    place: Place
    regime: Regime = Regime.REGULAR
    formula: Formula = Formula.MEAL


Standings = Callable[[date], Standing | None]  # None: no day to count (another school, the other parent's)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """The ISO weekdays on which one child comes to one activity, and its hours where they make the price."""

    child_id: int
    activity_id: int
    weekdays: frozenset[int]
    standing: Standings
    situation: Situation = Situation.AS_BOOKED
    arrives: int | None = None
    leaves: int | None = None


class PlannedDay(NamedTuple):
    """One day of one habit that the calendar serves."""

    habit: Habit
    standing: Standing
    day: date
    in_holidays: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What prices ask of a family on a day; `source` names where the quotient comes from."""

    quotient: Decimal | None = None
    source: str = ""
    resident: bool = True
    categories: frozenset[str] = frozenset()
    income: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What planned days cost: lines as on an invoice, in cents; and the activities no price was found for."""

    lines: tuple[Line, ...] = ()
    unpriced: tuple[str, ...] = ()

    @property
    def total_cents(self) -> int:
        return sum(line.amount_cents for line in self.lines)

    def unit_prices(self) -> dict[tuple[int | None, int | None, tuple[date, ...]], int]:
        """The price of one unit of each line, by what does not depend on the quotient."""
        return {
            (line.child_id, line.activity_id, line.days): line.unit_price_cents
            for line in self.lines
            if line.days
        }


# -- planning -------------------------------------------------------------------------


def plan(habits: Iterable[Habit], calendar: SchoolCalendar, first: date, last: date) -> list[PlannedDay]:
    """The days of these habits that are served from first to last, both included."""
    days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    return [
        PlannedDay(habit, standing, day, calendar.in_school_holidays(day))
        for habit in habits
        for day in days
        if day.isoweekday() in habit.weekdays
        and (standing := habit.standing(day)) is not None
        and calendar.is_service_day(day, standing.place)
    ]


def always(place: Place, regime: Regime = Regime.REGULAR, formula: Formula = Formula.MEAL) -> Standings:
    """A child whose school and enrolment do not change."""
    standing = Standing(place, regime, formula)
    return lambda _day: standing


def month_end(month: date) -> date:
    """The last day of the month that begins on that day."""
    return (month + timedelta(days=31)).replace(day=1) - ONE_DAY


# -- pricing --------------------------------------------------------------------------


@dataclass(slots=True)
class Pricer:
    """Prices planned days of one household, each different case once.

    `children` are the household's, eldest first: a rank is a place in that list.
    """

    tariffs: Mapping[int, Sequence[TariffVersion]]
    children: Sequence[int]
    activity_names: Mapping[int, str] = field(default_factory=dict)
    _seen: dict[tuple[TariffVersion, Facts], Price] = field(default_factory=dict)

    def cost(self, days: Iterable[PlannedDay], known: Callable[[date], Known]) -> Cost:
        """What these days cost a family that is, on each day, what `known` says."""
        priced: list[PricedDay] = []
        unpriced: dict[str, None] = {}
        for planned in days:
            try:
                found = self._price(planned, known(planned.day))
            except Refused as refusal:
                unpriced[refusal.sentence] = None
            else:
                habit = planned.habit
                priced.append(
                    PricedDay(habit.child_id, habit.activity_id, planned.day, 0, habit.situation, found)
                )
        return Cost(tuple(lines_of(priced)), tuple(unpriced))

    def _price(self, planned: PlannedDay, known: Known) -> Price:
        version = version_for(self.tariffs.get(planned.habit.activity_id, ()), planned.day)
        if version is None:
            name = self.activity_names.get(planned.habit.activity_id, "")
            raise Refused(f"Le tarif «{NBSP}{name}{NBSP}» n’est pas encore publié pour tous ces jours.")
        key = (version, self._facts(planned, known))
        if key not in self._seen:
            self._seen[key] = price(*key)
        return self._seen[key]

    def _facts(self, planned: PlannedDay, known: Known) -> Facts:
        """A day as the engine takes it; of its date, prices only read the weekday."""
        habit, (place, regime, formula), day, in_holidays = planned
        return Facts(
            day=A_MONDAY + (day.isoweekday() - 1) * ONE_DAY,
            quotient=known.quotient,
            quotient_source=known.source,
            resident=known.resident,
            situation=habit.situation,
            categories=known.categories,
            level=place.level,
            school_id=place.school_id,
            in_holidays=in_holidays,
            rank=self.children.index(habit.child_id) + 1,
            children=len(self.children),
            regime=regime,
            formula=formula,
            arrives=habit.arrives,
            leaves=habit.leaves,
            income=known.income,
        )


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
            found |= set(_bounds(piece))
    return sorted(bound for bound in found if bound >= 0)


def _bounds(piece: Conditions) -> Iterable[Decimal]:
    """Where its band starts and ends; where a rate leaves its floor or reaches its ceiling."""
    yield from (bound for bound in (piece.qf_from, piece.qf_to) if bound is not None)
    if isinstance(piece, TariffRow) and piece.method is PriceMethod.RATE and piece.rate:
        for cents in (piece.floor_cents, piece.ceiling_cents):
            if cents is not None:
                yield (cents / piece.rate).quantize(HUNDREDTH, ROUND_HALF_UP)


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


def nearest_cliffs(cliffs: Sequence[Cliff], quotient: Decimal) -> tuple[Cliff | None, Cliff | None]:
    """The last cliff at or under this quotient, and the first one above it."""
    under = [cliff for cliff in cliffs if cliff.first <= quotient]
    over = [cliff for cliff in cliffs if cliff.first > quotient]
    return (under[-1] if under else None), (over[0] if over else None)


def _steps(before: Cost, after: Cost) -> tuple[Step, ...]:
    """The unit prices that differ; when the lines are not the same, the whole of what they cost."""
    old, new = before.unit_prices(), after.unit_prices()
    if old.keys() != new.keys():
        whole = Step(None, None, before.total_cents, after.total_cents)
        return (whole,) if before.total_cents != after.total_cents else ()
    units = {(line.child_id, line.activity_id, line.days): line.unit for line in after.lines}
    changed = (Step(key[1], units[key], cents, new[key]) for key, cents in old.items() if cents != new[key])
    return tuple(dict.fromkeys(changed))
