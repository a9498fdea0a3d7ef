"""Which booked days of a child a family may ask to have taken off."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations.bookings import judge_day
from operations.children import ChildFacts, facts_of
from operations.configuration import Configuration, configuration
from rules.claims import STANDING
from rules.instants import paris
from rules.money import NBSP
from rules.refusals import Refused
from rules.school_calendar import Place
from rules.vocabulary import BookingState, Change, EventEffect, Presence
from rules.wording import day_and_month

LONGEST = 366  # days: a longer absence is a mistake of dates

DayOf = tuple[int, date]  # an activity and a day


@dataclass(frozen=True, slots=True)
class ClaimableDay:
    """A booked day of a child; `why` is the full sentence that says that it cannot be claimed."""

    activity_id: int
    day: date
    family_id: int
    billed: bool
    why: str | None

    @property
    def of(self) -> DayOf:
        return (self.activity_id, self.day)


def claimable(
    child: models.Child, first: date, last: date, *, now: datetime, family_id: int | None = None
) -> list[ClaimableDay]:
    """The booked days of the child from first to last, in order; `family_id` keeps those of a family.

    A coming day that can still be cancelled is cancelled, not claimed: it costs nothing. A day that
    a standing claim holds, on which the child was seen, or that nothing is due for, is not claimed.
    """
    if last < first:
        raise Refused("Le dernier jour ne peut pas précéder le premier.", "last_day")
    if (last - first).days > LONGEST:
        raise Refused("Une absence dure un an au plus.", "last_day")
    facts, rules = facts_of([child.id])[child.id], configuration()
    present, claimed = _present(child.id, first, last), _claimed(child.id, first, last)
    billed = _billed(child.id, first, last)
    found = []
    for activity_id, day, owner in _booked(child.id, first, last, family_id):
        known = (activity_id, day)
        why = _seen_or_claimed(known, present, claimed) or _not_to_claim(facts, rules, known, now)
        found.append(ClaimableDay(activity_id, day, owner, known in billed, why))
    return found


def days_to_claim(
    child: models.Child,
    first: date,
    last: date,
    activity_ids: Collection[int] | None = None,
    *,
    family_id: int | None = None,
    now: datetime,
) -> tuple[dict[int, list[date]], list[ClaimableDay]]:
    """The days of an absence that may be claimed, by activity (None: all), and the booked days left out."""
    taken: dict[int, list[date]] = {}
    left = []
    for each in claimable(child, first, last, now=now, family_id=family_id):
        if activity_ids is not None and each.activity_id not in activity_ids:
            continue
        if each.why:
            left.append(each)
        else:
            taken.setdefault(each.activity_id, []).append(each.day)
    if left and not taken:
        raise Refused(" ".join(dict.fromkeys(each.why for each in left if each.why)), "days")
    return taken, left


def _seen_or_claimed(known: DayOf, present: Collection[DayOf], claimed: Collection[DayOf]) -> str | None:
    if known in present:
        return f"L’enfant était présent le {day_and_month(known[1])}."
    if known in claimed:
        return f"Une demande porte déjà sur le {day_and_month(known[1])}."
    return None


def _not_to_claim(facts: ChildFacts, rules: Configuration, known: DayOf, now: datetime) -> str | None:
    activity_id, day = known
    place = facts.place_on(day, activity_id) or Place(activity_id)
    event = rules.calendar.event_on(day, place)
    named = event.name if event and event.effect is not EventEffect.PICNIC_KITCHEN else None
    not_due = rules.calendar.closed_because(day, place) or named
    if not_due:
        return f"Rien n’est dû par les absents le {day_and_month(day)} ({not_due})."
    if day > paris(now).date():
        ruling = judge_day(facts, rules.activities[activity_id], Change.CANCEL, day, now, rules)
        if ruling.allowed and not ruling.late:
            return f"Le {day_and_month(day)} peut encore être annulé{NBSP}: annulez-le, rien ne sera dû."
    return None


def _booked(child_id: int, first: date, last: date, family_id: int | None) -> Iterable[tuple[int, date, int]]:
    row, activity = models.Booking, models.Activity
    query = (
        sa.select(row.activity_id, row.day, row.family_id)
        .join(activity, activity.id == row.activity_id)
        .where(row.child_id == child_id, row.state == BookingState.BOOKED, row.day.between(first, last))
        .order_by(row.day, activity.position, activity.id)
    )
    if family_id is not None:
        query = query.where(row.family_id == family_id)
    return [(activity_id, day, owner) for activity_id, day, owner in db.session.execute(query)]


def _present(child_id: int, first: date, last: date) -> set[DayOf]:
    row = models.Attendance
    return _days_of(
        sa.select(row.activity_id, row.day).where(
            row.child_id == child_id, row.presence == Presence.PRESENT, row.day.between(first, last)
        )
    )


def _claimed(child_id: int, first: date, last: date) -> set[DayOf]:
    """In a claim that stands: waiting, or accepted for that very day."""
    row, claim = models.AbsenceClaimDay, models.AbsenceClaim
    standing = claim.state.in_(STANDING) & sa.func.coalesce(row.accepted, sa.true())
    return _days_of(
        sa.select(row.activity_id, row.day)
        .join(claim, claim.id == row.claim_id)
        .where(row.child_id == child_id, row.day.between(first, last), standing)
    )


def _billed(child_id: int, first: date, last: date) -> set[DayOf]:
    row = models.BilledDay
    return _days_of(
        sa.select(row.activity_id, row.day).where(
            row.child_id == child_id, row.cancelled_on.is_(None), row.day.between(first, last)
        )
    )


def _days_of(query: sa.Select[int, date]) -> set[DayOf]:
    return {(activity_id, day) for activity_id, day in db.session.execute(query)}
