"""Dated facts of families, loaded in one query each: quotients, residences, the children of a household."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

import sqlalchemy as sa

import models
from extensions import db
from rules.ground import ResidenceFact, Sibling
from rules.quotients import QuotientFact
from rules.vocabulary import QuotientSource

SOURCES = {
    QuotientSource.CAF: "attestation CAF",
    QuotientSource.MSA: "attestation MSA",
    QuotientSource.TAX: "avis d’imposition",
    QuotientSource.AGENT: "saisie du service Éducation",
    QuotientSource.IMPORT: "reprise de l’ancien logiciel",
}


def quotients_of(family_ids: Collection[int] | None) -> dict[int, list[QuotientFact]]:
    """The quotients of these families (None: all), by effective date."""
    row = models.Quotient
    columns = (
        row.family_id,
        row.value,
        row.effective_on,
        row.ends_on,
        row.source,
        row.received_on,
        row.income,
        row.dependants,
    )
    query = sa.select(*columns).order_by(row.effective_on)
    if family_ids is not None:
        query = query.where(row.family_id.in_(family_ids))
    found: dict[int, list[QuotientFact]] = defaultdict(list)
    for family_id, value, effective_on, ends_on, source, *more in db.session.execute(query):
        found[family_id].append(QuotientFact._make((value, effective_on, ends_on, SOURCES[source], *more)))
    return found


def residences_of(family_ids: Collection[int] | None) -> dict[int, list[ResidenceFact]]:
    """The residence status of these families (None: all), by first day."""
    row = models.Residence
    query = sa.select(row.family_id, row.first_day, row.last_day, row.resident).order_by(row.first_day)
    if family_ids is not None:
        query = query.where(row.family_id.in_(family_ids))
    found: dict[int, list[ResidenceFact]] = defaultdict(list)
    for family_id, first, last, resident in db.session.execute(query):
        found[family_id].append(ResidenceFact(first, last, resident))
    return found


def siblings_of(family_ids: Collection[int] | None) -> dict[int, list[Sibling]]:
    """The children of these households (None: all), with their dates; a child of two homes is in both."""
    row, child = models.Custody, models.Child
    query = (
        sa.select(
            row.child_id, row.first_day, row.family_id, row.other_family_id, child.birth_date, child.left_on
        )
        .join(child, child.id == row.child_id)
        .order_by(row.child_id, row.first_day.desc())
    )
    if family_ids is not None:
        of_these = row.family_id.in_(family_ids) | row.other_family_id.in_(family_ids)
        query = query.where(row.child_id.in_(sa.select(row.child_id).where(of_these)))
    found: dict[int, list[Sibling]] = defaultdict(list)
    until: dict[int, date] = {}
    for child_id, first, family_id, other_id, born_on, left_on in db.session.execute(query):
        last = _earliest(until.get(child_id), left_on)
        until[child_id] = first - timedelta(days=1)
        for home in (family_id, other_id):
            if home is not None:
                found[home].append(Sibling(child_id, born_on, first, last))
    return found


def _earliest(*days: date | None) -> date | None:
    known: Iterable[date] = [day for day in days if day is not None]
    return min(known, default=None)
