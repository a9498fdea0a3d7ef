"""Closed by default, French addresses, tokens on every form, and no way out of the portal."""

import re

import pytest
from flask_security.core import _default_messages

from extensions import db
from rules.vocabulary import Role
from tests.queries import count_queries
from tests.signin.visitor import PASSWORD, Visitor, an_account

ENGLISH = re.compile(
    r"log-?in|log-?out|\bsign\b|password|forgot|reset|\bchange\b|verify|confirm\b|register|setup|recover|validate"
    r"|rescue|select|token\b(?!>)|two|factor\b|static-fs|fs-"
)
OURS = ("security.", "signin.")


@pytest.mark.parametrize(
    "url", ["/espace", "/espace/", "/espace/factures?annee=2026", "/espace/rien", "/admin/x"]
)
def test_anybody_unknown_is_sent_to_sign_in(app, url):
    answer = Visitor(app).get(url)
    assert answer.status_code == 303
    assert answer.location.replace("%3D", "=") == f"/connexion?next={url}"


def test_after_signing_in_one_lands_where_one_was_going(app):
    parent = Visitor(app)
    answer = parent.sign_in(an_account(app), PASSWORD, next="/espace/factures")
    assert answer.location == "/espace/factures"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://mechant.example", "//mechant.example", "/\\mechant.example", "mechant.example", "javascript:x"],
)
def test_next_never_leads_out_of_the_portal(app, elsewhere):
    parent, email = Visitor(app), an_account(app)
    assert parent.client.get("/connexion", query_string={"next": elsewhere}).location == "/connexion"
    answer = parent.post("/connexion", email=email, password=PASSWORD, next=elsewhere)
    assert answer.location == "/connexion"
    assert parent.sign_in(email, PASSWORD).location == "/connexion/choix"


@pytest.mark.parametrize(
    "url", ["/connexion", "/deconnexion", "/mot-de-passe-oublie", "/espace/mot-de-passe", "/espace/cgu"]
)
def test_a_form_without_its_token_is_refused(app, url):
    parent = Visitor(app)
    parent.sign_in(an_account(app), PASSWORD)
    answer = parent.send(url, email="x@villars.example", password="x", accepte="oui")
    assert answer.status_code == 400 and "Page expirée" in answer.text


def test_signing_out_closes_the_session(app):
    parent = Visitor(app)
    parent.sign_in(an_account(app), PASSWORD)
    assert parent.get("/deconnexion").status_code == 405
    assert parent.post("/deconnexion", "/espace/cgu").location == "/"
    assert parent.get("/espace/").location.startswith("/connexion")


def test_each_account_lands_on_its_side(app):
    for roles, guardian, place in (((), True, "/espace/"), ([Role.CANTEEN], False, "/admin/")):
        visitor = Visitor(app)
        visitor.sign_in(an_account(app, roles=roles, guardian=guardian), PASSWORD)
        assert visitor.get("/connexion/choix").location == place


def test_an_account_without_family_nor_role_is_told_so(app):
    visitor = Visitor(app)
    visitor.sign_in(an_account(app, guardian=False), PASSWORD)
    assert "rattaché à aucune famille" in visitor.get("/connexion/choix").text


def test_a_closed_account_opens_nothing_and_its_session_ends(app):
    import sqlalchemy as sa

    import models

    email, open_session = an_account(app), Visitor(app)
    open_session.sign_in(email, PASSWORD)
    db.session.scalars(sa.select(models.Account).filter_by(email=email)).unique().one().active = False
    assert open_session.get("/espace/").location.startswith("/connexion")
    assert "inexact" in Visitor(app).sign_in(email, PASSWORD).text


def test_no_token_in_the_address_signs_anybody_in(app):
    assert Visitor(app).get("/espace/?auth_token=x").location.startswith("/connexion")


def test_every_address_is_french_and_nothing_unused_is_open(app):
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(OURS)]
    assert sorted({rule.rule for rule in rules}) == [
        "/connexion",
        "/connexion/choix",
        "/deconnexion",
        "/espace/cgu",
        "/espace/mot-de-passe",
        "/mot-de-passe-oublie",
        "/mot-de-passe-oublie/<token>",
    ]
    everywhere = [
        rule.rule for rule in app.url_map.iter_rules() if not rule.rule.startswith(("/admin", "/boot"))
    ]
    assert [url for url in everywhere if ENGLISH.search(url.replace("<token>", ""))] == []


def test_no_english_of_flask_security_on_any_page(app):
    email = an_account(app)
    guest, parent = Visitor(app), Visitor(app)
    parent.sign_in(email, PASSWORD)
    pages = [
        guest.get("/connexion"),
        guest.sign_in("", ""),
        guest.sign_in("pas une adresse", "x"),
        guest.sign_in(email, "x"),
        guest.get("/mot-de-passe-oublie"),
        guest.post("/mot-de-passe-oublie", email=""),
        guest.post("/mot-de-passe-oublie", email=email),
        guest.get("/mot-de-passe-oublie"),
        parent.get("/espace/mot-de-passe"),
        parent.choose("x", current="x"),
        parent.choose("", current=""),
        parent.get("/espace/cgu"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert english(page.text) == []
        assert page.text.count("<h1") == 1


def english(page: str) -> list[str]:
    """Sentences of Flask-Security or WTForms in their own language."""
    words = (
        "This field is required",
        "Email Address",
        "Remember Me",
        "Invalid",
        "must be",
        "Login",
        "Log in",
    )
    theirs = [str(text) for text, _category in _default_messages.values() if "%" not in str(text)]
    return [text for text in (*words, *theirs) if text in page]


def test_a_signed_in_request_costs_one_query_for_the_account(app):
    parent = Visitor(app)
    parent.sign_in(an_account(app), PASSWORD)
    parent.get("/connexion/choix")
    with count_queries() as seen:
        parent.get("/connexion/choix")
    assert len([each for each in seen if "FROM account" in each]) == 1
    assert not any("cgu" in each for each in seen)
