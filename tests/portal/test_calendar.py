"""The reservation calendar: what it shows, what it accepts, what it refuses, what it leaves alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from rules.vocabulary import BookingState, EventEffect
from tests import factories
from tests.portal.homes import (
    FIRST_REFUSED,
    FRI,
    LAST_SECOND,
    MON,
    THU,
    TUE,
    WEDNESDAY,
    Household,
    boxes,
    calendar_url,
    martin,
    other_family,
    post,
    second_parent,
    seen,
)


def booked(of: models.Child) -> set[date]:
    db.session.expire_all()
    query = sa.select(models.Booking.day).where(
        models.Booking.child_id == of.id, models.Booking.state == BookingState.BOOKED
    )
    return set(db.session.scalars(query))


def receipts() -> int:
    return db.session.scalar(sa.select(sa.func.count(models.Receipt.id))) or 0


@pytest.fixture
def home(client: FlaskClient) -> Household:
    household = martin()
    factories.sign_in(client, household.claire)
    return household


# -- what it shows ------------------------------------------------------------------------


def test_a_box_per_open_day_ticked_when_booked(client: FlaskClient, home: Household) -> None:
    factories.booking(home.lea, TUE)
    db.session.commit()
    page = client.get(calendar_url(home.lea)).text
    assert boxes(page) == {str(MON): False, str(TUE): True, str(THU): False, str(FRI): False}
    assert seen(page) == [str(TUE)]
    assert "Modifiable jusqu’au <strong>mercredi 9 septembre à 23 h 59</strong>" in page
    assert "Pas d’école le mercredi" in page
    assert 'data-cents="380"' in page


def test_a_day_past_its_cutoff_has_no_box_and_says_why(client: FlaskClient, home: Household) -> None:
    factories.booking(home.lea, date(2026, 9, 8))
    db.session.commit()
    page = client.get(calendar_url(home.lea, "semaine=2026-W37")).text
    assert boxes(page) == {}
    assert "Réservé" in page
    assert "Était modifiable jusqu’au mercredi 2 septembre à 23 h 59" in page
    assert "Délai dépassé" in page


def test_deadlines_day_by_day_are_said_on_the_day(client: FlaskClient, home: Household) -> None:
    db.session.add(
        models.Enrolment(child=home.lea, activity=factories.activity("etude"), first_day=date(2026, 9, 1))
    )
    db.session.commit()
    page = client.get(calendar_url(home.lea, slug="etude")).text
    assert "Jusqu’au jeudi 10 septembre à 10 h" in page
    assert "Jusqu’au vendredi 11 septembre à 10 h" in page


def test_a_week_of_holidays_is_one_line(client: FlaskClient, home: Household) -> None:
    page = client.get(calendar_url(home.lea, "semaine=2026-W43")).text
    assert boxes(page) == {}
    assert page.count("Vacances de la Toussaint") == 1


def test_month_week_and_their_arrows(client: FlaskClient, home: Household) -> None:
    month = client.get(calendar_url(home.lea, "mois=2026-10")).text
    assert "mois=2026-09" in month and "mois=2026-11" in month
    assert "Octobre 2026" in month
    first = client.get(calendar_url(home.lea, "mois=2026-09")).text
    assert "mois=2026-08" not in first
    week = client.get(calendar_url(home.lea, "semaine=2026-W53")).text
    assert "semaine=2026-W52" in week and "semaine=2027-W01" in week


def test_without_a_period_it_opens_on_the_first_day_that_may_change(
    client: FlaskClient, home: Household
) -> None:
    assert "Septembre 2026" in client.get(calendar_url(home.lea, "")).text


@pytest.mark.parametrize(
    "query",
    [
        "mois=2026-13",
        "mois=octobre",
        "semaine=2026-W54",
        "semaine=2026-W99",
        "mois=",
        "mois=0001-01",
        "mois=9999-12",
        "semaine=0001-W01",
        "semaine=9999-W52",
        "mois=٢٠٢٦-١٢",
    ],
)
def test_an_address_that_means_nothing_is_not_found(client: FlaskClient, home: Household, query: str) -> None:
    assert client.get(calendar_url(home.lea, query)).status_code == 404


@pytest.mark.parametrize("slug", ["garderie-du-matin", "etude", "piscine"])
def test_only_what_the_child_may_book_has_a_calendar(client: FlaskClient, home: Household, slug: str) -> None:
    assert client.get(calendar_url(home.lea, slug=slug)).status_code == 404


def test_the_page_is_light(client: FlaskClient, home: Household) -> None:
    assert len(client.get(calendar_url(home.lea, "mois=2026-10")).data) < 60_000


# -- changing days ------------------------------------------------------------------------


def test_ticking_and_unticking_gives_a_receipt(app: Flask, client: FlaskClient, home: Household) -> None:
    factories.booking(home.lea, TUE)
    db.session.commit()
    answer = post(client, calendar_url(home.lea), jour=[MON, THU], vu=[TUE], etape="enregistrer")
    assert answer.status_code == 303
    assert booked(home.lea) == {MON, THU}
    page = client.get(answer.location).text
    for said in (
        "Reçu R2026-",
        "C’est enregistré",
        "lundi 14 septembre 2026",
        "mardi 15 septembre 2026",
        "Annulé",
    ):
        assert said in page
    assert "3,80\u00a0€" in page
    assert "Léa" in client.get("/espace/tableau-de-bord").text


def test_the_last_second_is_accepted(app: Flask, client: FlaskClient, home: Household) -> None:
    app.extensions["clock"].set(LAST_SECOND)
    assert post(client, calendar_url(home.lea), jour=[MON], etape="enregistrer").status_code == 303
    assert booked(home.lea) == {MON}


def test_one_second_late_is_refused_without_a_trace(app: Flask, client: FlaskClient, home: Household) -> None:
    factories.booking(home.lea, TUE)
    db.session.commit()
    app.extensions["clock"].set(FIRST_REFUSED)
    for sent in ({"jour": [MON, TUE], "vu": [TUE]}, {"jour": [], "vu": [TUE]}):
        answer = post(client, calendar_url(home.lea), etape="enregistrer", **sent)
        assert answer.status_code == 422
        assert (
            "Les repas de la semaine du 14 septembre étaient modifiables jusqu’au "
            "mercredi 9 septembre à 23 h 59." in answer.text
        )
    assert booked(home.lea) == {TUE}
    assert receipts() == 0


def test_a_refusal_keeps_what_was_ticked(client: FlaskClient, home: Household) -> None:
    answer = post(client, calendar_url(home.lea), jour=[MON, WEDNESDAY], etape="enregistrer")
    assert answer.status_code == 422
    assert boxes(answer.text)[str(MON)] is True
    assert "Rien n’a été enregistré" in answer.text
    assert booked(home.lea) == set()


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (WEDNESDAY, "Pas d’école le mercredi"),
        (date(2026, 10, 20), "Vacances de la Toussaint"),
        (date(2026, 11, 11), "férié"),
        (date(2026, 9, 19), "samedi"),
        (date(2028, 1, 4), "Hors année scolaire"),
    ],
)
def test_a_forged_closed_day_is_refused(client: FlaskClient, home: Household, day: date, why: str) -> None:
    answer = post(client, calendar_url(home.lea), jour=[day], etape="enregistrer")
    assert answer.status_code == 422
    assert why in answer.text
    assert booked(home.lea) == set()


def test_a_closed_school_is_refused(client: FlaskClient, home: Household) -> None:
    db.session.add(models.Closure(name="Grève", first_day=MON, last_day=MON, effect=EventEffect.CLOSED))
    db.session.commit()
    assert str(MON) not in boxes(client.get(calendar_url(home.lea)).text)
    answer = post(client, calendar_url(home.lea), jour=[MON], etape="enregistrer")
    assert answer.status_code == 422
    assert "Grève" in answer.text


@pytest.mark.parametrize("day", ["2026-09-31", "demain", "'; DROP TABLE booking"])
def test_what_is_not_a_day_is_refused(client: FlaskClient, home: Household, day: str) -> None:
    answer = post(client, calendar_url(home.lea), jour=[day], etape="enregistrer")
    assert answer.status_code == 422
    assert booked(home.lea) == set()


def test_more_days_than_a_year_are_refused(client: FlaskClient, home: Household) -> None:
    days = [MON, MON + timedelta(days=401)]
    answer = post(client, calendar_url(home.lea), jour=days, etape="enregistrer")
    assert answer.status_code == 422
    assert "Trop de jours à la fois" in answer.text
    days = [date.min, date.max]  # the page of a refused period lists the days in between
    assert post(client, period_url(home.lea), jour=days).status_code == 303


def test_a_price_sent_is_never_read(client: FlaskClient, home: Household) -> None:
    answer = post(
        client,
        calendar_url(home.lea),
        jour=[MON],
        prix="1",
        price_cents="1",
        family_id="1",
        etape="enregistrer",
    )
    assert answer.status_code == 303
    line = db.session.scalars(sa.select(models.ReceiptLine)).one()
    assert line.price_cents == 380


def test_sending_twice_gives_one_receipt(client: FlaskClient, home: Household) -> None:
    for _ in range(2):
        answer = post(client, calendar_url(home.lea), jour=[MON], etape="enregistrer")
        assert answer.status_code == 303
    assert receipts() == 1
    assert "Rien à changer" in client.get(answer.location).text


def test_a_stale_tab_overwrites_nothing(app: Flask, client: FlaskClient, home: Household) -> None:
    paul = second_parent(home)
    factories.booking(home.lea, TUE)
    factories.booking(home.lea, THU)
    db.session.commit()
    # Claire's tab was opened on Tuesday and Thursday; meanwhile Paul books Monday and cancels Thursday.
    theirs = factories.sign_in(app.test_client(), paul)
    assert (
        post(theirs, calendar_url(home.lea), jour=[MON, TUE], vu=[TUE, THU], etape="enregistrer").status_code
        == 303
    )
    answer = post(client, calendar_url(home.lea), jour=[TUE, THU, FRI], vu=[TUE, THU], etape="enregistrer")
    assert answer.status_code == 303
    assert booked(home.lea) == {MON, TUE, FRI}
    assert (
        "les 14 et 17 septembre : changé par l’autre parent ou par le service"
        in client.get(answer.location).text
    )


def test_a_locked_day_is_left_alone(client: FlaskClient, home: Household) -> None:
    """A booked day past its cut-off has no box: that the form does not hold it says nothing."""
    locked = date(2026, 9, 8)
    factories.booking(home.lea, locked)
    db.session.commit()
    answer = post(client, calendar_url(home.lea, "mois=2026-09"), jour=[MON], etape="enregistrer")
    assert answer.status_code == 303
    assert booked(home.lea) == {locked, MON}
    assert "Entre-temps" not in client.get(answer.location).text


def test_somebody_else_s_child_is_not_found(app: Flask, client: FlaskClient, home: Household) -> None:
    stranger = factories.sign_in(app.test_client(), other_family())
    assert stranger.get(calendar_url(home.lea)).status_code == 404
    assert post(stranger, calendar_url(home.lea), jour=[MON], etape="enregistrer").status_code == 404
    assert booked(home.lea) == set()


def test_a_form_without_its_token_is_refused(client: FlaskClient, home: Household) -> None:
    assert client.post(calendar_url(home.lea), data={"jour": str(MON)}).status_code == 400
    assert booked(home.lea) == set()


# -- without scripts ----------------------------------------------------------------------


def test_see_the_change_then_confirm(client: FlaskClient, home: Household) -> None:
    factories.booking(home.lea, TUE)
    db.session.commit()
    sent = {"jour": [MON, THU], "vu": [TUE]}
    page = post(client, calendar_url(home.lea), etape="voir", **sent)
    assert page.status_code == 200
    assert "Vérifier le changement" in page.text
    assert "lundi 14 septembre 2026" in page.text
    assert "+ 3,80\u00a0€" in page.text
    assert booked(home.lea) == {TUE}
    assert seen(page.text) == [str(TUE)]
    assert post(client, calendar_url(home.lea), etape="enregistrer", **sent).status_code == 303
    assert booked(home.lea) == {MON, THU}


def test_going_back_keeps_what_was_ticked(client: FlaskClient, home: Household) -> None:
    factories.booking(home.lea, TUE)
    db.session.commit()
    page = post(client, calendar_url(home.lea), jour=[MON], vu=[TUE], etape="revenir").text
    assert boxes(page) == {str(MON): True, str(TUE): False, str(THU): False, str(FRI): False}
    assert seen(page) == [str(TUE)]


def test_seeing_a_change_that_is_refused_says_so_at_once(client: FlaskClient, home: Household) -> None:
    page = post(client, calendar_url(home.lea), jour=[WEDNESDAY], etape="voir")
    assert page.status_code == 422
    assert "Pas d’école le mercredi" in page.text


# -- the same days for a period -----------------------------------------------------------


def period_url(of: models.Child, query: str = "") -> str:
    return f"/espace/enfants/{of.id}/reservations/cantine/periode?{query}"


def test_a_period_lists_its_days_then_books_them(client: FlaskClient, home: Household) -> None:
    factories.booking(home.lea, MON)
    db.session.commit()
    query = "jours=1&jours=4&semaines=1&du=2026-09-07&jusquau=2026-11-06"
    page = client.get(period_url(home.lea, query)).text
    # Mondays and Thursdays, less the week already closed, Monday 14 booked and the two weeks of holidays.
    assert "11 jours à réserver" in page
    assert "Délai dépassé</strong> : les 7 et 10 septembre." in page
    assert "Vacances de la Toussaint</strong> : les 19, 22, 26 et 29 octobre." in page
    assert "Le 14 septembre." in page
    days = [date.fromisoformat(day) for day in _hidden(page)]
    assert post(client, period_url(home.lea), jour=days, etape="enregistrer").status_code == 303
    assert booked(home.lea) == {MON, *days}
    assert len(days) == 11
    assert receipts() == 1


def _hidden(page: str) -> list[str]:
    import re

    return re.findall(r'type="hidden" name="jour" value="([\d-]+)"', page)


def test_every_other_week_until_the_end_of_the_year(client: FlaskClient, home: Household) -> None:
    page = client.get(period_url(home.lea, "jours=5&semaines=2&du=2026-09-14&jusquau=")).text
    days = [date.fromisoformat(day) for day in _hidden(page)]
    assert days[0] == FRI
    assert all(day.isoweekday() == 5 and (day - FRI).days % 14 == 0 for day in days)
    assert timedelta(weeks=36) < days[-1] - days[0]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("semaines=1&du=2026-09-14", "Choisissez au moins un jour"),
        (
            "jours=1&semaines=1&du=2026-10-14&jusquau=2026-10-01",
            "La fin de la période vient avant son début.",
        ),
        ("jours=1&semaines=1", "Donnez la date de début."),
        ("jours=1&semaines=1&du=32/13/2026", "Cette date n’existe pas"),
        ("jours=7&semaines=1&du=2026-09-14", "choix"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(
    client: FlaskClient, home: Household, query: str, said: str
) -> None:
    page = client.get(period_url(home.lea, query))
    assert page.status_code == 422
    assert said in page.text


def test_a_forged_period_is_refused_whole(client: FlaskClient, home: Household) -> None:
    answer = post(client, period_url(home.lea), jour=[MON, WEDNESDAY])
    assert answer.status_code == 422
    assert booked(home.lea) == set()
    assert "Pas d’école le mercredi" in answer.text


def test_a_week_that_is_closed_offers_nothing_to_save(client, home):
    page = client.get(calendar_url(home.lea, "semaine=2026-W37")).text
    assert "Rien ne se modifie plus ici" in page and "Justifier une absence" in page
    assert 'value="voir"' not in page
    assert 'value="voir"' in client.get(calendar_url(home.lea)).text
