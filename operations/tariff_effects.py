"""Who would pay what: a version, saved or not, tried on the families of today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

import models
from extensions import db
from operations.categories import categories_of
from operations.children import facts_of
from operations.configuration import Configuration, configuration
from operations.households import quotients_of, residences_of
from rules.categories import categories_on
from rules.ground import is_resident
from rules.quotients import quotient_on
from rules.refusals import Refused
from rules.tariff_grid import Facts, TariffVersion
from rules.tariffs import price, version_for
from rules.vocabulary import CountIn, Formula, Regime


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
    enrolled = _enrolled(activities, day)
    effect = Effect(day, [RowEffect(row.position, row.label) for row in version.rows])
    by_position = {row.position: row for row in effect.rows}
    for (child_id, name, activity_id), facts in _facts(enrolled, version, day, rules):
        effect.children += 1
        try:
            found = price(version, facts)
        except Refused as refusal:
            effect.unmatched.append(Unmatched(child_id, name, refusal.sentence))
            continue
        by_position[found.row.position].add(found.amount_cents)
        _compare(effect, found.amount_cents, _now(rules, activity_id, facts, day))
    return effect


def _now(rules: Configuration, activity_id: int, facts: Facts, day: date) -> int | None:
    """What the day costs with the tariff in force; None when none says it."""
    current = version_for(rules.tariffs.get(activity_id, ()), day)
    if current is None:
        return None
    try:
        return price(current, facts).amount_cents
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


_Enrolled = tuple[int, str, int]  # child, name, activity


def _enrolled(activity_ids: Collection[int], day: date) -> list[_Enrolled]:
    """Each child enrolled that day, once, by name."""
    row, child = models.Enrolment, models.Child
    query = (
        sa.select(child.id, child.first_name, child.last_name, sa.func.min(row.activity_id))
        .join(child, child.id == row.child_id)
        .where(
            row.activity_id.in_(activity_ids),
            row.first_day <= day,
            sa.or_(row.last_day.is_(None), row.last_day >= day),
        )
        .group_by(child.id, child.first_name, child.last_name, child.search_text)
        .order_by(child.search_text, child.id)
    )
    return [(child_id, f"{first} {last}", a) for child_id, first, last, a in db.session.execute(query)]


def _facts(
    enrolled: Sequence[_Enrolled], version: TariffVersion, day: date, rules: Configuration
) -> Iterable[tuple[_Enrolled, Facts]]:
    children = facts_of([child_id for child_id, _, _ in enrolled])
    homes = {child_id: facts.family_on(day) for child_id, facts in children.items()}
    family_ids = {family_id for family_id in homes.values() if family_id is not None}
    quotients, residences = quotients_of(family_ids), residences_of(family_ids)
    categories, households = categories_of(family_ids), _households(family_ids, version, day)
    counted = {c for c, _, _ in enrolled} if version.count_in is not CountIn.HOUSEHOLD else None
    for each in enrolled:
        child_id, _, activity_id = each
        child, family_id = children[child_id], homes[child_id]
        if family_id is None:
            continue
        quotient = quotient_on(quotients.get(family_id, ()), day, rules.quotient_policy)
        enrolment = child.enrolment_on(day, activity_id)
        schooling = child.schooling_on(day)
        rank, brothers = _rank(child_id, households.get(family_id, ()), counted)
        if version.count_in is CountIn.DECLARED and quotient is not None and quotient.dependants:
            brothers = max(quotient.dependants, rank)
        yield (
            each,
            Facts(
                day=day,
                quotient=quotient.value if quotient else None,
                income=quotient.income if quotient else None,
                resident=is_resident(residences.get(family_id, ()), day),
                categories=categories_on(categories.get(family_id, ()), day),
                level=schooling.level if schooling else None,
                school_id=schooling.school_id if schooling else None,
                rank=rank,
                children=brothers,
                regime=(enrolment.regime if enrolment else None) or Regime.REGULAR,
                formula=enrolment.formula if enrolment else Formula.MEAL,
            ),
        )


def _households(
    family_ids: Collection[int], version: TariffVersion, day: date
) -> Mapping[int, Sequence[int]]:
    """The children of each family, in the order in which the version ranks them."""
    custody, child = models.Custody, models.Child
    born = child.birth_date if version.eldest_first else child.birth_date.desc()
    query = (
        sa.select(custody.family_id, custody.other_family_id, child.id)
        .join(child, child.id == custody.child_id)
        .where(
            sa.or_(custody.family_id.in_(family_ids), custody.other_family_id.in_(family_ids)),
            custody.first_day <= day,
            sa.or_(child.left_on.is_(None), child.left_on > day),
        )
        .order_by(born, child.id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for family_id, other_id, child_id in db.session.execute(query):
        for home in (family_id, other_id):
            if home is not None and child_id not in found[home]:
                found[home].append(child_id)
    return found


def _rank(child_id: int, household: Sequence[int], counted: Collection[int] | None) -> tuple[int, int]:
    """A child's rank and the number of children counted with it."""
    kept = [each for each in household if counted is None or each in counted] or [child_id]
    rank = kept.index(child_id) + 1 if child_id in kept else 1
    return rank, len(kept)
