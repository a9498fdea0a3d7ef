"""Which time this is: nth occurrences of a situation, once a day per child or family, regular or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from rules.ground import DayUse, Ground
from rules.periods import period_start
from rules.siblings import Scope, scope_of
from rules.tariff_grid import SituationRule, TariffVersion
from rules.vocabulary import Per, PerWhom, PriceUnit, Regime, Situation

TAKEN = frozenset(
    {Situation.AS_BOOKED, Situation.ATTENDED, Situation.LATE, Situation.UNBOOKED, Situation.PICNIC}
)
VersionOn = Callable[[int, date], TariffVersion]


def rule_counted(version: TariffVersion, situation: Situation) -> SituationRule | None:
    """The rule of a situation that asks which time it is, or that is charged once a day; None without one."""
    for rule in version.situations:
        if rule.situation == situation and (rule.from_nth > 1 or rule.once is not None):
            return rule
    return None


def occurrences(uses: Iterable[DayUse], version_on: VersionOn, ground: Ground) -> dict[DayUse, int]:
    """For each day whose situation is counted, which time it is in its period, in the order of days.

    0 for a day that is not charged: the child or the family was already charged that day.
    """
    counts: dict[tuple[object, ...], int] = defaultdict(int)
    charged: set[tuple[object, ...]] = set()
    found: dict[DayUse, int] = {}
    for use in sorted(uses, key=_order):
        version = version_on(use.activity_id, use.day)
        rule = rule_counted(version, use.situation)
        if rule is None:
            continue
        today = _charged_once(rule, use, ground)
        if today is not None and today in charged:
            found[use] = 0
            continue
        counted = _counted_with(rule, use, scope_of(version, use.activity_id), ground)
        counts[counted] += 1
        found[use] = counts[counted]
        if today is not None:
            charged.add(today)
    return found


def _order(use: DayUse) -> tuple[date, int, int, int]:
    """In the order of days; of one day, who left last is charged first, then the eldest file."""
    return use.day, -(use.leaves or 0), use.activity_id, use.child_id


def _who(whom: PerWhom, use: DayUse) -> tuple[int, int | None]:
    return use.family_id, use.child_id if whom == PerWhom.CHILD else None


def _charged_once(rule: SituationRule, use: DayUse, ground: Ground) -> tuple[object, ...] | None:
    if rule.once is None:
        return None
    service = ground.service_of(use.activity_id)
    within = use.activity_id if service is None else ("service", service)
    return (*_who(rule.once, use), use.situation, use.day, within)


def _counted_with(rule: SituationRule, use: DayUse, scope: Scope, ground: Ground) -> tuple[object, ...]:
    period = period_start(rule.nth_period or Per.YEAR, use.day, ground.between_holidays)
    return (*_who(rule.counted_per, use), use.situation, scope, period)


# -- regular or occasional, decided afterwards --------------------------------------------


def decides_regime(version: TariffVersion) -> bool:
    return version.regular_share is not None or version.regular_days is not None


class Decided(NamedTuple):
    """A regime, and the days taken of those offered when they decided it."""

    regime: Regime
    taken: int | None = None
    offered: int | None = None


NO_REGIME = Decided(Regime.REGULAR)


def enrolled(use: DayUse) -> Decided:
    """The regime of the child's enrolment; regular when it says nothing."""
    return NO_REGIME if use.regime is None else Decided(use.regime)


class Regimes:
    """Who was regular in a month, from the days taken: settled ones included."""

    def __init__(self, ground: Ground, uses: Iterable[DayUse]) -> None:
        self._ground = ground
        self._taken: dict[tuple[int, int, date], set[date]] = defaultdict(set)
        for use in uses:
            if use.situation in TAKEN:
                self._taken[use.child_id, use.activity_id, use.day.replace(day=1)].add(use.day)
        self._known: dict[tuple[object, ...], Decided] = {}

    def decide(self, use: DayUse, version: TariffVersion) -> Decided:
        """What the child was that month; what its enrolment says when the tariff does not decide."""
        if not decides_regime(version):
            return enrolled(use)
        key = (version, use.child_id, use.activity_id, use.day.replace(day=1))
        if key not in self._known:
            self._known[key] = self._decide(use, version)
        return self._known[key]

    def days(self, use: DayUse, version: TariffVersion) -> int:
        """How many days the child took that month, in all that the version is the tariff of."""
        return len(self._month(use, version)) or 1

    def days_a_week(self, use: DayUse, version: TariffVersion) -> int:
        """How many weekdays were chosen for the year, else how many the child took.

        In the week itself where weeks are sold, over the month otherwise.
        """
        if use.chosen:
            return use.chosen
        taken = self._month(use, version)
        if any(row.unit == PriceUnit.WEEK for row in version.rows):
            monday = period_start(Per.WEEK, use.day)
            taken = {day for day in self._scope(use, version) if period_start(Per.WEEK, day) == monday}
        return len({day.isoweekday() for day in taken}) or 1

    def _month(self, use: DayUse, version: TariffVersion) -> set[date]:
        month = use.day.replace(day=1)
        return {day for day in self._scope(use, version) if day.replace(day=1) == month}

    def _scope(self, use: DayUse, version: TariffVersion) -> set[date]:
        """The days taken around that day (its month and its neighbours), in all that the version covers."""
        kind, service_id = scope_of(version, use.activity_id)
        activities = [use.activity_id]
        if kind == "service":
            activities = [a for a, at in self._ground.activities.items() if at.service_id == service_id]
        months = {(use.day + timedelta(days=shift)).replace(day=1) for shift in (-6, 0, 6)}
        keys = ((use.child_id, activity, month) for activity in activities for month in months)
        return {day for key in keys for day in self._taken.get(key, ())}

    def _decide(self, use: DayUse, version: TariffVersion) -> Decided:
        month = use.day.replace(day=1)
        taken = self._count(self._taken[use.child_id, use.activity_id, month], version)
        offered = self._count(self._ground.offered(use.child_id, use.activity_id, month), version)
        return Decided(regime_of(version, taken, offered), taken, offered)

    def _count(self, days: Sequence[date] | set[date], version: TariffVersion) -> int:
        return sum(1 for day in days if day.isoweekday() not in version.regular_without_weekdays)


def regime_of(version: TariffVersion, taken: int, offered: int) -> Regime:
    """Regular when enough of the month's days were taken: a share of those offered, or a number."""
    share, days = version.regular_share, version.regular_days
    by_share = share is not None and offered > 0 and Decimal(taken) >= share * offered
    by_number = days is not None and taken >= days
    return Regime.REGULAR if by_share or by_number else Regime.OCCASIONAL
