from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

import models
from extensions import db, limiter
from operations import locks
from rules.lockout import LOCK_LASTS, STRICT_FROM
from tests.signin.visitor import PASSWORD, TOKEN, Visitor, an_account, another_app, mails, now

WRONG = "Un-autre-Mot-1"
INEXACT = "L’identifiant ou le mot de passe est inexact."
LOCKED = "la connexion est bloquée encore"


def fail(visitor: Visitor, email: str, times: int) -> list[str]:
    return [visitor.sign_in(email, WRONG).text for _ in range(times)]


def test_the_fifth_failure_locks_and_says_for_how_long(app):
    email, stranger = an_account(app), Visitor(app)
    assert all(INEXACT in page for page in fail(stranger, email, 5))
    page = stranger.sign_in(email, PASSWORD).text
    assert f"{LOCKED} 15 minutes" in page and INEXACT not in page
    app.extensions["clock"].advance(timedelta(minutes=14, seconds=1))
    assert f"{LOCKED} 1 minute." in stranger.sign_in(email, PASSWORD).text


@pytest.mark.parametrize(("before", "opens"), [(timedelta(seconds=1), False), (timedelta(0), True)])
def test_the_lock_ends_to_the_second(app, before, opens):
    email, parent = an_account(app), Visitor(app)
    fail(parent, email, 5)
    app.extensions["clock"].advance(LOCK_LASTS - before)
    assert (parent.sign_in(email, PASSWORD).status_code == 302) is opens


def test_a_stranger_elsewhere_does_not_lock_the_parent_out(app):
    email = an_account(app)
    fail(Visitor(app, "198.51.100.7"), email, 6)
    assert Visitor(app).sign_in(email, PASSWORD).status_code == 302


def test_a_success_forgets_the_failures(app):
    email = an_account(app)
    for _ in range(2):
        parent = Visitor(app)
        fail(parent, email, 4)
        assert parent.sign_in(email, PASSWORD).status_code == 302


def test_an_hour_without_failure_forgets_them(app):
    email, parent = an_account(app), Visitor(app)
    fail(parent, email, 4)
    app.extensions["clock"].advance(timedelta(hours=1))
    fail(parent, email, 4)
    assert parent.sign_in(email, PASSWORD).status_code == 302


def test_the_owner_is_told_once_per_lock(app):
    email = an_account(app)
    fail(Visitor(app), email, 7)
    [mail] = mails(app)
    assert mail.recipient == email and "bloquée jusqu’au lundi 7 septembre 2026 à 10 h 15" in mail.body
    app.extensions["clock"].advance(LOCK_LASTS)
    fail(Visitor(app), email, 5)
    assert len(mails(app)) == 2


def test_an_unknown_email_locks_with_the_same_words_and_mails_nobody(app):
    stranger = Visitor(app)
    assert all(INEXACT in page for page in fail(stranger, "personne@villars.example", 5))
    assert LOCKED in stranger.sign_in("personne@villars.example", WRONG).text
    assert mails(app) == []


def test_guesses_spread_over_addresses_lock_each_at_its_first_failure(app):
    email = an_account(app)
    for number in range(STRICT_FROM // 4):
        fail(Visitor(app, f"198.51.100.{number}"), email, 4)
    careful = Visitor(app, "203.0.113.9")
    fail(careful, email, 2)  # 49 and 50: from the fiftieth, one is enough
    assert LOCKED in careful.sign_in(email, PASSWORD).text
    assert Visitor(app).sign_in(email, PASSWORD).status_code == 302
    assert len(mails(app)) == 1


def test_choosing_a_password_by_mail_unlocks(app):
    from tests.signin.visitor import reset_link

    email, parent = an_account(app), Visitor(app)
    fail(parent, email, 5)
    parent.post("/mot-de-passe-oublie", email=email)
    parent.post(reset_link(app), password="Un-nouveau-Mot-9", password_confirm="Un-nouveau-Mot-9")
    assert parent.sign_in(email, "Un-nouveau-Mot-9").status_code == 302


def test_guesses_made_at_the_same_time_are_judged_one_after_the_other(app):
    email = an_account(app)
    thieves = [Visitor(app, "198.51.100.7") for _ in range(10)]
    tokens = [TOKEN.search(thief.get("/connexion").text)[1] for thief in thieves]

    def guess(thief: Visitor, token: str) -> str:
        data = {"csrf_token": token, "email": email, "password": WRONG}
        return thief.client.post("/connexion", data=data, environ_overrides=thief.address).text

    with ThreadPoolExecutor(5) as pool:
        pages = list(pool.map(guess, thieves, tokens))
    assert (
        sorted((INEXACT in page, LOCKED in page) for page in pages)
        == [(False, True)] * 5 + [(True, False)] * 5
    )


def test_old_counters_are_forgotten(app):
    email = an_account(app)
    fail(Visitor(app), email, 1)
    app.extensions["clock"].advance(timedelta(hours=1))
    fail(Visitor(app, "198.51.100.7"), email, 1)
    assert locks.forget_before(now(app)) == 1
    [kept] = db.session.scalars(sa.select(models.SignInFailure))
    assert kept.address == "198.51.100.7"


def test_a_client_address_cannot_hammer_the_forms(app):
    settings = replace(app.extensions["portail"], mode="demo")
    try:
        with another_app(app, settings) as limited:
            visitor = Visitor(limited)
            answers = [visitor.post("/mot-de-passe-oublie", email="x@villars.example") for _ in range(11)]
        assert [answer.status_code for answer in answers] == [200] * 10 + [429]
        assert "Trop d’essais" in answers[-1].text
    finally:
        limiter.reset()
        limiter.enabled = False
