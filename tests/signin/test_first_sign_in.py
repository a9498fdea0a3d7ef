"""From the mail with the provisional password to the parents' space, step by step."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import accounts
from rules.passwords import PROVISIONAL_LASTS, Activation
from tests.signin.visitor import AGENT, PASSWORD, Visitor, a_guardian, mails, now, provisional

EMAIL = "claire.martin@villars.example"
SPENT = "a déjà servi"
INEXACT = "L’identifiant ou le mot de passe est inexact."


@pytest.fixture
def activated(app):
    accounts.activate(a_guardian(), by=AGENT, now=now(app))
    db.session.commit()
    return provisional(app)


def account() -> models.Account:
    db.session.rollback()
    return db.session.scalars(sa.select(models.Account).filter_by(email=EMAIL)).unique().one()


def state(app) -> Activation:
    return accounts.activation_state(account(), now(app))


def test_the_whole_first_sign_in(app, activated):
    parent = Visitor(app)
    assert state(app) is Activation.SENT
    assert parent.sign_in(f" {EMAIL.upper()} ", f"{activated} ").location == "/connexion/choix"
    assert state(app) is Activation.OPENED
    for url in ("/connexion/choix", "/espace/", "/espace/factures", "/espace/cgu", "/admin/", "/espace/rien"):
        assert parent.get(url).location == "/espace/mot-de-passe"
    page = parent.get("/espace/mot-de-passe").text
    assert "Choisir votre mot de passe" in page and "Mot de passe actuel" not in page

    assert parent.choose(PASSWORD).location == "/connexion/choix"
    assert state(app) is Activation.ACTIVE
    assert parent.get("/connexion/choix").location == "/espace/cgu"
    assert parent.get("/espace/factures?page=2").location == "/espace/cgu?next=/espace/factures?page%3D2"
    page = parent.get("/espace/cgu").text
    assert "Première règle." in page and page.index("Dernière règle.") < page.index('name="accepte"')

    assert parent.accept_cgu().location == "/connexion/choix"
    assert parent.get("/connexion/choix").location == "/espace/"
    row = db.session.scalars(sa.select(models.CguAcceptance)).one()
    assert (row.account.email, row.version.name, row.accepted_at) == (EMAIL, "Version 1", now(app))


def test_the_mail_says_who_what_and_until_when(app, activated):
    [mail] = mails(app)
    assert mail.recipient == EMAIL and mail.subject == "Votre compte est ouvert : première connexion"
    assert "Votre espace citoyen de Villars est ouvert." in mail.body
    assert f"Identifiant : {EMAIL}" in mail.body and activated in mail.body
    assert "avant le lundi 21 septembre 2026 à 10 h" in mail.body
    assert "http://localhost/connexion" in mail.body and "Service Éducation – Villars" in mail.body


def test_the_provisional_password_opens_one_session_only(app, activated):
    assert Visitor(app).sign_in(EMAIL, activated).status_code == 302
    again = Visitor(app).sign_in(EMAIL, activated)
    assert again.status_code == 200 and SPENT in again.text and "Mot de passe oublié" in again.text
    assert Visitor(app).get("/espace/").location.startswith("/connexion")


@pytest.mark.parametrize(("before", "opens"), [(timedelta(seconds=1), True), (timedelta(0), False)])
def test_the_provisional_password_expires_to_the_second(app, activated, before, opens):
    app.extensions["clock"].advance(PROVISIONAL_LASTS - before)
    answer = Visitor(app).sign_in(EMAIL, activated)
    assert (answer.status_code == 302) is opens
    assert ("a expiré le lundi 21 septembre 2026 à 10 h" in answer.text) is not opens
    assert state(app) is (Activation.OPENED if opens else Activation.EXPIRED)


def test_sending_again_makes_the_older_password_void(app, activated):
    first = Visitor(app)
    first.sign_in(EMAIL, activated)
    guardian = account().guardian
    accounts.activate(guardian, by=AGENT, now=now(app))
    db.session.commit()
    newer = provisional(app)
    assert newer != activated and state(app) is Activation.SENT
    assert first.get("/espace/mot-de-passe").location.startswith("/connexion")
    assert INEXACT in Visitor(app).sign_in(EMAIL, activated).text
    assert Visitor(app).sign_in(EMAIL, newer).status_code == 302


def test_a_password_not_sent_yet_never_leaves_once_replaced(app):
    guardian = a_guardian()
    for _ in range(2):
        accounts.activate(guardian, by=AGENT, now=now(app))
        db.session.commit()
    assert len(mails(app)) == 1
    assert Visitor(app).sign_in(EMAIL, provisional(app)).status_code == 302


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("abcdefgh", "Il manque au mot de passe une majuscule et un chiffre."),
        ("Ab1", "Il manque au mot de passe 5 caractères."),
        ("Azerty12", "Ce mot de passe est trop courant"),
        ("Claire.Martin1", "Le mot de passe ne doit pas être votre adresse de courriel."),
    ],
)
def test_a_weak_password_is_refused_with_what_is_missing(app, activated, password, sentence):
    parent = Visitor(app)
    parent.sign_in(EMAIL, activated)
    answer = parent.choose(password)
    assert answer.status_code == 200 and sentence in answer.text
    assert state(app) is Activation.OPENED


def test_the_two_entries_must_agree_and_the_provisional_one_is_over(app):
    from operations.passwords import set_demo_password

    row = accounts.activate(a_guardian(), by=AGENT, now=now(app))
    set_demo_password(row, "Ouverture-2026", provisional_until=now(app) + timedelta(days=1))
    db.session.commit()
    parent = Visitor(app)
    parent.sign_in(EMAIL, "Ouverture-2026")
    assert "Les deux saisies" in parent.choose(PASSWORD, again="Autre-Chose-12").text
    assert "différent de l’actuel" in parent.choose("Ouverture-2026").text


def test_a_session_left_at_the_gate_can_forget_its_password(app, activated):
    from tests.signin.visitor import reset_link

    Visitor(app).sign_in(EMAIL, activated)
    parent = Visitor(app)
    parent.post("/mot-de-passe-oublie", email=EMAIL)
    link = reset_link(app)
    assert parent.post(link, password=PASSWORD, password_confirm=PASSWORD).location == "/connexion"
    assert parent.sign_in(EMAIL, PASSWORD).status_code == 302
    assert parent.get("/connexion/choix").location == "/espace/cgu"
