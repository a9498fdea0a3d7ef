"""The days of children gathered in bulk: what was booked, who came and when, what was accepted or closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

import models
from extensions import db
from operations.children import EnrolmentFact, SchoolingFact
from operations.configuration import Configuration
from operations.grounds import Wanted, enrolment_on
from rules import billing, deadlines
from rules.ground import DayUse
from rules.instants import paris
from rules.school_calendar import Place
from rules.vocabulary import (
    BookingState,
    DeadlineKind,
    EventEffect,
    Presence,
    SheetState,
    Situation,
    Timing,
)

Schoolings = Mapping[int, list[SchoolingFact]]
Key = tuple[int, int, date]  # child, activity, day
Which = Callable[[type[Any]], sa.ColumnElement[bool]]  # the rows wanted, of bookings and of attendances


class Seen(NamedTuple):
    """A child on an attendance sheet; the hours in minutes of the day, when some tariff looks at them."""

    family_id: int
    presence: Presence
    closed: bool
    arrives: int | None = None
    leaves: int | None = None


def unbilled_days(
    first: date,
    last: date,
    rules: Configuration,
    wanted: Wanted,
    schoolings: Schoolings,
    enrolments: Mapping[int, Sequence[EnrolmentFact]],
) -> Iterator[billing.DayFact]:
    """One fact per child, activity and day not yet billed, from bookings and attendance together."""
    justified = justified_days(first, last)
    yield from days_of(_not_billed, first, last, rules, wanted, schoolings, enrolments, justified)


def days_of(
    which: Which,
    first: date,
    last: date,
    rules: Configuration,
    wanted: Wanted,
    schoolings: Schoolings,
    enrolments: Mapping[int, Sequence[EnrolmentFact]],
    justified: Set[Key],
) -> Iterator[billing.DayFact]:
    """One fact per child, activity and day among the rows that `which` keeps, billed or not."""
    seen = _attendances(which, first, last, wanted.hours)
    freely = _Freely(rules, schoolings, enrolments)
    for child_id, activity_id, day, family_id, timing in _bookings(which, first, last):
        key = (child_id, activity_id, day)
        attended = seen.pop(key, None)
        yield billing.DayFact(
            *key,
            family_id,
            True,
            timing,
            attended.presence if attended else None,
            attended.closed if attended else False,
            freely.comes(*key),
            _event_on(rules, schoolings, *key),
            key in justified,
            attended.arrives if attended else None,
            attended.leaves if attended else None,
            **_enrolment(enrolments, key),
        )
    for key, attended in seen.items():
        yield billing.DayFact(
            *key,
            attended.family_id,
            False,
            None,
            attended.presence,
            attended.closed,
            freely.comes(*key),
            _event_on(rules, schoolings, *key),
            False,
            attended.arrives,
            attended.leaves,
            **_enrolment(enrolments, key),
        )


class _Freely:
    """Whether a child comes to an activity without booking: most often it is the same for all."""

    def __init__(
        self,
        rules: Configuration,
        schoolings: Schoolings,
        enrolments: Mapping[int, Sequence[EnrolmentFact]],
    ) -> None:
        self.rules, self.schoolings, self.enrolments = rules, schoolings, enrolments
        self.possible = {
            activity_id
            for activity_id, found in rules.deadlines.items()
            if any(rule.kind is DeadlineKind.NONE for rule in found)
        }
        self.known: dict[tuple[date, deadlines.Circumstances], bool] = {}

    def comes(self, child_id: int, activity_id: int, day: date) -> bool:
        if activity_id not in self.possible:
            return False
        at = schooling_on(self.schoolings, child_id, day)
        enrolment = enrolment_on(self.enrolments, child_id, activity_id, day) if self.enrolments else None
        place = Place(activity_id, at.school_id, at.class_id, at.level) if at else Place(activity_id)
        who = deadlines.Circumstances(place, enrolment.regime if enrolment else None)
        if (day, who) not in self.known:
            found = self.rules.deadlines[activity_id]
            self.known[day, who] = deadlines.comes_freely(found, day, self.rules.calendar, who)
        return self.known[day, who]


def _enrolment(enrolments: Mapping[int, Sequence[EnrolmentFact]], key: Key) -> dict[str, Any]:
    found = enrolment_on(enrolments, *key) if enrolments else None
    if found is None:
        return {}
    return {"regime": found.regime, "formula": found.formula, "chosen": found.chosen}


def _not_billed(table: type[Any]) -> sa.ColumnElement[bool]:
    billed = models.BilledDay
    return ~sa.exists().where(
        billed.child_id == table.child_id,
        billed.activity_id == table.activity_id,
        billed.day == table.day,
        billed.cancelled_on.is_(None),
    )


def _bookings(which: Which, first: date, last: date) -> Iterable[tuple[int, int, date, int, Timing]]:
    row = models.Booking
    query = (
        sa.select(row.child_id, row.activity_id, row.day, row.family_id, row.timing)
        .where(row.state == BookingState.BOOKED, row.day.between(first, last), which(row))
        .order_by(row.child_id, row.activity_id, row.day)
    )
    return db.session.execute(query)


def _attendances(which: Which, first: date, last: date, hours: bool) -> dict[Key, Seen]:
    row, sheet = models.Attendance, models.AttendanceSheet
    known = (row.child_id, row.activity_id, row.day, row.family_id, row.presence, sheet.state)
    query = (
        sa.select(*known, *((row.arrived_at, row.left_at) if hours else ()))
        .join(sheet, sheet.id == row.sheet_id)
        .where(row.day.between(first, last), which(row))
    )
    return {
        (child_id, activity_id, day): Seen(
            family_id, presence, state is SheetState.CLOSED, *map(minute_of, times)
        )
        for child_id, activity_id, day, family_id, presence, state, *times in db.session.execute(query)
    }


def minute_of(instant: datetime | None) -> int | None:
    """The minute that a clock on the wall shows; its seconds are nobody's debt."""
    if instant is None:
        return None
    local = paris(instant)
    return local.hour * 60 + local.minute


