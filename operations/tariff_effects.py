"""Who would pay what: a version, saved or not, tried on the families of today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations.children import homes_of
from operations.configuration import Configuration, configuration
from operations.grounds import ground_of, wanted_by
from rules.ground import DayUse, Ground
from rules.pricer import Pricer
from rules.refusals import Refused
from rules.school_calendar import Place
from rules.tariff_grid import TariffVersion
from rules.vocabulary import Formula, Regime, Situation

NEXT_WEEKS = 21


@dataclass(slots=True)
class RowEffect:
    """How many enrolled children a row would price, from which amount to which."""

    position: int
    label: str
    children: int = 0
    lowest_cents: int = 0
    highest_cents: int = 0

    def add(self, cents: int) -> None:
        self.lowest_cents = min(self.lowest_cents, cents) if self.children else cents
        self.highest_cents = max(self.highest_cents, cents)
        self.children += 1


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An enrolled child whom no row would take."""

    child_id: int
    name: str
    reason: str


@dataclass(slots=True)
class Effect:
    """What a version does to the children enrolled on a day, beside the version in force that day."""

    day: date
    rows: list[RowEffect] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)
    children: int = 0
    more: int = 0
    less: int = 0
    same: int = 0
    total_cents: int = 0
    total_before_cents: int = 0

    @property
    def compared(self) -> int:
        return self.more + self.less + self.same


def effect_of(version: TariffVersion, day: date) -> Effect:
    """Price one ordinary day of every child enrolled that day; as many queries whatever their number."""
    rules = configuration()
    activities = [
        a.id
        for a in rules.activities.values()
        if a.id == version.activity_id or a.service_id == version.service_id
    ]
    tried = replace(version, first=min(version.first, day), last=None)
    children = _enrolled(activities, day)
    ground = _ground(rules, activities, tried, children)
    served = _served(rules, activities, day)
    uses = [each.use(served[each.activity_id]) for each in children if each.family_id is not None]
    new = Pricer(replace(ground, tariffs=dict.fromkeys(activities, (tried,))), uses, foreseen=True)
    now = Pricer(ground, (), foreseen=True)
    effect = Effect(day, [RowEffect(row.position, row.label) for row in version.rows])
    by_position = {row.position: row for row in effect.rows}
    names = {each.child_id: each.name for each in children}
    for use in uses:
        effect.children += 1
        try:
            found = new.price(tried, new.facts(use, tried))
        except Refused as refusal:
            effect.unmatched.append(Unmatched(use.child_id, names[use.child_id], refusal.sentence))
            continue
        by_position[found.row.position].add(found.amount_cents)
        _compare(effect, found.amount_cents, _in_force(now, use))
    return effect


def _in_force(pricer: Pricer, use: DayUse) -> int | None:
    """What the day costs with the tariff in force; None when none says it."""
    current = pricer.version_or_none(use.activity_id, use.day)
    if current is None:
        return None
    try:
        return pricer.price(current, pricer.facts(use, current)).amount_cents
    except Refused:
        return None


def _compare(effect: Effect, cents: int, before: int | None) -> None:
    if before is None:
        return
    effect.total_cents += cents
    effect.total_before_cents += before
    if cents > before:
        effect.more += 1
    elif cents < before:
        effect.less += 1
    else:
        effect.same += 1


@dataclass(frozen=True, slots=True)
class _Enrolled:
    """A child enrolled on the day tried, and whose day it is."""

    child_id: int
    name: str
    activity_id: int
    family_id: int | None
    regime: Regime | None
    formula: Formula
    chosen: int | None

    def use(self, day: date) -> DayUse:
        return DayUse(
            self.child_id,
            self.activity_id,
            day,
            self.family_id or 0,
            Situation.AS_BOOKED,
            regime=self.regime,
            formula=self.formula,
            chosen=self.chosen,
        )


def _enrolled(activity_ids: Collection[int], day: date) -> list[_Enrolled]:
    """Each child enrolled that day, once, by name."""
    row, child = models.Enrolment, models.Child
    query = (
        sa.select(
            child.id,
            child.first_name,
            child.last_name,
            row.activity_id,
            row.regime,
            row.formula,
            row.usual_weekdays,
        )
        .join(child, child.id == row.child_id)
        .where(
            row.activity_id.in_(activity_ids),
            row.first_day <= day,
            sa.or_(row.last_day.is_(None), row.last_day >= day),
        )
        .order_by(child.search_text, child.id, row.activity_id)
    )
    found: dict[int, Any] = {}
    for each in db.session.execute(query):
        found.setdefault(each.id, each)
    homes = _homes(found, day)
    return [
        _Enrolled(each.id, f"{each.first_name} {each.last_name}", each.activity_id, homes.get(each.id),
                  each.regime, each.formula, len(each.usual_weekdays or ()) or None)
        for each in found.values()
    ]  # fmt: skip


def _homes(child_ids: Collection[int], day: date) -> dict[int, int | None]:
    """The family whose day it is, for each child."""
    return {child_id: known.on(day) for child_id, known in homes_of(child_ids).items()}


def _ground(
    rules: Configuration, activities: Collection[int], tried: TariffVersion, children: Sequence[_Enrolled]
) -> Ground:
    """What the prices of both tariffs, the one tried and the one in force, stand on."""
    both = {a: (*rules.tariffs.get(a, ()), tried) for a in activities}
    families = {each.family_id for each in children if each.family_id is not None}
    wanted = wanted_by(replace(rules, tariffs={**rules.tariffs, **both}))
    return ground_of(rules, wanted, families, [each.child_id for each in children])


def _served(rules: Configuration, activities: Iterable[int], day: date) -> dict[int, date]:
    """The next day when each activity runs: a tariff may tell weekdays and holidays apart."""
    soon = day + timedelta(days=NEXT_WEEKS)
    return {a: next(iter(rules.calendar.service_days(day, soon, Place(a))), day) for a in activities}
