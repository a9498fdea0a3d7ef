"""Bookings: what a calendar shows, and the one judge of what may change.

The page and the change (operations/changes.py) ask the same `judge_day`, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

import models
from extensions import db
from operations.capacity import rooms_of
from operations.children import ChildFacts, facts_of
from operations.configuration import ActivityFacts, Configuration, configuration
from operations.prices import Pricing, pricing_of
from rules import deadlines
from rules.capacity import Room
from rules.custody import Period, alternations
from rules.event_words import on_the_day
from rules.instants import paris
from rules.refusals import Refused
from rules.school_calendar import Closure
from rules.situations import NOT_DUE, BookingFact, situation_of
from rules.vocabulary import BookingState, Change, DeadlineKind, EventEffect, Presence, Situation, Timing
from rules.wording import day_and_month, short_date

OTHER_PARENT = "Chez l’autre parent"
NOT_ENROLLED = "Pas d’inscription"
NO_SCHOOL = "Pas de scolarité dans la commune"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of a child's calendar, as one family sees it.

    `open`: it may be changed now. `why` says why not, in a few words (`short`) and as a sentence.
    `cutoff` is the first refused instant. Under alternating custody (`alternates`) the other family's
    days are `mine=False` and never say whether they are booked. On a `full` day a request would wait at
    `rank`; a `waiting` one waits at it, or is `lost`: no place can be given any more. `note` says the
    event of the day to who is concerned.
    """

    day: date
    booked: bool
    mine: bool
    open: bool
    why: str | None
    short: str | None
    cutoff: datetime | None
    price_cents: int | None
    timing: Timing | None
    late: bool = False
    full: bool = False
    waiting: bool = False
    rank: int | None = None
    lost: bool = False
    note: str | None = None
    alternates: bool = False

    @property
    def asked(self) -> bool:
        """Whether the family has a place that day or waits for one."""
        return self.booked or self.waiting

    @property
    def adds_cents(self) -> int | None:
        """What changing this day puts on the bill or takes off it, in cents; None when it is not told."""
        return 0 if self.full or self.waiting else self.price_cents


@dataclass(frozen=True, slots=True)
class Viewer:
    """Through whose eyes a child's days are seen: a guardian's family.

    While custody alternates only the family's own days are seen. Otherwise every guardian who
    books shares the calendar, but prices are told to the paying family alone: they would give
    its quotient away to the other household.
    """

    family_id: int
    alternations: tuple[Period, ...] = ()

    def alternates_on(self, day: date) -> bool:
        return any(first <= day and (last is None or day <= last) for first, last in self.alternations)

    def sees(self, owner: int | None, day: date) -> bool:
        return owner == self.family_id or not self.alternates_on(day)

    def seen(self, owner: sa.ColumnElement[int], day: sa.ColumnElement[date]) -> sa.ColumnElement[bool]:
        """The same, for the rows of a query: the columns of their family and of their day."""
        alternating = (
            day >= first if last is None else day.between(first, last) for first, last in self.alternations
        )
        return sa.or_(owner == self.family_id, sa.not_(sa.or_(sa.false(), *alternating)))

    def sees_price(self, owner: int | None) -> bool:
        return owner == self.family_id


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the règlement says of one change of one day."""

    family_id: int | None
    allowed: bool
    late: bool
    cutoff: datetime | None
    why: str | None
    short: str | None


# -- what a calendar shows --------------------------------------------------------------


def calendar_of(
    child: models.Child,
    activity: ActivityFacts,
    first: date,
    last: date,
    *,
    now: datetime,
    viewer: Viewer | None,
    facts: ChildFacts | None = None,
) -> list[CalendarDay]:
    """Every day from first to last, both included. No viewer means staff, who see everything."""
    known = {child.id: facts} if facts else facts_of([child.id])
    return calendars_of(known, activity, first, last, now=now, viewers={child.id: viewer})[child.id]


def calendars_of(
    facts: Mapping[int, ChildFacts],
    activity: ActivityFacts,
    first: date,
    last: date,
    *,
    now: datetime,
    viewers: Mapping[int, Viewer | None],
) -> dict[int, list[CalendarDay]]:
    """The same for several children, by child id, in as many queries as for one."""
    bookings = _bookings(facts.keys(), activity.id, first, last)
    pricing = pricing_of(_priced_families(facts, viewers), facts.keys())
    rules = configuration()
    days = list(days_between(first, last))
    today = paris(now).date()
    rooms = rooms_of(activity, [day for day in days if day >= today], rules)
    return {
        child_id: [
            _calendar_day(
                child,
                activity,
                day,
                bookings.get((child_id, day)),
                rooms.get(day),
                pricing,
                rules,
                now,
                viewers[child_id],
            )
            for day in days
        ]
        for child_id, child in facts.items()
    }


def _priced_families(facts: Mapping[int, ChildFacts], viewers: Mapping[int, Viewer | None]) -> set[int]:
    """Those whose prices are shown: the viewer's own, or all of the child's to staff."""
    found: set[int] = set()
    for child_id, child in facts.items():
        viewer = viewers[child_id]
        found |= child.families if viewer is None else {viewer.family_id}
    return found


def viewer_of(facts: ChildFacts, guardian: models.Guardian) -> Viewer:
    """How this guardian sees the child."""
    return Viewer(guardian.family_id, alternations(facts.custody))


def days_between(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _bookings(
    child_ids: Collection[int], activity_id: int, first: date, last: date
) -> dict[tuple[int, date], models.Booking]:
    query = sa.select(models.Booking).where(
        models.Booking.child_id.in_(child_ids),
        models.Booking.activity_id == activity_id,
        models.Booking.day.between(first, last),
    )
    return {(row.child_id, row.day): row for row in db.session.scalars(query)}


def _calendar_day(
    facts: ChildFacts,
    activity: ActivityFacts,
    day: date,
    row: models.Booking | None,
    room: Room | None,
    pricing: Pricing,
    rules: Configuration,
    now: datetime,
    viewer: Viewer | None,
) -> CalendarDay:
    state = BookingState.CANCELLED if row is None else row.state
    booked, waiting = state is BookingState.BOOKED, state is BookingState.WAITING
    owner = row.family_id if row is not None and (booked or waiting) else facts.family_on(day)
    if viewer is not None and not viewer.sees(owner, day):
        theirs = OTHER_PARENT
        return CalendarDay(day, False, False, False, theirs, theirs, None, None, None, alternates=True)
    ruling = judge_day(facts, activity, Change.CANCEL if booked else Change.BOOK, day, now, rules)
    event = event_on(facts, activity, day)
    late = _is_late(row, booked, ruling)
    situation = announced_situation(event, Timing.LATE if late else Timing.IN_TIME)
    full, rank = (False, None) if booked else _line_of(facts, activity, day, room)
    cents = None
    priced = situation not in NOT_DUE and (booked or ruling.allowed)
    if owner is not None and priced and (viewer is None or viewer.sees_price(owner)):
        cents = pricing.cents(activity.id, owner, day, situation, facts.id)
    committed = waiting and ruling.late and is_committed(facts, activity, Change.BOOK, day, now)
    return CalendarDay(
        day,
        booked,
        True,
        ruling.allowed,
        ruling.why,
        ruling.short,
        ruling.cutoff,
        cents,
        row.timing if row is not None and booked else None,
        ruling.late,
        full=full and ruling.allowed and not waiting,
        waiting=waiting,
        rank=rank,
        note=on_the_day(event) if event and (booked or ruling.allowed) else None,
        lost=waiting and not (ruling.allowed or committed),
        alternates=viewer is not None and viewer.alternates_on(day),
    )


def event_on(facts: ChildFacts, activity: ActivityFacts, day: date) -> Closure | None:
    """The closure or exceptional event that covers the child's day."""
    place = facts.place_on(day, activity.id)
    return None if place is None else configuration().calendar.event_on(day, place)


