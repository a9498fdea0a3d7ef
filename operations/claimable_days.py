"""Which booked days of a child a family may ask to have taken off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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
ChildDay = tuple[int, int, date]  # a child, an activity and a day


@dataclass(frozen=True, slots=True)
class ClaimableDay:
    """A booked day of a child; `why` is the full sentence that says that it cannot be claimed."""

    child_id: int
    activity_id: int
    day: date
    family_id: int
    billed: bool
    why: str | None
    noted_absent: bool = False

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
    found = claimable_among(facts_of([child.id]), first, last, now=now)
    return [each for each in found if family_id is None or each.family_id == family_id]


def claimable_among(
    facts: Mapping[int, ChildFacts], first: date, last: date, *, now: datetime
) -> list[ClaimableDay]:
    """The same for several children, by day; as many queries whatever their number."""
    rules = configuration()
    seen, claimed = _seen(facts, first, last), _claimed(facts, first, last)
    billed = _billed(facts, first, last)
    found = []
    for child_id, activity_id, day, owner in _booked(facts, first, last):
        known = (child_id, activity_id, day)
        was_there = seen.get(known) is Presence.PRESENT
        why = _seen_or_claimed(day, was_there, known in claimed)
        why = why or _not_to_claim(facts[child_id], rules, (activity_id, day), now)
        absent = seen.get(known) is Presence.ABSENT
        found.append(ClaimableDay(child_id, activity_id, day, owner, known in billed, why, absent))
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


def _seen_or_claimed(day: date, was_there: bool, is_claimed: bool) -> str | None:
    if was_there:
        return f"L’enfant était présent le {day_and_month(day)}."
    if is_claimed:
        return f"Une demande porte déjà sur le {day_and_month(day)}."
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


def _booked(child_ids: Collection[int], first: date, last: date) -> Iterable[tuple[int, int, date, int]]:
    row, activity = models.Booking, models.Activity
    query = (
        sa.select(row.child_id, row.activity_id, row.day, row.family_id)
        .join(activity, activity.id == row.activity_id)
        .where(row.child_id.in_(child_ids), row.state == BookingState.BOOKED, row.day.between(first, last))
        .order_by(row.day, activity.position, activity.id, row.child_id)
    )
    return [(child, which, day, owner) for child, which, day, owner in db.session.execute(query)]


def _seen(child_ids: Collection[int], first: date, last: date) -> dict[ChildDay, Presence]:
    row = models.Attendance
    query = sa.select(row.child_id, row.activity_id, row.day, row.presence).where(
        row.child_id.in_(child_ids), row.day.between(first, last)
    )
    return {(child, which, day): presence for child, which, day, presence in db.session.execute(query)}


def _claimed(child_ids: Collection[int], first: date, last: date) -> set[ChildDay]:
    """In a claim that stands: waiting, or accepted for that very day."""
    row, claim = models.AbsenceClaimDay, models.AbsenceClaim
    standing = claim.state.in_(STANDING) & sa.func.coalesce(row.accepted, sa.true())
    return _days_of(
        sa.select(row.child_id, row.activity_id, row.day)
        .join(claim, claim.id == row.claim_id)
        .where(row.child_id.in_(child_ids), row.day.between(first, last), standing)
    )


def _billed(child_ids: Collection[int], first: date, last: date) -> set[ChildDay]:
    row = models.BilledDay
    return _days_of(
        sa.select(row.child_id, row.activity_id, row.day).where(
            row.child_id.in_(child_ids), row.cancelled_on.is_(None), row.day.between(first, last)
        )
    )


def _days_of(query: sa.Select[int, int, date]) -> set[ChildDay]:
    return {(child, which, day) for child, which, day in db.session.execute(query)}
