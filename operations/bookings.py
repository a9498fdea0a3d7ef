"""Bookings: what a calendar shows, and the one operation that changes days.

The page and the change ask the same function, `judge_day`, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

import models
from extensions import db
from operations import receipts
from operations.actors import Actor
from operations.children import ChildFacts, facts_of
from operations.configuration import ActivityFacts, Configuration, configuration
from operations.prices import Pricing, pricing_of
from rules import deadlines
from rules.custody import Period, alternations
from rules.instants import paris
from rules.refusals import Refused
from rules.vocabulary import BookingState, Change, Situation, Timing
from rules.wording import day_and_month, list_days

OTHER_PARENT = "Chez l’autre parent"
NOT_ENROLLED = "Pas d’inscription"
NO_SCHOOL = "Pas de scolarité dans la commune"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of a child's calendar, as one family sees it.

    `open`: it may be changed now. `why` says why not, in a few words (`short`) and as a sentence.
    `cutoff` is the first refused instant. Under alternating custody the other family's days
    are `mine=False` and never say whether they are booked.
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
class Late:
    """What staff decide of a change past its cut-off: excused, or at the late price; always with a reason."""

    excused: bool
    reason: str


@dataclass(frozen=True, slots=True)
class _Ruling:
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
    facts = facts or facts_of([child.id])[child.id]
    bookings = _bookings(child.id, activity.id, first, last)
    pricing = pricing_of(facts.families if viewer is None else {viewer.family_id})
    rules = configuration()
    return [
        _calendar_day(facts, activity, day, bookings.get(day), pricing, rules, now, viewer)
        for day in days_between(first, last)
    ]


def viewer_of(facts: ChildFacts, guardian: models.Guardian) -> Viewer:
    """How this guardian sees the child."""
    return Viewer(guardian.family_id, alternations(facts.custody))


def days_between(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _bookings(child_id: int, activity_id: int, first: date, last: date) -> dict[date, models.Booking]:
    query = sa.select(models.Booking).where(
        models.Booking.child_id == child_id,
        models.Booking.activity_id == activity_id,
        models.Booking.day.between(first, last),
    )
    return {row.day: row for row in db.session.scalars(query)}


def _calendar_day(
    facts: ChildFacts,
    activity: ActivityFacts,
    day: date,
    row: models.Booking | None,
    pricing: Pricing,
    rules: Configuration,
    now: datetime,
    viewer: Viewer | None,
) -> CalendarDay:
    booked = row is not None and row.state is BookingState.BOOKED
    owner = row.family_id if row is not None and booked else facts.family_on(day)
    if viewer is not None and not viewer.sees(owner, day):
        return CalendarDay(day, False, False, False, OTHER_PARENT, OTHER_PARENT, None, None, None)
    ruling = judge_day(facts, activity, Change.CANCEL if booked else Change.BOOK, day, now, rules)
    situation = Situation.LATE if _is_late(row, booked, ruling) else Situation.AS_BOOKED
    cents = None
    if owner is not None and (booked or ruling.allowed) and (viewer is None or viewer.sees_price(owner)):
        cents = pricing.cents(activity.id, owner, day, situation)
    timing = row.timing if row is not None and booked else None
    return CalendarDay(
        day, booked, True, ruling.allowed, ruling.why, ruling.short, ruling.cutoff, cents, timing, ruling.late
    )


def _is_late(row: models.Booking | None, booked: bool, ruling: _Ruling) -> bool:
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
) -> _Ruling:
    """Whether that change of that day is allowed to a parent now, and if not why: the only judge."""
    rules = rules or configuration()
    family_id = facts.family_on(day)
    place = facts.place_on(day, activity.id)
    if family_id is None or place is None:
        sentence = f"Le {day_and_month(day)} : {NO_SCHOOL.lower()}."
        stays_booked = change is Change.CANCEL  # of a child who has left: staff alone can still excuse it
        return _Ruling(family_id, False, stays_booked, None, sentence, NO_SCHOOL)
    closed = rules.calendar.closed_because(day, place)
    if change is Change.BOOK and not closed and not facts.enrolled_on(day, activity.id):
        sentence = f"L’enfant n’est pas inscrit à « {activity.name} » le {day_and_month(day)}."
        return _Ruling(family_id, False, False, None, sentence, NOT_ENROLLED)
    verdict = deadlines.judge(
        rules.deadlines.get(activity.id, ()), change, day, rules.calendar, place, now, activity.noun
    )
    short = closed or ("Délai dépassé" if verdict.late else verdict.why)
    return _Ruling(family_id, verdict.allowed, verdict.late, verdict.cutoff, verdict.why, short)


# -- the change --------------------------------------------------------------------------


def change_days(
    child: models.Child,
    activity: ActivityFacts,
    add: Collection[date],
    remove: Collection[date],
    *,
    by: Actor,
    now: datetime,
    viewer: Viewer | None = None,
    late: Late | None = None,
) -> models.Receipt | None:
    """Book `add` and cancel `remove` for a child, and return the receipt; None when nothing changes.

    Booking a booked day or cancelling a free one changes nothing, so the same form sent twice
    gives one receipt. Everything is refused together, the sentence naming the first day that
    cannot change (its ISO date is the refusal's field): other family's day, closed, not enrolled,
    past its cut-off, already billed. `late` is for staff only.
    """
    _lock(child)
    _ensure_guardian_of(child, by, now)
    facts = facts_of([child.id])[child.id]
    rows = _rows(child.id, activity.id, {*add, *remove})
    _ensure_seen(facts, rows, {*add, *remove}, viewer)
    adding = sorted(day for day in add if not _is_booked(rows.get(day)))
    removing = sorted(day for day in set(remove) - set(add) if _is_booked(rows.get(day)))
    if not adding and not removing:
        return None
    changes = [_decide(facts, activity, Change.BOOK, d, rows.get(d), by, late, now) for d in adding]
    changes += [_decide(facts, activity, Change.CANCEL, d, rows.get(d), by, late, now) for d in removing]
    _ensure_one_family(changes)
    _ensure_not_billed(child.id, activity.id, [change.day for change in changes])
    pricing = pricing_of({change.family_id for change in changes})
    for change in changes:
        _apply(child, activity, change, rows.get(change.day), now)
    return receipts.write(child, activity, changes, pricing, by=by, now=now)


def _lock(child: models.Child) -> None:
    """Two parents at once queue here (PostgreSQL); on SQLite the write lock is already held."""
    db.session.execute(sa.select(models.Child.id).where(models.Child.id == child.id).with_for_update())


def _ensure_guardian_of(child: models.Child, by: Actor, now: datetime) -> None:
    """The adult for whom staff act gets the receipt: only one who sees this child's bookings."""
    if by.for_guardian_id is None:
        return
    row, today = models.Guardianship, paris(now).date()
    query = sa.select(row.id).where(
        row.child_id == child.id,
        row.guardian_id == by.for_guardian_id,
        row.can_book,
        row.first_day <= today,
        sa.func.coalesce(row.last_day, today) >= today,
    )
    if db.session.scalars(query).first() is None:
        raise Refused(f"L’adulte choisi ne réserve pas pour {child.first_name} : son reçu irait à un autre.")


def _rows(child_id: int, activity_id: int, days: Collection[date]) -> dict[date, models.Booking]:
    query = sa.select(models.Booking).where(
        models.Booking.child_id == child_id,
        models.Booking.activity_id == activity_id,
        models.Booking.day.in_(days),
    )
    fresh = query.execution_options(populate_existing=True)  # what another parent committed meanwhile counts
    return {row.day: row for row in db.session.scalars(fresh)}


def _ensure_seen(
    facts: ChildFacts, rows: dict[date, models.Booking], days: Collection[date], viewer: Viewer | None
) -> None:
    """Refuse the other family's days first, all with one answer: it must not tell which are booked."""
    if viewer is None:
        return
    for day in sorted(days):
        row = rows.get(day)
        owner = row.family_id if row is not None and _is_booked(row) else facts.family_on(day)
        if not viewer.sees(owner, day):
            sentence = f"Le {day_and_month(day)} n’est pas un jour de votre semaine de garde."
            raise Refused(sentence, day.isoformat())


def _is_booked(row: models.Booking | None) -> bool:
    return row is not None and row.state is BookingState.BOOKED


def _decide(
    facts: ChildFacts,
    activity: ActivityFacts,
    change: Change,
    day: date,
    row: models.Booking | None,
    by: Actor,
    late: Late | None,
    now: datetime,
) -> receipts.DayChange:
    ruling = judge_day(facts, activity, change, day, now)
    owner = row.family_id if row is not None and change is Change.CANCEL else ruling.family_id
    if owner is None:
        raise Refused(ruling.why or NO_SCHOOL, day.isoformat())
    timing, reason = _timing(ruling, change, day, by, late)
    priced = row.timing if row is not None and change is Change.CANCEL else timing
    situation = Situation.LATE if priced is Timing.LATE else Situation.AS_BOOKED
    return receipts.DayChange(day, change, owner, timing, ruling.cutoff, reason, situation)


def _timing(ruling: _Ruling, change: Change, day: date, by: Actor, late: Late | None) -> tuple[Timing, str]:
    """In time; late where the rule accepts it; else only staff, who say whether it is excused and why."""
    if ruling.allowed:
        return (Timing.LATE if ruling.late else Timing.IN_TIME), ""
    if not (by.is_staff and ruling.late):
        raise Refused(ruling.why or "Ce jour ne peut pas être modifié.", day.isoformat())
    if late is None or not late.reason.strip():
        raise Refused(
            f"{ruling.why} Pour passer outre, indiquez si c’est excusé et pour quelle raison.",
            day.isoformat(),
        )
    if change is Change.CANCEL and not late.excused:
        raise Refused(f"{ruling.why} Une annulation hors délai n’est possible qu’excusée.", day.isoformat())
    return (Timing.EXCUSED if late.excused else Timing.LATE), late.reason.strip()


def _ensure_one_family(changes: Collection[receipts.DayChange]) -> None:
    if len({change.family_id for change in changes}) > 1:
        raise Refused("Ces jours appartiennent à deux familles : faites une demande pour chacune.")


def _ensure_not_billed(child_id: int, activity_id: int, days: Collection[date]) -> None:
    query = sa.select(models.BilledDay.day).where(
        models.BilledDay.child_id == child_id,
        models.BilledDay.activity_id == activity_id,
        models.BilledDay.day.in_(days),
        models.BilledDay.cancelled_on.is_(None),
    )
    billed = sorted(db.session.scalars(query))
    if billed:
        raise Refused(
            f"Déjà facturé : {list_days(billed)}. Corrigez par un avoir sur la prochaine facture.",
            billed[0].isoformat(),
        )


def _apply(
    child: models.Child,
    activity: ActivityFacts,
    change: receipts.DayChange,
    row: models.Booking | None,
    now: datetime,
) -> None:
    if row is None:
        row = models.Booking(child_id=child.id, activity_id=activity.id, day=change.day)
        db.session.add(row)
    row.family_id = change.family_id
    row.state = BookingState.BOOKED if change.change is Change.BOOK else BookingState.CANCELLED
    row.timing, row.reason, row.changed_at = change.timing, change.reason, now
