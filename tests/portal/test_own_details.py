"""« Mes coordonnées »: telephones at once, e-mail by a link, and what a refused form gives back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

import models
from extensions import db
from tests import factories
from tests.conftest import START
from tests.signin.visitor import PASSWORD, Visitor, an_account, mails

OLD, NEW = "claire.martin@villars.example", "claire@exemple.example"
URL = "/espace/coordonnees/courriel"


@pytest.fixture
def claire(app):
    an_account(app)
    visitor = Visitor(app)
    visitor.sign_in(OLD, PASSWORD)
    return visitor


def guardian() -> models.Guardian:
    db.session.expire_all()
    return db.session.scalars(sa.select(models.Guardian)).one()


def link(app) -> str:
    found = [re.search(r"http://localhost(/espace/coordonnees/courriel/\S+)", m.body) for m in mails(app)]
    return [each[1] for each in found if each][-1]


def asked(app, claire, email: str = NEW) -> str:
    assert claire.post(URL, email=email, password=PASSWORD).location == "/espace/coordonnees"
    return link(app)


def test_a_telephone_changes_at_once_and_the_history_says_it(app, claire):
    answer = claire.post(
        "/espace/coordonnees/telephones", mobile_phone="+33 6.39.98.12.34", home_phone="", work_phone=""
    )
    assert answer.status_code == 303
    assert guardian().mobile_phone == "0639981234"
    assert "06 39 98 12 34" in claire.get("/espace/coordonnees").text
    row = db.session.scalars(sa.select(models.History).filter_by(verb="Téléphones changés")).one()
    assert row.after == {"portable": "0639981234"} and row.by_name == "Claire Martin"


def test_a_wrong_number_comes_back_with_its_sentence(app, claire):
    sent = {"mobile_phone": "06 12", "home_phone": "04 77 00 00 00", "work_phone": ""}
    answer = claire.post("/espace/coordonnees/telephones", **sent)
    assert answer.status_code == 422
    assert "« 06 12 » n’est pas un numéro de téléphone" in answer.text
    assert 'value="06 12"' in answer.text and 'value="04 77 00 00 00"' in answer.text
    assert guardian().home_phone is None


def test_at_least_one_number_stays(app, claire):
    answer = claire.post("/espace/coordonnees/telephones", mobile_phone="", home_phone="", work_phone="")
    assert answer.status_code == 422 and "Gardez au moins un numéro" in answer.text


def test_the_link_changes_the_identifier_and_closes_the_other_sessions(app, claire):
    elsewhere = Visitor(app)
    elsewhere.sign_in(OLD, PASSWORD)
    path = asked(app, claire)
    assert guardian().email == OLD
    assert NEW in claire.get(path).text and guardian().email == OLD  # opening it changes nothing
    assert claire.post(path).location == "/espace/coordonnees"
    assert guardian().email == NEW
    assert claire.get("/espace/").status_code == 200  # this session goes on
    assert elsewhere.get("/espace/").status_code == 303  # the other does not
    told = {(mail.recipient, mail.subject) for mail in mails(app)}
    assert (OLD, "Un changement d’adresse est demandé") in told
    assert (OLD, "Votre adresse de connexion a changé") in told
    assert Visitor(app).sign_in(NEW, PASSWORD).status_code in (302, 303)
    assert claire.get(path).status_code == 410  # once


def test_signed_out_the_link_asks_to_sign_in_with_the_former_address(app, claire):
    path = asked(app, claire)
    other = Visitor(app)
    assert other.get(path).location.startswith("/connexion?next=/espace/coordonnees/courriel/")
    other.sign_in(OLD, PASSWORD)
    assert other.post(path).status_code == 303 and guardian().email == NEW


def test_a_second_too_late(app, claire):
    path = asked(app, claire)
    app.extensions["clock"].set(START + timedelta(hours=24))
    answer = claire.get(path)
    assert answer.status_code == 410 and "Ce lien n’est plus valable" in answer.text
    assert guardian().email == OLD


def test_the_change_may_be_dropped(app, claire):
    path = asked(app, claire)
    assert NEW in claire.get("/espace/coordonnees").text
    claire.post(f"{URL}/abandonner", "/espace/coordonnees")
    assert NEW not in claire.get("/espace/coordonnees").text
    assert claire.get(path).status_code == 410


def test_the_password_is_asked_and_its_failures_lock(app, claire):
    for _ in range(5):
        answer = claire.post(URL, email=NEW, password="Pas-le-Bon-1")
        assert answer.status_code == 422 and "Ce n’est pas votre mot de passe" in answer.text
        assert f'value="{NEW}"' in answer.text and "Pas-le-Bon-1" not in answer.text
    answer = claire.post(URL, email=NEW, password=PASSWORD)
    assert answer.status_code == 422
    assert db.session.scalars(sa.select(models.EmailChange)).all() == []


def test_a_taken_address_names_nobody(app, claire):
    factories.guardian(factories.family("Bernard"), "Sonia", email="sonia@villars.example")
    answer = claire.post(URL, email="sonia@villars.example", password=PASSWORD)
    assert answer.status_code == 422
    assert "chaque parent a la sienne" in answer.text and "Bernard" not in answer.text


def test_another_s_link_opens_nothing(app, claire):
    path = asked(app, claire)
    an_account(app, email="paul@villars.example")
    paul = Visitor(app)
    paul.sign_in("paul@villars.example", PASSWORD)
    assert paul.get(path).status_code == 410
