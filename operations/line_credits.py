"""What of an invoice's lines has been given back, and what is being asked of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

import models
from extensions import db
from rules.money import share
from rules.request_vocabulary import RequestKind
from rules.requests import OPEN


@dataclass(frozen=True, slots=True)
class Standing:
    """Cents given back on a line by credits, and the démarche that contests it, still open."""

    credited_cents: int = 0
    contest: models.Request | None = None


def standings(line_ids: Collection[int]) -> dict[int, Standing]:
    """In three queries whatever their number."""
    credited, contests = credited_cents(line_ids), open_contests(line_ids)
    return {line_id: Standing(credited.get(line_id, 0), contests.get(line_id)) for line_id in line_ids}


def open_contests(line_ids: Collection[int]) -> dict[int, models.Request]:
    row = models.Request
    asked = row.kind == RequestKind.CONTEST, row.invoice_line_id.in_(line_ids), row.state.in_(OPEN)
    return {
        request.invoice_line_id: request
        for request in db.session.scalars(sa.select(row).where(*asked))
        if request.invoice_line_id is not None
    }


def left_of_contested(line_ids: Collection[int]) -> int | None:
    """What these lines may still give back, together, once a contest gave some of it; None when none did."""
    line, credit = models.InvoiceLine, models.LineCredit
    contested = sa.select(credit.id).where(credit.invoice_line_id.in_(line_ids))
    if db.session.scalars(contested).first() is None:
        return None
    billed = db.session.scalar(sa.select(sa.func.sum(line.amount_cents)).where(line.id.in_(line_ids))) or 0
    return max(billed - sum(credited_cents(line_ids).values()), 0)


def credited_cents(line_ids: Collection[int]) -> dict[int, int]:
    """What credits give back of each line: contested and accepted, or absences justified afterwards."""
    found: dict[int, int] = defaultdict(int)
    credit, adjustment = models.LineCredit, models.Adjustment
    contested = (
        sa.select(credit.invoice_line_id, adjustment.amount_cents)
        .join(adjustment, adjustment.id == credit.adjustment_id)
        .where(credit.invoice_line_id.in_(line_ids))
    )
    for line_id, cents in db.session.execute(contested):
        found[line_id] -= cents
    for line_id, cents in _justified(line_ids):
        found[line_id] += cents
    return dict(found)


def _justified(line_ids: Collection[int]) -> list[tuple[int, int]]:
    """The credits of accepted absences, shared over the days they give back as those were billed."""
    day, billed, adjustment = models.AbsenceClaimDay, models.BilledDay, models.Adjustment
    same = sa.and_(
        billed.child_id == day.child_id,
        billed.activity_id == day.activity_id,
        billed.day == day.day,
        billed.cancelled_on.is_(None),
    )
    concerned = (
        sa.select(day.adjustment_id).join(billed, same).where(billed.invoice_line_id.in_(line_ids)).distinct()
    )
    query = (
        sa.select(adjustment.id, adjustment.amount_cents, billed.invoice_line_id, billed.amount_cents)
        .join(day, day.adjustment_id == adjustment.id)
        .join(billed, same)
        .where(adjustment.id.in_(concerned))
        .order_by(adjustment.id, billed.id)
    )
    days: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for adjustment_id, cents, line_id, billed_cents in db.session.execute(query):
        days[adjustment_id, cents].append((line_id, billed_cents))
    return [
        (line_id, part)
        for (_, cents), found in days.items()
        if any(billed_cents > 0 for _, billed_cents in found)
        for (line_id, _), part in zip(found, share(-cents, [max(b, 0) for _, b in found]), strict=True)
    ]
