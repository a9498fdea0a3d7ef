"""« Absent aujourd’hui »: the kitchen and the agents know at once; neither booking nor price changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.agenda import activities_of, is_booked
from operations.children import ChildFacts, hold_child
from operations.claimable_days import DayOf
from operations.configuration import ActivityFacts, configuration
from rules.instants import paris
from rules.refusals import Refused
from rules.vocabulary import BookingState


def tell(
    child: models.Child, facts: ChildFacts, family_id: int, *, by: Actor, now: datetime
) -> list[ActivityFacts]:
    """Say that the child will not come today; returns the activities told. Saying it twice changes nothing.

    `family_id` is the family whose day it is. Refused when nothing expects the child today.
    """
    today = paris(now).date()
    hold_child(child.id)
    expected = expected_on({child.id: facts}, today)[child.id]
    if not expected:
        raise Refused(
            f"{child.first_name} n’est attendu nulle part aujourd’hui : il n’y a personne à prévenir."
        )
    known = {row.activity_id for row in told_of([child.id], today)}
    new = [each for each in expected if each.id not in known]
    for activity in new:
        row = models.ToldAbsence(
            child_id=child.id, activity_id=activity.id, day=today, family_id=family_id, told_at=now
        )
        row.told_by_id = by.account_id
        db.session.add(row)
    db.session.flush()
    if new:
        after = {"activités": [each.name for each in new], "jour": today}
        history.record(child, "Absence du jour signalée", by=by, now=now, after=after, family_id=family_id)
    return expected


def take_back(child: models.Child, family_id: int, *, by: Actor, now: datetime) -> None:
    """The child comes after all."""
    today = paris(now).date()
    hold_child(child.id)
    rows = [row for row in told_of([child.id], today) if row.family_id == family_id]
    for row in rows:
        db.session.delete(row)
    if rows:
        history.record(child, "Absence du jour annulée", by=by, now=now, family_id=family_id)


def expected_on(children: Mapping[int, ChildFacts], day: date) -> dict[int, list[ActivityFacts]]:
    """Where each child may be expected that day: what is booked, and what is not booked at all; one query."""
    booked = _booked(children, day)
    return {
        child_id: [
            each for each in _open(facts, day) if (child_id, each.id) in booked or not is_booked(each, day)
        ]
        for child_id, facts in children.items()
    }


def _open(facts: ChildFacts, day: date) -> list[ActivityFacts]:
    """The activities that the child is enrolled in and that run where it is that day."""
    calendar, found = configuration().calendar, []
    for activity in activities_of(facts, day):
        place = facts.place_on(day, activity.id)
        if place and facts.enrolled_on(day, activity.id) and calendar.is_service_day(day, place):
            found.append(activity)
    return found


def told_of(child_ids: Collection[int], day: date) -> Sequence[models.ToldAbsence]:
    """What was told of these children for that day; one query."""
    row = models.ToldAbsence
    return db.session.scalars(sa.select(row).where(row.child_id.in_(child_ids), row.day == day)).all()


def told_to(activity_id: int, day: date) -> dict[int, datetime]:
    """The children told absent from that activity that day, and when it was said; one query."""
    row = models.ToldAbsence
    query = sa.select(row.child_id, row.told_at).where(row.activity_id == activity_id, row.day == day)
    return {child_id: told_at for child_id, told_at in db.session.execute(query)}


def told_first(child: models.Child, asked: Collection[DayOf]) -> datetime | None:
    """When the family first said that the child would miss the first of these days; None when it did not."""
    first = min(day for _, day in asked)
    row = models.ToldAbsence
    query = sa.select(sa.func.min(row.told_at)).where(
        row.child_id == child.id,
        row.day == first,
        row.activity_id.in_([activity_id for activity_id, day in asked if day == first]),
    )
    return db.session.scalar(query)


def _booked(child_ids: Collection[int], day: date) -> set[tuple[int, int]]:
    row = models.Booking
    query = sa.select(row.child_id, row.activity_id).where(
        row.child_id.in_(child_ids), row.day == day, row.state == BookingState.BOOKED
    )
    return {(child_id, activity_id) for child_id, activity_id in db.session.execute(query)}
