"""Enrolments in activities, and the class a child is in: both dated."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.cancellations import Cancelled, asked_from, cancel_open
from operations.children import facts_of
from operations.commitments import EnrolmentTerms, book_year
from operations.configuration import configuration
from operations.waiting import give_places, is_booked
from rules.instants import ONE_DAY
from rules.refusals import Refused
from rules.vocabulary import Formula, Level
from rules.wording import long_date, weekday_name

REASON = "Fin de l’inscription"
NO_TERMS = EnrolmentTerms()


def enrol(
    child: models.Child,
    activity_id: int,
    first_day: date,
    last_day: date | None = None,
    *,
    terms: EnrolmentTerms = NO_TERMS,
    by: Actor,
    now: datetime,
) -> models.Enrolment:
    """Sign a child up for an activity from a day on; weekdays chosen for the year are booked at once.

    Refused when already signed up over these days.
    """
    activity = configuration().activities.get(activity_id)
    if activity is None:
        raise Refused("Cette activité n’existe pas.", "activity_id")
    if last_day is not None and last_day < first_day:
        raise Refused("La fin ne peut pas précéder le début.", "last_day")
    for row in _enrolments(child, activity_id):
        if (last_day is None or row.first_day <= last_day) and _lasts_until(row, first_day):
            since = long_date(row.first_day)
            sentence = f"{child.first_name} est déjà inscrit à « {activity.name} » depuis le {since}."
            raise Refused(sentence, "first_day")
    row = models.Enrolment(
        child=child, activity_id=activity_id, first_day=first_day, last_day=last_day, **asdict(terms)
    )
    db.session.add(row)
    db.session.flush()
    after = {"activité": activity.name, "depuis": first_day, "jusqu’au": last_day} | _in_words(terms)
    history.record(child, "Inscription", by=by, now=now, after=after)
    book_year(row, first_day, is_new=True, by=by, now=now)
    return row


def change_terms(
    row: models.Enrolment, terms: EnrolmentTerms, first_day: date, *, by: Actor, now: datetime
) -> models.Enrolment:
    """Another regime, formula or choice of weekdays from that day on, at the family's request.

    What was said before that day stays: the enrolment ends the day before and goes on under its new
    terms. Weekdays newly chosen are booked, those given up are cancelled whatever their cut-off.
    """
    first_day = max(first_day, row.first_day)
    before = EnrolmentTerms(regime=row.regime, formula=row.formula, usual_weekdays=row.usual_weekdays)
    if terms == before:
        return row
    if row.last_day is not None and first_day > row.last_day:
        raise Refused(f"Cette inscription a fini le {long_date(row.last_day)}.", "from_day")
    child, activity = row.child, configuration().activities[row.activity_id]
    if first_day > row.first_day:
        ends, row.last_day = row.last_day, first_day - ONE_DAY
        row = models.Enrolment(child=child, activity_id=row.activity_id, first_day=first_day, last_day=ends)
        db.session.add(row)
    for name, value in asdict(terms).items():
        setattr(row, name, value)
    db.session.flush()
    said = {"activité": activity.name}
    history.record(
        child,
        "Inscription changée",
        by=by,
        now=now,
        before=said | _in_words(before),
        after=said | {"à partir du": first_day} | _in_words(terms),
    )
    if terms.usual_weekdays != before.usual_weekdays:
        book_year(row, first_day, instead_of=before.usual_weekdays, by=by, now=now)
    return row


def enrolment_on(child: models.Child, activity_id: int, day: date) -> models.Enrolment | None:
    """The child's enrolment in that activity that day."""
    known = _enrolments(child, activity_id)
    return next((each for each in known if each.first_day <= day and _lasts_until(each, day)), None)


def renew(
    row: models.Enrolment,
    first_day: date,
    last_day: date,
    *,
    terms: EnrolmentTerms,
    by: Actor,
    now: datetime,
) -> models.Enrolment:
    """The enrolment goes on for a school year to come, in a row of its own under these terms.

    The one under way ends the day before; nothing that is booked is cancelled.
    """
    child, activity = row.child, configuration().activities[row.activity_id]
    row.last_day = first_day - ONE_DAY
    year = models.Enrolment(
        child=child, activity_id=row.activity_id, first_day=first_day, last_day=last_day, **asdict(terms)
    )
    db.session.add(year)
    db.session.flush()
    after = {"activité": activity.name, "depuis": first_day, "jusqu’au": last_day} | _in_words(terms)
    history.record(child, "Inscription renouvelée", by=by, now=now, after=after)
    book_year(year, first_day, is_new=True, by=by, now=now)
    return year


def _in_words(terms: EnrolmentTerms) -> dict[str, str]:
    """What the terms say, leaving out what they do not."""
    said = {
        "régime": terms.regime.label if terms.regime else "",
        "formule": terms.formula.label if terms.formula is not Formula.MEAL else "",
        "jours": ", ".join(weekday_name(day) for day in sorted(terms.usual_weekdays or ())),
    }
    return {name: text for name, text in said.items() if text}


