"""Booked days cancelled by a change of custody, the end of an enrolment or a departure; their receipts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import outbox, receipts
from operations.actors import Actor
from operations.bookings import is_committed, judge_day
from operations.capacity import hold_all, rooms_of
from operations.children import ChildFacts, facts_of, hold_child
from operations.configuration import ActivityFacts, configuration
from operations.prices import NO_PRICE, Pricing, pricing_of
from operations.receipts import DayChange
from operations.waiting import give_places, waiting_rank
from rules.capacity import Room
from rules.instants import paris
from rules.vocabulary import BookingState, Change, Timing


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What was cancelled: the receipts written, and the days past their cut-off that stay booked."""

    receipts: list[models.Receipt]
    kept: list[date]


def asked_from(child: models.Child, first_day: date, activity_id: int | None = None) -> list[models.Booking]:
    """The child's days booked or waited for from that day on, in order.

    A parent changing one at once waits or is read; so does a place freed at once for one of them.
    """
    hold_child(child.id)
    hold_all(configuration())
    query = sa.select(models.Booking).where(
        models.Booking.child_id == child.id,
        models.Booking.day >= first_day,
        models.Booking.state.in_((BookingState.BOOKED, BookingState.WAITING)),
    )
    if activity_id is not None:
        query = query.where(models.Booking.activity_id == activity_id)
    fresh = query.order_by(models.Booking.day).execution_options(populate_existing=True)
    return list(db.session.scalars(fresh))


def cancel_open(
    child: models.Child,
    bookings: Iterable[models.Booking],
    reason: str,
    *,
    new_families: Mapping[date, int] | None = None,
    by: Actor,
    now: datetime,
) -> Cancelled:
    """Cancel those of these days that may still be cancelled; a day past its cut-off stays as it is.

    A day waited for leaves its waiting list whenever it is. The places freed go to those who wait.

    One receipt per activity and family, told by mail to the family's guardians. `new_families`
    (changes of custody) says to whom each day goes: that family gets a receipt too, without a price.
    """
    facts = facts_of([child.id])[child.id]
    rules = configuration()
    bookings = list(bookings)
    rooms = _rooms(bookings)
    kept: list[date] = []
    freed: dict[int, set[date]] = defaultdict(set)
    changes: dict[tuple[int, int], list[DayChange]] = defaultdict(list)
    for row in bookings:
        room = rooms.get((row.activity_id, row.day))
        change = _cancelled(facts, rules.activities[row.activity_id], row, room, reason, now)
        if change is None:
            kept.append(row.day)
            continue
        if change.waiting_rank is None:
            freed[row.activity_id].add(row.day)
        row.state, row.waiting_since = BookingState.CANCELLED, None
        row.timing, row.reason, row.changed_at = Timing.IN_TIME, reason, now
        changes[row.activity_id, row.family_id].append(change)
    written = [
        _write(
            child, rules.activities[activity_id], days, pricing_of({family_id}, {child.id}), reason, by, now
        )
        for (activity_id, family_id), days in changes.items()
    ]
    for (activity_id, family_id), days in _received(changes, new_families or {}).items():
        told = [replace(day, family_id=family_id) for day in days]
        activity = rules.activities[activity_id]
        written.append(_write(child, activity, told, NO_PRICE, reason, by, now, gains=True))
    for activity_id, places in freed.items():
        give_places(rules.activities[activity_id], places, now=now)
    return Cancelled(written, kept)


def _rooms(bookings: Iterable[models.Booking]) -> dict[tuple[int, date], Room]:
    """How full the days waited for are: a query for each activity that has a waiting list."""
    waited: dict[int, set[date]] = defaultdict(set)
    for row in bookings:
        if row.state is BookingState.WAITING:
            waited[row.activity_id].add(row.day)
    rules = configuration()
    return {
        (activity_id, day): room
        for activity_id, days in waited.items()
        for day, room in rooms_of(rules.activities[activity_id], days, rules).items()
    }


def _cancelled(
    facts: ChildFacts,
    activity: ActivityFacts,
    row: models.Booking,
    room: Room | None,
    reason: str,
    now: datetime,
) -> DayChange | None:
    """The day cancelled in time, or off its waiting list; None when it no longer can be cancelled."""
    waits = row.state is BookingState.WAITING
    ruling = judge_day(facts, activity, Change.BOOK if waits else Change.CANCEL, row.day, now)
    in_time = ruling.allowed and not ruling.late and ruling.cutoff is not None
    committed = ruling.late and is_committed(facts, activity, Change.CANCEL, row.day, now)
    if not (waits or in_time or committed):
        return None
    rank = waiting_rank(facts, activity, row.day, room) if waits else None
    return DayChange(
        row.day, Change.CANCEL, row.family_id, Timing.IN_TIME, ruling.cutoff, reason, waiting_rank=rank
    )


def _received(
    changes: Mapping[tuple[int, int], list[DayChange]], new_families: Mapping[date, int]
) -> dict[tuple[int, int], list[DayChange]]:
    """The same days, by activity and family that they go to."""
    found: dict[tuple[int, int], list[DayChange]] = defaultdict(list)
    for (activity_id, _family_id), days in changes.items():
        for day in days:
            if day.day in new_families:
                found[activity_id, new_families[day.day]].append(day)
    return found


def _write(
    child: models.Child,
    activity: ActivityFacts,
    changes: list[DayChange],
    pricing: Pricing,
    reason: str,
    by: Actor,
    now: datetime,
    *,
    gains: bool = False,
) -> models.Receipt:
    """Write a receipt; its mail goes to the family's own guardians, not to whoever asked for the change.

    `gains`: the days become this family's, who may book them.
    """
    by = replace(by, for_guardian_id=None)
    receipt = receipts.write(child, activity, changes, pricing, by=by, now=now)
    for guardian in receipts.mailed_guardians(receipt.family_id, child, paris(now).date()):
        _tell(receipt, child, activity, guardian, reason, now, gains)
    return receipt


def _tell(
    receipt: models.Receipt,
    child: models.Child,
    activity: ActivityFacts,
    guardian: models.Guardian,
    reason: str,
    now: datetime,
    gains: bool,
) -> None:
    body = render_template(
        "mail/cancelled_days.txt",
        receipt=receipt,
        child=child,
        activity=activity,
        guardian=guardian,
        reason=reason,
        gains=gains,
    )
    letter = outbox.Letter(
        kind="imposed-receipt",
        recipient=guardian.email or "",
        subject=f"Reçu {receipt.number} : jours annulés, {activity.name} de {child.first_name}",
        body=body,
        key=f"receipt-{receipt.id}-{guardian.id}",
    )
    outbox.post(letter, now=now)
