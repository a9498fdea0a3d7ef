"""The calendars that a page shows: one child's, or those of all my children, for one activity."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import abort, g, url_for

import models
from extensions import db
from operations.agenda import bookable_activities, first_open_day, is_booked
from operations.bookings import CalendarDay, Viewer, calendars_of
from operations.changes import change_days
from operations.children import ChildFacts
from operations.configuration import ActivityFacts
from operations.sibling_changes import ChildDays, change_children
from portal import access
from rules.countdown import time_left
from rules.instants import monday_of
from rules.ticks import NOTHING_ASKED, Merge
from rules.wording import day_and_month, short_date

Days = Mapping[int, Sequence[CalendarDay]]
Asked = Mapping[int, Merge]


@dataclass(frozen=True, slots=True)
class Board:
    """What every page of the reservations is about. `shared`: several children stand on one page."""

    activity: ActivityFacts
    children: tuple[access.MyChild, ...]
    first_open: date | None
    shared: bool = False

    @property
    def facts(self) -> dict[int, ChildFacts]:
        return {mine.id: access.my_facts()[mine.id] for mine in self.children}

    @property
    def viewers(self) -> dict[int, Viewer]:
        return {mine.id: access.my_view(mine.id) for mine in self.children}

    def suffix(self, child_id: int) -> str:
        """What ends the names of a child's fields: nothing when it is alone on its page."""
        return f"-{child_id}" if self.shared else ""

    def days(self, first: date, last: date) -> dict[int, list[CalendarDay]]:
        return calendars_of(self.facts, self.activity, first, last, now=g.now, viewers=self.viewers)

    def save(self, asked: Asked) -> list[models.Receipt]:
        """All that is asked, or nothing of it."""
        written = self._change_all(asked) if self.shared else self._change_one(asked)
        db.session.commit()
        return written

    def _change_all(self, asked: Asked) -> list[models.Receipt]:
        wanted = [
            ChildDays(mine.child, asked[mine.id].add, asked[mine.id].remove, self.viewers[mine.id])
            for mine in self.children
            if mine.id in asked
        ]
        return change_children(self.activity, wanted, by=access.myself(), now=g.now)

    def _change_one(self, asked: Asked) -> list[models.Receipt]:
        [mine] = self.children
        days = asked.get(mine.id, NOTHING_ASKED)
        receipt = change_days(
            mine.child,
            self.activity,
            days.add,
            days.remove,
            by=access.myself(),
            now=g.now,
            viewer=self.viewers[mine.id],
        )
        return [receipt] if receipt else []

    def url(self, **query: str) -> str:
        return self._url("portal.calendars" if self.shared else "portal.calendar", query)

    def period_url(self, **query: str) -> str:
        return self._url("portal.periods" if self.shared else "portal.period", query)

    def _url(self, endpoint: str, query: Mapping[str, str]) -> str:
        of_child = {} if self.shared else {"child_id": self.children[0].id}
        return url_for(endpoint, activity_slug=self.activity.slug, **of_child, **query)


@dataclass(frozen=True, slots=True)
class Limit:
    """The next cut-off among the days shown: `until` (first refused), and what may change until then."""

    until: datetime
    days: Sequence[date]

    @property
    def left(self) -> str:
        return time_left(g.now, self.until)

    @property
    def what(self) -> str:
        if len(self.days) == 1:
            return f"le {day_and_month(self.days[0])}"
        return f"la semaine du {short_date(monday_of(self.days[0]))}"


def one(child_id: int, slug: str) -> Board:
    """My child's calendar for an activity it is, or was, enrolled in and that is booked; or 404."""
    mine, activity = access.my_child(child_id), access.activity_called(slug)
    enrolled = any(each.activity_id == activity.id for each in access.my_facts()[mine.id].enrolments)
    if not enrolled or not is_booked(activity, access.today()):
        abort(404)
    return _board(activity, [mine])


def every(slug: str) -> Board:
    """The calendars of all my children who may be booked for that activity; 404 when none may."""
    activity = access.activity_called(slug)
    children = who_book(activity)
    return _board(activity, children, shared=True) if children else abort(404)


def who_book(activity: ActivityFacts) -> list[access.MyChild]:
    return [mine for mine, each in choices().values() if each.id == activity.id]


def choices() -> dict[str, tuple[access.MyChild, ActivityFacts]]:
    """What I may book, by `enfant/activite`."""
    day = access.today()
    return {
        f"{mine.id}/{activity.slug}": (mine, activity)
        for mine in access.my_children()
        for activity in bookable_activities(access.my_facts()[mine.id], day)
    }


def _board(activity: ActivityFacts, children: Collection[access.MyChild], *, shared: bool = False) -> Board:
    day, found = access.today(), []
    for mine in children:
        facts, view = access.my_facts()[mine.id], access.my_view(mine.id)
        found.append(first_open_day(facts, activity, view, day, g.now))
    first = min((each[0] for each in found if each), default=None)
    return Board(activity, tuple(children), first, shared)


def next_limit(days: Days) -> Limit | None:
    """The first cut-off to come among the open days; None when nothing shown closes."""
    closing = [
        (day.cutoff, day.day)
        for of_child in days.values()
        for day in of_child
        if day.open and not day.late and day.cutoff is not None
    ]
    if not closing:
        return None
    until = min(cutoff for cutoff, _ in closing)
    return Limit(until, sorted({day for cutoff, day in closing if cutoff == until}))


def price_of(changed: Sequence[CalendarDay]) -> int | None:
    """What changing these days adds to the bill, in cents; None when I am not told their prices."""
    cents = [day.adds_cents for day in changed]
    if None in cents:
        return None
    return sum((day.adds_cents or 0) * (-1 if day.booked else 1) for day in changed)
