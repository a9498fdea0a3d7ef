"""What a family usually books: the last week in which each child was booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

import sqlalchemy as sa

import models
from extensions import db
from operations.bookings import Viewer
from operations.configuration import ActivityFacts
from rules.copying import last_week_of
from rules.vocabulary import BookingState

LOOKS_BACK = timedelta(days=130)  # over a summer and the weeks before it


def last_booked_weeks(
    activity: ActivityFacts, viewers: Mapping[int, Viewer], before: date
) -> dict[int, frozenset[date]]:
    """Each child's booked days in the last week before `before` that has any, as its viewer sees; one query.

    Nothing for a child that was not booked in the four months before.
    """
    row = models.Booking
    seen = [
        sa.and_(row.child_id == child_id, viewer.seen(row.family_id.expression, row.day.expression))
        for child_id, viewer in viewers.items()
    ]
    query = sa.select(row.child_id, row.day).where(
        row.activity_id == activity.id,
        row.state == BookingState.BOOKED,
        row.day < before,
        row.day >= before - LOOKS_BACK,
        sa.or_(sa.false(), *seen),
    )
    days: dict[int, set[date]] = defaultdict(set)
    for child_id, day in db.session.execute(query):
        days[child_id].add(day)
    return {child_id: last_week_of(found) for child_id, found in days.items()}
