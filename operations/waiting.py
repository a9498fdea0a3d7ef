"""The waiting list of full days: a place freed goes to the first in line, who is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import outbox, receipts
from operations.actors import SYSTEM
from operations.bookings import announced_situation, event_on, is_committed, judge_day
from operations.capacity import hold, rooms_of
from operations.children import ChildFacts, facts_of
from operations.configuration import ActivityFacts, configuration
from operations.prices import pricing_of
from operations.receipts import DayChange
from rules.capacity import Room
from rules.elision import of_name
from rules.instants import paris
from rules.vocabulary import BookingState, Change

FREED = "Place libérée"


def is_booked(row: models.Booking | None) -> bool:
    return row is not None and row.state is BookingState.BOOKED


def is_waiting(row: models.Booking | None) -> bool:
    return row is not None and row.state is BookingState.WAITING


def is_asked(row: models.Booking | None) -> bool:
    """Whether the family has asked for that day: it has a place or waits for one."""
    return is_booked(row) or is_waiting(row)


def waiting_rank(facts: ChildFacts, activity: ActivityFacts, day: date, room: Room | None) -> int:
    """The child's rank on that day's waiting list; the first where nothing limits the day any more."""
    place = facts.place_on(day, activity.id)
    return 1 if room is None or place is None else room.rank(facts.id, place)


def apply_change(
    child: models.Child,
    activity: ActivityFacts,
    change: DayChange,
    row: models.Booking | None,
    room: Room | None,
    now: datetime,
) -> None:
    """Write a day decided: booked, cancelled, or at the end of its waiting list."""
    if row is None:
        row = models.Booking(child_id=child.id, activity_id=activity.id, day=change.day)
        db.session.add(row)
    row.family_id, row.waiting_since = change.family_id, None
    if change.change is Change.CANCEL:
        row.state = BookingState.CANCELLED
    elif change.waiting_rank is None:
        row.state = BookingState.BOOKED
    else:
        row.state = BookingState.WAITING
        row.waiting_since = room.next_since(now) if room else now
    row.timing, row.reason, row.changed_at = change.timing, change.reason, now


def give_places(activity: ActivityFacts, days: Collection[date], *, now: datetime) -> list[models.Receipt]:
    """Give the free places of these days to those who wait, first come first served, and tell them.

    Only while a parent could still book that day (a day to come, for an annual commitment): a place
    freed past its cut-off goes to nobody. A child
    stopped by a limit of its own (its level is full) does not stop those behind it. The request
    keeps its own timing, hence its price. The caller holds the activity (operations.capacity.hold).
    """
    rows = _waiting(activity.id, days)
    if not rows:
        return []
    rooms = rooms_of(activity, {row.day for row in rows}, configuration())
    facts = facts_of({row.child_id for row in rows})
    given: dict[tuple[int, int], list[DayChange]] = defaultdict(list)
    for row in rows:
        change = _given(facts[row.child_id], activity, row, rooms.get(row.day), now)
        if change is not None:
            row.state, row.waiting_since = BookingState.BOOKED, None
            row.reason, row.changed_at = FREED, now
            given[row.child_id, row.family_id].append(change)
    return [_tell(child_id, activity, changes, now) for (child_id, _family), changes in given.items()]


def give_every_place(*, now: datetime) -> list[models.Receipt]:
    """The same for all days to come: after a change of capacity, of closures, of deadlines."""
    row, today = models.Booking, paris(now).date()
    query = sa.select(row.activity_id, row.day).where(row.state == BookingState.WAITING, row.day >= today)
    days: dict[int, set[date]] = defaultdict(set)
    for activity_id, day in db.session.execute(query.distinct()):
        days[activity_id].add(day)
    written, rules = [], configuration()
    for activity_id in sorted(days):
        activity = rules.activities[activity_id]
        hold(activity, rules)
        written += give_places(activity, days[activity_id], now=now)
    return written


def _waiting(activity_id: int, days: Collection[date]) -> list[models.Booking]:
    row = models.Booking
    query = (
        sa.select(row)
        .where(row.activity_id == activity_id, row.state == BookingState.WAITING, row.day.in_(sorted(days)))
        .order_by(row.day, row.waiting_since)
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _given(
    facts: ChildFacts, activity: ActivityFacts, row: models.Booking, room: Room | None, now: datetime
) -> DayChange | None:
    """The day booked for a child that waits, taking its place in the room; None when it waits on."""
    ruling = judge_day(facts, activity, Change.BOOK, row.day, now)
    place = facts.place_on(row.day, activity.id)
    committed = ruling.late and is_committed(facts, activity, Change.BOOK, row.day, now)
    if not (ruling.allowed or committed) or ruling.family_id != row.family_id or place is None:
        return None
    if room is not None:
        if not room.has_room(place):
            return None
        room.take(place)
    situation = announced_situation(event_on(facts, activity, row.day), row.timing)
    return DayChange(row.day, Change.BOOK, row.family_id, row.timing, ruling.cutoff, FREED, situation)


def _tell(child_id: int, activity: ActivityFacts, changes: list[DayChange], now: datetime) -> models.Receipt:
    child = db.session.get_one(models.Child, child_id)
    family_id = changes[0].family_id
    what = f"{activity.name} {of_name(child.first_name)}"
    receipt = receipts.write(
        child, activity, changes, pricing_of({family_id}, {child.id}), by=SYSTEM, now=now
    )
    for guardian in receipts.mailed_guardians(family_id, child, paris(now).date()):
        body = render_template(
            "mail/place_freed.txt", receipt=receipt, child=child, activity=activity, guardian=guardian
        )
        letter = outbox.Letter(
            kind="imposed-receipt",
            recipient=guardian.email or "",
            subject=f"Reçu {receipt.number} : une place s’est libérée, {what}",
            body=body,
            key=f"receipt-{receipt.id}-{guardian.id}",
        )
        outbox.post(letter, now=now)
    return receipt
