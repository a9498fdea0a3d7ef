"""A new member: nothing before the decision, everything with it, or nothing at all."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, requests
from operations.request_kind import filing_of, missing_documents
from operations.request_kinds import kind_of
from rules.documents import DocumentKind
from rules.instants import PARIS
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind, RequestState
from rules.vocabulary import CustodyKind, Relation
from tests import factories

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)
KIND = kind_of(RequestKind.NEW_MEMBER)
CHILD = {
    "who": "child", "first_name": "Jules", "last_name": "Martin", "birth_date": "2023-04-12",
    "relation": "mother", "level": "ps",
}  # fmt: skip
ADULT = {"who": "adult", "civility": "m", "first_name": "Marc", "last_name": "Petit"}


@pytest.fixture
def home(app):
    return factories.family("Martin")


@pytest.fixture
def lea(home):
    return factories.child(home)


@pytest.fixture
def claire(home, lea):
    return factories.parent(home, lea, payer=True, email="claire@villars.example")


@pytest.fixture
def agent(app):
    return actors.agent(factories.staff())


def ask(claire, asked):
    by = actors.parent(claire.account)
    return requests.submit(RequestKind.NEW_MEMBER, claire, asked, by=by, now=MONDAY)


def children():
    return db.session.scalars(sa.select(models.Child).order_by(models.Child.id)).all()


def test_a_child_is_created_by_the_decision_and_not_before(home, claire, lea, agent):
    paul = factories.guardian(home, "Paul")
    row = ask(claire, {**CHILD, "other_id": str(paul.id), "other_relation": "father"})
    assert children() == [lea]
    requests.accept(row, by=agent, now=MONDAY)
    _, jules = children()
    assert row.child is jules
    assert (jules.full_name, jules.birth_date) == ("Jules Martin", date(2023, 4, 12))
    assert {(each.guardian_id, each.relation) for each in jules.guardianships} == {
        (claire.id, Relation.MOTHER),
        (paul.id, Relation.FATHER),
    }
    [custody] = jules.custodies
    assert (custody.kind, custody.family_id) == (CustodyKind.SINGLE, home.id)
    assert jules.schoolings == []


def test_the_agent_chooses_the_class_when_accepting(claire, agent):
    row = ask(claire, CHILD)
    values = KIND.corrected(row.asked, {"class_id": str(factories.school_class().id), "level": "ms"})
    requests.accept(row, asked=values, by=agent, now=MONDAY)
    [schooling] = children()[-1].schoolings
    assert (schooling.class_id, schooling.level) == (factories.school_class().id, "ms")
    assert row.asked["level"] == "ms"


def test_what_the_change_refuses_leaves_everything_as_it_was(claire, agent):
    row = ask(claire, CHILD)
    values = KIND.corrected(row.asked, {"birth_date": "2027-04-12"})
    with pytest.raises(Refused, match="ne peut pas être à venir"):
        requests.accept(row, asked=values, by=agent, now=MONDAY)
    db.session.commit()
    assert (row.state, row.decided_at, row.asked["birth_date"]) == (
        RequestState.WAITING, None, "2023-04-12",
    )  # fmt: skip
    assert [each.first_name for each in children()] == ["Léa"]
    mails = db.session.scalars(sa.select(models.Outbox.subject)).all()
    assert mails == [f"Démarche {row.number} bien reçue"]


def test_the_family_book_is_missing_and_that_is_no_refusal(claire, agent):
    row = ask(claire, CHILD)
    assert missing_documents(KIND, row) == [DocumentKind.FAMILY_BOOK]
    body = db.session.scalars(sa.select(models.Outbox.body)).one()
    assert "Il manque encore" in body
    assert "- Livret de famille" in body
    assert "cette pièce avant la fin du mardi 8 décembre 2026" in body
    requests.accept(row, by=agent, now=MONDAY)
    assert row.state is RequestState.ACCEPTED


def test_a_document_that_was_missing_starts_the_time_to_answer_again(claire):
    row = ask(claire, CHILD)
    book = models.Document(
        guardian_id=claire.id, family_id=claire.family_id, kind=DocumentKind.FAMILY_BOOK, name="livret.pdf",
        storage_key="x", media_type="application/pdf", size=10, sha256="0" * 64, added_at=MONDAY,
    )  # fmt: skip
    later = MONDAY.replace(day=30)
    by = actors.parent(claire.account)
    requests.answer(row, "", [book], by=by, now=later)
    assert row.documents == [book]
    assert row.due_on == date(2026, 12, 15)
    requests.answer(row, "Merci", [book], by=by, now=later.replace(hour=11))
    assert row.documents == [book]


def test_a_child_of_the_family_is_not_declared_again(claire, lea):
    with pytest.raises(Refused, match="est déjà dans votre famille") as refused:
        ask(claire, {**CHILD, "first_name": "léa", "birth_date": lea.birth_date.isoformat()})
    assert refused.value.field == "first_name"


def test_agents_are_told_of_a_namesake_of_another_household_and_the_family_is_not(claire):
    other = factories.child(factories.family("Bernard"), "Jules", last_name="Martin", born=date(2023, 4, 12))
    row = ask(claire, CHILD)
    [notice] = KIND.notices(filing_of(row))
    assert str(other) in notice
    assert "doublon" in notice
    body = db.session.scalars(sa.select(models.Outbox.body)).one()
    assert "existe déjà" not in body


def test_an_adult_sees_no_child_unless_said_responsible(home, claire, lea, agent):
    requests.accept(ask(claire, ADULT), by=agent, now=MONDAY)
    nina = {**ADULT, "first_name": "Nina", "child_ids": [lea.id], "relation": "tutor"}
    requests.accept(ask(claire, nina), by=agent, now=MONDAY)
    rights = {g.full_name: [each.relation for each in g.guardianships] for g in home.guardians}
    assert rights["Marc Petit"] == []
    assert rights["Nina Petit"] == [Relation.TUTOR]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({**CHILD, "who": "dog"}, "who"),
        ({**CHILD, "first_name": " "}, "first_name"),
        ({**CHILD, "last_name": "x" * 81}, "last_name"),
        ({**CHILD, "relation": ""}, "relation"),
        ({**CHILD, "birth_date": None}, "birth_date"),
        ({**CHILD, "other_id": "999999", "other_relation": "father"}, "other_id"),
        ({**ADULT, "civility": ""}, "civility"),
        ({**ADULT, "email": "nulle part"}, "email"),
        ({**ADULT, "email": "claire@villars.example"}, "email"),
        ({**ADULT, "first_name": "Claire", "last_name": "Martin"}, "first_name"),
        ({**ADULT, "child_ids": [1]}, "relation"),
    ],
)
def test_what_makes_no_sense_is_refused_on_its_field(claire, asked, field):
    with pytest.raises(Refused) as refused:
        ask(claire, asked)
    assert refused.value.field == field


def test_an_adult_of_another_family_is_no_other_parent(claire):
    stranger = factories.guardian(factories.family("Bernard"), "Sonia")
    with pytest.raises(Refused, match="un autre adulte de votre famille"):
        ask(claire, {**CHILD, "other_id": str(stranger.id), "other_relation": "father"})


def test_whose_an_address_is_stays_unsaid(claire, agent):
    bruno = factories.parent(factories.family("Blanc"), email="bruno@villars.example")
    with pytest.raises(Refused, match="déjà celle d’un autre adulte") as refused:
        ask(claire, {**ADULT, "email": bruno.email})
    assert "Blanc" not in refused.value.sentence


def test_an_adult_is_made_responsible_of_one_s_own_children_only(claire, lea):
    other = factories.child(factories.family("Blanc"))
    with pytest.raises(Refused) as refused:
        ask(claire, {**ADULT, "relation": "father", "child_ids": [lea.id, other.id]})
    assert refused.value.field == "child_ids"
