"""Reading for the attendance screens: which sheets a day asks for, and who else came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

import models
from extensions import db
from operations.configuration import ActivityFacts, configuration
from rules import deadlines
from rules.folding import fold
from rules.school_calendar import Place
from rules.vocabulary import BookingState, Presence

MOST_FOUND = 12
_Group = tuple[int, int, int | None]  # activity, school, class or None for the whole school


@dataclass(frozen=True, slots=True)
class Session:
    """One sheet that a day may ask for: an activity, and the class (or the whole school) it is taken in.

    `present` is None until something is recorded on the sheet.
    """

    activity: ActivityFacts
    school: models.School
    school_class: models.SchoolClass | None
    booked: int
    enrolled: int
    sheet: models.AttendanceSheet | None
    present: int | None

    @property
    def group(self) -> str:
        """The class, or the school where the sheet is the whole school's."""
        return self.school_class.name if self.school_class else self.school.name

    @property
    def is_expected(self) -> bool:
        """Whether a missing sheet is an omission: children booked, or an activity without booking."""
        return self.booked > 0 or self.school_class is None


def sessions_of(day: date) -> list[Session]:
    """The sheets of a day, by activity, school and class, in five queries whatever the children.

    An activity that is booked has one per class, one without booking has one per school; a group
    whose service does not run that day has none, unless a sheet was opened.
    """
    booked, enrolled, sheets = _booked(day), _enrolled(day), _sheets(day)
    present = _present(day)
    classes = {row.id: row for row in db.session.scalars(sa.select(models.SchoolClass))}
    schools = {row.id: row for row in db.session.scalars(sa.select(models.School))}
    activities = configuration().activities
    groups = {group for group in booked.keys() | enrolled.keys() if _runs(group, day)} | sheets.keys()
    found = [
        Session(
            activity=activities[activity_id],
            school=schools[school_id],
            school_class=classes[class_id] if class_id else None,
            booked=booked[activity_id, school_id, class_id],
            enrolled=enrolled[activity_id, school_id, class_id],
            sheet=sheets.get((activity_id, school_id, class_id)),
            present=_counted(sheets.get((activity_id, school_id, class_id)), present),
        )
        for activity_id, school_id, class_id in groups
    ]
    order = {activity_id: rank for rank, activity_id in enumerate(activities)}
    return sorted(found, key=lambda s: (order[s.activity.id], fold(s.school.name), s.group))


def closed_everywhere(day: date) -> str | None:
    """Why nothing at all runs that day (Sunday, holidays), or None."""
    return configuration().calendar.closed_because(day, Place())


def others_on(sheet: models.AttendanceSheet, known_ids: Collection[int]) -> list[models.Child]:
    """Children recorded on this sheet though they are not of its class or school: those who were added."""
    row, child = models.Attendance, models.Child
    query = (
        sa.select(child)
        .join(row, row.child_id == child.id)
        .where(
            row.sheet_id == sheet.id,
            row.presence == Presence.PRESENT,
            child.id.not_in(known_ids),
        )
    )
    return sorted(db.session.scalars(query), key=_by_name)


def children_named(child_ids: Collection[int]) -> list[models.Child]:
    """These children, by name."""
    found = db.session.scalars(sa.select(models.Child).where(models.Child.id.in_(child_ids)))
    return sorted(found, key=_by_name)


def classes_on(day: date, child_ids: Collection[int]) -> dict[int, str]:
    """« CP, École Jules Ferry » of each of these children who is at school that day."""
    row, school_class, school = models.Schooling, models.SchoolClass, models.School
    query = (
        sa.select(row.child_id, school_class.name, school.name)
        .join(school_class, school_class.id == row.class_id)
        .join(school, school.id == school_class.school_id)
        .where(row.child_id.in_(child_ids), _covers(row, day))
    )
    return {child_id: f"{name}, {at}" for child_id, name, at in db.session.execute(query)}


def search_children(typed: str, *, without: Collection[int]) -> list[models.Child]:
    """Children of any school whose names hold every word typed, without case or accents; at most twelve."""
    words = fold(typed).split()
    if not words:
        return []
    child = models.Child
    query = sa.select(child).where(
        *(child.search_text.contains(word, autoescape=True) for word in words), child.id.not_in(without)
    )
    return list(db.session.scalars(query.order_by(child.last_name, child.first_name).limit(MOST_FOUND)))


# -- counting ---------------------------------------------------------------------------


def _booked(day: date) -> Counter[_Group]:
    row = models.Booking
    there = sa.and_(row.day == day, row.state == BookingState.BOOKED)
    return _by_group(row, there, day)


def _enrolled(day: date) -> Counter[_Group]:
    row = models.Enrolment
    return _by_group(row, _covers(row, day), day)


def _by_group(
    row: type[models.Booking] | type[models.Enrolment], there: sa.ColumnElement[bool], day: date
) -> Counter[_Group]:
    """How many children by activity and class; by activity and school where nothing is booked."""
    schooling, school_class = models.Schooling, models.SchoolClass
    query = (
        sa.select(row.activity_id, school_class.school_id, school_class.id, sa.func.count())
        .join(schooling, schooling.child_id == row.child_id)
        .join(school_class, school_class.id == schooling.class_id)
        .where(there, _covers(schooling, day))
        .group_by(row.activity_id, school_class.school_id, school_class.id)
    )
    rules = configuration().deadlines
    found: Counter[_Group] = Counter()
    for activity_id, school_id, class_id, count in db.session.execute(query):
        is_booked = deadlines.needs_booking(rules.get(activity_id, ()), day)
        found[activity_id, school_id, class_id if is_booked else None] += count
    return found


def _sheets(day: date) -> dict[_Group, models.AttendanceSheet]:
    rows = db.session.scalars(sa.select(models.AttendanceSheet).filter_by(day=day))
    return {(row.activity_id, row.school_id, row.class_id): row for row in rows}


def _present(day: date) -> dict[int, int]:
    """How many children are recorded present on each sheet that has anything recorded."""
    row = models.Attendance
    is_there = sa.case((row.presence == Presence.PRESENT, 1), else_=0)
    query = sa.select(row.sheet_id, sa.func.sum(is_there)).where(row.day == day).group_by(row.sheet_id)
    return {sheet_id: int(count) for sheet_id, count in db.session.execute(query)}


def _counted(sheet: models.AttendanceSheet | None, present: Mapping[int, int]) -> int | None:
    return None if sheet is None else present.get(sheet.id)


def _runs(group: _Group, day: date) -> bool:
    activity_id, school_id, class_id = group
    facts = configuration()
    is_open = facts.activities[activity_id].is_open
    return is_open and facts.calendar.is_service_day(day, Place(activity_id, school_id, class_id))


def _covers(row: type[models.Schooling] | type[models.Enrolment], day: date) -> sa.ColumnElement[bool]:
    return sa.and_(row.first_day <= day, sa.func.coalesce(row.last_day, day) >= day)


def _by_name(child: models.Child) -> tuple[str, str]:
    return (fold(child.last_name), fold(child.first_name))
