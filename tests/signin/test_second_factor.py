"""The authenticator application asked of staff, and of staff only, behind its setting."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from passlib.totp import TOTP

import models
from extensions import db
from operations import accounts
from operations.actors import SYSTEM
from rules.vocabulary import Role
from tests.signin.test_doors import ENGLISH, english
from tests.signin.visitor import PASSWORD, Visitor, an_account, another_app, now

AGENT = "agent@villars.example"
WRONG_CODE = "000000"


@pytest.fixture
def guarded(app):
    settings = replace(app.extensions["portail"], staff_second_factor=True)
    with another_app(app, settings) as second:
        yield second


def agent(app) -> str:
    return an_account(app, roles=[Role.ADMINISTRATOR], guardian=False, email=AGENT)


def code(key: str, ahead: int = 0) -> str:
    """What the telephone shows now, or some seconds later, from the key it was given."""
    return TOTP(key=key).generate(datetime.now(UTC) + timedelta(seconds=ahead)).token


def enrolled(visitor: Visitor) -> str:
    """Go through the first sign-in of an agent; the key their application keeps."""
    assert visitor.sign_in(AGENT, PASSWORD).location == "/connexion/second-facteur"
    page = visitor.post("/connexion/second-facteur", setup="authenticator")
    assert 'src="data:image/svg+xml;base64,' in page.text and english(page.text) == []
    key = re.search(r'class="code">([^<]+)<', page.text)[1]
    token = re.search(r'csrf_token" value="([^"]+)"', page.text)[1]
    assert visitor.send("/connexion/code", csrf_token=token, code=code(key)).location == "/connexion/choix"
    return key


def recovery_codes(visitor: Visitor) -> list[str]:
    page = visitor.post("/connexion/codes-de-secours", generate_new_codes="oui")
    assert english(page.text) == []
    return re.findall(r"<li>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</li>", page.text)


def test_the_first_sign_in_sets_the_application_up_then_gives_recovery_codes(app, guarded):
    agent(app)
    visitor = Visitor(guarded)
    enrolled(visitor)
    assert visitor.get("/connexion/choix").location == "/connexion/codes-de-secours"
    assert len(recovery_codes(visitor)) == 8
    assert visitor.get("/connexion/choix").location == "/admin/"


def test_nothing_opens_with_the_password_alone(app, guarded):
    agent(app)
    enrolled(Visitor(guarded))
    thief = Visitor(guarded)
    assert thief.sign_in(AGENT, PASSWORD, next="/admin/").location == "/connexion/code?next=/admin/"
    for url in ("/admin/", "/espace/", "/espace/mot-de-passe", "/connexion/codes-de-secours"):
        assert thief.get(url).location.startswith("/connexion?next=")


def test_a_wrong_code_is_refused_and_the_right_one_opens(app, guarded):
    agent(app)
    key = enrolled(Visitor(guarded))
    visitor = Visitor(guarded)
    visitor.sign_in(AGENT, PASSWORD)
    page = visitor.post("/connexion/code", code=WRONG_CODE)
    assert "Ce code est inexact" in page.text and english(page.text) == []
    shown = code(key, ahead=30)
    spaced = shown[:3] + " " + shown[3:]
    assert visitor.post("/connexion/code", code=spaced).location == "/connexion/choix"


def test_a_code_seen_over_a_shoulder_opens_nothing_more(app, guarded):
    agent(app)
    key = enrolled(Visitor(guarded))
    seen = code(key, ahead=30)
    first, second = Visitor(guarded), Visitor(guarded)
    for visitor in (first, second):
        visitor.sign_in(AGENT, PASSWORD)
    assert first.post("/connexion/code", code=seen).location == "/connexion/choix"
    assert second.post("/connexion/code", code=seen).status_code == 200
    assert second.get("/admin/").location.startswith("/connexion")


def test_codes_are_guessed_no_more_than_passwords(app, guarded):
    agent(app)
    key = enrolled(Visitor(guarded))
    thief = Visitor(guarded, "198.51.100.7")
    thief.sign_in(AGENT, PASSWORD)
    for _ in range(5):
        thief.post("/connexion/code", code=WRONG_CODE)
    assert "la connexion est bloquée encore 15 minutes" in thief.post("/connexion/code", code=code(key)).text
    assert "la connexion est bloquée" in thief.sign_in(AGENT, PASSWORD).text


def test_the_password_does_not_forgive_wrong_codes(app, guarded):
    agent(app)
    enrolled(Visitor(guarded))
    thief = Visitor(guarded, "198.51.100.7")
    for _ in range(5):
        thief.sign_in(AGENT, PASSWORD)
        thief.post("/connexion/code", code=WRONG_CODE)
    assert "la connexion est bloquée" in thief.sign_in(AGENT, PASSWORD).text


def test_a_recovery_code_opens_once(app, guarded):
    agent(app)
    visitor = Visitor(guarded)
    enrolled(visitor)
    [first, *_others] = recovery_codes(visitor)
    for works in (True, False):
        lost = Visitor(guarded)
        lost.sign_in(AGENT, PASSWORD)
        answer = lost.post("/connexion/secours", code=f" {first.upper()} ")
        assert (answer.status_code == 302) is works
    assert "a déjà servi" in answer.text and english(answer.text) == []


def test_the_key_and_the_recovery_codes_are_encrypted_at_rest(app, guarded):
    agent(app)
    visitor = Visitor(guarded)
    key = enrolled(visitor)
    codes = recovery_codes(visitor)
    db.session.rollback()
    row = db.session.scalars(sa.select(models.Account).filter_by(email=AGENT)).unique().one()
    kept = f"{row.tf_totp_secret} {row.mf_recovery_codes}"
    assert key.replace("-", "") not in kept and not any(each in kept for each in codes)


def test_changing_the_telephone_asks_for_the_password_again(app, guarded):
    agent(app)
    visitor = Visitor(guarded)
    older = enrolled(visitor)
    with visitor.client.session_transaction() as session:
        session["fs_paa"] = 0
        session.pop("fs_gexp", None)
    assert visitor.get("/connexion/second-facteur").location.startswith("/connexion/confirmer")
    page = visitor.get("/connexion/confirmer?next=/connexion/second-facteur")
    assert english(page.text) == []
    answer = visitor.post(
        "/connexion/confirmer",
        "/connexion/confirmer?next=/connexion/second-facteur",
        password=PASSWORD,
        next="/connexion/second-facteur",
    )
    assert answer.location == "/connexion/second-facteur"
    page = visitor.post("/connexion/second-facteur", setup="authenticator")
    key = re.search(r'class="code">([^<]+)<', page.text)[1]
    form = re.search(r'action="(/connexion/second-facteur/[^"]+)"', page.text)[1]
    token = re.search(r'csrf_token" value="([^"]+)"', page.text)[1]
    assert visitor.send(form, csrf_token=token, code=code(key)).status_code == 302
    assert key != older
    again = Visitor(guarded)
    again.sign_in(AGENT, PASSWORD)
    assert again.post("/connexion/code", code=code(key, ahead=30)).status_code == 302


def test_the_history_tells_what_happened_to_the_second_factor(app, guarded):
    agent(app)
    visitor = Visitor(guarded)
    key = enrolled(visitor)
    [first, *_others] = recovery_codes(visitor)
    again = Visitor(guarded)
    again.sign_in(AGENT, PASSWORD)
    again.post("/connexion/code", code=code(key, ahead=30))
    lost = Visitor(guarded)
    lost.sign_in(AGENT, PASSWORD)
    lost.post("/connexion/secours", code=first)
    db.session.rollback()
    rows = db.session.scalars(sa.select(models.History).order_by(models.History.id)).all()
    assert [row.verb for row in rows] == [
        "Second facteur installé",
        "Codes de secours préparés",
        "Code de secours utilisé",
    ]
    assert not any(row.before or row.after for row in rows)


def test_an_agent_who_lost_everything_starts_again(app, guarded):
    agent(app)
    enrolled(Visitor(guarded))
    row = db.session.scalars(sa.select(models.Account).filter_by(email=AGENT)).unique().one()
    accounts.reset_second_factor(row, by=SYSTEM, now=now(app))
    enrolled(Visitor(guarded))


def test_parents_are_not_asked_for_it(app, guarded):
    parent = Visitor(guarded)
    assert parent.sign_in(an_account(app), PASSWORD).location == "/connexion/choix"
    assert parent.get("/connexion/choix").location == "/espace/"


def test_the_pages_of_the_second_factor_lead_back_when_opened_out_of_turn(app, guarded):
    for url in ("/connexion/second-facteur", "/connexion/code", "/connexion/secours"):
        visitor = Visitor(guarded)
        assert visitor.get(url).location == "/connexion"
        assert "Reprenez la connexion depuis le début." in visitor.get("/connexion").text


def test_its_addresses_are_french(guarded):
    rules = {rule.rule for rule in guarded.url_map.iter_rules() if rule.endpoint.startswith("security.")}
    assert {url for url in rules if url.startswith("/connexion/")} == {
        "/connexion/code",
        "/connexion/codes-de-secours",
        "/connexion/confirmer",
        "/connexion/second-facteur",
        "/connexion/second-facteur/<token>",
        "/connexion/secours",
    }
    assert [url for url in rules if ENGLISH.search(url.replace("<token>", "").replace("facteur", ""))] == []
