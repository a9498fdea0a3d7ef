"""The agents' side of the démarches: the queue, deciding, and who may."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, requests
from operations.request_kinds import KINDS
from rules.request_vocabulary import RequestKind, RequestState
from rules.vocabulary import Role
from tests import factories
from tests.admin.agents import Agent, said
from tests.conftest import PARIS, START
from tests.invariants.rows import insert
from tests.queries import assert_constant

LATER = datetime(2026, 9, 22, 9, 0, tzinfo=PARIS)


@pytest.fixture
def agent(app):
    return Agent(app, Role.EDUCATION)


@pytest.fixture
def claire(app):
    family = factories.family("Martin")
    return factories.parent(family, factories.child(family), payer=True, email="claire@villars.example")


def ask(who, question="À quelle heure part le car ?", now=START):
    asked = {"subject": "Sortie", "question": question}
    return requests.submit(RequestKind.QUESTION, who, asked, by=actors.parent(who.account), now=now)


@pytest.fixture
def waiting(claire):
    row = ask(claire)
    db.session.commit()
    return row.id


def row_of(key):
    db.session.rollback()
    return db.session.get(models.Request, key)


def test_the_queue_shows_what_is_to_decide_the_late_ones_in_evidence(app, agent, claire, waiting):
    app.extensions["clock"].set(LATER)
    recent = ask(claire, "Et le retour ?", now=LATER)
    page = agent.text("demandes/")
    assert page.index(row_of(waiting).number) < page.index(recent.number)
    assert "5\u00a0jours de retard" in page
    late = agent.text("demandes/?flt_etat=waiting&flt_retard=oui")
    assert row_of(waiting).number in late
    assert recent.number not in late


def test_each_page_leads_to_the_next_one_to_decide(agent, claire, waiting):
    rest = [ask(claire, f"Question {n} ?", now=START.replace(day=8 + n)).id for n in range(2)]
    db.session.commit()
    numbers = {key: row_of(key).number for key in (waiting, *rest)}
    for key, following in zip((waiting, *rest), (*rest, waiting), strict=True):
        page = agent.text(f"demandes/detail/?id={key}")
        assert f'href="/admin/demandes/detail/?id={following}">Suivante' in page
        assert numbers[following] in page


def test_the_queue_is_found_by_number_and_by_owner(agent, claire, waiting):
    number = row_of(waiting).number
    assert number in agent.text(f"demandes/?search={number.lower()}")
    assert number not in agent.text("demandes/?search=D2026-000999")
    assert number not in agent.text("demandes/?flt_agent=moi")
    agent.post("demandes/prendre/", id=waiting)
    assert row_of(waiting).owner_id == agent.account_id
    assert number in agent.text("demandes/?flt_agent=moi")
    assert number not in agent.text("demandes/?flt_agent=personne")
    agent.post("demandes/rendre/", id=waiting)
    assert row_of(waiting).owner_id is None


def test_an_agent_answers_and_the_family_is_mailed(agent, waiting):
    page = agent.text(f"demandes/detail/?id={waiting}")
    assert "À quelle heure part le car" in page
    empty = agent.post("demandes/accepter/", id=waiting, reponse=" ")
    assert empty.status_code == 422
    assert "Écrivez la réponse." in said(empty)
    assert agent.post("demandes/accepter/", id=waiting, reponse="À 8 h 30.").status_code == 303
    assert row_of(waiting).state is RequestState.ACCEPTED
    assert (
        "À 8 h 30." in db.session.scalars(sa.select(models.Outbox).order_by(-models.Outbox.id)).first().body
    )
    assert "Répondue" in agent.text(f"demandes/detail/?id={waiting}")


def test_a_double_click_and_a_second_agent_are_told_who_decided(app, agent, waiting):
    agent.post("demandes/accepter/", id=waiting, reponse="À 8 h 30.")
    second = Agent(app, Role.ADMINISTRATOR)
    answer = second.post("demandes/refuser/", id=waiting, raison="Non.")
    assert answer.status_code == 422
    assert "déjà acceptée par Agent Service Éducation" in said(answer)
    assert row_of(waiting).decision == "À 8 h 30."


def test_a_refusal_joins_the_ready_made_reason_and_what_the_agent_adds(agent, waiting):
    nothing = agent.post("demandes/refuser/", id=waiting, raison="")
    assert "Donnez la raison du refus" in said(nothing)
    agent.post("demandes/refuser/", id=waiting, motif="Hors du service.", raison="Voyez l’accueil.")
    assert row_of(waiting).decision == "Hors du service.\nVoyez l’accueil."


def test_a_decision_never_leads_out_of_the_portal(agent, waiting):
    answer = agent.post("demandes/prendre/", id=waiting, url="https://ailleurs.example/")
    assert answer.status_code == 303
    assert "ailleurs" not in answer.location


def test_a_complement_is_asked_and_what_was_typed_stays_when_it_is_refused(agent, waiting):
    long = "x" * 3001
    assert long in said(agent.post("demandes/completer/", id=waiting, complement=long))
    agent.post("demandes/completer/", id=waiting, complement="Quelle sortie ?")
    assert row_of(waiting).state is RequestState.ASKED
    assert row_of(waiting).messages[0].body == "Quelle sortie ?"


def test_a_message_changes_no_state_even_after_the_decision(agent, waiting):
    agent.post("demandes/ecrire/", id=waiting, message="Nous cherchons.")
    assert row_of(waiting).state is RequestState.WAITING
    agent.post("demandes/accepter/", id=waiting, reponse="À 8 h 30.")
    agent.post("demandes/ecrire/", id=waiting, message="Et non 9 h.")
    assert [each.body for each in row_of(waiting).messages] == ["Nous cherchons.", "Et non 9 h."]


def test_an_agent_writes_it_down_at_the_counter_for_an_adult(agent, claire):
    answer = agent.post(
        "demandes/nouveau/",
        guardian=claire.id,
        kind="question",
        channel="phone",
        question_subject="Menus",
        question_question="Y a-t-il du poisson ?",
    )
    [row] = db.session.scalars(sa.select(models.Request)).all()
    assert answer.status_code == 302
    assert (row.guardian_id, row.channel.value, row.submitted_by_name) == (
        claire.id, "phone", "Agent Service Éducation",
    )  # fmt: skip
    stranger = factories.child(factories.family("Durand"), "Zoé")
    other = {"child": stranger.id, "question_subject": "A", "question_question": "B"}
    wrong = agent.post("demandes/nouveau/", guardian=claire.id, kind="question", channel="phone", **other)
    assert "Claire Martin n’est pas responsable de Zoé." in said(wrong)
    incomplete = agent.post("demandes/nouveau/", guardian=claire.id, kind="question", channel="phone")
    assert incomplete.status_code == 422
    assert "Dites en quelques mots de quoi il s’agit." in said(incomplete)


def test_what_changed_since_it_was_asked_is_said_before_deciding(agent, claire):
    moved = {"street": "1 rue Neuve", "postcode": "42390", "city": "Villars", "since": "2026-10-01"}
    by = actors.parent(claire.account)
    key = requests.submit(RequestKind.ADDRESS, claire, moved, by=by, now=START).id
    page = agent.text(f"demandes/detail/?id={key}")
    assert "3 rue des Acacias" in page
    assert "a changé depuis la demande" not in page
    claire.family.street = "9 rue du Bac"
    page = agent.text(f"demandes/detail/?id={key}")
    assert (
        "c’était « 3 rue des Acacias, 42390 Villars », c’est maintenant « 9 rue du Bac, 42390 Villars »"
        in page
    )


def test_a_paper_handed_over_is_scanned_into_the_vault_and_joined(agent, claire, waiting):
    agent.post("demandes/completer/", id=waiting, complement="Quelle sortie ?")
    pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"
    wrong = agent.post("demandes/joindre/", id=waiting, nature="form", piece=(io.BytesIO(b"x"), "x.exe"))
    assert wrong.status_code == 422
    assert "PDF" in said(wrong)
    assert agent.post("demandes/joindre/", id=waiting, nature="form").status_code == 422
    for _ in range(2):
        file = (io.BytesIO(pdf), "dérogation.pdf")
        assert agent.post("demandes/joindre/", id=waiting, nature="form", piece=file).status_code == 303
    row = row_of(waiting)
    [document] = row.documents
    assert (document.guardian_id, document.kind, document.name) == (claire.id, "form", "dérogation.pdf")
    assert row.state is RequestState.WAITING
    assert "dérogation.pdf" in agent.text(f"demandes/detail/?id={waiting}")


def test_a_role_reads_and_decides_its_own_kinds_only(app, waiting):
    finance = Agent(app, Role.FINANCE)
    assert row_of(waiting).number not in finance.text("demandes/?flt_etat=")
    assert finance.get(f"demandes/detail/?id={waiting}").status_code == 404
    assert finance.post("demandes/accepter/", id=waiting, reponse="Oui").status_code == 404
    assert row_of(waiting).state is RequestState.WAITING


def test_the_family_page_shows_what_it_asked(app, agent, claire, waiting):
    number = row_of(waiting).number
    assert number in agent.text(f"familles/detail/?id={claire.family_id}")
    assert number not in Agent(app, Role.READER).text(f"familles/detail/?id={claire.family_id}")


def test_the_home_page_counts_what_is_to_decide(agent, waiting):
    assert "démarches à traiter" in agent.text("")
    assert "/admin/demandes/?flt_etat=waiting" in agent.text("")


def test_absences_to_decide_lead_to_their_own_screen(agent, claire):
    child = claire.guardianships[0].child
    table = db.metadata.tables["absence_claim"]
    claim = insert(db.session.connection(), table, child_id=child.id, family_id=claire.family_id)
    page = agent.text("demandes/")
    assert "Absences à examiner" in page
    assert f"/admin/absences/detail/?id={claim['id']}" in page


def test_mandates_to_check_are_shown_to_finance_with_the_way_to_them(app, claire):
    table = db.metadata.tables["mandate"]
    row = {"guardian_id": claire.id, "state": "received", "rum": "VIL-1", "received_at": START}
    mandate = insert(db.session.connection(), table, **row)
    page = Agent(app, Role.FINANCE).text("demandes/")
    assert "Mandats de prélèvement à vérifier" in page
    assert f"/admin/mandats/detail/?id={mandate['id']}" in page
    assert "Absences à examiner" not in page


def test_the_queue_asks_as_much_whatever_its_length(agent, claire, waiting):
    def one_more() -> None:
        ask(claire, f"Question {db.session.scalar(sa.select(sa.func.count(models.Request.id)))}")

    assert_constant(agent.client, "/admin/demandes/", one_more)


@pytest.mark.parametrize("of", KINDS, ids=lambda of: of.kind.value)
def test_every_kind_is_named_once_and_says_who_decides(of):
    assert of.audience <= {Role.EDUCATION, Role.FINANCE}
    assert of.days > 0
    assert not of.counter or of.fields  # at the counter, an agent has something to fill in
    assert len({each.slug for each in KINDS}) == len({each.kind for each in KINDS}) == len(KINDS)
    assert len({each.name for each in of.fields}) == len(of.fields)
