"""Days already booked that a change of the configuration would leave without a service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations.configuration import Configuration, configuration
from rules.instants import paris
from rules.refusals import Refused
from rules.school_calendar import Place
from rules.vocabulary import BookingState
from rules.wording import list_days

MOST_DAYS_SAID = 10


def refuse_orphans(before: Configuration, now: datetime) -> None:
    """Refuse what was written when a day booked from today on no longer has its service.

    A closure entered on its own screen says whom it touches before it is written; a file does not.
    """
    after = configuration()
    lost: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for activity_id, day, place, count in _booked_from(paris(now).date()):
        if after.calendar.closed_because(day, place) and not before.calendar.closed_because(day, place):
            lost[activity_id][day] += count
    if not lost:
        return
    said = " ; ".join(_say(after.activities[each].name, days) for each, days in sorted(lost.items()))
    raise Refused(
        f"Ce fichier fermerait des jours déjà réservés : {said}. Annulez-les d’abord, ou corrigez le "
        "calendrier du fichier. Rien n’a été enregistré."
    )


def _say(name: str, days: dict[date, int]) -> str:
    named = sorted(days)[:MOST_DAYS_SAID]
    more = f" et {len(days) - len(named)} autres jours" if len(days) > len(named) else ""
    children = sum(days.values())
    plural = "s" if children > 1 else ""
    return f"{name}, {list_days(named)}{more} ({children} réservation{plural})"


def _booked_from(first: date) -> Iterator[tuple[int, date, Place, int]]:
    """Bookings that stand, by activity, day and place: one query."""
    booking, schooling, school_class = models.Booking, models.Schooling, models.SchoolClass
    at_school = (
        (schooling.child_id == booking.child_id)
        & (schooling.first_day <= booking.day)
        & (sa.func.coalesce(schooling.last_day, booking.day) >= booking.day)
    )
    where = (booking.activity_id, booking.day, school_class.school_id, school_class.id, schooling.level)
    query = (
        sa.select(*where, sa.func.count(booking.id))
        .outerjoin(schooling, at_school)
        .outerjoin(school_class, school_class.id == schooling.class_id)
        .where(booking.day >= first, booking.state != BookingState.CANCELLED)
        .group_by(*where)
    )
    for activity_id, day, school_id, class_id, level, count in db.session.execute(query):
        yield activity_id, day, Place(activity_id, school_id, class_id, level), count
