"""Departures: what was booked is cancelled or said to be due, never billed in silence."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import billing, departures, enrolments
from operations.actors import SYSTEM
from operations.bookings import NO_SCHOOL, judge_day
from operations.changes import change_days
from operations.children import facts_of
from operations.configuration import configuration
from rules.refusals import Refused
from rules.vocabulary import AnomalyKind, BookingState, Change, EventEffect, Level
from tests import factories
from tests.conftest import START
from tests.town import FIRST_DAY

PAST, KEPT, OPEN = date(2026, 9, 8), date(2026, 9, 10), [date(2026, 9, 14), date(2026, 9, 15)]
LAST_DAY = date(2026, 9, 8)


def lea(*, qf: str | None = None) -> models.Child:
    """Léa, booked on a day of this week, which is past its cut-off, and on two days of the next."""
    family = factories.family(qf=qf)
    child = factories.child(family, activities=("cantine", "garderie-du-soir"))
    claire = factories.guardian(family, email="claire@villars.example", payer=True)
    factories.guardianship(claire, child)
    for day in (PAST, KEPT, *OPEN):
        factories.booking(child, day)
    return child


def cancelled() -> list[date]:
    query = sa.select(models.Booking.day).filter_by(state=BookingState.CANCELLED)
    return sorted(db.session.scalars(query))


def leave(child: models.Child, day: date = LAST_DAY) -> departures.Cancelled:
    return departures.leave(child, day, by=SYSTEM, now=START)


def end(child: models.Child, day: date | None) -> departures.Cancelled:
    return departures.end_schooling(first_class(child), day, by=SYSTEM, now=START)


def first_class(child: models.Child) -> models.Schooling:
    query = sa.select(models.Schooling).filter_by(child_id=child.id).order_by(models.Schooling.first_day)
    return db.session.scalars(query).first()


def traces(verb: str) -> list[models.History]:
    return list(db.session.scalars(sa.select(models.History).filter_by(verb=verb)))


def next_class(child: models.Child, since: date) -> None:
    chosen = factories.school_class("CE2").id
    enrolments.change_class(child, chosen, Level.CE2, since, by=SYSTEM, now=START)


@pytest.mark.parametrize("ending", [leave, lambda child: end(child, LAST_DAY)])
def test_later_days_still_open_are_cancelled_with_a_receipt_and_the_others_stay_due(app, ending):
    done = ending(lea())
    assert (cancelled(), done.kept) == (OPEN, [KEPT])
    assert [line.day for receipt in done.receipts for line in receipt.lines] == OPEN
    mail = db.session.scalars(sa.select(models.Outbox)).one()
    assert mail.recipient == "claire@villars.example"
    assert "mardi 15 septembre 2026" in mail.body
    assert "reviennent à votre famille" not in mail.body


def test_leaving_ends_the_class_and_every_enrolment_and_closes_the_calendar(app):
    child = lea()
    leave(child)
    assert child.left_on == LAST_DAY
    assert {row.last_day for row in (*child.schoolings, *child.enrolments)} == {LAST_DAY}
    assert (traces("Départ")[0].before, traces("Départ")[0].after) == (
        {"dernier jour": None},
        {"dernier jour": "2026-09-08"},
    )
    assert (len(traces("Fin de scolarité")), len(traces("Fin d’inscription"))) == (1, 2)
    canteen = configuration().activity("cantine")
    ruling = judge_day(facts_of([child.id])[child.id], canteen, Change.BOOK, date(2026, 9, 21), START)
    assert (ruling.allowed, ruling.short) == (False, NO_SCHOOL)
    with pytest.raises(Refused, match="pas de scolarité"):
        change_days(child, canteen, {date(2026, 9, 21)}, set(), by=SYSTEM, now=START)


def test_leaving_twice_on_the_same_day_changes_nothing(app):
    child = lea()
    leave(child)
    again = leave(child)
    assert (again.receipts, len(traces("Départ"))) == ([], 1)


@pytest.mark.parametrize("moved", [date(2026, 9, 7), date(2026, 9, 15)])
def test_a_departure_that_moves_takes_class_and_enrolments_with_it(app, moved: date):
    child = lea()
    leave(child)
    leave(child, moved)
    assert {row.last_day for row in (*child.schoolings, *child.enrolments)} == {moved}
    assert child.left_on == moved


def test_what_is_still_to_come_is_removed(app):
    child = lea()
    next_class(child, date(2026, 11, 2))
    leave(child, date(2026, 10, 16))
    db.session.expire_all()
    assert [row.last_day for row in child.schoolings] == [date(2026, 10, 16)]
    assert traces("Départ")[0].after["retiré"] == ["CE2 · École Jules Ferry"]


def test_a_departure_before_what_has_begun_is_refused(app):
    child = lea()
    with pytest.raises(Refused, match="corrigez la date") as refused:
        leave(child, date(2020, 9, 8))
    assert refused.value.field == "left_on"
    assert (child.left_on, cancelled()) == (None, [])


def test_a_class_never_ends_over_the_next_one_nor_before_it_begins(app):
    child = lea()
    next_class(child, date(2026, 11, 2))
    for day in (date(2026, 11, 2), date(2026, 12, 18), None):
        with pytest.raises(Refused, match="Une autre scolarité commence le lundi 2 novembre 2026"):
            end(child, day)
    with pytest.raises(Refused, match="elle ne peut pas finir avant"):
        end(child, date(2026, 8, 1))


def test_days_of_the_next_class_are_not_cancelled(app):
    child = lea()
    next_class(child, OPEN[1])
    done = end(child, LAST_DAY)
    assert (cancelled(), done.kept) == (OPEN[:1], [KEPT])


def test_a_class_can_be_opened_again(app):
    child = lea()
    end(child, LAST_DAY)
    end(child, None)
    assert first_class(child).last_day is None


OCTOBER_1 = datetime(2026, 10, 1, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))


def prepared() -> list[tuple[AnomalyKind, str]]:
    done = billing.prepare_month(date(2026, 9, 1), by=SYSTEM, now=OCTOBER_1)
    return [(each.kind, each.sentence.replace("\xa0", " ")) for each in done.anomalies]


def test_what_stays_booked_without_a_school_is_told_before_the_month_is_issued(app):
    leave(lea(qf="712"))
    assert [what for kind, what in prepared() if kind is AnomalyKind.NO_SCHOOL] == [
        "Famille Martin : Léa Martin, Cantine, réservé sans école le 10 septembre."
    ]
    stored = db.session.scalars(sa.select(models.Anomaly.kind))
    assert AnomalyKind.NO_SCHOOL in set(stored)


def test_a_child_at_school_is_no_anomaly(app):
    lea(qf="712")
    assert AnomalyKind.NO_SCHOOL not in {kind for kind, _ in prepared()}


def test_a_closed_day_is_not_due_because_the_child_left(app):
    child = lea(qf="712")
    leave(child)
    db.session.add(models.Closure(name="Grève", first_day=KEPT, last_day=KEPT, effect=EventEffect.CLOSED))
    db.session.commit()
    assert [each for each in prepared() if each[0] is AnomalyKind.NO_SCHOOL] == []
    [draft] = db.session.scalars(sa.select(models.Draft))
    assert draft.total_cents == 380


def test_billing_and_the_calendar_read_the_latest_class_first(app):
    from operations.children import facts_of, schoolings_of

    child = lea()
    assert first_class(child).first_day == FIRST_DAY
    next_class(child, date(2026, 11, 2))
    latest_first = [date(2026, 11, 2), FIRST_DAY]
    assert [row.first for row in schoolings_of(None)[child.id]] == latest_first
    assert [row.first for row in facts_of([child.id])[child.id].schoolings] == latest_first
