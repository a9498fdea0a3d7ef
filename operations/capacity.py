"""How full the days are: two queries at most for a month, whatever the number of children."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations.configuration import ActivityFacts, Configuration
from rules.capacity import Room, Waiting
from rules.school_calendar import Place
from rules.vocabulary import BookingState


def hold(activity: ActivityFacts, rules: Configuration) -> None:
    """Whoever books or cancels where places are counted queues here (PostgreSQL), after its own child.

    SQLite's write lock is already held. NO KEY UPDATE: rows that refer to the activity need not wait.
    """
    if rules.capacities.get(activity.id):
        row = models.Activity.id
        db.session.execute(sa.select(row).where(row == activity.id).with_for_update(key_share=True))


def hold_all(rules: Configuration) -> None:
    """The same for every activity whose places are counted, always in one order."""
    for activity_id in sorted(rules.capacities):
        hold(rules.activities[activity_id], rules)


def rooms_of(activity: ActivityFacts, days: Collection[date], rules: Configuration) -> dict[date, Room]:
    """Those of these days whose places are counted: two queries at most, none where nothing limits them.

    A child whose own class or school is closed that day leaves its place to the others.
    """
    limits = rules.capacities.get(activity.id, ())
    rooms = {day: Room(found) for day in days if (found := [c for c in limits if c.applies_on(day)])}
    if not rooms:
        return {}
    where = {day for day, room in rooms.items() if _needs_places(room) or rules.calendar.closes_partly(day)}
    for day, place, since, child_id, count in [
        *_counted(activity.id, rooms.keys() - where),
        *_counted_by_class(activity.id, where),
    ]:
        if place.school_id is not None and rules.calendar.closed_because(day, place) is not None:
            continue
        if since is None:
            rooms[day].taken[place] = rooms[day].taken.get(place, 0) + count
        else:
            rooms[day].queue.append(Waiting(child_id, place, since))
    for room in rooms.values():
        room.queue.sort(key=lambda each: each.since)
    return rooms


def _needs_places(room: Room) -> bool:
    """Whether it matters where each child is: a limit is about a school or a level."""
    return any(limit.school_id is not None or limit.level is not None for limit in room.limits)


_Counted = tuple[date, Place, datetime | None, int, int]


def _counted(activity_id: int, days: Collection[date]) -> list[_Counted]:
    """How many are booked each day, and each child that waits (alone with its `waiting_since`)."""
    if not days:
        return []
    row = models.Booking
    columns = (row.day, row.waiting_since)
    asked = _asked(activity_id, days)
    query = sa.select(*columns, sa.func.max(row.child_id), sa.func.count()).where(*asked).group_by(*columns)
    return [
        (day, Place(activity_id), since, child_id, count)
        for day, since, child_id, count in db.session.execute(query)
    ]


def _counted_by_class(activity_id: int, days: Collection[date]) -> list[_Counted]:
    """The same, by class and level: those of the day."""
    if not days:
        return []
    row, at = models.Booking, models.Schooling
    columns = (row.day, models.SchoolClass.school_id, at.class_id, at.level, row.waiting_since)
    there = (at.child_id == row.child_id) & (at.first_day <= row.day)
    query = (
        sa.select(*columns, sa.func.max(row.child_id), sa.func.count())
        .outerjoin(at, there & (at.last_day.is_(None) | (at.last_day >= row.day)))
        .outerjoin(models.SchoolClass, models.SchoolClass.id == at.class_id)
        .where(*_asked(activity_id, days))
        .group_by(*columns)
    )
    return [
        (day, Place(activity_id, school_id, class_id, level), since, child_id, count)
        for day, school_id, class_id, level, since, child_id, count in db.session.execute(query)
    ]


def _asked(activity_id: int, days: Collection[date]) -> tuple[sa.ColumnElement[bool], ...]:
    row = models.Booking
    return (
        row.activity_id == activity_id,
        row.day.in_(sorted(days)),
        row.state.in_((BookingState.BOOKED, BookingState.WAITING)),
    )
