"""« Quotient familial »: what prices the household, a new attestation, its effect announced then kept."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from operations import actors, requests
from rules.instants import PARIS
from rules.refusals import Refused
from rules.request_vocabulary import RequestState
from tests import factories
from tests.gateways import files
from tests.operations.sickness import bill
from tests.portal.homes import Household, martin, other_family, post, second_parent

URL = "/espace/quotient-familial"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)


@pytest.fixture
def home(app: Flask) -> Household:
    app.extensions["clock"].set(NOW)
    return martin(qf="742")


@pytest.fixture
def claire(app: Flask, home: Household) -> FlaskClient:
    return factories.sign_in(app.test_client(), home.claire)


def send(client: FlaskClient, *, step: str = "envoyer", **values: object):
    said = {"value": "550,50", "source": "caf", "period": "2026-11", "etape": step}
    return post(client, URL, **{**said, **values})


def attestation() -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(files.pdf("QF")), "attestation.pdf")]


def asked() -> models.Request:
    return db.session.scalars(sa.select(models.Request)).one()


def test_what_is_in_force_is_said_with_its_source_and_its_price(claire):
    page = claire.get(URL).text
    assert "742,00" in page and "1er septembre 2026" in page and "votre prochaine attestation" in page
    assert "quotient : de 600 à moins de 900" in page.replace("\xa0", " ")
    assert "3,80 € le repas" in page.replace("\xa0", " ")


def test_the_effect_is_announced_before_anything_is_sent(claire):
    answer = send(claire, step="voir", pieces=attestation())
    said = answer.text.replace("\xa0", " ")
    assert answer.status_code == 200
    assert "à partir du dimanche 1er novembre 2026" in said
    assert "Cantine : 3,80 € → 2,50 € le repas" in said
    assert 'value="550,50"' in said and "attestation.pdf" in said, "nothing typed is lost"
    assert not db.session.scalars(sa.select(models.Request)).all()


def test_a_commune_s_rule_says_from_when_it_counts(claire):
    commune = db.session.get_one(models.Commune, 1)
    commune.quotient_backdated_days = 0
    db.session.commit()
    assert "à partir du lundi 23 novembre 2026" in send(claire, step="voir").text


def test_sent_it_waits_and_accepted_it_prices_and_the_mail_says_what_it_changes(app, claire, home):
    answer = send(claire, pieces=attestation())
    request = asked()
    assert (answer.status_code, answer.location) == (303, f"/espace/demarches/{request.number}")
    assert [d.name for d in request.documents] == ["attestation.pdf"]
    page = claire.get(answer.location).text
    assert "742,00" in page and "550,50" in page and "Attestation CAF" in page
    assert request.number in claire.get(URL).text
    requests.accept(request, by=actors.SYSTEM, now=NOW)
    db.session.commit()
    row = db.session.scalars(
        sa.select(models.Quotient)
        .filter_by(family_id=home.family.id)
        .order_by(models.Quotient.effective_on.desc())
    ).first()
    assert (row.value, row.effective_on, row.received_on) == (
        Decimal("550.50"),
        date(2026, 11, 1),
        NOW.date(),
    )
    mail = db.session.scalars(sa.select(models.Outbox).order_by(models.Outbox.id.desc())).first()
    assert "Cantine : 3,80 € → 2,50 € le repas" in mail.body.replace("\xa0", " ")
    assert "dimanche 1er novembre 2026" in mail.body
    assert "550,50" in claire.get(URL).text


def test_an_agent_corrects_the_value_read_on_the_attestation(claire, home):
    send(claire, pieces=attestation())
    request = asked()
    requests.accept(request, asked={**request.asked, "value": "650.00"}, by=actors.SYSTEM, now=NOW)
    row = db.session.scalars(
        sa.select(models.Quotient)
        .filter_by(family_id=home.family.id)
        .order_by(models.Quotient.effective_on.desc())
    ).first()
    assert row.value == Decimal(650)
    assert "3,80 € le repas, inchangé" in request.decision.replace("\xa0", " ")


def test_the_same_page_sent_twice_is_one_request_and_another_one_waits_for_it(claire):
    first = send(claire)
    assert send(claire).location == first.location
    answer = send(claire, value="600")
    assert answer.status_code == 422 and "C’est déjà demandé" in answer.text
    assert 'value="600"' in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"value": ""}, "Écrivez le quotient"),
        ({"value": "beaucoup"}, "n’est pas un nombre"),
        ({"value": "-3"}, "est négatif"),
        ({"source": ""}, "la CAF ou la MSA"),
        ({"period": "2020-01"}, "choix valide"),
    ],
)
def test_what_cannot_be_read_comes_back(claire, typed, sentence):
    answer = send(claire, pieces=attestation(), **typed)
    assert answer.status_code == 422 and sentence in answer.text.lower() + answer.text
    assert "attestation.pdf" in answer.text
    assert not db.session.scalars(sa.select(models.Request)).all()


def test_a_quotient_already_billed_is_not_rewritten(claire, home):
    for day in (1, 3, 4, 7, 8):
        factories.booking(home.lea, date(2026, 9, day))
    bill()
    send(claire, period="2026-09")
    with pytest.raises(Refused, match="a servi à une facture émise"):
        requests.accept(asked(), by=actors.SYSTEM, now=NOW)
    assert asked().state is RequestState.WAITING


def test_it_is_the_household_s_and_never_the_other_one_s(app, claire, home):
    send(claire)
    number = asked().number
    paul = factories.sign_in(app.test_client(), second_parent(home))
    assert "742,00" in paul.get(URL).text
    other = factories.family("Haddad", qf="300")
    factories.alternate(home.lea, home.claire.family, other)
    karim = factories.parent(other, home.lea, first_name="Karim", email="karim@villars.example")
    for someone in (karim, other_family()):
        client = factories.sign_in(app.test_client(), someone)
        page = client.get(URL).text
        assert "300,00" in page and "742,00" not in page and "550,50" not in page
        assert client.get(f"/espace/demarches/{number}").status_code == 404


def test_without_a_quotient_the_home_page_says_so(app):
    app.extensions["clock"].set(NOW)
    home = martin(qf=None)
    client = factories.sign_in(app.test_client(), home.claire)
    assert "Quotient familial inconnu ou périmé" in client.get("/espace/").text
    page = client.get(URL).text
    assert "Nous ne connaissons pas votre quotient" in page and "sans quotient connu" in page
