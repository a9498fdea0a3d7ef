"""« Santé »: both households share the child's; the insurance and the papers stay each one's own."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from operations import health
from rules.allergens import Allergen
from rules.documents import DocumentKind
from rules.health_vocabulary import Diet
from tests import factories
from tests.conftest import START
from tests.gateways import files
from tests.portal.homes import Household, martin, other_family, partner, post, second_parent


@pytest.fixture
def home(app: Flask) -> Household:
    return martin()


@pytest.fixture
def claire(app: Flask, home: Household) -> FlaskClient:
    return factories.sign_in(app.test_client(), home.claire)


def url(home: Household) -> str:
    return f"/espace/enfants/{home.lea.id}/sante"


def seen(page: str) -> str:
    found = re.search(r'name="vu" id="vu" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def save(client: FlaskClient, home: Household, *, vu: str | None = None, **values: object):
    vu = seen(client.get(url(home)).text) if vu is None else vu
    return post(client, url(home), vu=vu, **{"pai": "non", **values})


def pdf(name: str) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(files.pdf(name)), name)]


def test_a_parent_writes_it_and_it_is_confirmed_with_its_date(claire, home):
    answer = save(
        claire,
        home,
        allergies=["milk", "nuts"],
        regimes=["no_pork"],
        pai="oui",
        pai_fin="2027-07-02",
        pai_pieces=pdf("pai.pdf"),
        conduite="Appeler le 15",
        medecin_telephone="04 77 00 00 00",
        assureur="MAE",
    )
    assert (answer.status_code, answer.location) == (303, url(home))
    row = health.health_of(home.lea.id)
    assert row.allergens == {Allergen.MILK, Allergen.NUTS} and row.diet_list == {Diet.NO_PORK}
    assert [(d.kind, d.name) for d in row.documents] == [(DocumentKind.PAI, "pai.pdf")]
    page = claire.get(url(home)).text
    assert "Confirmée le <strong>lundi 7 septembre 2026 à 10 h</strong> par Claire Martin" in page
    assert 'value="milk" checked' in page and ">Appeler le 15</textarea>" in page and "pai.pdf" in page
    assert "Confirmée le 7 septembre 2026" in claire.get("/espace/sante").text


def test_what_cannot_be_read_comes_back_with_all_that_was_typed(claire, home):
    answer = save(
        claire, home, medecin_telephone="demain", precisions="Kiwi", pai="oui", pai_pieces=pdf("pai.pdf")
    )
    assert answer.status_code == 422
    assert "n’est pas un numéro de téléphone" in answer.text and ">Kiwi</textarea>" in answer.text
    assert 'value="oui" checked' in answer.text
    assert re.search(r'name="pai_pieces" value="\d+" checked', answer.text)
    assert health.health_of(home.lea.id) is None


def test_two_parents_at_once_lose_nothing(app, claire, home):
    paul = factories.sign_in(app.test_client(), second_parent(home))
    save(claire, home, allergies=["milk"])
    shown = seen(paul.get(url(home)).text)
    app.extensions["clock"].set(START + timedelta(minutes=1))
    save(claire, home, allergies=["milk", "eggs"])
    answer = save(paul, home, vu=shown, regimes=["no_meat"])
    assert answer.status_code == 422 and "modifiée pendant que vous" in answer.text
    assert "Ce qui est en place maintenant" in answer.text and "Lait, Œufs" in answer.text
    assert 'value="no_meat" checked' in answer.text
    both = {"allergies": ["milk", "eggs"], "regimes": ["no_meat"]}
    assert save(paul, home, vu=seen(answer.text), **both).status_code == 303


def test_both_households_share_the_child_s_health_and_nothing_of_each_other(app, claire, home):
    other = factories.family("Haddad")
    factories.alternate(home.lea, home.claire.family, other)
    karim = factories.parent(other, home.lea, first_name="Karim", email="karim@villars.example")
    save(
        claire,
        home,
        allergies=["peanuts"],
        pai="oui",
        pai_pieces=pdf("pai-claire.pdf"),
        assureur="MAE",
        contrat="A-77",
        assurance_pieces=pdf("assurance-claire.pdf"),
    )
    client = factories.sign_in(app.test_client(), karim)
    page = client.get(url(home)).text
    assert 'value="peanuts" checked' in page and "par l’autre parent" in page
    for hidden in ("MAE", "A-77", "Claire", "pai-claire", "assurance-claire"):
        assert hidden not in page
    assert save(client, home, allergies=["peanuts"], pai="oui", assureur="MAIF").status_code == 303
    assert "MAIF" not in claire.get(url(home)).text
    (piece,) = db.session.scalars(sa.select(models.Document.id).filter_by(kind=DocumentKind.PAI))
    assert client.get(f"/espace/pieces/{piece}").status_code == 404
    assert claire.get(f"/espace/pieces/{piece}").status_code == 200


def test_nobody_else_opens_it(app, home):
    for someone in (other_family(), partner(home)):
        client = factories.sign_in(app.test_client(), someone)
        assert client.get(url(home)).status_code == 404
        assert post(client, url(home), vu="", pai="non").status_code == 404


def test_who_books_without_parental_authority_reads_and_does_not_write(app, claire, home):
    save(claire, home, allergies=["milk"])
    step = factories.guardian(home.family, "Marc", email="marc@villars.example")
    factories.account(step)
    factories.guardianship(step, home.lea).has_authority = False
    client = factories.sign_in(app.test_client(), step)
    page = client.get(url(home)).text
    assert "Lait" in page and "Seul un titulaire de l’autorité parentale" in page and 'name="vu"' not in page
    assert post(client, url(home), vu="", pai="non").status_code == 404


def test_no_question_about_religion_or_handicap(claire, home):
    page = claire.get(url(home)).text.lower()
    assert not any(word in page for word in ("halal", "casher", "religion", "handicap"))


def test_nothing_of_health_is_written_elsewhere(claire, home):
    save(claire, home, allergies=["peanuts"], regimes=["no_pork"], conduite="Adrénaline", medecin="Dr Roche")
    rows = db.session.scalars(sa.select(models.History))
    said = [f"{h.verb} {h.subject_name} {h.before} {h.after} {h.reason}" for h in rows]
    assert said and not db.session.scalars(sa.select(models.Outbox)).all()
    for word in ("peanuts", "Arachides", "porc", "Adrénaline", "Roche"):
        assert not any(word in text for text in said)


def test_a_second_click_is_not_said_to_be_the_other_parent(claire, home):
    vu = seen(claire.get(url(home)).text)
    answers = [save(claire, home, vu=vu, allergies=["milk"], assureur="MAE") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    other = save(claire, home, vu=vu, allergies=["nuts"])
    assert other.status_code == 422 and "Fiche modifiée entre-temps" in other.text
    assert health.health_of(home.lea.id).allergens == {Allergen.MILK}
