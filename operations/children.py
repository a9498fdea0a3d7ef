"""What the rules need to know of a child: whose days they are, where the child is, for what enrolled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations.configuration import configuration
from operations.households import residences_of
from rules.custody import NO_HOME, CustodyRule, Homes, Swap
from rules.custody_vocabulary import SwapState
from rules.deadlines import Circumstances
from rules.ground import ResidenceFact, is_resident
from rules.school_calendar import Place
from rules.vocabulary import Formula, Level, Regime

LONGEST_SUMMER = timedelta(days=92)  # a child whose schooling was interrupted for longer has left


@dataclass(frozen=True, slots=True)
class SchoolingFact:
    school_id: int
    class_id: int
    level: Level
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class EnrolmentFact:
    activity_id: int
    first: date
    last: date | None
    regime: Regime | None = None
    formula: Formula = Formula.MEAL
    usual_weekdays: frozenset[int] | None = None
    provisional_until: date | None = None

    @property
    def chosen(self) -> int | None:
        """How many weekdays were chosen for the year; None when none was."""
        return len(self.usual_weekdays or ()) or None


@dataclass(frozen=True, slots=True)
class ChildFacts:
    """A child's dated facts; each method answers for one day."""

    id: int
    custody: tuple[CustodyRule, ...]
    schoolings: tuple[SchoolingFact, ...]
    enrolments: tuple[EnrolmentFact, ...]
    residences: Mapping[int, Sequence[ResidenceFact]] = field(default_factory=dict)
    swaps: tuple[Swap, ...] = ()

    @property
    def homes(self) -> Homes:
        return Homes(self.custody, self.swaps)

    def family_on(self, day: date) -> int | None:
        """The family whose day it is, swaps agreed included; None before the first custody row."""
        return self.homes.on(day)

    def schooling_on(self, day: date) -> SchoolingFact | None:
        return next((s for s in self.schoolings if _covers(s, day)), None)

    def place_on(self, day: date, activity_id: int) -> Place | None:
        """Where the child is for that activity that day; None when at no school of ours."""
        schooling = self.schooling_on(day)
        if schooling is None:
            return None
        return Place(activity_id, schooling.school_id, schooling.class_id, schooling.level)

    def circumstances_on(self, day: date, place: Place) -> Circumstances:
        """What the deadlines ask of a child that day: the regime of its enrolment, where its family lives."""
        enrolment = self.enrolment_on(day, place.activity_id) if place.activity_id is not None else None
        family_id = self.family_on(day)
        resident = None if family_id is None else is_resident(self.residences.get(family_id, ()), day)
        regime = None if enrolment is None else enrolment.regime
        return Circumstances(place, regime, resident, self.arrived_on(day))

    def arrived_on(self, day: date) -> date | None:
        """The first day of the child's stay in our schools around that day; summers do not end a stay."""
        arrived = None
        for each in sorted(self.schoolings, key=lambda fact: fact.first, reverse=True):
            if each.first > day:
                continue
            if arrived is not None and (each.last is not None and arrived - each.last > LONGEST_SUMMER):
                break
            arrived = each.first
        return arrived

    def enrolled_on(self, day: date, activity_id: int) -> bool:
        return self.enrolment_on(day, activity_id) is not None

    def enrolment_on(self, day: date, activity_id: int) -> EnrolmentFact | None:
        return next((e for e in self.enrolments if e.activity_id == activity_id and _covers(e, day)), None)

    @property
    def families(self) -> set[int]:
        return self.homes.families


def _covers(period: SchoolingFact | EnrolmentFact, day: date) -> bool:
    return period.first <= day and (period.last is None or day <= period.last)


def hold_child(child_id: int) -> None:
    """Two people changing one child's days queue here (PostgreSQL); SQLite's write lock is already held.

    NO KEY UPDATE: a receipt written meanwhile for this child (a place freed by another) need not wait.
    """
    hold_children([child_id])


def hold_children(child_ids: Collection[int]) -> None:
    """The same for several, always in one order: two parents who change the same children do not cross."""
    row = models.Child.id
    query = sa.select(row).where(row.in_(child_ids)).order_by(row)
    db.session.execute(query.with_for_update(key_share=True))