def end_enrolment(row: models.Enrolment, last_day: date, *, by: Actor, now: datetime) -> Cancelled:
    """The child's last day in an activity.

    Later booked days that can still be cancelled are, with a receipt; those past their cut-off stay
    booked and due.
    """
    if last_day < row.first_day:
        began = long_date(row.first_day)
        raise Refused(f"Cette inscription a commencé le {began} : elle ne peut pas finir avant.", "last_day")
    before = row.last_day
    if before == last_day:
        return Cancelled([], [])
    _refuse_overlap(row, last_day)
    row.last_day = last_day
    db.session.flush()
    activity = configuration().activities[row.activity_id]
    history.record(
        row.child,
        "Fin d’inscription",
        by=by,
        now=now,
        before={"activité": activity.name, "jusqu’au": before},
        after={"activité": activity.name, "jusqu’au": last_day},
    )
    facts = facts_of([row.child_id])[row.child_id]
    later = asked_from(row.child, last_day + ONE_DAY, row.activity_id)
    left_out = [each for each in later if not facts.enrolled_on(each.day, row.activity_id)]
    return cancel_open(row.child, left_out, REASON, by=by, now=now)


def reopen(row: models.Enrolment, *, by: Actor, now: datetime) -> models.Enrolment:
    """The enrolment has no last day any more. Refused when another one follows."""
    _refuse_overlap(row, date.max)
    activity = configuration().activities[row.activity_id]
    before, row.last_day = row.last_day, None
    db.session.flush()
    said = {"activité": activity.name}
    history.record(
        row.child,
        "Inscription rouverte",
        by=by,
        now=now,
        before=said | {"jusqu’au": before},
        after=said | {"jusqu’au": None},
    )
    return row


def change_class(
    child: models.Child, class_id: int, level: Level, first_day: date, *, by: Actor, now: datetime
) -> list[models.Booking]:
    """Put a child in a class, at a level, from a day on; the class before it ends the day before.

    Bookings stay. Returns those of days that the new school closes, for whoever changes it to see. The
    places that the old class no longer takes go to those who wait.
    """
    school_class = db.session.get(models.SchoolClass, class_id)
    if school_class is None:
        raise Refused("Cette classe n’existe pas.", "class_id")
    known = _schoolings(child)
    row = next((each for each in known if each.first_day == first_day), None)
    before = next((e for e in known if e.first_day <= first_day and _lasts_until(e, first_day)), None)
    if before is not None and (before.class_id, before.level) == (class_id, level):
        return []
    written = {"classe": str(before.school_class), "niveau": before.level.label} if before else None
    if row is None:
        row = models.Schooling(child=child, first_day=first_day, last_day=_day_before_next(known, first_day))
        db.session.add(row)
    for each in known:
        if each.first_day < first_day and _lasts_until(each, first_day):
            each.last_day = first_day - ONE_DAY
    row.class_id, row.level = class_id, level
    db.session.flush()
    after = {"classe": str(school_class), "niveau": level.label, "depuis": first_day}
    history.record(child, "Classe", by=by, now=now, before=written, after=after)
    if before is None:
        _book_years(child, first_day, by, now)
    booked = [each for each in asked_from(child, first_day) if is_booked(each)]
    for activity_id in {each.activity_id for each in booked}:
        days = {each.day for each in booked if each.activity_id == activity_id}
        give_places(configuration().activities[activity_id], days, now=now)
    return _closed_days(child, booked)


def _book_years(child: models.Child, first_day: date, by: Actor, now: datetime) -> None:
    """A child enrolled before it had a school: the weekdays chosen are booked once it has one."""
    query = sa.select(models.Enrolment).filter_by(child_id=child.id).order_by(models.Enrolment.first_day)
    for row in db.session.scalars(query).all():
        if _lasts_until(row, first_day):
            book_year(row, max(first_day, row.first_day), is_new=True, by=by, now=now)


def _closed_days(child: models.Child, booked: list[models.Booking]) -> list[models.Booking]:
    if not booked:
        return []
    facts = facts_of([child.id])[child.id]
    calendar = configuration().calendar

    def closed(row: models.Booking) -> bool:
        place = facts.place_on(row.day, row.activity_id)
        return place is None or calendar.closed_because(row.day, place) is not None

    return [row for row in booked if closed(row)]


def _refuse_overlap(row: models.Enrolment, last_day: date) -> None:
    for each in _enrolments(row.child, row.activity_id):
        if each is not row and row.first_day < each.first_day <= last_day:
            since = long_date(each.first_day)
            raise Refused(f"Une autre inscription à cette activité commence le {since}.", "last_day")


def _enrolments(child: models.Child, activity_id: int) -> list[models.Enrolment]:
    query = sa.select(models.Enrolment).filter_by(child_id=child.id, activity_id=activity_id)
    return list(db.session.scalars(query))


def _schoolings(child: models.Child) -> list[models.Schooling]:
    query = sa.select(models.Schooling).filter_by(child_id=child.id).order_by(models.Schooling.first_day)
    return list(db.session.scalars(query))


def _lasts_until(row: models.Enrolment | models.Schooling, day: date) -> bool:
    """Whether it is not over yet on that day (it may begin later)."""
    return row.last_day is None or row.last_day >= day


def _day_before_next(known: list[models.Schooling], first_day: date) -> date | None:
    later = [row.first_day for row in known if row.first_day > first_day]
    return min(later) - ONE_DAY if later else None
