"""« Annuler ce changement »: what is still as the receipt left it, while its days are open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import jobs
import models
from extensions import db
from rules.vocabulary import BookingState
from tests import factories
from tests.operations.lines import places
from tests.pdf.reading import text as text_of
from tests.portal.homes import (
    FIRST_REFUSED,
    FRI,
    LAST_SECOND,
    MON,
    THU,
    TUE,
    Household,
    calendar_url,
    martin,
    other_family,
    partner,
    post,
    second_parent,
)


@pytest.fixture
def home(client: FlaskClient) -> Household:
    household = martin()
    factories.sign_in(client, household.claire)
    return household


def booked(of: models.Child) -> set[date]:
    db.session.expire_all()
    row = models.Booking
    query = sa.select(row.day).where(row.child_id == of.id, row.state == BookingState.BOOKED)
    return set(db.session.scalars(query))


def change(client: FlaskClient, home: Household, jour: list[date], vu: list[date]) -> str:
    """Change Léa's week; the address of the receipt."""
    answer = post(client, calendar_url(home.lea), etape="enregistrer", jour=jour, vu=vu)
    assert answer.status_code == 303
    return answer.location


def number_of(receipt: str) -> str:
    return f"R2026-{int(receipt.rpartition('/')[2]):06d}"


def undo(client: FlaskClient, receipt: str, **more: object) -> TestResponse:
    return post(client, f"{receipt}/annuler", **more)


def test_a_change_is_taken_back_by_a_receipt_of_its_own(app, client, home):
    factories.booking(home.lea, TUE)
    first = change(client, home, [MON, THU], [TUE])
    assert "Annuler ce changement" in client.get(first).text
    answer = undo(client, first)
    assert answer.status_code == 303 and answer.location != first
    assert booked(home.lea) == {TUE}
    page = client.get(answer.location).text
    number = number_of(first)
    assert "Le changement est annulé" in page and f"reçu {number}" in page
    assert "Ce changement a été annulé par le" in client.get(first).text
    jobs.drain_outbox(app.extensions["clock"].now())
    assert f"Annule le reçu {number}." in app.extensions["mail"].sent[-1].body


def test_taking_back_what_was_taken_back(client, home):
    second = undo(client, change(client, home, [MON], [])).location
    assert booked(home.lea) == set()
    undo(client, second)
    assert booked(home.lea) == {MON}


def test_pressed_twice_it_is_done_once(client, home):
    first = change(client, home, [MON], [])
    undo(client, first)
    answer = undo(client, first)
    assert answer.location == first
    assert "Rien à annuler" in client.get(first).text
    assert db.session.scalar(sa.select(sa.func.count(models.Receipt.id))) == 2


@pytest.mark.parametrize(("late", "left"), [(-1, set()), (0, {MON}), (1, {MON})])
def test_until_the_cutoff_and_not_a_second_more(app: Flask, client, home, late, left):
    first = change(client, home, [MON], [])
    app.extensions["clock"].set(FIRST_REFUSED + timedelta(seconds=late))
    undo(client, first)
    assert booked(home.lea) == left
    page = client.get(first).text
    assert ("ne s’annule plus" in page) == bool(left)
    assert "Annuler ce changement" not in page


def test_a_part_still_open_is_taken_back_and_the_rest_is_said(app: Flask, client, home):
    later = date(2026, 9, 21)
    first = post(
        client, calendar_url(home.lea, "mois=2026-09"), etape="enregistrer", jour=[MON, later]
    ).location
    app.extensions["clock"].set(LAST_SECOND + timedelta(seconds=1))
    page = client.get(first).text
    assert "le 21 septembre ne sera plus demandé" in page
    assert "Le 14 septembre : délai dépassé, rien n’y change." in page
    undo(client, first)
    assert booked(home.lea) == {MON}


def test_what_somebody_changed_since_is_not_overwritten(app: Flask, client, home):
    first = change(client, home, [MON, TUE, THU], [])
    his = factories.sign_in(app.test_client(), second_parent(home))
    change(his, home, [MON, TUE, FRI], [MON, TUE, THU])
    change(his, home, [TUE, FRI], [MON, TUE, FRI])
    change(his, home, [MON, TUE, FRI], [TUE, FRI])  # cancelled and booked again: his doing now
    page = client.get(first).text
    assert "Les 14 et 17 septembre : changé depuis, rien n’y change." in page
    undo(client, first)
    assert booked(home.lea) == {MON, FRI}


def test_a_waiting_list_is_left(client, home):
    places(1, weekdays={1})
    factories.booking(factories.child(factories.family("Bernard"), "Tom"), MON)
    first = change(client, home, [MON], [])
    undo(client, first)
    [row] = db.session.scalars(sa.select(models.Booking).filter_by(child_id=home.lea.id))
    assert row.state is BookingState.CANCELLED


def test_all_the_children_at_once(client, home):
    noe = factories.child(home.family, "Noé")
    factories.guardianship(home.claire, noe)
    ticks = {f"jour-{home.lea.id}": [MON], f"jour-{noe.id}": [MON]}
    both = post(client, "/espace/reservations/cantine?semaine=2026-W38", etape="enregistrer", **ticks)
    page = client.get(both.location).text
    assert "Annuler pour tous les enfants" in page
    ids = [int(each) for each in db.session.scalars(sa.select(models.Receipt.id))]
    answer = undo(client, f"/espace/recus/{ids[0]}", avec=str(ids[1]))
    assert (booked(home.lea), booked(noe)) == (set(), set())
    assert "Cantine de Léa" in client.get(answer.location).text


def test_nobody_else_takes_it_back(app: Flask, client, home):
    first = change(client, home, [MON], [])
    for stranger in (other_family(), partner(home)):
        theirs = factories.sign_in(app.test_client(), stranger)
        assert undo(theirs, first).status_code == 404
        assert theirs.get(f"{first}.pdf").status_code == 404
    assert undo(client, first, avec="987654").status_code == 404
    assert undo(client, first, avec=str(2**40)).status_code == 404
    assert booked(home.lea) == {MON}


def test_a_parent_of_the_other_household_reads_it_and_does_not_take_it_back(app: Flask, client, home):
    """Separated without alternation: the calendar is shared, the act is not his."""
    first = change(client, home, [MON], [])
    apart = factories.family("Durand")
    his = factories.parent(apart, home.lea, first_name="Marc", email="marc@villars.example")
    theirs = factories.sign_in(app.test_client(), his)
    page = theirs.get(first).text
    assert "Annuler ce changement" not in page and "3,80" not in page
    assert undo(theirs, first).status_code == 404
    assert booked(home.lea) == {MON}


def test_the_receipt_is_printed(app: Flask, client, home):
    factories.booking(home.lea, TUE)
    first = change(client, home, [MON, THU], [TUE])
    answer = client.get(f"{first}.pdf")
    assert answer.mimetype == "application/pdf"
    told = text_of(answer.data)
    for said in (
        number_of(first),
        "Léa Martin",
        "Réservé",
        "Annulé",
        "2 × 3,80 € = 7,60 €",
        "mercredi 9 septembre",
    ):
        assert said in told, said
