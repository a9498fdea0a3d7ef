"""Caps: no more than an amount, or than a number of paid units, over a period (rules.md, Prices)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from rules.charge_explanations import CapExplanation, CappedPeriod, beyond
from rules.charges import Billed, Charge, ChargeKey
from rules.ground import DayUse, Ground
from rules.periods import period_start
from rules.siblings import scope_of
from rules.tariff_conditions import CONDITIONS, matches
from rules.tariff_grid import Cap, Facts, TariffVersion
from rules.vocabulary import ChargeKind, Per, PerWhom


class Counted(NamedTuple):
    """A day under a cap, with what it costs and how many paid units it counts."""

    use: DayUse
    cents: int
    units: int

    @classmethod
    def of(cls, use: DayUse, cents: int, units: int) -> Counted:
        """A day that costs nothing is no paid unit."""
        return cls(use, cents, units if cents else 0)


class Group(NamedTuple):
    """What one cap, known by its subject, counts together."""

    subject: str
    family_id: int
    child_id: int | None
    first: date


WIDENING = (Per.DAY, Per.WEEK, Per.MONTH, Per.PERIOD, Per.TERM, Per.YEAR)


@dataclass(slots=True)
class Caps:
    """The caps that hold on a day, each once however many tariffs state it."""

    ground: Ground
    version_on: Callable[[int, date], TariffVersion | None]
    _known: dict[tuple[int, date], list[tuple[Cap, str]]] = field(default_factory=dict)

    def on(self, activity_id: int, day: date) -> list[tuple[Cap, str]]:
        """Each cap with its subject: the activity, the tariff's service, or the whole service."""
        key = (activity_id, day)
        if key not in self._known:
            self._known[key] = self._find(activity_id, day)
        return self._known[key]

    def _find(self, activity_id: int, day: date) -> list[tuple[Cap, str]]:
        version = self.version_on(activity_id, day)
        own = [] if version is None else [c for c in version.caps if not c.whole_service]
        found = {_named(cap, *scope_of(version, activity_id)): cap for cap in own} if version else {}
        service = self.ground.service_of(activity_id)
        for other in [activity_id] if service is None else self._of_service(service):
            shared = self.version_on(other, day)
            for cap in (c for c in shared.caps if c.whole_service) if shared else ():
                found.setdefault(_named(cap, "service", service), cap)
        return [(cap, subject) for subject, cap in found.items()]

    def _of_service(self, service_id: int) -> list[int]:
        return sorted(a for a, place in self.ground.activities.items() if place.service_id == service_id)


def asks_something(cap: Cap) -> bool:
    """Whether a cap has conditions: the facts of each day are then needed."""
    return any(condition.is_stated(cap) for condition in CONDITIONS)


def _named(cap: Cap, kind: str, number: int | None) -> str:
    most = f"{cap.max_cents} c" if cap.max_units is None else f"{cap.max_units} u"
    return f"{kind}:{number}:{cap.per_whom}:{cap.period}:{most}:{cap.label}"


def reductions(
    counted: Iterable[tuple[Counted, Facts]],
    known: Caps,
    billed: Billed,
) -> list[Charge]:
    """What the caps take off, period by period; what earlier invoices took off already is not again.

    The shortest periods first, a child before its family: a wider cap counts what the narrower have left.
    """
    caps: dict[str, Cap] = {}
    groups: dict[Group, list[Counted]] = defaultdict(list)
    for one, facts in counted:
        for cap, subject in known.on(one.use.activity_id, one.use.day):
            if matches(cap, facts):
                caps[subject] = cap
                groups[_group(cap, subject, one.use, known.ground)].append(one)
    left: dict[DayUse, int] = {}
    found = []
    for group in sorted(groups, key=lambda each: _narrowness(caps[each.subject], each)):
        days = [one._replace(cents=left.get(one.use, one.cents)) for one in sorted(groups[group], key=_order)]
        charge = _charge(caps[group.subject], group, days, billed)
        if charge is not None:
            found.append(charge)
        left |= _what_is_left(caps[group.subject], days)
    return found


def taken_off(counted: Iterable[tuple[Counted, Facts]], caps: Caps) -> int:
    """All that the caps take off these days, in cents."""
    return -sum(charge.amount_cents for charge in reductions(counted, caps, {}))


def _narrowness(cap: Cap, group: Group) -> tuple[int, bool, str, int, int, date]:
    whom = cap.per_whom == PerWhom.FAMILY
    return WIDENING.index(cap.period), whom, group.subject, group.family_id, group.child_id or 0, group.first


def _group(cap: Cap, subject: str, use: DayUse, ground: Ground) -> Group:
    child_id = use.child_id if cap.per_whom == PerWhom.CHILD else None
    first = period_start(cap.period, use.day, ground.between_holidays)
    return Group(subject, use.family_id, child_id, first)


def _charge(cap: Cap, group: Group, days: Sequence[Counted], billed: Billed) -> Charge | None:
    key = ChargeKey(ChargeKind.CAP, *group)
    already = -billed.get(key, 0)
    taken_off = excess(cap, days) - already
    fresh = [one for one in days if one.use.settled_cents is None]
    if taken_off <= 0 or not fresh:
        return None
    activities = {one.use.activity_id for one in days}
    return Charge(
        key=key,
        month=min(one.use.day for one in fresh).replace(day=1),
        activity_id=activities.pop() if len(activities) == 1 else None,
        label=cap.label,
        amount_cents=-taken_off,
        explanation=_told(cap, group, days, already).to_json(),
    )


def excess(cap: Cap, days: Sequence[Counted]) -> int:
    """The cents beyond the cap: over the amount, or of the units that come after the last paid one."""
    return beyond(cap.max_cents, cap.max_units, [(one.units, one.cents) for one in days])


def _what_is_left(cap: Cap, days: Sequence[Counted]) -> dict[DayUse, int]:
    """What each day still costs once the cap has taken its part, the last days first."""
    over, left = excess(cap, days), {}
    for one in reversed(days):
        taken = min(over, one.cents)
        left[one.use] = one.cents - taken
        over -= taken
    return left


def _order(one: Counted) -> tuple[date, int, int, int]:
    return one.use.day, one.use.arrives or 0, one.use.activity_id, one.use.child_id


def _told(cap: Cap, group: Group, days: Sequence[Counted], already: int) -> CapExplanation:
    counted = tuple((one.use.day.isoformat(), one.units, one.cents) for one in days)
    return CapExplanation(
        label=cap.label,
        per_whom=cap.per_whom,
        period=cap.period,
        max_cents=cap.max_cents,
        max_units=cap.max_units,
        periods=(CappedPeriod(group.first.isoformat(), counted, already),),
    )
