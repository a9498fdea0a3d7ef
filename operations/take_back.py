"""« Annuler ce changement »: take back what a receipt did, by a receipt of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa

import models
from extensions import db
from operations.actors import Actor
from operations.bookings import Viewer, judge_day
from operations.capacity import hold
from operations.changes import change_days
from operations.children import ChildFacts, facts_of, hold_children
from operations.configuration import configuration
from operations.journal import Summary, summaries
from operations.receipts import announce
from rules.take_back import Done, TakeBack, take_back
from rules.vocabulary import BookingState, Change

OPPOSITE = {Change.BOOK: Change.CANCEL, Change.CANCEL: Change.BOOK}
LATE = "Délai dépassé"

_Day = tuple[int, int, object]


def possible_now(
    written: Sequence[Summary],
    facts: Mapping[int, ChildFacts],
    viewers: Mapping[int, Viewer],
    *,
    now: datetime,
) -> dict[int, TakeBack]:
    """What taking back each of these receipts would change now, by receipt id; one query."""
    found = _become([line for each in written for line in each.lines])
    return {
        each.receipt.id: take_back(
            _done(each.receipt, line, facts[line.child_id], viewers[line.child_id], found, now)
            for line in each.lines
        )
        for each in written
    }


def take_back_receipts(
    written: Sequence[models.Receipt], *, by: Actor, now: datetime, viewers: Mapping[int, Viewer]
) -> list[models.Receipt]:
    """Undo what may be undone of these receipts (each of one child and one activity): their own receipts.

    Nothing when no day can change any more, or when it has been taken back already. One mail for all.
    """
    child_ids = {receipt.lines[0].child_id for receipt in written}
    rules = configuration()
    hold_children(child_ids)
    for activity_id in sorted({receipt.lines[0].activity_id for receipt in written}):
        hold(rules.activities[activity_id], rules)
    possible = possible_now(summaries(written), facts_of(child_ids), viewers, now=now)
    with db.session.begin_nested():
        done = [_take_back(each, possible[each.id], by, now, viewers) for each in written]
    found = [each for each in done if each is not None]
    for activity_id, of_activity in groupby(found, key=lambda each: each.lines[0].activity_id):
        announce(list(of_activity), rules.activities[activity_id], by=by, now=now)
    return found


def _take_back(
    receipt: models.Receipt, found: TakeBack, by: Actor, now: datetime, viewers: Mapping[int, Viewer]
) -> models.Receipt | None:
    if not found.is_possible:
        return None
    first = receipt.lines[0]
    return change_days(
        first.child,
        configuration().activities[first.activity_id],
        found.add,
        found.remove,
        by=by,
        now=now,
        viewer=viewers[first.child_id],
        reverses=receipt,
        told=False,
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
    become: Mapping[_Day, tuple[int, BookingState]],
    now: datetime,
) -> Done:
    activity = configuration().activities[line.activity_id]
    ruling = judge_day(facts, activity, OPPOSITE[line.change], line.day, now)
    last, state = become[line.child_id, line.activity_id, line.day]
    closed = None if ruling.allowed and not ruling.late else ruling.short or LATE
    return Done(
        day=line.day,
        change=line.change,
        waited=line.waits,
        state=state,
        is_last=last == line.id,
        same_family=facts.family_on(line.day) == receipt.family_id
        and viewer.sees(receipt.family_id, line.day),
        closed=closed,
    )


def _become(lines: Sequence[models.ReceiptLine]) -> dict[_Day, tuple[int, BookingState]]:
    """The last line written about each of these days, and the day's state now.

    The query takes the days of the lines for each of their children: a few more than asked for.
    """
    row, booking = models.ReceiptLine, models.Booking
    columns = (row.child_id, row.activity_id, row.day)
    state = sa.select(booking.state).where(
        booking.child_id == row.child_id, booking.activity_id == row.activity_id, booking.day == row.day
    )
    query = sa.select(*columns, sa.func.max(row.id), state.scalar_subquery()).where(
        row.child_id.in_({line.child_id for line in lines}),
        row.activity_id.in_({line.activity_id for line in lines}),
        row.day.in_({line.day for line in lines}),
    )
    return {
        (child, activity, day): (last, now or BookingState.CANCELLED)
        for child, activity, day, last, now in db.session.execute(query.group_by(*columns))
    }
