"""Démarches, parents' side: asked once, followed, completed, taken back; one history of everything."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, requests
from rules.documents import DocumentKind
from rules.request_vocabulary import RequestKind, RequestState
from tests import factories
from tests.conftest import START
from tests.invariants.rows import insert
from tests.portal.homes import calendar_url, martin, other_family, partner, post, second_parent
from tests.queries import assert_constant

URL = "/espace/demarches/nouvelle/question"
SAID = {"objet": "Sortie du vendredi", "question": "À quelle heure part le car ?", "enfant": ""}


@pytest.fixture
def home(app):
    return martin()


@pytest.fixture
def claire(client, home):
    return factories.sign_in(client, home.claire)


def rows():
    return db.session.scalars(sa.select(models.Request).order_by(models.Request.id)).all()


def ask(who, question="B"):
    asked, by = {"subject": "A", "question": question}, actors.parent(who.account)
    return requests.submit(RequestKind.QUESTION, who, asked, by=by, now=START)


def agent():
    return actors.agent(factories.staff())


def test_a_question_leads_to_its_page_with_its_number_and_its_day(claire, home):
    answer = post(claire, URL, **{**SAID, "enfant": home.lea.id})
    [row] = rows()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/espace/demarches/{row.number}")
    page = claire.get(f"/espace/demarches/{row.number}").text
    assert "En cours de traitement" in page
    assert "au plus tard le jeudi 17 septembre 2026" in page
    assert "À quelle heure part le car" in page
    assert "Léa Martin" in page


def test_the_same_page_sent_twice_makes_one_request(claire):
    first = post(claire, URL, **SAID)
    second = post(claire, URL, **SAID)
    assert second.headers["Location"] == first.headers["Location"]
    assert len(rows()) == 1
    assert "C’est déjà demandé" in claire.get(second.headers["Location"]).text


def test_what_is_missing_is_said_on_its_field_and_what_was_typed_comes_back(claire):
    answer = post(claire, URL, **{**SAID, "objet": " "})
    assert answer.status_code == 422
    assert "Dites en quelques mots de quoi il s’agit." in answer.text
    assert "À quelle heure part le car" in answer.text
    assert rows() == []


def test_signs_that_nobody_types_are_left_out(claire):
    assert post(claire, URL, **{**SAID, "objet": "Sor\x00tie", "question": "Le car\x00 ?"}).status_code == 303
    assert rows()[0].asked == {"subject": "Sortie", "question": "Le car ?"}


def test_a_child_of_another_family_is_no_choice(claire):
    stranger = factories.child(factories.family("Durand"), "Zoé")
    assert post(claire, URL, **{**SAID, "enfant": stranger.id}).status_code == 422
    assert rows() == []


def test_the_family_answers_what_was_asked_of_it(claire):
    post(claire, URL, **SAID)
    requests.ask_more(rows()[0], "Quelle sortie ?", by=agent(), now=START)
    url = f"/espace/demarches/{rows()[0].number}"
    page = claire.get(url).text
    assert "Votre réponse est attendue" in page
    assert "Répondez avant la fin du mardi 22 septembre 2026" in page
    empty = post(claire, f"{url}/completer", message=" ")
    assert empty.status_code == 422
    assert "Écrivez un message, ou joignez une pièce." in empty.text
    assert post(claire, f"{url}/completer", message="Le musée.").status_code == 303
    assert rows()[0].state is RequestState.WAITING
    assert "Le musée." in claire.get(url).text


def test_a_request_is_taken_back_until_it_is_decided(claire):
    post(claire, URL, **SAID)
    url = f"/espace/demarches/{rows()[0].number}"
    post(claire, f"{url}/retirer")
    assert rows()[0].state is RequestState.WITHDRAWN
    assert "/completer" not in claire.get(url).text
    post(claire, f"{url}/retirer")
    assert "déjà retirée" in claire.get(url).text


def test_an_answer_that_comes_after_the_decision_is_told_that_it_did_not_leave(claire):
    post(claire, URL, **SAID)
    url = f"/espace/demarches/{rows()[0].number}"
    requests.accept(rows()[0], note="À 8 h 30.", by=agent(), now=START)
    late = post(claire, f"{url}/completer", message="Et le retour ?")
    assert late.status_code == 422
    assert "Votre message n’est pas parti" in late.text
    assert "déjà acceptée" in late.text or "déjà répondu" in late.text
    assert "Et le retour ?" in late.text
    refused = post(claire, f"{url}/completer", pieces=[(io.BytesIO(b""), "vide.pdf")])
    assert refused.status_code == 422
    assert "« vide.pdf » : ce fichier est vide." in refused.text


def test_the_decision_stands_first_on_the_page(claire):
    post(claire, URL, **SAID)
    requests.accept(rows()[0], note="À 8 h 30.\nDevant l’école.", by=agent(), now=START)
    page = claire.get(f"/espace/demarches/{rows()[0].number}").text
    assert "La réponse du service" in page
    assert "Répondue" in page
    assert page.index("Devant l’école.") < page.index("Votre demande")


@pytest.mark.parametrize("who", [other_family, second_parent, partner])
def test_nobody_else_opens_it(client, home, who):
    row = ask(home.claire)
    other = who() if who is other_family else who(home)
    factories.sign_in(client, other)
    for number in (row.number, row.number.replace("2026", "2025"), "D2026-999999", "D2026-1", "x"):
        assert client.get(f"/espace/demarches/{number}").status_code == 404
        assert post(client, f"/espace/demarches/{number}/completer", message="Non").status_code == 404
        assert post(client, f"/espace/demarches/{number}/retirer").status_code == 404
    assert row.number not in client.get("/espace/tableau-de-bord").text


def test_the_history_tells_everything_in_one_list_newest_first(claire, home, app):
    post(claire, calendar_url(home.lea), jour=[date(2026, 9, 14)])
    app.extensions["clock"].set(START.replace(hour=11))
    post(claire, URL, **SAID)
    page = claire.get("/espace/tableau-de-bord").text
    assert page.index(rows()[0].number) < page.index("reçu R2026")
    assert "par Claire Martin (espace citoyen)" in page


def test_the_history_asks_as_much_whatever_its_length(claire, home):
    def one_more() -> None:
        ask(home.claire, f"B {len(rows())}")
        table = db.metadata.tables["absence_claim"]
        insert(db.session.connection(), table, child_id=home.lea.id, family_id=home.family.id)
        mandate = {"guardian_id": home.claire.id, "state": "revoked", "ended_at": START}
        insert(db.session.connection(), db.metadata.tables["mandate"], **mandate)

    one_more()
    assert_constant(claire, "/espace/tableau-de-bord", one_more)


def test_the_history_goes_page_by_page(claire, home):
    for n in range(21):
        ask(home.claire, f"B {n}")
    first = claire.get("/espace/tableau-de-bord").text
    second = claire.get("/espace/tableau-de-bord?page=2").text
    assert (first.count("démarche D2026"), second.count("démarche D2026")) == (20, 1)


# -- those that have no page of their own --------------------------------------------------------

CHILD = {
    "prenom": "Jules", "nom": "Martin", "naissance": "2023-04-12", "lien": "mother", "ecole": "",
    "niveau": "", "autre": "", "lien_autre": "",
}  # fmt: skip
MEMBER = "/espace/demarches/nouvelle/nouveau-membre"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"


def post_files(client, url, **data):
    page = client.get("/espace/famille").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    return client.post(url, data={"csrf_token": token, **data}, content_type="multipart/form-data")


def a_file(name="livret.pdf", content=PDF):
    return (io.BytesIO(content), name)


def test_a_child_is_declared_with_its_family_book(claire):
    answer = post_files(claire, f"{MEMBER}?qui=enfant", **CHILD, pieces=[a_file()])
    assert answer.status_code == 303
    [row] = rows()
    assert [each.kind for each in row.documents] == [DocumentKind.FAMILY_BOOK]
    page = claire.get(answer.headers["Location"]).text
    assert "livret.pdf" in page
    assert "Il manque encore" not in page


def test_a_file_is_not_lost_when_the_form_comes_back(claire):
    answer = post_files(claire, f"{MEMBER}?qui=enfant", **{**CHILD, "lien": ""}, pieces=[a_file()])
    assert answer.status_code == 422
    assert "Dites votre lien avec l’enfant." in answer.text
    assert re.search(r'name="pieces" value="\d+" checked', answer.text)


@pytest.mark.parametrize("born", ["2026-09-08", "demain"])
def test_a_child_is_born(claire, born):
    assert post_files(claire, f"{MEMBER}?qui=enfant", **{**CHILD, "naissance": born}).status_code == 422
    assert rows() == []


def test_an_adult_of_the_other_family_and_its_children_are_no_choice(claire):
    stranger = other_family()
    child_id = stranger.guardianships[0].child_id
    wrong = {**CHILD, "autre": stranger.id, "lien_autre": "father"}
    assert post_files(claire, f"{MEMBER}?qui=enfant", **wrong).status_code == 422
    adult = {"civilite": "m", "prenom": "Marc", "nom": "Petit", "enfants": child_id, "lien": "father"}
    assert post_files(claire, f"{MEMBER}?qui=adulte", **adult).status_code == 422
    assert rows() == []


def test_an_adult_is_declared(claire, home):
    adult = {"civilite": "m", "prenom": "Marc", "nom": "Petit", "enfants": home.lea.id, "lien": "step_parent"}
    answer = post_files(claire, f"{MEMBER}?qui=adulte", **adult)
    assert answer.status_code == 303
    page = claire.get(answer.headers["Location"]).text
    assert "Responsable de" in page
    assert "Il manque encore" in page


def test_a_completed_form_comes_with_its_file_and_its_title(claire):
    url = "/espace/demarches/nouvelle/formulaire"
    assert 'value="Demande de dérogation"' in claire.get(f"{url}?titre=Demande de dérogation").text
    without = post_files(claire, url, titre="Demande de dérogation", enfant="")
    assert without.status_code == 422
    assert "Joignez le formulaire complété." in without.text
    sent = post_files(claire, url, titre="Demande de dérogation", enfant="", pieces=[a_file("d.pdf")])
    assert sent.status_code == 303
    assert [each.kind for each in rows()[0].documents] == [DocumentKind.FORM]


def test_a_document_joined_later_is_taken_for_what_was_missing(claire):
    post_files(claire, f"{MEMBER}?qui=enfant", **CHILD)
    url = f"/espace/demarches/{rows()[0].number}"
    assert post_files(claire, f"{url}/completer", message="", pieces=[a_file()]).status_code == 303
    assert [each.kind for each in rows()[0].documents] == [DocumentKind.FAMILY_BOOK]
