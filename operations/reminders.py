"""The reminder before a cut-off, to families that usually book and have asked for nothing yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import outbox
from operations.agenda import bookable_activities
from operations.bookings import judge_day
from operations.children import ChildFacts, facts_of
from operations.configuration import ActivityFacts, configuration
from operations.notices import readers_of
from rules.copying import last_week_of, onto_week
from rules.instants import at_minute, monday_of, paris
from rules.notices import Notice
from rules.reminders import is_forgotten, is_time, reminder_day
from rules.vocabulary import BookingState, Change

AHEAD = timedelta(weeks=5)  # the first week after the holidays, from the day before they start
BEHIND = timedelta(weeks=9)  # a habit older than this is none
LEAVES_AT = 8 * 60  # the work is done at night, the mails leave in the morning


class Habit(NamedTuple):
    """A child's days of an activity, as one family books them."""

    child_id: int
    activity_id: int
    family_id: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A week that a family usually books for a child, and has not yet: what is still possible of it."""

    child_id: int
    family_id: int
    activity: ActivityFacts
    monday: date
    days: tuple[date, ...]
    until: datetime


def remind(*, now: datetime) -> int:
    """Write tonight's reminders, once for an adult and a week; returns how many."""
    found = list(_forgotten(now))
    if not found:
        return 0
    books = models.Guardianship.can_book.expression, models.Guardian.account_id.is_not(None)
    child_ids = {each.child_id for each in found}
    readers = readers_of(Notice.REMINDER, child_ids, paris(now).date(), *books)
    told: dict[tuple[models.Guardian, date], list[Forgotten]] = defaultdict(list)
    for each in found:
        for reader in readers.get((each.child_id, each.family_id), ()):
            told[reader, each.monday].append(each)
    names = _first_names(child_ids)
    letters = [_letter(reader, monday, weeks, names) for (reader, monday), weeks in told.items()]
    leaves = max(now, at_minute(paris(now).date(), LEAVES_AT))
    return len(outbox.post_new(letters, now=now, not_before=leaves))


# -- whose week is forgotten ------------------------------------------------------------------


def _forgotten(now: datetime) -> Iterator[Forgotten]:
    asked = _asked_days(paris(now).date())
    facts = facts_of({habit.child_id for habit in asked})
    for habit, days in asked.items():
        child = facts[habit.child_id]
        for activity in bookable_activities(child, paris(now).date()):
            if activity.id == habit.activity_id:
                yield from _forgotten_weeks(child, activity, habit.family_id, days, now)


def _asked_days(today: date) -> Mapping[Habit, set[date]]:
    """The days booked or waited for around today; one query."""
    row = models.Booking
    query = sa.select(row.child_id, row.activity_id, row.family_id, row.day).where(
        row.day.between(today - BEHIND, today + AHEAD), row.state != BookingState.CANCELLED
    )
    found: dict[Habit, set[date]] = defaultdict(set)
    for child_id, activity_id, family_id, day in db.session.execute(query):
        found[Habit(child_id, activity_id, family_id)].add(day)
    return found


def _forgotten_weeks(
    child: ChildFacts, activity: ActivityFacts, family_id: int, asked: Collection[date], now: datetime
) -> Iterator[Forgotten]:
    today = paris(now).date()
    monday = monday_of(today) + timedelta(weeks=1)
    while monday <= today + AHEAD:
        week = {day for day in asked if monday_of(day) == monday}
        usual = onto_week(last_week_of(day for day in asked if day < monday), monday)
        cutoffs = {} if week else _open_days(child, activity, family_id, usual, now)
        if cutoffs and is_forgotten(usual, week, set(cutoffs)):
            until = min(cutoffs.values())
            leaves = reminder_day(until, configuration().calendar.in_school_holidays)
            if is_time(today, leaves, until, now):
                yield Forgotten(child.id, family_id, activity, monday, tuple(sorted(cutoffs)), until)
        monday += timedelta(weeks=1)


def _open_days(
    child: ChildFacts, activity: ActivityFacts, family_id: int, days: Collection[date], now: datetime
) -> dict[date, datetime]:
    """Those of these days that the family may still book in time, and until when."""
    found = {}
    for day in days:
        ruling = judge_day(child, activity, Change.BOOK, day, now)
        if ruling.allowed and not ruling.late and ruling.family_id == family_id and ruling.cutoff is not None:
            found[day] = ruling.cutoff
    return found


# -- who reads it ------------------------------------------------------------------------------


def _first_names(child_ids: Collection[int]) -> dict[int, str]:
    query = sa.select(models.Child.id, models.Child.first_name).where(models.Child.id.in_(child_ids))
    return {child_id: name for child_id, name in db.session.execute(query)}


def _letter(
    reader: models.Guardian, monday: date, weeks: Sequence[Forgotten], names: Mapping[int, str]
) -> outbox.Letter:
    ordered = sorted(weeks, key=lambda each: (each.until, names[each.child_id]))
    body = render_template(
        "mail/reminder.txt", reader=reader, monday=monday, weeks=ordered, names=names, until=ordered[0].until
    )
    return outbox.Letter(
        kind=Notice.REMINDER.value,
        recipient=reader.email or "",
        subject=f"Rappel : rien n’est réservé pour la semaine du {monday:%d/%m}",
        body=body,
        key=f"reminder-{reader.id}-{monday}",
    )
