"""The price pass: the days of several children and families, priced together.

What several days make together is decided here and nowhere else: the rank of a child, its regime once the
month is known, the nth time of a situation, prices of a whole period, caps, yearly fees. The simulator, the
examples, the bills and the replay all call `price_month`. Pure, and quick: a price is worked out once for
all the days that have the same facts, and a tariff that asks only for the quotient and the residence
costs a day no more than two look-ups.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from rules.caps import Caps, Counted, asks_something, reductions
from rules.charges import Billed, Charge, ChargeKey
from rules.explanations import ORDINARY
from rules.fee_charges import fees_due
from rules.ground import Commitment, DayUse, Ground, Signing
from rules.money import share
from rules.periods import OF_UNIT, period_start
from rules.pricer import Pricer
from rules.siblings import Scope, scope_of
from rules.situations import NOT_DUE
from rules.tariff_grid import PERIOD_UNITS, Facts, TariffVersion
from rules.tariffs import Price, version_for
from rules.vocabulary import ChargeKind, PriceUnit, Situation


class PricedDay(NamedTuple):
    """A day with its price, told without its `hours`: the minutes counted, when they made the price."""

    child_id: int
    activity_id: int
    day: date
    family_id: int
    situation: Situation
    price: Price
    hours: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """The days to bill with their prices, and what is due for whole periods."""

    days: list[PricedDay]
    charges: list[Charge]

    def total_cents(self) -> int:
        """All that is due, in cents."""
        return sum(d.price.amount_cents for d in self.days) + sum(c.amount_cents for c in self.charges)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a month knows beside its days: enrolments that owe something, and what was billed before."""

    commitments: Sequence[Commitment] = ()
    signings: Sequence[Signing] = ()
    billed: Billed = field(default_factory=dict)


ALONE = Around()


def price_month(uses: Iterable[DayUse], ground: Ground, around: Around = ALONE) -> Month:
    """The price of each day, and of each period, that there is something to bill for.

    Days settled earlier (`settled_cents`) count and are not priced again. Raises Refused when no tariff is
    in force on a day to bill (a free activity has a tariff that says so), or when no row of it takes
    the family. The order of the days given does not matter.
    """
    due = [use for use in uses if use.situation not in NOT_DUE and _still_counts(use, ground)]
    pricer = Pricer(ground, due)
    whole = _Periods(ground, around.billed)
    days: list[PricedDay] = []
    under_caps: list[tuple[Counted, Facts]] = []
    caps = Caps(ground, pricer.version_or_none)
    for use in due:
        if not pricer.is_plain(use):
            _price_use(use, pricer, caps, whole, days, under_caps)
        elif use.settled_cents is None:
            days.append(PricedDay(*use[:5], pricer.plain_price(use)))
    days += _late_pickups(pricer)
    for commitment in around.commitments:
        whole.owe(commitment, pricer)
    charges = [*whole.charges(), *reductions(under_caps, caps, around.billed)]
    fresh = (use for use in due if use.settled_cents is None)
    charges += fees_due(fresh, around.signings, ground, around.billed)
    return Month(days + whole.already_paid, sorted(charges, key=_order))


def _still_counts(use: DayUse, ground: Ground) -> bool:
    """A settled day whose tariff is no more counts for nothing."""
    if use.settled_cents is None:
        return True
    return version_for(ground.tariffs.get(use.activity_id, ()), use.day) is not None


def _order(charge: Charge) -> tuple[object, ...]:
    key = charge.key
    return key.family_id, key.child_id or 0, key.kind, charge.month, key.subject, key.first


def _price_use(
    use: DayUse,
    pricer: Pricer,
    caps: Caps,
    whole: _Periods,
    days: list[PricedDay],
    under_caps: list[tuple[Counted, Facts]],
) -> None:
    """One day of a tariff that looks at more than the day."""
    version = pricer.version_on(use.activity_id, use.day)
    whole.count(use, version)
    capped = caps.on(use.activity_id, use.day)
    if use.settled_cents is not None and not capped:
        return
    price = pricer.price(version, pricer.facts(use, version))
    if price.row.unit in PERIOD_UNITS:
        if use.settled_cents is None:
            whole.add(use, version, price, pricer)
            if price.amount_cents and price.explanation.in_flat:
                days.append(PricedDay(*use[:5], price))
        return
    if use.settled_cents is None:
        days.append(priced_day(use, price, pricer))
    if capped:
        cents = price.amount_cents if use.settled_cents is None else use.settled_cents
        asked = any(asks_something(cap) for cap, _ in capped)
        facts = pricer.full_facts(use, version) if asked else Facts(day=use.day)
        under_caps.append((Counted.of(use, cents, price.units), facts))


def priced_day(use: DayUse, price: Price, pricer: Pricer) -> PricedDay:
    """The day, its hours set apart from a price that any day of the same length shares."""
    bare = pricer.without_hours(price)
    arrives, leaves = pricer.hours(use)
    if bare is price or arrives is None or leaves is None:
        return PricedDay(*use[:5], bare)
    return PricedDay(*use[:5], bare, (arrives, leaves))


def _late_pickups(pricer: Pricer) -> list[PricedDay]:
    """What is due for leaving after the end, beside the day itself."""
    found = []
    for late in pricer.late:
        version = pricer.version_on(late.activity_id, late.day)
        price = pricer.price(version, pricer.facts(late, version))
        if price.amount_cents and late.settled_cents is None:
            ends = pricer.ground.activities[late.activity_id].ends_at or 0
            found.append(PricedDay(*late[:5], pricer.without_hours(price), (ends, late.leaves or 0)))
    return found


