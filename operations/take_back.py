"""« Annuler ce changement »: take back what a receipt did, by a receipt of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

import models
from extensions import db
from operations.actors import Actor
from operations.bookings import Viewer, judge_day
from operations.changes import change_days
from operations.children import ChildFacts, facts_of, hold_child
from operations.configuration import configuration
from rules.take_back import Done, TakeBack, take_back
from rules.vocabulary import BookingState, Change

OPPOSITE = {Change.BOOK: Change.CANCEL, Change.CANCEL: Change.BOOK}
LATE = "Délai dépassé"

_Day = tuple[int, int, object]


def possible_now(
    written: Sequence[models.Receipt],
    facts: Mapping[int, ChildFacts],
    viewers: Mapping[int, Viewer],
    *,
    now: datetime,
) -> dict[int, TakeBack]:
    """What taking back each of these receipts would change now, by receipt id; two queries."""
    lines = [line for receipt in written for line in receipt.lines if line.child_id in facts]
    states, last = _states(lines), _last_lines(lines)
    return {
        receipt.id: take_back(
            _done(receipt, line, facts[line.child_id], viewers[line.child_id], states, last, now)
            for line in receipt.lines
            if line.child_id in facts
        )
        for receipt in written
    }


def take_back_receipt(
    receipt: models.Receipt, *, by: Actor, now: datetime, viewer: Viewer
) -> models.Receipt | None:
    """Undo what may be undone of a receipt (of one child and one activity), and return the new one.

    None when nothing of it can change any more, or when it has been taken back already.
    """
    child = receipt.lines[0].child
    activity = configuration().activities[receipt.lines[0].activity_id]
    hold_child(child.id)
    facts = facts_of([child.id])
    found = possible_now([receipt], facts, {child.id: viewer}, now=now)[receipt.id]
    if not found.is_possible:
        return None
    return change_days(
        child, activity, found.add, found.remove, by=by, now=now, viewer=viewer, reverses=receipt
    )


def reversals_of(receipt_ids: Collection[int]) -> dict[int, models.Receipt]:
    """The receipts that took these back, by the id of the one taken back; the latest of each; one query."""
    query = sa.select(models.Receipt).where(models.Receipt.reverses_id.in_(receipt_ids))
    rows = db.session.scalars(query.order_by(models.Receipt.id))
    return {row.reverses_id: row for row in rows if row.reverses_id is not None}


def _done(
    receipt: models.Receipt,
    line: models.ReceiptLine,
    facts: ChildFacts,
    viewer: Viewer,
    states: Mapping[_Day, BookingState],
    last: Mapping[_Day, int],
    now: datetime,
) -> Done:
    activity = configuration().activities[line.activity_id]
    ruling = judge_day(facts, activity, OPPOSITE[line.change], line.day, now)
    key = (line.child_id, line.activity_id, line.day)
    closed = None if ruling.allowed and not ruling.late else ruling.short or LATE
    return Done(
        day=line.day,
        change=line.change,
        waited=line.waits,
        state=states.get(key, BookingState.CANCELLED),
        is_last=last.get(key) == line.id,
        same_family=facts.family_on(line.day) == receipt.family_id
        and viewer.sees(receipt.family_id, line.day),
        closed=closed,
    )


def _states(lines: Sequence[models.ReceiptLine]) -> dict[_Day, BookingState]:
    row = models.Booking
    query = sa.select(row.child_id, row.activity_id, row.day, row.state).where(*_about(row, lines))
    return {(child, activity, day): state for child, activity, day, state in db.session.execute(query)}


def _last_lines(lines: Sequence[models.ReceiptLine]) -> dict[_Day, int]:
    """The last line written about each of these days."""
    row = models.ReceiptLine
    columns = (row.child_id, row.activity_id, row.day)
    query = sa.select(*columns, sa.func.max(row.id)).where(*_about(row, lines)).group_by(*columns)
    return {(child, activity, day): last for child, activity, day, last in db.session.execute(query)}


def _about(
    table: type[models.Booking] | type[models.ReceiptLine], lines: Sequence[models.ReceiptLine]
) -> tuple[sa.ColumnElement[bool], ...]:
    """The rows of the same children, activities and days: a few more than asked for, told apart after."""
    return (
        table.child_id.in_({line.child_id for line in lines}),
        table.activity_id.in_({line.activity_id for line in lines}),
        table.day.in_({line.day for line in lines}),
    )
