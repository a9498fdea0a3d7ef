"""Within a day, a family learns that its child came without a booking: no penalty is found weeks later."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import outbox
from operations.agenda import is_booked
from operations.configuration import ActivityFacts, configuration
from operations.notices import readers_of
from operations.prices import Pricing, pricing_of
from rules.elision import of_name
from rules.instants import paris
from rules.notices import Notice
from rules.vocabulary import BookingState, Presence, SheetState, Situation

LOOKS_BACK = timedelta(days=3)  # a sheet closed late, a night missed


def tell_unbooked(*, now: datetime) -> int:
    """Write to the families of the children noted present without a booking, on closed sheets; how many.

    A number of queries that does not depend on the children.
    """
    today = paris(now).date()
    found = [(row, child) for row, child in _unbooked(today) if is_booked(_activity(row), row.day)]
    if not found:
        return 0
    child_ids = {child.id for _, child in found}
    pricing = pricing_of({row.family_id for row, _ in found}, child_ids)
    readers = readers_of(Notice.UNBOOKED, child_ids, today)
    letters = [
        _letter(row, child, guardian, pricing)
        for row, child in found
        for guardian in readers.get((child.id, row.family_id), ())
    ]
    return len(outbox.post_new(letters, now=now))


def _activity(row: models.Attendance) -> ActivityFacts:
    return configuration().activities[row.activity_id]


def _unbooked(today: date) -> Collection[tuple[models.Attendance, models.Child]]:
    seen, sheet, booking = models.Attendance, models.AttendanceSheet, models.Booking
    booked = sa.exists().where(
        booking.child_id == seen.child_id,
        booking.activity_id == seen.activity_id,
        booking.day == seen.day,
        booking.state == BookingState.BOOKED,
    )
    query = (
        sa.select(seen, models.Child)
        .join(sheet, sheet.id == seen.sheet_id)
        .join(models.Child, models.Child.id == seen.child_id)
        .where(
            seen.day.between(today - LOOKS_BACK, today),
            seen.presence == Presence.PRESENT,
            sheet.state == SheetState.CLOSED,
            ~booked,
        )
        .order_by(seen.day, seen.id)
    )
    return [(row, child) for row, child in db.session.execute(query)]


def _letter(
    row: models.Attendance, child: models.Child, guardian: models.Guardian, pricing: Pricing
) -> outbox.Letter:
    activity = _activity(row)
    cents = pricing.cents(row.activity_id, row.family_id, row.day, Situation.UNBOOKED, child.id)
    body = render_template(
        "mail/unbooked.txt", day=row.day, child=child, activity=activity, guardian=guardian, cents=cents
    )
    return outbox.Letter(
        kind=Notice.UNBOOKED.value,
        recipient=guardian.email or "",
        subject=f"{activity.name} {of_name(child.first_name)} : présence sans réservation",
        body=body,
        key=f"unbooked-{row.id}-{guardian.id}",
    )
