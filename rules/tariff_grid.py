"""What a tariff is made of: versions, ordered rows and their conditions, modifiers, caps, situations.

Only the shapes are here. `rules.tariff_conditions` says which rows match, `rules.tariffs` gives prices.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules.money import NBSP
from rules.vocabulary import (
    CountIn,
    Eater,
    EffortBasis,
    Formula,
    Level,
    ModifierEffect,
    Per,
    PerWhom,
    PriceMethod,
    PriceUnit,
    QuotientRounding,
    Regime,
    Rounding,
    Situation,
    SituationEffect,
)

PERIOD_UNITS = frozenset({PriceUnit.WEEK, PriceUnit.MONTH, PriceUnit.PERIOD, PriceUnit.TERM, PriceUnit.YEAR})
TIMED_UNITS = frozenset({PriceUnit.SLICE, PriceUnit.HOUR})
HOUR_MINUTES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a row, a modifier or a cap asks of a day; what is not stated holds for everybody.

    The quotient band is half-open, `[qf_from, qf_to[`: no `qf_from` means from 0, no `qf_to`
    means without limit. Neither bound says nothing of the quotient, unless `no_quotient` keeps
    the families whose quotient is not known. Ranks, numbers of children, of days a week (`days`) and
    of days taken in the month (`month`) are inclusive at both ends. A slot `[slot_from, slot_to[`, in
    minutes of the day, takes that part of a presence.
    """

    qf_from: Decimal | None = None
    qf_to: Decimal | None = None
    no_quotient: bool = False
    resident: bool | None = None
    category: str | None = None
    levels: frozenset[Level] | None = None
    school_ids: frozenset[int] | None = None
    weekdays: frozenset[int] | None = None
    holidays: bool | None = None
    rank_from: int | None = None
    rank_to: int | None = None
    children_from: int | None = None
    children_to: int | None = None
    days_from: int | None = None
    days_to: int | None = None
    month_from: int | None = None
    month_to: int | None = None
    regime: Regime | None = None
    formula: Formula | None = None
    eater: Eater | None = None
    situations: frozenset[Situation] | None = None
    slot_from: int | None = None
    slot_to: int | None = None

    @property
    def has_band(self) -> bool:
        return self.qf_from is not None or self.qf_to is not None

    @property
    def has_slot(self) -> bool:
        return self.slot_from is not None or self.slot_to is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffRow(Conditions):
    """One row of a tariff: what it asks, and how it makes the amount of one `unit`.

    FIXED: `amount_cents`. RATE: `rate` per cent of the `basis`. LINEAR: from `amount_cents` at
    `qf_from` to `to_cents` at `qf_to`. SHARED: `amount_cents` for the family, divided among its
    counted children. `floor_cents` and `ceiling_cents` bound a RATE or LINEAR amount.
    SLICE counts the started slices of `slice_minutes`; HOUR is the price of an hour, counted by
    started `slice_minutes` (a whole hour when not said); the last `tolerance_minutes` do not start one.
    """

    id: int | None = None
    position: int
    label: str
    method: PriceMethod = PriceMethod.FIXED
    amount_cents: int = 0
    to_cents: int | None = None
    rate: Decimal | None = None
    basis: EffortBasis = EffortBasis.QUOTIENT
    floor_cents: int | None = None
    ceiling_cents: int | None = None
    unit: PriceUnit = PriceUnit.MEAL
    slice_minutes: int = 0
    tolerance_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Modifier(Conditions):
    """What happens to the row's price for those it concerns: a sum more or less, or a factor.

    All the modifiers whose conditions hold apply, in order (« hors commune : doublé », « −20 % dès le 2e »).
    """

    id: int | None = None
    position: int
    label: str
    effect: ModifierEffect
    amount_cents: int = 0
    factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap(Conditions):
    """What is never exceeded over a period: an amount, or a number of paid units.

    `whole_service` counts all the activities of the service together (« matin et soir ensemble »).
    """

    id: int | None = None
    position: int
    label: str
    per_whom: PerWhom = PerWhom.CHILD
    period: Per = Per.DAY
    max_cents: int | None = None
    max_units: int | None = None
    whole_service: bool = False


@dataclass(frozen=True, slots=True)
class SituationRule:
    """What one situation does to the ordinary price, from its `from_nth` occurrence in a period.

    Occurrences are counted per child or family over `nth_period` (None: the school year). `once`
    charges a FIXED or PLUS amount once a day for the child, or for the whole family. A late pick-up
    starts `tolerance_minutes` after the end, and is flat or per started `slice_minutes`.
    """

    situation: Situation
    effect: SituationEffect
    amount_cents: int = 0
    factor: Decimal = Decimal(1)
    from_nth: int = 1
    nth_period: Per | None = None
    counted_per: PerWhom = PerWhom.CHILD
    once: PerWhom | None = None
    tolerance_minutes: int = 0
    slice_minutes: int = 0


@dataclass(frozen=True, slots=True)
class TariffVersion:
    """A tariff as voted, with its days of validity (`last` included, None: until further notice).

    `rows` are in order: the first whose conditions all hold gives the price. It belongs to one
    activity, or to a service and then to each of its activities. A child is regular in a month when
    it takes at least `regular_share` of the days of service, or `regular_days` of them, the
    `regular_without_weekdays` not counted; when neither is given, its enrolment says which it is.
    `floor_cents` and `ceiling_cents` bound the ordinary price of a unit once reduced and increased; what a
    situation then does is not bounded, and a row that says free stays free.
    """

    id: int | None
    activity_id: int | None
    name: str
    first: date
    last: date | None
    rows: tuple[TariffRow, ...]
    situations: tuple[SituationRule, ...] = ()
    is_example: bool = False
    service_id: int | None = None
    modifiers: tuple[Modifier, ...] = ()
    caps: tuple[Cap, ...] = ()
    rounding: Rounding = Rounding.HALF_UP
    rounding_step_cents: int = 1
    floor_cents: int | None = None
    ceiling_cents: int | None = None
    quotient_rounding: QuotientRounding = QuotientRounding.NONE
    count_in: CountIn = CountIn.HOUSEHOLD
    eldest_first: bool = True
    regular_share: Decimal | None = None
    regular_days: int | None = None
    regular_without_weekdays: frozenset[int] = frozenset()

    def __hash__(self) -> int:
        """Short, because pricing a month looks its versions up tens of thousands of times."""
        return hash((self.id, self.activity_id, self.first, self.name))

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a price may depend on, for one day of one child.

    `arrives`, `leaves` and `ends_at` (when the activity ends) are minutes of the day; `occurrence` is
    the how-manieth of its situation this is in the period that the tariff counts; `taken` of `offered` days
    made the regime, when the month decided it.
    """

    day: date
    quotient: Decimal | None = None
    quotient_source: str = ""
    resident: bool = True
    situation: Situation = Situation.AS_BOOKED
    categories: frozenset[str] = frozenset()
    level: Level | None = None
    school_id: int | None = None
    in_holidays: bool = False
    rank: int = 1
    children: int = 1
    days_a_week: int = 1
    days_a_month: int = 1
    regime: Regime = Regime.REGULAR
    formula: Formula = Formula.MEAL
    eater: Eater = Eater.CHILD
    arrives: int | None = None
    leaves: int | None = None
    ends_at: int | None = None
    income: Decimal | None = None
    occurrence: int = 1
    taken: int | None = None
    offered: int | None = None


def format_quotient(quotient: Decimal) -> str:
    """Write a quotient the French way, always with its hundredths: `1 250,50`."""
    return f"{quotient:,.2f}".replace(",", NBSP).replace(".", ",")
