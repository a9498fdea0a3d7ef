"""Days chosen for the year at enrolment: booked at once, changed by staff on request only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import capacity, outbox, receipts
from operations.actors import Actor
from operations.bookings import announced_situation, event_on, judge_day
from operations.children import ChildFacts, facts_of, hold_child
from operations.configuration import ActivityFacts, Configuration, configuration
from operations.prices import pricing_of
from operations.receipts import DayChange
from operations.waiting import apply_change, give_places, is_asked, is_booked, is_waiting, waiting_rank
from rules.capacity import Room
from rules.commitments import check_weekdays, on_weekdays, weekdays_of_the_year
from rules.deadlines import needs_booking
from rules.elision import of_name
from rules.instants import paris
from rules.refusals import Refused
from rules.school_calendar import SchoolCalendar
from rules.vocabulary import Change, Channel, Formula, Regime, Timing

REASON = "Jours choisis pour l’année"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentTerms:
    """What an enrolment says beside its dates. `usual_weekdays`: booked for the year; None: no choice."""

    regime: Regime | None = None
    formula: Formula = Formula.MEAL
    usual_weekdays: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class _Year:
    """The days of the rest of a school year on which the activity runs for an enrolled child."""

    activity: ActivityFacts
    facts: ChildFacts
    days: Sequence[date]

    def weekdays(self, chosen: frozenset[int] | None) -> frozenset[int]:
        return weekdays_of_the_year(chosen, self.activity.days_without_choice, self._served)

    def check(self, chosen: frozenset[int] | None) -> None:
        check_weekdays(chosen, self._served, self.activity.name)

    @property
    def _served(self) -> set[int]:
        return {day.isoweekday() for day in self.days}


def book_year(
    row: models.Enrolment,
    first_day: date,
    *,
    instead_of: frozenset[int] | None = None,
    is_new: bool = False,
    by: Actor,
    now: datetime,
) -> list[models.Receipt]:
    """Book the enrolment's weekdays from that day to the end of the school year, whatever the cut-offs.

    `instead_of`: the weekdays chosen until then; those no longer chosen are cancelled, those kept are
    left as they are. `is_new`: nothing was booked by this enrolment yet. Full days go on their waiting
    lists. One receipt per family, by the system, and a mail. Refused for a weekday without service or an
    activity that is not booked.
    """
    rules = configuration()
    activity = rules.activities[row.activity_id]
    if row.usual_weekdays is None and instead_of is None and activity.days_without_choice is None:
        return []
    if not needs_booking(rules.deadlines.get(activity.id, ()), first_day):
        if row.usual_weekdays is None:
            return []
        raise Refused(f"« {activity.name} » ne se réserve pas : aucun jour à choisir.", "usual_weekdays")
    hold_child(row.child_id)
    capacity.hold_all(rules)  # several activities may be booked in one transaction: always in one order
    year = _year(row, activity, max(first_day, paris(now).date()), rules)
    year.check(row.usual_weekdays)
    wanted = year.weekdays(row.usual_weekdays)
    left = frozenset() if is_new else year.weekdays(instead_of)
    known = _known(row, year.days)
    adding = [d for d in on_weekdays(year.days, wanted - left) if not is_asked(known.get(d))]
    removing = [d for d in on_weekdays(year.days, left - wanted) if is_asked(known.get(d))]
    if not adding and not removing:
        return []
    return _write(row.child, year, adding, removing, known, by, now)


def _year(row: models.Enrolment, activity: ActivityFacts, first: date, rules: Configuration) -> _Year:
    facts = facts_of([row.child_id])[row.child_id]
    last = _end_of_year(rules.calendar, first)
    if last is None or (row.last_day is not None and row.last_day < last):
        last = row.last_day
    days = (
        [] if last is None else [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    )

    def runs(day: date) -> bool:
        place = facts.place_on(day, activity.id)
        ours = place is not None and facts.family_on(day) is not None and facts.enrolled_on(day, activity.id)
        return ours and place is not None and rules.calendar.is_service_day(day, place)

    return _Year(activity, facts, [day for day in days if runs(day)])


def _end_of_year(calendar: SchoolCalendar, day: date) -> date | None:
    return next((year.last for year in calendar.years if day <= year.last), None)


def _known(row: models.Enrolment, days: Sequence[date]) -> dict[date, models.Booking]:
    if not days:
        return {}
    query = sa.select(models.Booking).where(
        models.Booking.child_id == row.child_id,
        models.Booking.activity_id == row.activity_id,
        models.Booking.day.between(days[0], days[-1]),
    )
    return {each.day: each for each in db.session.scalars(query.execution_options(populate_existing=True))}


def _write(
    child: models.Child,
    year: _Year,
    adding: list[date],
    removing: list[date],
    known: Mapping[date, models.Booking],
    by: Actor,
    now: datetime,
) -> list[models.Receipt]:
    give_places(year.activity, adding, now=now)  # who waits comes before who enrols
    rooms = capacity.rooms_of(year.activity, [*adding, *removing], configuration())
    changes: dict[int, list[DayChange]] = defaultdict(list)
    freed = {day for day in removing if is_booked(known[day])}
    for day in adding:
        change = _booked(year, day, rooms.get(day), now)
        changes[change.family_id].append(change)
        apply_change(child, year.activity, change, known.get(day), rooms.get(day), now)
    for day in removing:
        change = _cancelled(year, known[day], rooms.get(day))
        changes[change.family_id].append(change)
        apply_change(child, year.activity, change, known[day], None, now)
    db.session.flush()
    by = replace(by, channel=Channel.SYSTEM, for_guardian_id=None)
    written = [_receipt(child, year.activity, found, by, now) for found in changes.values()]
    give_places(year.activity, freed, now=now)
    return written


def _booked(year: _Year, day: date, room: Room | None, now: datetime) -> DayChange:
    ruling = judge_day(year.facts, year.activity, Change.BOOK, day, now)
    place = year.facts.place_on(day, year.activity.id)
    rank = None
    if room is not None and place is not None and not room.has_room(place):
        rank = room.rank(year.facts.id, place)
    assert ruling.family_id is not None
    situation = announced_situation(event_on(year.facts, year.activity, day), Timing.IN_TIME)
    return DayChange(
        day, Change.BOOK, ruling.family_id, Timing.IN_TIME, ruling.cutoff, REASON, situation, rank
    )


def _cancelled(year: _Year, row: models.Booking, room: Room | None) -> DayChange:
    rank = waiting_rank(year.facts, year.activity, row.day, room) if is_waiting(row) else None
    return DayChange(row.day, Change.CANCEL, row.family_id, Timing.IN_TIME, None, REASON, waiting_rank=rank)


def _receipt(
    child: models.Child, activity: ActivityFacts, changes: list[DayChange], by: Actor, now: datetime
) -> models.Receipt:
    family_id = changes[0].family_id
    changes = sorted(changes, key=lambda each: each.day)
    receipt = receipts.write(child, activity, changes, pricing_of({family_id}), by=by, now=now)
    what = f"{activity.name} {of_name(child.first_name)}"
    for guardian in receipts.mailed_guardians(family_id, child, paris(now).date()):
        body = render_template(
            "mail/year_booked.txt", receipt=receipt, child=child, activity=activity, guardian=guardian
        )
        letter = outbox.Letter(
            kind="imposed-receipt",
            recipient=guardian.email or "",
            subject=f"Reçu {receipt.number} : jours de l’année, {what}",
            body=body,
            key=f"receipt-{receipt.id}-{guardian.id}",
        )
        outbox.post(letter, now=now)
    return receipt