def schooling_on(schoolings: Schoolings, child_id: int, day: date) -> SchoolingFact | None:
    for schooling in schoolings.get(child_id, ()):
        if schooling.first <= day and (schooling.last is None or day <= schooling.last):
            return schooling
    return None


def _event_on(
    rules: Configuration, schoolings: Schoolings, child_id: int, activity_id: int, day: date
) -> EventEffect | None:
    """What covers the day, entered before or after it was booked: closed, or an exceptional event.

    For a child who has left, the last school says it.
    """
    known = schoolings.get(child_id, ())
    at = schooling_on(schoolings, child_id, day) or next((s for s in known if s.first <= day), None)
    if at is None:
        return None
    place = Place(activity_id, at.school_id, at.class_id, at.level)
    if rules.calendar.closed_because(day, place) is not None:
        return EventEffect.CLOSED
    event = rules.calendar.event_on(day, place)
    return event.effect if event else None


def justified_days(first: date, last: date) -> set[Key]:
    """The days of accepted claims: child, activity and day."""
    row = models.AbsenceClaimDay
    query = sa.select(row.child_id, row.activity_id, row.day).where(
        row.accepted.is_(True), row.day.between(first, last)
    )
    return {(child_id, activity_id, day) for child_id, activity_id, day in db.session.execute(query)}


# -- days already billed ----------------------------------------------------------------


def settled_days(first: date, last: date) -> list[DayUse]:
    """The days on issued invoices, with what they cost: they count for caps, ranks, regimes and nth times."""
    billed, line, invoice, seen = models.BilledDay, models.InvoiceLine, models.Invoice, models.Attendance
    same_day = (
        (seen.child_id == billed.child_id)
        & (seen.activity_id == billed.activity_id)
        & (seen.day == billed.day)
    )
    query = (
        sa.select(
            billed.child_id,
            billed.activity_id,
            billed.day,
            invoice.family_id,
            line.situation,
            seen.arrived_at,
            seen.left_at,
            billed.amount_cents,
        )
        .join(line, line.id == billed.invoice_line_id)
        .join(invoice, invoice.id == line.invoice_id)
        .outerjoin(seen, same_day)
        .where(billed.day.between(first, last), billed.cancelled_on.is_(None))
        .order_by(billed.child_id, billed.activity_id, billed.day)
    )
    found = db.session.execute(query)
    return [
        DayUse(
            child_id,
            activity_id,
            day,
            family_id,
            situation or Situation.AS_BOOKED,
            minute_of(arrived_at),
            minute_of(left_at),
            settled_cents=cents,
        )
        for child_id, activity_id, day, family_id, situation, arrived_at, left_at, cents in found
    ]
