"""The one operation that changes days: it books, cancels, or puts on the waiting list of a full day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import capacity, receipts
from operations.actors import Actor
from operations.bookings import NO_SCHOOL, Ruling, Viewer, announced_situation, event_on, judge_day
from operations.children import ChildFacts, facts_of, hold_child
from operations.configuration import ActivityFacts, configuration
from operations.prices import pricing_of
from operations.waiting import apply_change, give_places, is_asked, is_booked, is_waiting, waiting_rank
from rules.capacity import Room
from rules.instants import paris
from rules.refusals import Refused
from rules.vocabulary import Change, Timing
from rules.wording import day_and_month, list_days

BEYOND = "Pour réserver malgré tout, cochez « au-delà des places » et donnez la raison."


@dataclass(frozen=True, slots=True)
class Late:
    """What staff decide of a change past its cut-off: excused, or at the late price; always with a reason."""

    excused: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a change, when, and what staff decide of it; `beyond`: why they book a full day."""

    by: Actor
    now: datetime
    late: Late | None = None
    beyond: str | None = None


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
    beyond: str | None = None,
    reverses: models.Receipt | None = None,
    told: bool = True,
) -> models.Receipt | None:
    """Book `add` and cancel `remove` for a child, and return the receipt; None when nothing changes.

    Booking a booked day or cancelling a free one changes nothing, so the same form sent twice
    gives one receipt. Everything is refused together, the sentence naming the first day that
    cannot change (its ISO date is the refusal's field): other family's day, closed, not enrolled,
    past its cut-off, already billed. `late` is for staff only.

    A full day asked for goes on its waiting list, with the rank on the receipt; cancelling it leaves the
    list. The places that the change frees go to those who wait, at once. Staff book a full day by
    saying why (`beyond`). `reverses` is the receipt that this change takes back; `told=False` leaves the
    mail to the caller.
    """
    hold_child(child.id)
    capacity.hold(activity, configuration())
    _ensure_guardian_of(child, by, now)
    facts = facts_of([child.id])[child.id]
    rows = _rows(child.id, activity.id, {*add, *remove})
    _ensure_seen(facts, rows, {*add, *remove}, viewer)
    adding = sorted(day for day in add if _is_new(rows.get(day), beyond))
    removing = sorted(day for day in set(remove) - set(add) if is_asked(rows.get(day)))
    if not adding and not removing:
        return None
    asked = Asked(by, now, late, beyond)
    give_places(activity, adding, now=now)  # who waits comes before who asks
    rooms = capacity.rooms_of(activity, {*adding, *removing}, configuration())
    changes = [_book(facts, activity, day, rooms.get(day), asked) for day in adding]
    changes += [_cancel(facts, activity, rows[day], rooms.get(day), asked) for day in removing]
    _ensure_one_family(changes)
    _ensure_not_billed(child.id, activity.id, [change.day for change in changes])
    pricing = pricing_of({change.family_id for change in changes}, {child.id})
    freed = {day for day in removing if is_booked(rows[day])}
    for change in changes:
        apply_change(child, activity, change, rows.get(change.day), rooms.get(change.day), now)
    receipt = receipts.record(child, activity, changes, pricing, by=by, now=now, reverses=reverses)
    if told:
        receipts.announce([receipt], activity, by=by, now=now)
    give_places(activity, freed, now=now)
    return receipt


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
        owner = row.family_id if row is not None and is_asked(row) else facts.family_on(day)
        if not viewer.sees(owner, day):
            sentence = f"Le {day_and_month(day)} n’est pas un jour de votre semaine de garde."
            raise Refused(sentence, day.isoformat())


def _is_new(row: models.Booking | None, beyond: str | None) -> bool:
    """Whether asking for that day changes something: who waits already waits, unless staff give a place."""
    return not is_asked(row) or (beyond is not None and is_waiting(row))


def _book(
    facts: ChildFacts, activity: ActivityFacts, day: date, room: Room | None, asked: Asked
) -> receipts.DayChange:
    ruling = judge_day(facts, activity, Change.BOOK, day, asked.now)
    if ruling.family_id is None:
        raise Refused(ruling.why or NO_SCHOOL, day.isoformat())
    timing, reason = _timing(ruling, Change.BOOK, day, asked)
    rank, reason = _rank(facts, activity, ruling, day, room, asked, reason)
    situation = announced_situation(event_on(facts, activity, day), timing)
    return receipts.DayChange(
        day, Change.BOOK, ruling.family_id, timing, ruling.cutoff, reason, situation, waiting_rank=rank
    )


def _rank(
    facts: ChildFacts,
    activity: ActivityFacts,
    ruling: Ruling,
    day: date,
    room: Room | None,
    asked: Asked,
    reason: str,
) -> tuple[int | None, str]:
    """The rank on the waiting list when the day is full, and the reason to write; staff may pass over."""
    place = facts.place_on(day, activity.id)
    if room is None or place is None or room.has_room(place):
        return None, reason
    if asked.beyond is None:
        if not ruling.allowed:  # a place freed past the cut-off goes to nobody
            raise Refused(f"Le {day_and_month(day)} est complet. {BEYOND}", day.isoformat())
        return room.rank(facts.id, place), reason
    if not asked.by.is_staff:
        raise Refused(f"Le {day_and_month(day)} est complet.", day.isoformat())
    if not asked.beyond.strip():
        raise Refused(f"Le {day_and_month(day)} est complet. {BEYOND}", day.isoformat())
    return None, asked.beyond.strip()


def _cancel(
    facts: ChildFacts, activity: ActivityFacts, row: models.Booking, room: Room | None, asked: Asked
) -> receipts.DayChange:
    if is_waiting(row):
        return _leave(facts, activity, row, room, asked)
    ruling = judge_day(facts, activity, Change.CANCEL, row.day, asked.now)
    timing, reason = _timing(ruling, Change.CANCEL, row.day, asked)
    situation = announced_situation(event_on(facts, activity, row.day), row.timing)
    return receipts.DayChange(row.day, Change.CANCEL, row.family_id, timing, ruling.cutoff, reason, situation)


def _leave(
    facts: ChildFacts, activity: ActivityFacts, row: models.Booking, room: Room | None, asked: Asked
) -> receipts.DayChange:
    """Off the waiting list: as long as one may book; later the request is without effect anyway."""
    ruling = judge_day(facts, activity, Change.BOOK, row.day, asked.now)
    if not ruling.allowed and not asked.by.is_staff:
        raise Refused(ruling.why or "Ce jour ne peut pas être modifié.", row.day.isoformat())
    rank = waiting_rank(facts, activity, row.day, room)
    return receipts.DayChange(
        row.day, Change.CANCEL, row.family_id, row.timing, ruling.cutoff, "", waiting_rank=rank
    )


def _timing(ruling: Ruling, change: Change, day: date, asked: Asked) -> tuple[Timing, str]:
    """In time; late where the rule accepts it; else only staff, who say whether it is excused and why."""
    if ruling.allowed:
        return (Timing.LATE if ruling.late else Timing.IN_TIME), ""
    if not (asked.by.is_staff and ruling.late):
        raise Refused(ruling.why or "Ce jour ne peut pas être modifié.", day.isoformat())
    late = asked.late
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