def facts_of(child_ids: Collection[int]) -> dict[int, ChildFacts]:
    """The facts of these children, in three queries whatever their number.

    A fourth one when some deadline asks where they live.
    """
    homes = homes_of(child_ids)
    enrolments = _by_child(models.Enrolment, child_ids)
    schoolings = schoolings_of(child_ids)
    families = {family_id for known in homes.values() for family_id in known.families}
    residences = residences_of(families) if configuration().asks_residence else {}
    return {
        child_id: ChildFacts(
            id=child_id,
            custody=tuple(homes.get(child_id, NO_HOME).rules),
            schoolings=tuple(schoolings[child_id]),
            enrolments=tuple(
                EnrolmentFact(
                    row.activity_id,
                    row.first_day,
                    row.last_day,
                    row.regime,
                    row.formula,
                    row.usual_weekdays,
                    row.provisional_until,
                )
                for row in enrolments[child_id]
            ),
            residences=residences,
            swaps=tuple(homes.get(child_id, NO_HOME).swaps),
        )
        for child_id in child_ids
    }


def homes_of(child_ids: Collection[int] | None) -> dict[int, Homes]:
    """Whose the days of these children (None: all) are, swaps agreed included; one query.

    Of two swaps the last agreed is the last. A child without any custody row is not in it.
    """
    row, swap = models.Custody, models.CustodySwap
    agreed = sa.and_(swap.child_id == row.child_id, swap.state == SwapState.ACCEPTED)
    in_order = (row.child_id, row.first_day, swap.closed_at, swap.id)
    query = sa.select(row, swap).outerjoin(swap, agreed).order_by(*in_order)
    if child_ids is not None:
        query = query.where(row.child_id.in_(child_ids))
    rules: dict[int, dict[int, CustodyRule]] = defaultdict(dict)
    swaps: dict[int, dict[int, list[Swap]]] = defaultdict(dict)
    for custody, found in db.session.execute(query):
        rules[custody.child_id].setdefault(custody.id, custody_rule(custody))
        if found is not None:
            swaps[custody.child_id].setdefault(found.id, swaps_by(found))
    return {
        child_id: Homes(tuple(known.values()), tuple(chain(*swaps[child_id].values())))
        for child_id, known in rules.items()
    }


def swaps_by(row: models.CustodySwap) -> list[Swap]:
    """What an agreed swap gives: its days, and those given back, until a new custody put an end to it."""
    given = [(row.first_day, row.last_day, row.family_id)]
    if row.back_first_day is not None and row.back_last_day is not None:
        given.append((row.back_first_day, row.back_last_day, row.from_family_id))
    before = date.max if row.void_from is None else row.void_from - timedelta(days=1)
    return [Swap(first, min(last, before), family_id) for first, last, family_id in given if first <= before]


def custody_rule(row: models.Custody) -> CustodyRule:
    """A custody row as its rule takes it. Refused when the alternation is incomplete."""
    return CustodyRule(
        first=row.first_day,
        kind=row.kind,
        family_id=row.family_id,
        other_family_id=row.other_family_id,
        anchor_on=row.anchor_day,
        changeover_weekday=row.changeover_weekday,
    )


def _by_child(table: type[Any], child_ids: Collection[int]) -> dict[int, list[Any]]:
    query = sa.select(table).where(table.child_id.in_(child_ids)).order_by(table.child_id, table.first_day)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.scalars(query):
        found[row.child_id].append(row)
    return found


def schoolings_of(child_ids: Collection[int] | None) -> dict[int, list[SchoolingFact]]:
    """The schoolings of these children (None: all), the latest first; one query."""
    query = (
        sa.select(
            models.Schooling.child_id,
            models.SchoolClass.school_id,
            models.Schooling.class_id,
            models.Schooling.level,
            models.Schooling.first_day,
            models.Schooling.last_day,
        )
        .join(models.SchoolClass, models.SchoolClass.id == models.Schooling.class_id)
        .order_by(models.Schooling.first_day.desc())
    )
    if child_ids is not None:
        query = query.where(models.Schooling.child_id.in_(child_ids))
    found: dict[int, list[SchoolingFact]] = defaultdict(list)
    for child_id, school_id, class_id, level, first, last in db.session.execute(query):
        found[child_id].append(SchoolingFact(school_id, class_id, level, first, last))
    return found
