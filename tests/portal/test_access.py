"""Access follows guardianship, never the household; what is not mine does not exist."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from operations import actors
from operations.changes import Late, change_days
from operations.configuration import configuration
from rules.vocabulary import Channel, Relation
from tests import factories
from tests.portal.homes import (
    MON,
    TUE,
    Household,
    boxes,
    calendar_url,
    invoice,
    martin,
    other_family,
    partner,
    post,
    second_parent,
)

LATE_NOW = datetime(2026, 9, 7, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))  # past the cut-off of 8 September
EVEN, ODD = date(2026, 9, 15), date(2026, 9, 22)  # weeks 38 and 39


def signed_in(app: Flask, who: models.Guardian) -> FlaskClient:
    return factories.sign_in(app.test_client(), who)


def child_urls(of: models.Child) -> tuple[str, ...]:
    return (
        f"/espace/enfants/{of.id}",
        calendar_url(of),
        f"/espace/enfants/{of.id}/reservations/cantine/periode",
    )


def receipt_of(client: FlaskClient, child: models.Child, day: date) -> str:
    query = f"semaine={day:%G-W%V}"
    answer = post(client, calendar_url(child, query), jour=[day], etape="enregistrer")
    assert answer.status_code == 303
    assert "/espace/recus/" in answer.location
    return str(answer.location)


@pytest.fixture
def home(app: Flask) -> Household:
    return martin()


def test_both_parents_of_a_family_share_everything_of_the_child(app: Flask, home: Household) -> None:
    paul = signed_in(app, second_parent(home))
    location = receipt_of(signed_in(app, home.claire), home.lea, MON)
    for url in (*child_urls(home.lea), location):
        assert paul.get(url).status_code == 200
    assert boxes(paul.get(calendar_url(home.lea)).text)[str(MON)] is True


def test_another_family_sees_nothing(app: Flask, home: Household) -> None:
    location = receipt_of(signed_in(app, home.claire), home.lea, MON)
    stranger = signed_in(app, other_family())
    for url in (*child_urls(home.lea), location):
        assert stranger.get(url).status_code == 404
    missing = stranger.get("/espace/enfants/999999").text
    assert stranger.get(f"/espace/enfants/{home.lea.id}").text == missing


@pytest.mark.parametrize(
    "url", [f"recus/{10**20}", f"tableau-de-bord?page={10**20}", "tableau-de-bord?page=0"]
)
def test_a_number_beyond_all_numbers_is_not_found(app: Flask, home: Household, url: str) -> None:
    assert signed_in(app, home.claire).get(f"/espace/{url}").status_code == 404


def test_a_partner_without_guardianship_sees_nothing_of_the_child(app: Flask, home: Household) -> None:
    location = receipt_of(signed_in(app, home.claire), home.lea, MON)
    marc = signed_in(app, partner(home))
    for url in (*child_urls(home.lea), location):
        assert marc.get(url).status_code == 404
    for url in ("/espace/", "/espace/famille", "/espace/reservations", "/espace/tableau-de-bord"):
        page = marc.get(url)
        assert page.status_code == 200
        assert "Léa" not in page.text


def test_an_ended_guardianship_closes_everything_at_once(app: Flask, home: Household) -> None:
    paul_himself = second_parent(home)
    paul = signed_in(app, paul_himself)
    location = receipt_of(paul, home.lea, MON)
    row = db.session.scalars(
        sa.select(models.Guardianship).filter_by(guardian_id=paul_himself.id, child_id=home.lea.id)
    ).one()
    row.last_day = date(2026, 9, 6)
    db.session.commit()
    for url in (*child_urls(home.lea), location):
        assert paul.get(url).status_code == 404
    assert post(paul, calendar_url(home.lea), jour=[TUE], etape="enregistrer").status_code == 404


def test_a_guardian_who_may_not_book_sees_nothing(app: Flask, home: Household) -> None:
    grandmother = factories.guardian(home.family, "Odile", email="odile@villars.example")
    factories.account(grandmother)
    factories.guardianship(grandmother, home.lea, relation=Relation.GRANDPARENT, books=False)
    assert signed_in(app, grandmother).get(f"/espace/enfants/{home.lea.id}").status_code == 404


# -- two households -----------------------------------------------------------------------


def separated(home: Household, *, alternating: bool) -> models.Guardian:
    """Karim, Léa's father, in his own household; the days alternate, or are all Claire's family's."""
    his = factories.family("Haddad", qf="1500")
    his.street = "8 allée des Tilleuls"
    karim = factories.parent(his, first_name="Karim", email="karim@villars.example", payer=True)
    factories.guardianship(karim, home.lea, relation=Relation.FATHER)
    if alternating:
        factories.alternate(home.lea, home.family, his)
    return karim


def test_alternating_parents_see_their_own_days_only(app: Flask, home: Household) -> None:
    karim, claire = signed_in(app, separated(home, alternating=True)), signed_in(app, home.claire)
    location = receipt_of(claire, home.lea, EVEN)
    page = karim.get(calendar_url(home.lea, "semaine=2026-W38")).text
    assert boxes(page) == {}
    assert "Chez l’autre parent" in page
    assert karim.get(location).status_code == 404
    assert "Léa" not in karim.get("/espace/tableau-de-bord").text
    home_page = karim.get("/espace/").text
    assert "mardi 15 septembre" not in home_page
    assert "rue des Acacias" not in karim.get("/espace/famille").text


