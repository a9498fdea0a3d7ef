"""Démarches: each move, its mail and its history; the same asked twice; who came second is told."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, requests
from operations.request_kind import Field, Kind
from rules.instants import PARIS
from rules.money import format_cents, parse_cents
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind, RequestState
from tests import factories

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=PARIS)
ASKED = {"subject": "Sortie du vendredi", "question": "À quelle heure part le car ?"}


@pytest.fixture
def claire(app):
    family = factories.family("Martin")
    return factories.parent(family, factories.child(family), payer=True, email="claire@villars.example")


@pytest.fixture
def agent(app):
    return actors.agent(factories.staff())


@pytest.fixture
def question(claire):
    return ask(claire)


def ask(claire, asked=ASKED, now=MONDAY):
    by = actors.parent(claire.account)
    return requests.submit(RequestKind.QUESTION, claire, asked, by=by, now=now)


def mails():
    return list(db.session.scalars(sa.select(models.Outbox).order_by(models.Outbox.id)))


def verbs():
    query = sa.select(models.History.verb).filter_by(subject="request").order_by(models.History.id)
    return list(db.session.scalars(query))


def test_a_question_is_acknowledged_with_its_number_and_the_day_of_its_answer(question):
    assert question.state is RequestState.WAITING
    assert question.number == f"D2026-{question.id:06d}"
    assert question.due_on == date(2026, 12, 3)
    [mail] = mails()
    assert mail.recipient == "claire@villars.example"
    assert question.number in mail.subject
    assert f"/espace/demarches/{question.number}" in mail.body
    assert "au plus tard le jeudi 3 décembre 2026" in mail.body
    assert verbs() == ["Démarche déposée"]


def test_the_same_asked_again_is_refused_with_the_number_of_the_first(claire, question):
    with pytest.raises(requests.AlreadyAsked, match=question.number) as refused:
        ask(claire, now=TUESDAY)
    assert refused.value.is_same
    ask(claire, {**ASKED, "question": "Et le retour ?"}, now=TUESDAY)


def test_the_answer_to_a_question_is_what_accepts_it(question, agent):
    with pytest.raises(Refused, match="Écrivez la réponse"):
        requests.accept(question, by=agent, now=TUESDAY)
    requests.accept(question, note="À 8 h 30, devant l’école.", by=agent, now=TUESDAY)
    assert (question.state, question.decided_at) == (RequestState.ACCEPTED, TUESDAY)
    assert "À 8 h 30, devant l’école." in mails()[-1].body
    assert verbs()[-1] == "Démarche acceptée"


def test_a_complement_gives_the_family_fifteen_days_and_its_answer_starts_the_time_again(
    question, claire, agent
):
    requests.ask_more(question, "De quelle sortie parlez-vous ?", by=agent, now=TUESDAY)
    assert (question.state, question.due_on) == (RequestState.ASKED, date(2026, 12, 9))
    assert "De quelle sortie parlez-vous ?" in mails()[-1].body
    assert "avant la fin du mercredi 9 décembre 2026" in mails()[-1].body
    requests.answer(question, "Le musée.", by=actors.parent(claire.account), now=TUESDAY)
    assert (question.state, question.due_on) == (RequestState.WAITING, date(2026, 12, 4))
    assert [(each.from_staff, each.body) for each in question.messages] == [
        (True, "De quelle sortie parlez-vous ?"),
        (False, "Le musée."),
    ]


def test_a_refusal_says_why(question, agent):
    with pytest.raises(Refused, match="Donnez la raison"):
        requests.refuse(question, "  ", by=agent, now=TUESDAY)
    requests.refuse(question, "Adressez-vous à l’école.", by=agent, now=TUESDAY)
    assert question.state is RequestState.REFUSED
    assert "Adressez-vous à l’école." in mails()[-1].body
    assert "le tribunal administratif dans les deux mois" in mails()[-1].body


def test_who_comes_second_is_told_who_decided(question, claire, agent):
    requests.accept(question, note="À 8 h 30.", by=agent, now=TUESDAY)
    told = r"déjà acceptée par Agent Administration, mardi 24 novembre 2026 à 9 h"
    for move in (
        lambda: requests.accept(question, note="À 9 h.", by=agent, now=TUESDAY),
        lambda: requests.refuse(question, "Non.", by=agent, now=TUESDAY),
        lambda: requests.ask_more(question, "Quoi ?", by=agent, now=TUESDAY),
        lambda: requests.withdraw(question, by=actors.parent(claire.account), now=TUESDAY),
    ):
        with pytest.raises(Refused, match=told):
            move()
    assert question.decision == "À 8 h 30."
    assert len(mails()) == 2


def test_a_withdrawn_request_takes_nothing_more(question, claire, agent):
    requests.withdraw(question, by=actors.parent(claire.account), now=TUESDAY)
    with pytest.raises(Refused, match="déjà retirée"):
        requests.accept(question, note="Oui.", by=agent, now=TUESDAY)
    ask(claire, now=TUESDAY)


def test_an_agent_takes_it_and_gives_it_back(question, agent):
    account = db.session.get(models.Account, agent.account_id)
    requests.assign(question, account, by=agent, now=TUESDAY)
    assert question.owner is account
    requests.assign(question, None, by=agent, now=TUESDAY)
    assert verbs()[1:] == ["Démarche prise en charge", "Démarche rendue"]


def test_an_adult_without_email_is_sent_nothing(app):
    nina = factories.guardian(factories.family("Durand"), "Nina")
    by = actors.SYSTEM
    requests.submit(RequestKind.QUESTION, nina, ASKED, by=by, now=MONDAY)
    assert mails() == []


def test_what_an_agent_corrects_reads_back_as_what_was_asked():
    amount = Field(name="cents", label="Montant", show=format_cents, read=parse_cents)
    kind = Kind(kind=RequestKind.CONTEST, slug="x", fields=(amount,))
    assert parse_cents(amount.written(760)) == 760
    asked = {"cents": 760}
    assert kind.corrected(asked, {"cents": amount.written(760)}) == asked
    assert kind.corrected(asked, {"cents": "3,80"}) == {"cents": 380}
    for wrong in ("beaucoup", " "):
        with pytest.raises(Refused) as refused:
            kind.corrected(asked, {"cents": wrong})
        assert refused.value.field == "cents"
    assert kind.corrected({}, {"cents": " "}) == {}