def announced_situation(event: Closure | None, timing: Timing) -> Situation:
    """What a booked day is announced as before it comes: under a free absence, the price is who comes'."""
    effect = event.effect if event else None
    came = Presence.PRESENT if effect is EventEffect.FREE_ABSENCE else None
    return situation_of(BookingFact(timing), came, False, event=effect) or Situation.AS_BOOKED


def _line_of(
    facts: ChildFacts, activity: ActivityFacts, day: date, room: Room | None
) -> tuple[bool, int | None]:
    """Whether no place is left there for this child, and its rank in the line."""
    place = facts.place_on(day, activity.id)
    if room is None or place is None:
        return False, None
    return not room.has_room(place), room.rank(facts.id, place)


def _is_late(row: models.Booking | None, booked: bool, ruling: Ruling) -> bool:
    if booked and row is not None:
        return row.timing is Timing.LATE
    return ruling.late and ruling.allowed


def judge_day(
    facts: ChildFacts,
    activity: ActivityFacts,
    change: Change,
    day: date,
    now: datetime,
    rules: Configuration | None = None,
) -> Ruling:
    """Whether that change of that day is allowed to a parent now, and if not why: the only judge."""
    rules = rules or configuration()
    family_id = facts.family_on(day)
    place = facts.place_on(day, activity.id)
    if family_id is None or place is None:
        sentence = f"Le {day_and_month(day)} : {NO_SCHOOL.lower()}."
        stays_booked = change is Change.CANCEL  # of a child who has left: staff alone can still excuse it
        return Ruling(family_id, False, stays_booked, None, sentence, NO_SCHOOL)
    closed = rules.calendar.closed_because(day, place)
    if change is Change.BOOK and not closed and not facts.enrolled_on(day, activity.id):
        sentence = f"L’enfant n’est pas inscrit à « {activity.name} » le {day_and_month(day)}."
        return Ruling(family_id, False, False, None, sentence, NOT_ENROLLED)
    who = facts.circumstances_on(day, place)
    verdict = deadlines.judge(rules.terms(activity.id), change, day, rules.calendar, who, now)
    short = closed or _short(verdict)
    return Ruling(family_id, verdict.allowed, verdict.late, verdict.cutoff, verdict.why, short)


def is_committed(
    facts: ChildFacts, activity: ActivityFacts, change: Change, day: date, now: datetime
) -> bool:
    """Whether that day, still to come, is chosen for the year: no cut-off of its own.

    Parents no longer change it; the service does on request, and a place freed may still be given.
    """
    rules, place = configuration(), facts.place_on(day, activity.id)
    if place is None or day <= paris(now).date():
        return False
    who = facts.circumstances_on(day, place)
    try:
        rule = deadlines.rule_for(rules.deadlines.get(activity.id, ()), change, day, rules.calendar, who)
    except Refused:
        return False
    return rule.kind is DeadlineKind.ANNUAL


def _short(verdict: deadlines.Verdict) -> str | None:
    """Why not, in a few words for a day of the calendar."""
    if verdict.opens is not None:
        return f"Ouvre le {short_date(paris(verdict.opens).date())}"
    if verdict.late:
        return "Délai dépassé" if verdict.cutoff else "Choisi pour l’année"
    return verdict.why
