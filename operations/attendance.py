"""Attendance: the day's sheet of a class or a school, who was there, and closing it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

import models
from extensions import db
from operations import attendance_hours, history
from operations.actors import Actor
from operations.children import facts_of
from operations.configuration import configuration
from rules.instants import paris
from rules.presence_hours import NO_HOURS, Hours
from rules.refusals import Refused
from rules.school_calendar import Place
from rules.vocabulary import BookingState, Presence, SheetState
from rules.wording import day_and_month


@dataclass(frozen=True, slots=True)
class Expected:
    """A child of the sheet: booked or not, and what was recorded if anything."""

    child: models.Child
    class_name: str
    booked: bool
    presence: Presence | None


def open_sheet(
    activity_id: int,
    school_class: models.SchoolClass | None,
    school: models.School,
    day: date,
    *,
    by: Actor,
    now: datetime,
) -> models.AttendanceSheet:
    """The sheet of a class (or of the whole school) for that day, created at the first call.

    Refused for a day to come, and for a day when the activity does not run there.
    """
    if day > paris(now).date():
        raise Refused(f"La feuille du {day_and_month(day)} ne peut pas encore être ouverte.", "day")
    class_id = school_class.id if school_class else None
    present = sa.select(models.AttendanceSheet).filter_by(
        activity_id=activity_id, school_id=school.id, class_id=class_id, day=day
    )
    sheet = db.session.scalars(present).first()
    if sheet is not None:
        return sheet
    _ensure_runs(activity_id, school, school_class, day)
    sheet = models.AttendanceSheet(
        activity_id=activity_id,
        school_id=school.id,
        class_id=class_id,
        day=day,
        state=SheetState.OPEN,
        no_child=False,
        opened_at=now,
        opened_by_id=by.account_id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(sheet)
    except IntegrityError:  # another agent has just opened it
        return db.session.scalars(present).one()
    return sheet


def expected_children(sheet: models.AttendanceSheet) -> list[Expected]:
    """Every child of the class or school enrolled or booked that day, by name; three queries."""
    children = _children(sheet)
    booked = _booked(sheet, [child.id for child, _ in children])
    recorded = _recorded(sheet)
    enrolled = _enrolled(sheet, [child.id for child, _ in children])
    return [
        Expected(child, class_name, child.id in booked, recorded.get(child.id))
        for child, class_name in children
        if child.id in booked or child.id in recorded or child.id in enrolled
    ]


def close_sheet(
    sheet: models.AttendanceSheet,
    present_ids: Collection[int],
    *,
    hours: Mapping[int, Hours] | None = None,
    by: Actor,
    now: datetime,
) -> models.AttendanceSheet:
    """Record who was there and close: booked children not named are absent, others named are unbooked.

    A child is never refused: one present without a booking is recorded for the family whose day it
    is. `hours` are those of the children whose fields were filled or emptied, where the tariff of the
    day asks for them: a child with an hour was there; the hours of the others stay as they are.
    Closing again corrects the sheet, as long as no day of it has been billed.
    """
    _lock(sheet)
    noted = attendance_hours.hours_noted(sheet)
    given = _given(sheet, noted, hours or {})
    present = set(present_ids) | {child_id for child_id, each in given.items() if each.noted}
    expected = {one.child.id: one for one in expected_children(sheet)}
    others = (present | _recorded_here(sheet)) - expected.keys()
    expected |= {one.child.id: one for one in _unexpected(sheet, others)}
    changes = {child_id: _presence(one, child_id in present) for child_id, one in expected.items()}
    kept = {c: _kept(p, given.get(c, noted.get(c, NO_HOURS))) for c, p in changes.items()}
    changed = {
        c: p for c, p in changes.items() if p is not expected[c].presence or kept[c] != noted.get(c, NO_HOURS)
    }
    _ensure_not_billed(sheet, changed)
    _write(sheet, changed, kept, by, now)
    before = sheet.state
    sheet.state, sheet.closed_at, sheet.closed_by_id = SheetState.CLOSED, now, by.account_id
    sheet.no_child = not any(p is Presence.PRESENT for p in changes.values())
    history.record(
        sheet,
        "Feuille close" if before is SheetState.OPEN else "Feuille corrigée",
        by=by,
        now=now,
        after={"présents": sum(p is Presence.PRESENT for p in changes.values()), "modifiés": len(changed)},
    )
    return sheet


def _given(
    sheet: models.AttendanceSheet, noted: Mapping[int, Hours], hours: Mapping[int, Hours]
) -> dict[int, Hours]:
    """The hours that change, as far as the tariff of the day asks for them; refused when impossible."""
    asked = attendance_hours.asked_on(sheet.activity_id, sheet.day)
    after = {c: asked.over(noted.get(c, NO_HOURS), each) for c, each in hours.items()} if asked.sides else {}
    attendance_hours.ensure_possible(
        sheet, {c: each for c, each in after.items() if each != noted.get(c, NO_HOURS)}
    )
    return after


def _kept(presence: Presence | None, hours: Hours) -> Hours:
    """Who was not there neither came nor left."""
    return hours if presence is Presence.PRESENT else NO_HOURS


def _unexpected(sheet: models.AttendanceSheet, child_ids: Collection[int]) -> list[Expected]:
    """Children of elsewhere who came: never refused, recorded on the sheet where they were seen."""
    if not child_ids:
        return []
    children = db.session.scalars(sa.select(models.Child).where(models.Child.id.in_(child_ids))).all()
    if len(children) < len(child_ids):
        raise Refused("Un enfant coché n’existe plus : rechargez la feuille.")
    booked, recorded = _booked(sheet, child_ids), _recorded(sheet)
    return [Expected(child, "", child.id in booked, recorded.get(child.id)) for child in children]


def _presence(expected: Expected, present: bool) -> Presence | None:
    """A child neither booked nor there needs no row: no row is not an absence."""
    if present:
        return Presence.PRESENT
    return Presence.ABSENT if expected.booked else None


def _write(
    sheet: models.AttendanceSheet,
    changed: Mapping[int, Presence | None],
    hours: Mapping[int, Hours],
    by: Actor,
    now: datetime,
) -> None:
    facts = facts_of(list(changed))
    query = sa.select(models.Attendance).where(
        models.Attendance.activity_id == sheet.activity_id,
        models.Attendance.day == sheet.day,
        models.Attendance.child_id.in_(changed),
    )
    rows = {row.child_id: row for row in db.session.scalars(query)}
    for child_id, presence in changed.items():
        row = rows.get(child_id)
        if presence is None:
            if row is not None:
                db.session.delete(row)
            continue
        if row is None:
            family_id = facts[child_id].family_on(sheet.day)
            if family_id is None:
                raise Refused("Un enfant coché n’a pas de famille ce jour-là : complétez sa garde.")
            row = models.Attendance(
                child_id=child_id, activity_id=sheet.activity_id, day=sheet.day, family_id=family_id
            )
            db.session.add(row)
        row.sheet_id, row.presence = sheet.id, presence
        attendance_hours.write(row, hours[child_id])
        row.recorded_at, row.recorded_by_id = now, by.account_id


def _lock(sheet: models.AttendanceSheet) -> None:
    row = models.AttendanceSheet
    db.session.execute(sa.select(row.id).where(row.id == sheet.id).with_for_update())


def _ensure_runs(
    activity_id: int, school: models.School, school_class: models.SchoolClass | None, day: date
) -> None:
    place = Place(activity_id, school.id, school_class.id if school_class else None)
    closed = configuration().calendar.closed_because(day, place)
    if closed:
        raise Refused(f"Pas de service le {day_and_month(day)} ({closed}).", "day")


def _ensure_not_billed(sheet: models.AttendanceSheet, changed: Collection[int]) -> None:
    row = models.BilledDay
    query = sa.select(row.id).where(
        row.activity_id == sheet.activity_id,
        row.day == sheet.day,
        row.child_id.in_(changed),
        row.cancelled_on.is_(None),
    )
    if db.session.scalars(query.limit(1)).first() is not None:
        raise Refused("Ce jour est déjà facturé : corrigez par un avoir sur la prochaine facture.")


def _children(sheet: models.AttendanceSheet) -> list[tuple[models.Child, str]]:
    row, school_class = models.Schooling, models.SchoolClass
    where = school_class.id == sheet.class_id if sheet.class_id else school_class.school_id == sheet.school_id
    query = (
        sa.select(models.Child, school_class.name)
        .join(row, row.child_id == models.Child.id)
        .join(school_class, school_class.id == row.class_id)
        .where(where, row.first_day <= sheet.day, sa.func.coalesce(row.last_day, sheet.day) >= sheet.day)
        .order_by(school_class.name, models.Child.last_name, models.Child.first_name)
    )
    return [(child, name) for child, name in db.session.execute(query)]


def _booked(sheet: models.AttendanceSheet, child_ids: Collection[int]) -> set[int]:
    row = models.Booking
    query = sa.select(row.child_id).where(
        row.activity_id == sheet.activity_id,
        row.day == sheet.day,
        row.state == BookingState.BOOKED,
        row.child_id.in_(child_ids),
    )
    return set(db.session.scalars(query))


def _recorded(sheet: models.AttendanceSheet) -> dict[int, Presence]:
    row = models.Attendance
    query = sa.select(row.child_id, row.presence).where(
        row.activity_id == sheet.activity_id, row.day == sheet.day
    )
    return {child_id: presence for child_id, presence in db.session.execute(query)}


def _recorded_here(sheet: models.AttendanceSheet) -> set[int]:
    """Who is written on this very sheet: a child of elsewhere added by mistake can be taken off it."""
    query = sa.select(models.Attendance.child_id).where(models.Attendance.sheet_id == sheet.id)
    return set(db.session.scalars(query))


def _enrolled(sheet: models.AttendanceSheet, child_ids: Collection[int]) -> set[int]:
    row = models.Enrolment
    query = sa.select(row.child_id).where(
        row.activity_id == sheet.activity_id,
        row.child_id.in_(child_ids),
        row.first_day <= sheet.day,
        sa.func.coalesce(row.last_day, sheet.day) >= sheet.day,
    )
    return set(db.session.scalars(query))
