"""The pages of the two démarches: what comes back, what is joined, the same page sent twice."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

import models
from extensions import db
from rules.documents import DocumentKind
from tests import factories
from tests.gateways import files
from tests.portal.homes import martin, other_family, post

ADDRESS = "/espace/coordonnees/adresse"
SITUATION = "/espace/situation"
MOVE = {
    "who": "foyer",
    "street": "8 rue Neuve",
    "postcode": "42000",
    "city": "Saint-Étienne",
    "since": "2026-09-15",
}
WORK = {"about": "work", "since": "2026-09-01", "last_name": "Martin", "occupation": "Cadre de santé"}


@pytest.fixture
def home(app, client: FlaskClient):
    found = martin()
    factories.sign_in(client, found.claire)
    return found


def rows() -> list[models.Request]:
    return list(db.session.scalars(sa.select(models.Request).order_by(models.Request.id)))


def test_a_move_becomes_a_request_and_the_address_waits(client: FlaskClient, home) -> None:
    answer = post(client, ADDRESS, **MOVE)
    (row,) = rows()
    assert answer.location == f"/espace/demarches/{row.number}"
    assert home.family.city == "Villars"
    page = client.get(answer.location).text
    assert "3 rue des Acacias, 42390 Villars" in page and "8 rue Neuve, 42000 Saint-Étienne" in page


def test_the_same_page_sent_twice_leads_to_the_first(client: FlaskClient, home) -> None:
    first, second = (post(client, ADDRESS, **MOVE).location for _ in range(2))
    assert first == second and len(rows()) == 1


def test_whoever_leaves_alone_is_led_to_the_situation(client: FlaskClient, home) -> None:
    answer = post(client, ADDRESS, **{**MOVE, "who": "partie"})
    assert answer.status_code == 422 and "déclarez plutôt un changement de situation" in answer.text
    assert 'value="8 rue Neuve"' in answer.text and f"{SITUATION}?objet=separation" in answer.text
    page = client.get(f"{SITUATION}?objet=separation").text
    assert 'value="separation" checked' in page


def test_a_document_sent_with_a_wrong_form_is_not_lost(client: FlaskClient, home) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(ADDRESS).text)
    assert token is not None
    file = BytesIO(files.pdf()), "quittance.pdf"
    sent = {"csrf_token": token[1], **MOVE, "postcode": "4239", "pieces": file}
    answer = client.post(ADDRESS, data=sent)
    assert answer.status_code == 422 and "doit avoir cinq chiffres" in answer.text
    (document,) = db.session.scalars(sa.select(models.Document))
    assert document.kind is DocumentKind.HOME_PROOF
    assert f'name="pieces" value="{document.id}" checked' in answer.text
    post(client, ADDRESS, **MOVE, pieces=str(document.id))
    assert [each.name for each in rows()[0].documents] == ["quittance.pdf"]


@pytest.mark.parametrize("since", ["2025-09-01", "2027-06-01"])
def test_a_date_out_of_reach_is_refused(client: FlaskClient, home, since: str) -> None:
    answer = post(client, ADDRESS, **{**MOVE, "since": since})
    assert answer.status_code == 422 and "Donnez une date entre le" in answer.text and rows() == []


def test_a_situation_is_prefilled_with_mine_alone(client: FlaskClient, home) -> None:
    home.claire.occupation = "Infirmière"
    db.session.commit()
    assert 'value="Infirmière"' in client.get(SITUATION).text
    answer = post(client, SITUATION, **WORK)
    (row,) = rows()
    assert answer.location == f"/espace/demarches/{row.number}"
    assert row.guardian is home.claire and home.claire.occupation == "Infirmière"


def test_nothing_said_comes_back_with_what_was_typed(client: FlaskClient, home) -> None:
    sent = {"about": "other", "since": "2026-09-01", "last_name": "Martin", "employer": "", "details": ""}
    answer = post(client, SITUATION, **sent)
    assert answer.status_code == 422 and "Dites en quelques mots ce qui change" in answer.text
    assert 'value="other" checked' in answer.text and 'value="2026-09-01"' in answer.text


def test_the_other_family_does_not_find_it(client: FlaskClient, home) -> None:
    url = post(client, SITUATION, **WORK).location
    factories.sign_in(client, other_family())
    assert client.get(url).status_code == 404
