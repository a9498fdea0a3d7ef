"""« Comme d’habitude », the messages one chooses, the calendar a telephone follows."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from operations.notices import muted_by
from rules.notices import Notice
from rules.vocabulary import BookingState, CustodyKind
from tests import factories
from tests.portal.homes import FRI, MON, THU, TUE, martin, other_family, post

PARIS = ZoneInfo("Europe/Paris")
USUAL = "/espace/comme-d-habitude"
AGENDA = "/espace/agenda"


def booked_days() -> set[date]:
    return set(db.session.scalars(sa.select(models.Booking.day).filter_by(state=BookingState.BOOKED)))


def test_the_last_week_is_priced_then_booked_in_one_tap(app: Flask, client: FlaskClient) -> None:
    home = martin()
    factories.booking(home.lea, MON)
    factories.booking(home.lea, THU)
    factories.sign_in(client, home.claire)
    app.extensions["clock"].set(datetime(2026, 9, 15, 10, 0, tzinfo=PARIS))
    page = client.get(f"{USUAL}?semaine=2026-W39")
    assert "21 et 24 septembre" in page.text
    assert "7,60\u00a0€" in page.text
    answer = post(client, USUAL, semaine="2026-W39")
    assert answer.status_code == 303 and "/espace/recus/" in answer.location
    assert {date(2026, 9, 21), date(2026, 9, 24)} <= booked_days()
    again = post(client, USUAL, semaine="2026-W39")  # a double tap books nothing more
    assert again.status_code == 303 and USUAL in again.location
    assert len(list(db.session.scalars(sa.select(models.Receipt)))) == 1


def test_past_the_cutoff_nothing_is_booked(app: Flask, client: FlaskClient) -> None:
    home = martin()
    factories.booking(home.lea, MON)
    factories.sign_in(client, home.claire)
    app.extensions["clock"].set(datetime(2026, 9, 17, 0, 0, tzinfo=PARIS))
    assert post(client, USUAL, semaine="2026-W39").status_code == 303
    assert booked_days() == {MON}


def test_a_week_that_does_not_exist_is_not_found(app: Flask, client: FlaskClient) -> None:
    factories.sign_in(client, martin().claire)
    assert client.get(f"{USUAL}?semaine=2026-W99").status_code == 404
    assert post(client, USUAL, semaine="hier").status_code == 404


def test_messages_are_chosen(app: Flask, client: FlaskClient) -> None:
    home = martin()
    factories.sign_in(client, home.claire)
    page = client.get("/espace/notifications").text
    assert page.count(" checked") == len(Notice)
    assert post(client, "/espace/notifications", messages=["receipt"]).status_code == 303
    assert muted_by(home.claire) == {Notice.REMINDER, Notice.UNBOOKED}
    assert client.get("/espace/notifications").text.count(" checked") == 1
    assert post(client, "/espace/notifications", messages=["invoice"]).status_code == 422
    assert muted_by(home.claire) == {Notice.REMINDER, Notice.UNBOOKED}


def test_no_receipt_is_mailed_to_who_does_not_want_it(app: Flask, client: FlaskClient) -> None:
    home = martin()
    factories.sign_in(client, home.claire)
    post(client, "/espace/notifications", messages=[])
    url = f"/espace/enfants/{home.lea.id}/reservations/cantine?semaine=2026-W38"
    assert post(client, url, jour=[MON]).status_code == 303
    assert list(db.session.scalars(sa.select(models.Outbox))) == []


# -- the calendar ---------------------------------------------------------------------


def address(client: FlaskClient) -> str:
    assert post(client, AGENDA, faire="creer").status_code == 303
    found = re.search(r'value="http://localhost(/espace/agenda/[\w-]+\.ics)"', client.get(AGENDA).text)
    assert found is not None
    return found[1]


def days_in(feed: str) -> set[str]:
    return set(re.findall(r"DTSTART[^:]*:(\d{8})", feed))


def test_a_telephone_follows_the_calendar_without_signing_in(app: Flask, client: FlaskClient) -> None:
    home = martin()
    factories.booking(home.lea, MON)
    factories.sign_in(client, home.claire)
    url = address(client)
    telephone = app.test_client()
    answer = telephone.get(url)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert days_in(answer.text) == {"20260914"}
    assert "Cantine · Léa" in answer.text.replace("\r\n ", "")
    assert "Martin" not in answer.text and "Ferry" not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_an_address_changed_or_taken_away_stops_answering(app: Flask, client: FlaskClient) -> None:
    home = martin()
    factories.sign_in(client, home.claire)
    first = address(client)
    second = address(client)
    assert first != second
    telephone = app.test_client()
    assert telephone.get(first).status_code == 404
    assert telephone.get(second).status_code == 200
    post(client, AGENDA, faire="supprimer")
    assert telephone.get(second).status_code == 404
    assert telephone.get("/espace/agenda/faux.ics").status_code == 404


def test_the_address_is_not_readable_in_the_database(app: Flask, client: FlaskClient) -> None:
    factories.sign_in(client, martin().claire)
    token = address(client).rpartition("/")[2].removesuffix(".ics")
    row = db.session.execute(sa.text("SELECT token, token_digest FROM calendar_feed")).one()
    assert token not in row.token and token not in row.token_digest


def test_it_closes_with_the_guardianship_and_with_the_account(app: Flask, client: FlaskClient) -> None:
    home = martin()
    factories.booking(home.lea, MON)
    factories.sign_in(client, home.claire)
    url = address(client)
    telephone = app.test_client()
    home.claire.guardianships[0].last_day = date(2026, 9, 6)
    db.session.commit()
    assert days_in(telephone.get(url).text) == set()
    home.claire.account.active = False
    db.session.commit()
    assert telephone.get(url).status_code == 404


def test_under_alternation_it_holds_the_family_s_own_days_only(app: Flask, client: FlaskClient) -> None:
    home, stranger = martin(), other_family()
    factories.guardianship(stranger, home.lea)
    home.lea.custodies[0].kind = CustodyKind.PARITY
    home.lea.custodies[0].other_family_id = stranger.family_id
    factories.booking(home.lea, MON)  # week 38, even: the Martins'
    factories.booking(home.lea, date(2026, 9, 21)).family_id = stranger.family_id
    factories.sign_in(client, stranger)
    assert days_in(app.test_client().get(address(client)).text) == {"20260921"}


def test_hours_are_given_when_both_are_known(app: Flask, client: FlaskClient) -> None:
    home = martin()
    activity = factories.activity()
    activity.starts_at_minute, activity.ends_at_minute = 12 * 60, 13 * 60 + 30
    factories.booking(home.lea, TUE)
    factories.booking(home.lea, FRI)
    factories.sign_in(client, home.claire)
    feed = app.test_client().get(address(client)).text
    assert "DTSTART:20260915T100000Z" in feed and "DTEND:20260915T113000Z" in feed
