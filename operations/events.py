"""What a closure or an exceptional event touches of what is already booked."""

from __future__ import annotations

import sqlalchemy as sa

import models
from extensions import db
from operations.configuration import configuration
from rules.event_words import Touched
from rules.school_calendar import Closure, Place
from rules.vocabulary import BookingState, Level


def touched_by(event: Closure) -> list[Touched]:
    """By activity, in their order; one query whatever the number of bookings.

    Days already billed are counted apart: an invoice that was issued never changes.
    """
    activities = configuration().activities
    found = {activity_id: [0, 0] for activity_id in activities}
    children: dict[int, set[int]] = {activity_id: set() for activity_id in activities}
    for activity_id, child_id, class_id, school_id, level, days, billed in _booked(event):
        place = Place(activity_id, school_id, class_id, level)
        if event.concerns(place, activities[activity_id].starts_at_minute):
            found[activity_id][0] += days
            found[activity_id][1] += billed
            children[activity_id].add(child_id)
    return [
        Touched(activity.name, found[activity.id][0], len(children[activity.id]), found[activity.id][1])
        for activity in activities.values()
        if found[activity.id][0]
    ]


def _booked(
    event: Closure,
) -> sa.Result[int, int, int | None, int | None, Level | None, int, int]:
    booking, schooling, school_class = models.Booking, models.Schooling, models.SchoolClass
    billed = models.BilledDay
    at_school = (
        (schooling.child_id == booking.child_id)
        & (schooling.first_day <= booking.day)
        & (sa.func.coalesce(schooling.last_day, booking.day) >= booking.day)
    )
    of_invoice = (
        (billed.child_id == booking.child_id)
        & (billed.activity_id == booking.activity_id)
        & (billed.day == booking.day)
        & billed.cancelled_on.is_(None)
    )
    where = (booking.activity_id, booking.child_id, school_class.id, school_class.school_id, schooling.level)
    query = (
        sa.select(*where, sa.func.count(booking.id), sa.func.count(billed.id))
        .outerjoin(schooling, at_school)
        .outerjoin(school_class, school_class.id == schooling.class_id)
        .outerjoin(billed, of_invoice)
        .where(booking.state == BookingState.BOOKED, booking.day.between(event.first, event.last))
        .group_by(*where)
    )
    return db.session.execute(query)
