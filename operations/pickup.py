"""Who may collect a child that day: guardians who may, contacts of the household whose day it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

import models
from extensions import db
from operations.children import ChildFacts, facts_of
from rules.custody import alternations


@dataclass(frozen=True, slots=True)
class Collector:
    """Somebody who may leave with the child: their name, what they are to it, where to call them."""

    name: str
    relation: str
    phone: str | None


def collectors_of(child_ids: Collection[int], day: date) -> dict[int, list[Collector]]:
    """Who may collect each of these children that day, in the order in which to call them.

    The contacts of both households while their days do not alternate, those of the day's household
    when they do. A fixed number of queries whatever the children.
    """
    found: dict[int, list[Collector]] = defaultdict(list)
    for child_id, collector in _guardians(child_ids, day):
        found[child_id].append(collector)
    facts = facts_of(child_ids)
    for row in _contacts(child_ids, day):
        if _counts(row, facts[row.child_id], day):
            found[row.child_id].append(Collector(row.full_name, row.relation, row.phone))
    return found


def _counts(row: models.Contact, child: ChildFacts, day: date) -> bool:
    """Whether the household that gives this contact has a say that day."""
    periods = alternations(child.custody)
    alternates = any(first <= day and (last is None or day <= last) for first, last in periods)
    return not alternates or child.family_on(day) == row.family_id


def _guardians(child_ids: Collection[int], day: date) -> list[tuple[int, Collector]]:
    row, adult = models.Guardianship, models.Guardian
    query = (
        sa.select(row, adult)
        .join(adult, adult.id == row.guardian_id)
        .where(
            row.child_id.in_(child_ids),
            row.may_collect,
            _in_force(day),
        )
        .order_by(row.call_order, row.id)
    )
    return [
        (each.child_id, Collector(who.full_name, each.relation.label, _phone(who)))
        for each, who in db.session.execute(query)
    ]


def _phone(adult: models.Guardian) -> str | None:
    return adult.mobile_phone or adult.home_phone or adult.work_phone


def _contacts(child_ids: Collection[int], day: date) -> Collection[models.Contact]:
    """Those of the households that still have a say: one whose last responsibility has ended gives nobody."""
    row, guardianship, adult = models.Contact, models.Guardianship, models.Guardian
    still = (
        sa.exists()
        .where(guardianship.child_id == row.child_id, _in_force(day))
        .where(adult.id == guardianship.guardian_id, adult.family_id == row.family_id)
    )
    query = sa.select(row).where(row.child_id.in_(child_ids), row.may_collect, still)
    return db.session.scalars(query.order_by(row.call_order, row.id)).all()


def _in_force(day: date) -> sa.ColumnElement[bool]:
    row = models.Guardianship
    return sa.and_(row.first_day <= day, sa.or_(row.last_day.is_(None), row.last_day >= day))
