"""Children who stop going to school here: what they had booked, and what ends with their school."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.cancellations import Cancelled, asked_from, cancel_open
from operations.children import facts_of
from operations.enrolments import end_enrolment
from rules.instants import ONE_DAY, paris
from rules.refusals import Refused
from rules.wording import long_date

END_OF_SCHOOL = "Fin de la scolarité"
DEPARTURE = "Départ de l’enfant"


def end_schooling(row: models.Schooling, last_day: date | None, *, by: Actor, now: datetime) -> Cancelled:
    """The child's last day in a class; None opens it again. Refused over the child's next class.

    Booked days left without a school are cancelled where they still can be, with a receipt; those
    past their cut-off stay booked and due. The school judges the cut-offs, so it ends after that.
    """
    before = row.last_day
    if before == last_day:
        return Cancelled([], [])
    _check(row, last_day)
    done = _cancel_left_out(row, last_day, by, now)
    row.last_day = last_day
    db.session.flush()
    where = {"classe": str(row.school_class)}
    history.record(
        row.child,
        "Fin de scolarité",
        by=by,
        now=now,
        before=where | {"jusqu’au": before},
        after=where | {"jusqu’au": last_day},
    )
    return done


def leave(child: models.Child, last_day: date, *, by: Actor, now: datetime) -> Cancelled:
    """The child's last day in the commune: class and enrolments end with it, later days are cancelled.

    Days past their cut-off stay booked and due. Classes and enrolments still to come are removed;
    what ended on a day of departure announced before ends on the new one. Refused when something
    has begun since that day, which a wrong date would silently undo.
    """
    before = child.left_on
    if before == last_day:
        return Cancelled([], [])
    rows = _lasting(child, last_day, before)
    _refuse_begun(child, rows, last_day, now)
    done = cancel_open(child, asked_from(child, last_day + ONE_DAY), DEPARTURE, by=by, now=now)
    removed = [str(_subject(row)) for row in rows if row.first_day > last_day]
    _remove_to_come(rows, last_day)
    _end(rows, last_day, by, now)
    child.left_on = last_day
    db.session.flush()
    after = {"dernier jour": last_day} | ({"retiré": removed} if removed else {})
    history.record(child, "Départ", by=by, now=now, before={"dernier jour": before}, after=after)
    return done


_Dated = models.Schooling | models.Enrolment


def _check(row: models.Schooling, last_day: date | None) -> None:
    if last_day is not None and last_day < row.first_day:
        began = long_date(row.first_day)
        raise Refused(f"Cette scolarité a commencé le {began} : elle ne peut pas finir avant.", "last_day")
    query = sa.select(models.Schooling.first_day).where(
        models.Schooling.child_id == row.child_id, models.Schooling.first_day > row.first_day
    )
    following = db.session.scalars(query.order_by(models.Schooling.first_day)).first()
    if following is not None and (last_day is None or following <= last_day):
        since = long_date(following)
        raise Refused(f"Une autre scolarité commence le {since} : celle-ci doit finir avant.", "last_day")


def _cancel_left_out(row: models.Schooling, last_day: date | None, by: Actor, now: datetime) -> Cancelled:
    """Cancel the booked days that no class of the child covers once this one ends on that day."""
    if last_day is None:
        return Cancelled([], [])
    later = asked_from(row.child, last_day + ONE_DAY)
    known = facts_of([row.child_id])[row.child_id].schoolings
    others = [each for each in known if each.first != row.first_day]

    def covered(day: date) -> bool:
        return any(each.first <= day and (each.last is None or day <= each.last) for each in others)

    left_out = [each for each in later if not covered(each.day)]
    return cancel_open(row.child, left_out, END_OF_SCHOOL, by=by, now=now)


def _lasting(child: models.Child, last_day: date, before: date | None) -> list[_Dated]:
    """Classes and enrolments that go on after that day, or that ended on the departure announced before."""
    rows: list[_Dated] = []
    for table in (models.Enrolment, models.Schooling):  # enrolments first: a school still judges them
        query = sa.select(table).filter_by(child_id=child.id).order_by(table.first_day)
        rows += db.session.scalars(query)
    return [row for row in rows if row.last_day is None or row.last_day > last_day or row.last_day == before]


def _refuse_begun(child: models.Child, rows: list[_Dated], last_day: date, now: datetime) -> None:
    today = paris(now).date()
    for row in rows:
        going_on = row.last_day is None or row.last_day >= today
        if last_day < row.first_day <= today and going_on:
            began = long_date(row.first_day)
            raise Refused(
                f"« {_subject(row)} » a commencé le {began}, après ce départ de {child.first_name} : "
                "terminez-la d’abord, ou corrigez la date.",
                "left_on",
            )


def _remove_to_come(rows: list[_Dated], last_day: date) -> None:
    for row in rows:
        if row.first_day > last_day:
            db.session.delete(row)
    db.session.flush()


def _end(rows: list[_Dated], last_day: date, by: Actor, now: datetime) -> None:
    for row in rows:
        if row.first_day > last_day:
            continue
        if isinstance(row, models.Enrolment):
            end_enrolment(row, last_day, by=by, now=now)
        else:
            end_schooling(row, last_day, by=by, now=now)


def _subject(row: _Dated) -> models.Activity | models.SchoolClass:
    return row.activity if isinstance(row, models.Enrolment) else row.school_class
