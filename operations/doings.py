"""« Historique de vos démarches »: what a parent did, of every sort, in one list, newest first.

One query says which rows stand on a page, whatever their sort; each sort then loads its own at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

import models
from extensions import db
from operations.journal import summaries_of


@dataclass(frozen=True, slots=True)
class Source:
    """One sort of doing: its rows, those of them that are mine, when each was done."""

    name: str
    mine: sa.Select[Any]
    key: sa.ColumnElement[int]
    at: sa.ColumnElement[datetime]


@dataclass(frozen=True, slots=True)
class Doing:
    """A line of the history: `row` as its sort shows it (a receipt comes with its lines)."""

    name: str
    at: datetime
    row: Any


RECEIPT, REQUEST, CLAIM, SWAP, MANDATE = "receipt", "request", "claim", "swap", "mandate"


def sources(
    receipts: sa.Select[tuple[models.Receipt]],
    requests: sa.Select[tuple[models.Request]],
    claims: sa.Select[tuple[models.AbsenceClaim]],
    swaps: sa.Select[tuple[models.CustodySwap]],
    mandates: sa.Select[tuple[models.Mandate]],
) -> list[Source]:
    """What is mine of each sort, as the access of the caller says."""
    receipt, request, claim = models.Receipt, models.Request, models.AbsenceClaim
    swap = models.CustodySwap
    mandate = models.Mandate
    return [
        Source(MANDATE, mandates, mandate.id.expression, mandate.started_at.expression),
        Source(RECEIPT, receipts, receipt.id.expression, receipt.at.expression),
        Source(REQUEST, requests, request.id.expression, request.submitted_at.expression),
        Source(CLAIM, claims, claim.id.expression, claim.recorded_at.expression),
        Source(SWAP, swaps, swap.id.expression, swap.proposed_at.expression),
    ]


def page_of(found: Sequence[Source], page: int, per_page: int) -> tuple[list[Doing], bool]:
    """That page of all of them, newest first, and whether older ones follow."""
    parts = [
        each.mine.with_only_columns(
            sa.literal(each.name).label("name"), each.key.label("key"), each.at.label("at")
        )
        for each in found
    ]
    rows = sa.union_all(*parts).subquery()
    query = sa.select(rows.c.name, rows.c.key, rows.c.at).order_by(
        rows.c.at.desc(), rows.c.name, rows.c.key.desc()
    )
    shown = db.session.execute(query.limit(per_page + 1).offset((page - 1) * per_page)).all()
    loaded = _loaded(shown[:per_page])
    doings = [Doing(name, at, loaded[name, key]) for name, key, at in shown[:per_page]]
    return doings, len(shown) > per_page


def _loaded(shown: Iterable[Any]) -> Mapping[tuple[str, int], Any]:
    keys: dict[str, list[int]] = {}
    for name, key, _ in shown:
        keys.setdefault(name, []).append(key)
    return {(name, key): row for name in keys for key, row in _LOADERS[name](keys[name]).items()}


def _requests(keys: Sequence[int]) -> dict[int, Any]:
    row = models.Request
    query = sa.select(row).where(row.id.in_(keys)).options(joinedload(row.child))
    return {each.id: each for each in db.session.scalars(query)}


def _claims(keys: Sequence[int]) -> dict[int, Any]:
    row = models.AbsenceClaim
    loading = (
        joinedload(row.child),
        joinedload(row.recorded_by),
        joinedload(row.guardian),
        selectinload(row.days),
    )
    query = sa.select(row).where(row.id.in_(keys)).options(*loading)
    return {each.id: each for each in db.session.scalars(query).unique()}


def _swaps(keys: Sequence[int]) -> dict[int, Any]:
    row = models.CustodySwap
    loading = joinedload(row.child), joinedload(row.proposed_by)
    return {
        each.id: each for each in db.session.scalars(sa.select(row).where(row.id.in_(keys)).options(*loading))
    }


def _mandates(keys: Sequence[int]) -> dict[int, Any]:
    row = models.Mandate
    query = sa.select(row).where(row.id.in_(keys)).options(joinedload(row.guardian))
    return {each.id: each for each in db.session.scalars(query).unique()}


_LOADERS = {RECEIPT: summaries_of, REQUEST: _requests, CLAIM: _claims, SWAP: _swaps, MANDATE: _mandates}
