"""« Comme d’habitude »: each child's last booked week, asked again for a week to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import models
from operations.actors import Actor
from operations.agenda import bookable_activities
from operations.bookings import CalendarDay, Viewer, calendars_of
from operations.children import ChildFacts, hold_children
from operations.configuration import ActivityFacts
from operations.habits import last_booked_weeks
from operations.sibling_changes import ChildDays, change_children
from rules.copying import copied, onto_week

DAYS = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Usual:
    """What the habit makes of a child's week: days to ask for, and those that cannot be any more."""

    activity: ActivityFacts
    child_id: int
    add: Sequence[CalendarDay]
    refused: Sequence[CalendarDay]

    @property
    def cents(self) -> int | None:
        """What these days put on the bill, in cents; None when it is not told."""
        each = [day.adds_cents for day in self.add]
        return None if None in each else sum(cents or 0 for cents in each)


def usual_week(
    facts: Mapping[int, ChildFacts], viewers: Mapping[int, Viewer], monday: date, *, now: datetime
) -> list[Usual]:
    """What « comme d’habitude » would ask for in that week, by activity then child; nothing is written.

    Days already asked for stay as they are and are not named.
    """
    found = []
    for activity in _activities(facts, monday):
        weeks = last_booked_weeks(activity, viewers, monday)
        concerned = {child_id: facts[child_id] for child_id in facts if weeks.get(child_id)}
        days = calendars_of(concerned, activity, monday, monday + DAYS, now=now, viewers=viewers)
        found += [
            _usual(activity, child_id, days[child_id], weeks[child_id], monday) for child_id in concerned
        ]
    return [each for each in found if each.add or each.refused]


def _activities(facts: Mapping[int, ChildFacts], monday: date) -> list[ActivityFacts]:
    booked = (activity for child in facts.values() for activity in bookable_activities(child, monday))
    return list({activity.id: activity for activity in booked}.values())


def _usual(
    activity: ActivityFacts, child_id: int, days: Sequence[CalendarDay], model: frozenset[date], monday: date
) -> Usual:
    by_day = {day.day: day for day in days}
    asked = {day.day for day in days if day.asked}
    copy = copied(onto_week(model, monday), asked, {day.day for day in days if day.open and not day.late})
    return Usual(
        activity, child_id, [by_day[d] for d in sorted(copy.add)], [by_day[d] for d in sorted(copy.refused)]
    )


def book_usual_week(
    planned: Sequence[Usual],
    children: Mapping[int, models.Child],
    viewers: Mapping[int, Viewer],
    *,
    by: Actor,
    now: datetime,
) -> list[models.Receipt]:
    """Ask for all of it, or for nothing when a day is refused; the receipts, by activity and child.

    The children are held first, then the activities in one order, so that two parents never cross.
    """
    hold_children([each.child_id for each in planned])
    activities = {each.activity.id: each.activity for each in planned}
    written: list[models.Receipt] = []
    for _, activity in sorted(activities.items()):
        asked = [
            ChildDays(
                child=children[each.child_id],
                add=frozenset(day.day for day in each.add),
                remove=frozenset(),
                viewer=viewers[each.child_id],
            )
            for each in planned
            if each.activity.id == activity.id
        ]
        written += change_children(activity, asked, by=by, now=now)
    return written