# -- prices of a whole period ---------------------------------------------------------------


@dataclass(slots=True)
class _Flat:
    """A price due once for its period: the first day that owed it, and the days it pays."""

    scope: Scope
    use: DayUse
    price: Price
    days: list[DayUse] = field(default_factory=list)


class _Periods:
    """The prices paid by the week, month, term or year, each once for a child whatever its days."""

    def __init__(self, ground: Ground, billed: Billed) -> None:
        self._ground = ground
        self._billed = billed
        self._paid = {key._replace(family_id=0) for key in billed if key.kind == ChargeKind.FLAT}
        self._due: dict[ChargeKey, _Flat] = {}
        self._days: dict[tuple[Scope, int], list[tuple[int, date]]] = defaultdict(list)
        self.already_paid: list[PricedDay] = []

    def count(self, use: DayUse, version: TariffVersion) -> None:
        """Whose day it was: under alternation, two families share a child's period by their days."""
        self._days[scope_of(version, use.activity_id), use.child_id].append((use.family_id, use.day))

    def add(self, use: DayUse, version: TariffVersion, price: Price, pricer: Pricer) -> None:
        """A day that a whole price covers; what a situation adds or takes off is the day's own line."""
        key = self._key(use, version, price)
        covered = not (price.amount_cents and price.explanation.in_flat)
        if key in self._billed:
            if covered:
                self.already_paid.append(PricedDay(*use[:5], included(price)))
            return
        flat = self._due.get(key)
        if flat is None or use.day < flat.use.day:
            whole = price if use.situation in ORDINARY else pricer.ordinary_price(use, version)
            scope = scope_of(version, use.activity_id)
            flat = self._due[key] = _Flat(scope, use, whole, flat.days if flat else [])
        if covered:
            flat.days.append(use)

    def owe(self, commitment: Commitment, pricer: Pricer) -> None:
        """A child enrolled as regular owes its period, even one without a day; never a second family."""
        child_id, activity_id, day, family_id, formula, chosen = commitment
        use = DayUse(
            child_id, activity_id, day, family_id, Situation.AS_BOOKED, formula=formula, chosen=chosen
        )
        version = pricer.version_or_none(use.activity_id, use.day)
        if version is None:
            return
        price = pricer.ordinary_price(use, version)
        if price.row.unit not in PERIOD_UNITS:
            return
        if price.row.unit is PriceUnit.PERIOD:
            served = _first_served(use, self._ground)
            if served is None:
                return
            use = use._replace(day=served)
        key = self._key(use, version, price)
        if key._replace(family_id=0) not in self._paid:
            self._due.setdefault(key, _Flat(scope_of(version, activity_id), use, price))

    def charges(self) -> list[Charge]:
        return [self._charge(key, self._own_part(key, flat)) for key, flat in self._due.items()]

    def _own_part(self, key: ChargeKey, flat: _Flat) -> _Flat:
        """The family's part of the price, when another had days of the child in the same period."""
        per = OF_UNIT[flat.price.row.unit]
        counts: dict[int, int] = defaultdict(int)
        for family_id, day in self._days[flat.scope, flat.use.child_id]:
            counts[family_id] += period_start(per, day, self._ground.between_holidays) == key.first
        families = sorted(family_id for family_id, count in counts.items() if count)
        if len(families) < 2 or key.family_id not in families:
            return flat
        parts = tuple(counts[family_id] for family_id in families)
        return replace(flat, price=shared_price(flat.price, families.index(key.family_id), parts))

    def _key(self, use: DayUse, version: TariffVersion, price: Price) -> ChargeKey:
        kind, number = scope_of(version, use.activity_id)
        per = OF_UNIT.get(price.row.unit)
        first = use.day if per is None else period_start(per, use.day, self._ground.between_holidays)
        subject = f"{kind}:{number}:{price.row.unit.value}"
        return ChargeKey(ChargeKind.FLAT, subject, use.family_id, use.child_id, first)

    def _charge(self, key: ChargeKey, flat: _Flat) -> Charge:
        return Charge(
            key=key,
            month=flat.use.day.replace(day=1),
            activity_id=flat.use.activity_id if key.subject.startswith("activity") else None,
            label=flat.price.row.label,
            amount_cents=flat.price.amount_cents,
            explanation=flat.price.explanation.to_json(),
            unit=flat.price.row.unit,
            days=tuple(sorted((use.day, use.activity_id) for use in flat.days)),
        )


def _first_served(use: DayUse, ground: Ground) -> date | None:
    """The first day of service of the month from that day: holidays are no period of a child who is off."""
    offered = ground.offered(use.child_id, use.activity_id, use.day.replace(day=1))
    return next((day for day in sorted(offered) if day >= use.day), None)


def shared_price(price: Price, index: int, days: tuple[int, ...]) -> Price:
    """One family's part of a price for a whole period, by its days."""
    amount = share(price.amount_cents, days)[index]
    return Price(amount, price.row, replace(price.explanation, shared=(index, *days), amount_cents=amount))


def included(price: Price) -> Price:
    """A day of a period that is already paid: nothing more."""
    if price.explanation.in_flat:
        return price
    told = replace(price.explanation, base_cents=0, amount_cents=0, parts=(), in_flat=True)
    return Price(0, price.row, told)
