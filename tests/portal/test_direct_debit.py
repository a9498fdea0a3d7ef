"""The guide's four steps, as a parent walks them: left, taken up again, mistaken, sent twice."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

import models
from extensions import db
from rules.mandate_vocabulary import MandateState
from tests import factories
from tests.gateways.files import PLAIN_PDF
from tests.pdf.reading import text
from tests.portal.homes import Household, martin, other_family, post, second_parent

URL = "/espace/prelevement"
IBAN = {"iban": "FR76 3000 6000 0112 3456 7890 189", "titulaire": "moi"}
OTHER = IBAN | {
    "titulaire": "autre", "nom": "Jean Martin", "rue": "1 rue X", "code_postal": "69003", "commune": "Lyon",
}  # fmt: skip


@pytest.fixture
def home(client: FlaskClient) -> Household:
    household = martin()
    commune = db.session.get_one(models.Commune, 1)
    commune.ics, commune.mandate_appointment = "FR72ZZZ123456", "Rendez-vous au 04 00 00 00 00."
    db.session.commit()
    factories.sign_in(client, household.claire)
    return household


def the_mandate() -> models.Mandate:
    db.session.expire_all()
    return db.session.scalars(sa.select(models.Mandate).order_by(models.Mandate.id.desc())).first()


def test_the_four_steps_to_the_end(client: FlaskClient, home: Household) -> None:
    for step in ("", "/coordonnees-bancaires", "/mandat", "/mandat-signe", "/transmission"):
        assert client.get(URL + step).status_code == 200
    first = post(client, f"{URL}/coordonnees-bancaires", **IBAN)
    assert first.location == f"{URL}/mandat"
    page = client.get(first.location).text
    assert "FR76\u00a0••••\u00a0••••\u00a00189" in page and "CREDIT AGRICOLE" in page
    assert "3456" not in page
    assert post(client, f"{URL}/mandat").status_code == 303
    rum = the_mandate().rum
    paper = client.get(f"{URL}/{rum}.pdf")
    for said in ("Mandat de prélèvement SEPA", rum, "FR72ZZZ123456", IBAN["iban"], "8 semaines", "13 mois"):
        assert said in text(paper.data), said
    third = post(client, f"{URL}/mandat-signe", retour="portal", pieces=[(_file(), "mandat.pdf")])
    assert third.location == f"{URL}/transmission"
    assert "mandat.pdf" in client.get(third.location).text
    for _ in range(2):  # a second click
        assert post(client, f"{URL}/transmission").location == URL
    assert the_mandate().state is MandateState.RECEIVED
    assert "Reçu, à vérifier" in client.get(URL).text


def _file() -> BytesIO:
    return BytesIO(PLAIN_PDF)


def test_the_town_hall_instead_says_how_to_get_an_appointment(client: FlaskClient, home: Household) -> None:
    factories.mandate(home.claire, MandateState.TO_SIGN)
    db.session.commit()
    assert post(client, f"{URL}/mandat-signe", retour="town_hall").location == f"{URL}/transmission"
    page = client.get(f"{URL}/transmission").text
    assert "exclusivement sur rendez-vous" in page and "Rendez-vous au 04 00 00 00 00." in page
    assert the_mandate().state is MandateState.TO_SIGN


def test_the_signed_paper_is_needed_to_send_it(client: FlaskClient, home: Household) -> None:
    factories.mandate(home.claire, MandateState.TO_SIGN)
    db.session.commit()
    refused = post(client, f"{URL}/mandat-signe", retour="portal")
    assert refused.status_code == 422 and "Joignez le mandat signé" in refused.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"iban": "", "titulaire": "moi"}, "Donnez votre IBAN"),
        ({"iban": "FR76 3000 6000", "titulaire": "moi"}, "il en manque"),
        (OTHER | {"nom": ""}, "nom du titulaire"),
        (OTHER | {"code_postal": "42"}, "cinq chiffres"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_comes_back(
    client: FlaskClient, home: Household, typed: dict[str, str], said: str
) -> None:
    page = post(client, f"{URL}/coordonnees-bancaires", **typed)
    assert page.status_code == 422 and said in page.text
    for value in filter(None, typed.values()):
        assert f'value="{value}"' in page.text, value
    assert the_mandate() is None


def test_the_account_of_somebody_else(client: FlaskClient, home: Household) -> None:
    post(client, f"{URL}/coordonnees-bancaires", **OTHER)
    post(client, f"{URL}/mandat")
    mandate = the_mandate()
    paper = text(client.get(f"{URL}/{mandate.rum}.pdf").data)
    assert "Titulaire du compte, s’il est différent Jean Martin 1 rue X 69003 Lyon" in paper
    assert "C’est Jean Martin qui signe" in client.get(f"{URL}/mandat").text


def test_the_other_parent_and_the_other_family_reach_nothing(client: FlaskClient, home: Household) -> None:
    rum = factories.mandate(home.claire, MandateState.TO_SIGN).rum
    paul, sonia = second_parent(home), other_family()
    db.session.commit()
    for somebody in (paul, sonia):
        factories.sign_in(client, somebody)
        assert client.get(f"{URL}/{rum}.pdf").status_code == 404
        assert client.get(f"{URL}/{rum}/revoquer").status_code == 404
        assert post(client, f"{URL}/{rum}/revoquer").status_code == 404
        assert rum not in client.get(URL).text
    factories.sign_in(client, paul)
    assert "au nom de Claire Martin" in client.get(URL).text
    assert client.get(f"{URL}/coordonnees-bancaires").location == URL
    post(client, f"{URL}/mandat")
    assert the_mandate().state is MandateState.TO_SIGN


def test_it_is_stopped_from_the_page(client: FlaskClient, home: Household) -> None:
    rum = factories.mandate(home.claire).rum
    db.session.commit()
    assert "Changer de compte" in client.get(URL).text
    assert "Plus rien ne sera prélevé" in client.get(f"{URL}/{rum}/revoquer").text
    assert post(client, f"{URL}/{rum}/revoquer").location == URL
    assert the_mandate().state is MandateState.REVOKED
    page = client.get(URL).text
    assert "Adhérer au prélèvement" in page and "Révoqué" in page


def test_without_a_creditor_the_page_says_so(client: FlaskClient, home: Household) -> None:
    db.session.get_one(models.Commune, 1).ics = ""
    db.session.commit()
    assert "ne propose pas encore" in client.get(URL).text
    assert client.get(f"{URL}/coordonnees-bancaires").status_code == 303


def test_no_page_shows_the_whole_account_once_it_is_kept(client: FlaskClient, home: Household) -> None:
    post(client, f"{URL}/coordonnees-bancaires", **IBAN)
    post(client, f"{URL}/mandat")
    for step in ("", "/coordonnees-bancaires", "/mandat", "/mandat-signe", "/transmission"):
        digits = re.sub(r"\D", "", client.get(URL + step).text)
        assert "3000600001123456" not in digits, step
