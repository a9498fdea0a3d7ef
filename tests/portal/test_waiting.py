"""Full days on the pages: what the calendar, the confirmation, the period and the receipt say."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from rules.vocabulary import BookingState
from tests import factories
from tests.operations.lines import inside, line, places
from tests.portal.homes import (
    FIRST_REFUSED,
    FRI,
    MON,
    PARIS,
    THU,
    TUE,
    Household,
    boxes,
    calendar_url,
    martin,
    post,
    second_parent,
    seen,
)
from tests.queries import queries_of

MONTH = "mois=2026-09"


@pytest.fixture
def home(client: FlaskClient) -> Household:
    """Léa, for one place on Mondays already taken by Tom."""
    places(1, weekdays={1})
    household = martin()
    tom = factories.child(factories.family("Bernard"), "Tom")
    factories.booking(tom, MON)
    factories.sign_in(client, household.claire)
    return household


def waiting(of: models.Child, day: date, since: datetime) -> models.Booking:
    row = factories.booking(of, day)
    row.state, row.waiting_since = BookingState.WAITING, since
    db.session.flush()
    return row


def ask(client: FlaskClient, home: Household, *days: date, vu: tuple[date, ...] = (), **more: object):
    return post(client, calendar_url(home.lea), jour=list(days), vu=list(vu), etape="enregistrer", **more)


def test_a_full_day_says_so_and_keeps_its_box(client, home):
    page = client.get(calendar_url(home.lea)).text
    assert page.count("Complet : liste d’attente") == 1
    assert boxes(page) == {day.isoformat(): False for day in (MON, TUE, THU, FRI)}
    assert "swatch waits" in page


def test_nothing_is_said_of_lists_where_there_is_room(client, home):
    page = client.get(calendar_url(home.lea, "semaine=2026-W40")).text
    assert "attente" not in page


def test_asking_for_a_full_day_gives_a_receipt_with_the_rank(client, home):
    answer = ask(client, home, MON, TUE)
    assert answer.status_code == 303
    receipt = client.get(answer.location).text
    assert "En liste d’attente, 1re" in receipt
    assert "Si une place se libère à temps" in receipt
    assert receipt.count("+ 3,80") == 2  # Tuesday, and the total
    assert (line(MON), inside(TUE)) == (["Martin"], {"Martin"})
    dashboard = client.get("/espace/tableau-de-bord").text
    assert "1 réservé" in dashboard
    assert "1 en attente" in dashboard


def test_a_day_waited_for_is_ticked_and_says_its_rank(client, home):
    noe = factories.child(factories.family("Petit"), "Noé")
    waiting(noe, MON, datetime(2026, 9, 1, 8, 0, tzinfo=PARIS))
    ask(client, home, MON)
    page = client.get(calendar_url(home.lea)).text
    assert "En attente, 2e" in page
    assert boxes(page)[MON.isoformat()] is True
    assert seen(page) == [MON.isoformat()]
    assert 'data-cents="0"' in page


def test_sending_the_page_back_unchanged_changes_nothing(client, home):
    """Two tabs, or saved twice: the day keeps its place in line."""
    ask(client, home, MON)
    again = ask(client, home, MON, vu=(MON,))
    assert again.status_code == 303
    assert "Rien à changer" in client.get(again.location).text
    assert ask(client, home, MON).status_code == 303
    assert line(MON) == ["Martin"]


def test_unticking_leaves_the_line(client, home):
    ask(client, home, MON)
    answer = ask(client, home, vu=(MON,))
    assert "Liste d’attente quittée" in client.get(answer.location).text
    assert line(MON) == []


def test_a_place_given_meanwhile_is_said_not_lost(client, home):
    """Claire's old tab still shows the wait; Tom has left, the day is booked: saving keeps it."""
    ask(client, home, MON)
    row = db.session.scalars(sa.select(models.Booking).filter_by(day=MON, child_id=home.lea.id)).one()
    row.state, row.waiting_since = BookingState.BOOKED, None
    db.session.commit()
    answer = ask(client, home, MON, vu=(MON,))
    assert "Rien à changer" in client.get(answer.location).text
    assert "Martin" in inside(MON)


def test_the_confirmation_says_that_it_waits_and_costs_nothing(client, home):
    page = post(client, calendar_url(home.lea), jour=[MON, TUE], etape="voir").text
    assert "lundi 14 septembre 2026 : complet, en liste d’attente (1re)" in page
    assert "Attendre" in page
    assert page.count("3,80") == 2
    assert line(MON) == []


def test_the_confirmation_of_leaving_says_so(client, home):
    ask(client, home, MON)
    page = post(client, calendar_url(home.lea), vu=[MON], etape="voir").text
    assert "quitter la liste d’attente" in page
    assert "Annuler" in page


def test_a_period_says_which_days_are_full(client, home):
    url = calendar_url(home.lea, "").replace("?", "/periode?")
    page = client.get(f"{url}jours=1&semaines=1&du={MON}&jusquau={MON + timedelta(days=7)}").text
    assert "2 jours à réserver" in page
    assert "Complet le 14 septembre : vous serez en liste d’attente" in page
    assert "+ 3,80" in page
    post(client, url.rstrip("?"), jour=[MON, MON + timedelta(days=7)])
    assert (line(MON), inside(MON + timedelta(days=7))) == (["Martin"], {"Martin"})
    page = client.get(f"{url}jours=1&semaines=1&du={MON}&jusquau={MON + timedelta(days=7)}").text
    assert "Déjà en liste d’attente" in page


def test_past_the_cutoff_the_page_says_that_no_place_came(app: Flask, client, home):
    ask(client, home, MON)
    app.extensions["clock"].set(FIRST_REFUSED)
    page = client.get(calendar_url(home.lea)).text
    assert "Pas de place" in page
    assert "En attente" not in page
    assert boxes(page) == {}
    assert ask(client, home, vu=(MON,)).status_code == 422
    assert line(MON) == ["Martin"]


def test_another_parent_sees_the_same_wait_and_may_leave_it(app: Flask, client, home):
    ask(client, home, MON)
    paul = factories.sign_in(app.test_client(), second_parent(home))
    assert "En attente, 1re" in paul.get(calendar_url(home.lea)).text
    assert ask(paul, home, vu=(MON,)).status_code == 303
    assert line(MON) == []


def test_the_calendar_of_a_limited_activity_stays_within_its_queries(client, home):
    places(40)
    db.session.commit()
    assert len(queries_of(client, calendar_url(home.lea, MONTH))) <= 10
