"""The rank of a child among the children of its family, and how many they are: counted as the tariff says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from rules.ground import DayUse, Ground, Signing
from rules.quotients import QuotientFact
from rules.tariff_grid import TariffVersion
from rules.vocabulary import CountIn

Scope = tuple[str, int | None]  # an activity, or a service when the tariff is the service's


def scope_of(version: TariffVersion, activity_id: int) -> Scope:
    """What a version counts together: its service's activities, or the one activity."""
    if version.activity_id is None and version.service_id is not None:
        return "service", version.service_id
    return "activity", activity_id


def household(
    ground: Ground, seen: DayUse | Signing, came: Iterable[int] = (), eldest_first: bool = True
) -> list[int]:
    """The children of the family that day, in the order of ranks; ages not known come last.

    Of a family that is not known, those who `came`.
    """
    known = [
        s
        for s in ground.siblings.get(seen.family_id, ())
        if s.first <= seen.day and (s.last is None or seen.day <= s.last)
    ]
    born = {s.child_id: s.born_on for s in known} or dict.fromkeys(came)
    born.setdefault(seen.child_id, None)
    return sorted(born, key=lambda child: _age_order(born[child], child, eldest_first))


class Siblings:
    """Ranks, worked out from the household and from the days of the month, settled ones included."""

    def __init__(self, ground: Ground, uses: Iterable[DayUse]) -> None:
        self._ground = ground
        self._came: dict[tuple[int, date], set[tuple[int, int]]] = defaultdict(set)
        for use in uses:
            self._came[use.family_id, use.day.replace(day=1)].add((use.child_id, use.activity_id))
        self._known: dict[tuple[object, ...], tuple[int, int]] = {}

    def rank(self, use: DayUse, version: TariffVersion, quotient: QuotientFact | None) -> tuple[int, int]:
        """The child's rank from 1, and the number of children counted with it."""
        declared = quotient.dependants if quotient else None
        key = (version, use.child_id, use.activity_id, use.family_id, use.day, declared)
        if key not in self._known:
            self._known[key] = self._count(use, version, declared)
        return self._known[key]

    def _count(self, use: DayUse, version: TariffVersion, declared: int | None) -> tuple[int, int]:
        household = self._household(use, version.eldest_first)
        counted = self._counted(use, version, household)
        rank, children = counted.index(use.child_id) + 1, len(counted)
        if version.count_in == CountIn.DECLARED and declared is not None:
            children = max(declared, rank)
        return rank, children

    def _household(self, use: DayUse, eldest_first: bool) -> list[int]:
        came = (child for child, _ in self._came[use.family_id, use.day.replace(day=1)])
        return household(self._ground, use, came, eldest_first)

    def _counted(self, use: DayUse, version: TariffVersion, household: list[int]) -> list[int]:
        if version.count_in not in (CountIn.ACTIVITY, CountIn.PRESENT):
            return household
        activities = self._activities(version, use.activity_id)
        if version.count_in == CountIn.ACTIVITY:
            kept = {c for c in household if any(self._ground.enrolled(c, a, use.day) for a in activities)}
        else:
            came = self._came[use.family_id, use.day.replace(day=1)]
            kept = {child for child, activity in came if activity in activities}
        return [child for child in household if child in kept or child == use.child_id]

    def _activities(self, version: TariffVersion, activity_id: int) -> Collection[int]:
        kind, service_id = scope_of(version, activity_id)
        if kind == "activity":
            return {activity_id}
        return {a for a, place in self._ground.activities.items() if place.service_id == service_id}


def _age_order(born_on: date | None, child_id: int, eldest_first: bool) -> tuple[bool, int, int]:
    days = born_on.toordinal() if born_on else 0
    return born_on is None, days if eldest_first else -days, child_id
