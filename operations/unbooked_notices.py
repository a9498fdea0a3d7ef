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
from operations.prices import pricing_of
from operations.receipts import mailed_guardians
from rules.elision import of_name
from rules.instants import paris
from rules.notices import Notice
from rules.vocabulary import BookingState, Presence, SheetState, Situation

LOOKS_BACK = timedelta(days=3)  # a sheet closed late, a night missed


def tell_unbooked(*, now: datetime) -> int:
    """Write to the families of the children noted present without a booking, on closed sheets; how many."""
    today = paris(now).date()
    found = [(row, child) for row, child in _unbooked(today) if is_booked(_activity(row), row.day)]
    pricing = pricing_of({row.family_id for row, _ in found}, {child.id for _, child in found})
    told = 0
    for row, child in found:
        cents = pricing.cents(row.activity_id, row.family_id, row.day, Situation.UNBOOKED, child.id)
        for guardian in mailed_guardians(row.family_id, child, today):
            told += outbox.post_once(_letter(row, child, guardian, cents), now=now)
    return told


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
    row: models.Attendance, child: models.Child, guardian: models.Guardian, cents: int | None
) -> outbox.Letter:
    activity = _activity(row)
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
