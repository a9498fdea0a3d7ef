"""What the days of a month stand on: tariffs, families, children, calendar, as the price pass reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from rules.categories import CategoryFact
from rules.fees import Fee
from rules.periods import month_start
from rules.quotients import PLAIN, QuotientFact, QuotientPolicy
from rules.tariff_grid import TariffVersion
from rules.vocabulary import Eater, Formula, Level, Regime, Situation


class DayUse(NamedTuple):
    """A day of a child in an activity, with the family whose day it is and how the day ended.

    `arrives` and `leaves` are minutes of the day, when known; `regime`, `formula` and `chosen` (how many
    weekdays were chosen for the year) are those of the child's enrolment. `settled_cents` is what the day
    cost on an invoice already issued: such a day counts for ranks, caps and nth times, and is not billed
    again.
    """

    child_id: int
    activity_id: int
    day: date
    family_id: int
    situation: Situation
    arrives: int | None = None
    leaves: int | None = None
    regime: Regime | None = None
    formula: Formula = Formula.MEAL
    eater: Eater = Eater.CHILD
    settled_cents: int | None = None
    chosen: int | None = None


class Commitment(NamedTuple):
    """A child enrolled as regular, that day: a price paid by the period is due even without a day."""

    child_id: int
    activity_id: int
    day: date
    family_id: int
    formula: Formula = Formula.MEAL
    chosen: int | None = None


class Signing(NamedTuple):
    """An enrolment that starts that day, for the fees that it owes.

    It is late when somebody says so, or when it was recorded after the day from which the fee is due.
    """

    child_id: int
    activity_id: int
    day: date
    family_id: int
    late: bool = False
    recorded_on: date | None = None


class ResidenceFact(NamedTuple):
    """Whether a family lives in the commune, from `first` to `last` included (None: until further notice)."""

    first: date
    last: date | None
    resident: bool


class ActivityPlace(NamedTuple):
    """An activity as prices need it; hours in minutes of the day."""

    name: str
    service_id: int | None = None
    starts_at: int | None = None
    ends_at: int | None = None


class Sibling(NamedTuple):
    """A child of a household, from `first` to `last` included."""

    child_id: int
    born_on: date | None = None
    first: date = date.min
    last: date | None = None


class SchoolFact(NamedTuple):
    school_id: int | None
    level: Level | None
    first: date = date.min
    last: date | None = None


def _never(_day: date) -> bool:
    return False


def _nothing_offered(_child_id: int, _activity_id: int, _month: date) -> Sequence[date]:
    return ()


def _not_enrolled(_child_id: int, _activity_id: int, _day: date) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Everything that prices depend on beside the days themselves; what is not given is not known.

    `tariffs` are by activity, those of a service under each of its activities; `quotients`, `residents`,
    `categories` and `siblings` by family; `schools` by child. `between_holidays` gives the first day of the
    period of a day, `offered` the days of service of a month for a child and activity, `enrolled` whether
    a child is enrolled that day.
    """

    tariffs: Mapping[int, Sequence[TariffVersion]]
    activities: Mapping[int, ActivityPlace] = field(default_factory=dict)
    quotients: Mapping[int, Sequence[QuotientFact]] = field(default_factory=dict)
    policy: QuotientPolicy = PLAIN
    residents: Mapping[int, Sequence[ResidenceFact]] = field(default_factory=dict)
    categories: Mapping[int, Sequence[CategoryFact]] = field(default_factory=dict)
    siblings: Mapping[int, Sequence[Sibling]] = field(default_factory=dict)
    schools: Mapping[int, Sequence[SchoolFact]] = field(default_factory=dict)
    fees: Sequence[Fee] = ()
    in_holidays: Callable[[date], bool] = _never
    between_holidays: Callable[[date], date] = month_start
    offered: Callable[[int, int, date], Sequence[date]] = _nothing_offered
    enrolled: Callable[[int, int, date], bool] = _not_enrolled

    def service_of(self, activity_id: int) -> int | None:
        known = self.activities.get(activity_id)
        return known.service_id if known else None


def is_resident(history: Sequence[ResidenceFact], day: date) -> bool:
    """Whether the family lives in the commune that day; a residence that nothing shows is no."""
    latest: ResidenceFact | None = None
    for fact in history:
        if fact.first <= day and (fact.last is None or day <= fact.last):
            latest = fact if latest is None or fact.first > latest.first else latest
    return latest is not None and latest.resident


def school_on(history: Sequence[SchoolFact], day: date) -> SchoolFact:
    """Where the child is that day; for a child who has left, where it was last."""
    past = [fact for fact in history if fact.first <= day]
    known = [fact for fact in past if fact.last is None or day <= fact.last] or past
    return max(known, key=lambda fact: fact.first, default=SchoolFact(None, None))
