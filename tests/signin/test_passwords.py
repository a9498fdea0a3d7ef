"""Forgotten and changed passwords; the sessions they close."""

from datetime import timedelta

import pytest

from tests.signin.visitor import PASSWORD, Visitor, an_account, mails, reset_link

NEW = "Encore-un-Secret-3"
SAME_ANSWER = "Si un compte existe à l’adresse"


def asked(app, email: str) -> str:
    Visitor(app).post("/mot-de-passe-oublie", email=email)
    return reset_link(app)


def test_the_answer_is_the_same_whether_the_account_exists(app):
    email, unknown = an_account(app), "personne@villars.example"
    pages = [Visitor(app).post("/mot-de-passe-oublie", email=each).text for each in (email, unknown)]
    known, other = (_without_token(page) for page in pages)
    assert SAME_ANSWER in known and known.replace(email, unknown) == other
    assert [mail.recipient for mail in mails(app)] == [email]


def _without_token(page: str) -> str:
    import re

    return re.sub(r'(csrf_token" value=")[^"]+', r"\1", page)


def test_the_link_changes_the_password_once_and_closes_the_open_sessions(app):
    email = an_account(app)
    elsewhere = Visitor(app)
    elsewhere.sign_in(email, PASSWORD)
    link = asked(app, email)
    parent = Visitor(app)
    assert parent.post(link, password=NEW, password_confirm=NEW).location == "/connexion"
    assert elsewhere.get("/connexion/choix").location.startswith("/connexion")
    assert Visitor(app).sign_in(email, PASSWORD).status_code == 200
    assert parent.sign_in(email, NEW).status_code == 302
    used = Visitor(app)
    assert used.get(link).location == "/mot-de-passe-oublie"
    assert "a déjà servi" in used.get("/mot-de-passe-oublie").text
    assert mails(app)[-1].subject == "Votre mot de passe a été changé"


@pytest.mark.parametrize(
    ("after", "works"), [(timedelta(hours=2), True), (timedelta(hours=2, seconds=1), False)]
)
def test_the_link_lasts_two_hours(app, after, works):
    link = asked(app, an_account(app))
    app.extensions["clock"].advance(after)
    parent = Visitor(app)
    answer = parent.get(link)
    assert (answer.status_code == 200) is works
    if not works:
        assert "expiré" in parent.get("/mot-de-passe-oublie").text


def test_a_forged_link_is_refused(app):
    parent = Visitor(app)
    assert parent.get("/mot-de-passe-oublie/nimporte.quoi").location == "/mot-de-passe-oublie"
    assert "plus valable" in parent.get("/mot-de-passe-oublie").text


def test_the_link_goes_to_our_own_address_whatever_the_host_header(app):
    email = an_account(app)
    visitor = Visitor(app)
    visitor.address["HTTP_HOST"] = "mechant.example"
    visitor.post("/mot-de-passe-oublie", email=email)
    assert "mechant.example" not in mails(app)[-1].body and reset_link(app)


def test_asking_twice_in_a_row_sends_one_mail(app):
    email = an_account(app)
    for _ in range(3):
        Visitor(app).post("/mot-de-passe-oublie", email=email)
    assert len(mails(app)) == 1


def test_a_weak_password_is_refused_by_the_link_too(app):
    link = asked(app, an_account(app))
    page = Visitor(app).post(link, password="abc", password_confirm="abc").text
    assert "Il manque au mot de passe 5 caractères, une majuscule et un chiffre." in page


def test_changing_asks_for_the_current_password_and_closes_the_other_sessions(app):
    email = an_account(app)
    here, elsewhere = Visitor(app), Visitor(app)
    for each in (here, elsewhere):
        each.sign_in(email, PASSWORD)
    assert "Le mot de passe est inexact." in here.choose(NEW, current="Faux-mot-1").text
    assert "Indiquez le mot de passe." in here.choose(NEW).text
    assert "différent de l’actuel" in here.choose(PASSWORD, current=PASSWORD).text
    assert here.choose(NEW, current=PASSWORD).location == "/connexion/choix"
    assert here.get("/connexion/choix").location == "/espace/"
    assert elsewhere.get("/espace/").location == "/connexion?next=/espace/"
    assert "vient d’être changé" in mails(app)[-1].body