def test_alternating_parents_cannot_change_the_other_s_days(app: Flask, home: Household) -> None:
    karim, claire = signed_in(app, separated(home, alternating=True)), signed_in(app, home.claire)
    receipt_of(claire, home.lea, EVEN)
    url = calendar_url(home.lea, "semaine=2026-W38")
    answer = post(karim, url, jour=[MON], etape="enregistrer")
    assert answer.status_code == 422
    assert "n’est pas un jour de votre semaine de garde" in answer.text
    post(karim, url, vu=[EVEN], etape="enregistrer")
    assert boxes(claire.get(url).text)[str(EVEN)] is True


def test_alternating_parents_pay_their_own_price(app: Flask, home: Household) -> None:
    karim = signed_in(app, separated(home, alternating=True))
    assert 'data-cents="540"' in karim.get(calendar_url(home.lea, "semaine=2026-W39")).text
    assert "5,40\u00a0€" in karim.get(receipt_of(karim, home.lea, ODD)).text


def test_separated_without_alternation_share_the_calendar_but_no_price(app: Flask, home: Household) -> None:
    karim, claire = signed_in(app, separated(home, alternating=False)), signed_in(app, home.claire)
    location = receipt_of(claire, home.lea, MON)
    page = karim.get(calendar_url(home.lea)).text
    assert boxes(page)[str(MON)] is True
    assert "data-cents" not in page
    receipt = karim.get(location)
    assert receipt.status_code == 200
    assert "€" not in receipt.text
    seen_change = post(karim, calendar_url(home.lea), jour=[MON, TUE], vu=[MON], etape="voir").text
    assert "€" not in seen_change


# -- invoices -----------------------------------------------------------------------------


def test_who_sees_an_invoice(app: Flask, home: Household) -> None:
    number = invoice(home.family, home.claire, home.lea)
    paul = second_parent(home)
    blind = factories.guardian(home.family, "Ève", email="eve@villars.example")
    factories.account(blind)
    factories.guardianship(blind, home.lea, sees_invoices=False)
    may = {home.claire: 200, paul: 200, blind: 404, partner(home): 404, other_family(): 404}
    may[separated(home, alternating=False)] = 404
    for who, status in may.items():
        client = signed_in(app, who)
        for url in (f"/espace/factures/{number}", f"/espace/factures/{number}.pdf"):
            assert client.get(url).status_code == status, (who, url)
        assert (number in client.get("/espace/factures").text) is (status == 200)
        assert ("Facture d’août" in client.get("/espace/").text) is (status == 200)


def test_naming_one_hidden_child_hides_the_invoice(app: Flask, home: Household) -> None:
    """A stepfamily: Paul is the father of Léa, not of Noé, who is on the same invoice."""
    noe = factories.child(home.family, "Noé", in_class="CE2")
    factories.guardianship(home.claire, noe)
    paul = second_parent(home)
    number = invoice(home.family, home.claire, home.lea, noe)
    assert signed_in(app, home.claire).get(f"/espace/factures/{number}").status_code == 200
    assert signed_in(app, paul).get(f"/espace/factures/{number}").status_code == 404


def test_an_invoice_shows_from_its_announcement(app: Flask, home: Household) -> None:
    number = invoice(home.family, home.claire, home.lea, announced_on=date(2026, 9, 8))
    client = signed_in(app, home.claire)
    assert client.get(f"/espace/factures/{number}").status_code == 404
    app.extensions["clock"].advance(timedelta(days=1))
    assert client.get(f"/espace/factures/{number}").status_code == 200


def test_the_other_household_is_not_named_on_a_shared_receipt(app: Flask) -> None:
    """Separated without alternation: the calendar is shared, who booked in the paying family is not."""
    paying, other = factories.family("Petit", qf="300"), factories.family("Roux", qf="1500")
    child = factories.child(paying)
    mother = factories.parent(paying, child, first_name="Nathalie", payer=True)
    father = factories.parent(other, child, first_name="Olivier")
    agent = actors.agent(factories.staff()).acting_for(mother.id, Channel.PHONE)
    facts = configuration().activity("cantine")
    late = Late(True, "Hospitalisation de la mère")
    receipt = change_days(child, facts, {date(2026, 9, 8)}, set(), by=agent, now=LATE_NOW, late=late)
    db.session.commit()
    seen = factories.sign_in(app.test_client(), father)
    for path in (f"/espace/recus/{receipt.id}", "/espace/tableau-de-bord"):
        page = seen.get(path).text
        assert "l’autre parent ou le service" in page
        for secret in ("Nathalie", "Petit", "Hospitalisation", "Agent Administration"):
            assert secret not in page, (path, secret)
    own = factories.sign_in(app.test_client(), mother).get(f"/espace/recus/{receipt.id}").text
    assert "Hospitalisation" in own
