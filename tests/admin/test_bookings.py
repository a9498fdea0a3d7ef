"""Bookings: generated forms that go through the one operation, with what staff decide when it is late."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

import models
from extensions import db
from rules.vocabulary import BookingState, Channel, Timing
from tests import factories
from tests.admin.agents import Agent, said

# The clock is on Monday 7 September: that week's cut-off is past, the next week's is not.
PAST, OPEN, SUNDAY = "2026-09-10", "2026-09-17", "2026-09-20"


@pytest.fixture
def agent(app):
    return Agent(app)


@pytest.fixture
def child(app):
    family = factories.family("Martin", qf="622.50")
    row = factories.child(family, "Léa")
    factories.parent(family, row, payer=True, email="claire@villars.example")
    return row


def booking_of(day: str) -> models.Booking | None:
    return db.session.scalars(sa.select(models.Booking).filter_by(day=date.fromisoformat(day))).first()


def form(child: models.Child, day: str, **more: object) -> dict[str, object]:
    return {"child": child.id, "activity": factories.activity().id, "day": day, "channel": "phone", **more}


def test_a_day_is_booked_for_a_guardian_who_telephoned(agent, child):
    guardian = child.guardianships[0].guardian_id
    assert agent.post("reservations/nouveau/", **form(child, OPEN, for_guardian=guardian)).status_code == 302
    assert booking_of(OPEN).timing is Timing.IN_TIME
    [receipt] = db.session.scalars(sa.select(models.Receipt))
    assert (receipt.for_guardian_id, receipt.channel, receipt.by_id) == (
        guardian, Channel.PHONE, agent.account_id,
    )  # fmt: skip
    page = agent.text(f"recus/detail/?id={receipt.id}")
    assert "17/09/2026" in page
    assert "Réserver" in page


def test_past_the_cut_off_staff_choose_and_say_why(agent, child):
    refused = agent.post("reservations/nouveau/", **form(child, PAST))
    assert refused.status_code == 422
    assert "Pour passer outre" in said(refused)
    mute = agent.post("reservations/nouveau/", **form(child, PAST, late="excused"))
    assert mute.status_code == 422
    assert booking_of(PAST) is None
    agent.post("reservations/nouveau/", **form(child, PAST, late="late", why="Garde imprévue"))
    assert (booking_of(PAST).timing, booking_of(PAST).reason) == (Timing.LATE, "Garde imprévue")


def test_an_excused_day_is_at_the_usual_price(agent, child):
    agent.post("reservations/nouveau/", **form(child, PAST, late="excused", why="Panne du portail"))
    assert booking_of(PAST).timing is Timing.EXCUSED


def test_a_closed_day_is_refused_on_its_field_and_leaves_nothing(agent, child):
    answer = agent.post("reservations/nouveau/", **form(child, SUNDAY))
    assert answer.status_code == 422
    assert 'id="day-erreur"' in answer.text
    assert booking_of(SUNDAY) is None


def test_a_booked_day_is_not_booked_twice(agent, child):
    factories.booking(child, date.fromisoformat(OPEN))
    assert "déjà réservé" in said(agent.post("reservations/nouveau/", **form(child, OPEN)))


def test_cancelling_is_asked_then_goes_through_the_operation(agent, child):
    number = factories.booking(child, date.fromisoformat(OPEN)).id
    asked = agent.post("reservations/supprimer/", id=number)
    assert "La famille recevra un reçu" in said(asked)
    assert booking_of(OPEN).state is BookingState.BOOKED
    agent.delete("reservations", number)
    assert booking_of(OPEN).state is BookingState.CANCELLED
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Receipt)) == 1
    assert agent.delete("reservations", number).status_code == 403


def test_a_late_cancellation_goes_by_the_form(agent, child):
    number = factories.booking(child, date.fromisoformat(PAST)).id
    answer = agent.client.get(agent.delete("reservations", number).location)
    assert "Passez par « Modifier »" in said(answer)
    data = {"state": "cancelled", "channel": "counter", "late": "excused", "why": "Deuil"}
    assert agent.post(f"reservations/modifier/?id={number}", **data).status_code == 302
    assert booking_of(PAST).state is BookingState.CANCELLED


def test_a_cancelled_day_can_be_booked_again(agent, child):
    row = factories.booking(child, date.fromisoformat(OPEN))
    row.state, number = BookingState.CANCELLED, row.id
    agent.post(f"reservations/modifier/?id={number}", state="booked", channel="counter")
    assert booking_of(OPEN).state is BookingState.BOOKED
