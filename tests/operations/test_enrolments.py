"""Enrolments and classes: dated, without overlap; what ends cancels what is still open."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import enrolments
from operations.actors import SYSTEM
from rules.refusals import Refused
from rules.vocabulary import BookingState, Level
from tests import factories
from tests.conftest import START
from tests.town import FIRST_DAY


def lea() -> models.Child:
    family = factories.family()
    child = factories.child(family, activities=())
    factories.guardianship(factories.guardian(family, email="claire@villars.example"), child)
    return child


def enrol(child: models.Child, first: date, last: date | None = None) -> models.Enrolment:
    return enrolments.enrol(child, factories.activity().id, first, last, by=SYSTEM, now=START)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 10, 1), None),
        (date(2026, 9, 1), date(2026, 10, 1)),
        (date(2026, 12, 31), date(2027, 1, 5)),
        (date(2026, 11, 1), date(2026, 11, 2)),
    ],
)
def test_two_enrolments_never_overlap(app, first: date, last: date | None):
    child = lea()
    enrol(child, date(2026, 10, 1), date(2026, 12, 31))
    with pytest.raises(Refused, match="Léa est déjà inscrit à « Cantine » depuis le jeudi 1er octobre 2026"):
        enrol(child, first, last)


def test_one_may_follow_the_other(app):
    child = lea()
    enrol(child, date(2026, 10, 1), date(2026, 12, 31))
    enrol(child, date(2027, 1, 1))
    enrol(child, date(2026, 9, 1), date(2026, 9, 30))
    assert len(child.enrolments) == 3


def test_an_enrolment_ends_after_it_begins(app):
    with pytest.raises(Refused, match="La fin ne peut pas précéder le début"):
        enrol(lea(), date(2026, 10, 1), date(2026, 9, 30))


def test_ending_cancels_what_can_still_be_and_keeps_the_rest(app):
    child = lea()
    row = enrol(child, FIRST_DAY)
    days = [date(2026, 9, 8), date(2026, 9, 10), date(2026, 9, 14), date(2026, 9, 15)]
    for day in days:
        factories.booking(child, day)
    done = enrolments.end_enrolment(row, date(2026, 9, 8), by=SYSTEM, now=START)
    states = {each.day: each.state for each in db.session.scalars(sa.select(models.Booking))}
    assert [day for day in days if states[day] is BookingState.CANCELLED] == [
        date(2026, 9, 14),
        date(2026, 9, 15),
    ]
    assert done.kept == [date(2026, 9, 10)]
    assert [line.day for receipt in done.receipts for line in receipt.lines] == [
        date(2026, 9, 14),
        date(2026, 9, 15),
    ]
    mail = db.session.scalars(sa.select(models.Outbox)).one()
    assert mail.recipient == "claire@villars.example"
    assert "Fin de l’inscription" in mail.body


def test_ending_twice_on_the_same_day_changes_nothing(app):
    child = lea()
    row = enrol(child, FIRST_DAY)
    enrolments.end_enrolment(row, date(2026, 9, 8), by=SYSTEM, now=START)
    again = enrolments.end_enrolment(row, date(2026, 9, 8), by=SYSTEM, now=START)
    assert again.receipts == []
    ended = sa.select(sa.func.count()).select_from(models.History).filter_by(verb="Fin d’inscription")
    assert db.session.scalar(ended) == 1


def test_a_new_class_closes_the_one_before(app):
    child = lea()
    new = factories.school_class("CE2")
    enrolments.change_class(child, new.id, Level.CE2, date(2026, 11, 2), by=SYSTEM, now=START)
    rows = list(db.session.scalars(sa.select(models.Schooling).order_by(models.Schooling.first_day)))
    assert [(row.school_class.name, row.last_day) for row in rows] == [
        ("CP", date(2026, 11, 1)),
        ("CE2", None),
    ]
    trace = db.session.scalars(sa.select(models.History).filter_by(verb="Classe")).one()
    assert trace.before == {"classe": "CP · École Jules Ferry", "niveau": "CP"}


def test_the_class_the_child_is_already_in_changes_nothing(app):
    child = lea()
    enrolments.change_class(
        child, factories.school_class("CP").id, Level.CP, date(2026, 11, 2), by=SYSTEM, now=START
    )
    assert len(list(db.session.scalars(sa.select(models.Schooling)))) == 1


def test_moving_school_keeps_the_bookings_and_names_the_days_the_new_one_closes(app):
    child = lea()
    enrol(child, FIRST_DAY)
    nursery = factories.school_class("GS")
    db.session.add(models.WeekPattern(weekdays={1, 2, 4}, school_id=nursery.school_id, first_day=FIRST_DAY))
    for day in (date(2026, 9, 17), date(2026, 9, 18)):
        factories.booking(child, day)
    closed = enrolments.change_class(child, nursery.id, Level.GS, date(2026, 9, 14), by=SYSTEM, now=START)
    assert [row.day for row in closed] == [date(2026, 9, 18)]
    assert {row.state for row in db.session.scalars(sa.select(models.Booking))} == {BookingState.BOOKED}
