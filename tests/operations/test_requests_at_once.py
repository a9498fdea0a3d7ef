"""Two people at one démarche at the same instant: one decision, one change, and the other is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, requests
from rules.instants import PARIS
from rules.request_vocabulary import RequestKind, RequestState
from tests import factories
from tests.operations.test_concurrency import at_once, said

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)
CHILD = {
    "who": "child", "first_name": "Jules", "last_name": "Martin", "birth_date": "2023-04-12",
    "relation": "mother",
}  # fmt: skip


@pytest.fixture
def claire(app):
    family = factories.family("Martin")
    return factories.parent(family, factories.child(family), payer=True, email="claire@villars.example")


def submitting(guardian_id: int) -> Callable[[], str]:
    def work() -> None:
        guardian = db.session.get_one(models.Guardian, guardian_id)
        by = actors.parent(guardian.account)
        requests.submit(RequestKind.NEW_MEMBER, guardian, CHILD, by=by, now=NOW)

    return said(work)


def row_of(key: int) -> models.Request:
    return db.session.get_one(models.Request, key)


def accepting(key: int) -> Callable[[], str]:
    return said(lambda: requests.accept(row_of(key), by=actors.SYSTEM, now=NOW))


def the_request(claire: models.Guardian) -> int:
    by = actors.parent(claire.account)
    key = requests.submit(RequestKind.NEW_MEMBER, claire, CHILD, by=by, now=NOW).id
    db.session.commit()
    return key


def children() -> int:
    return db.session.scalar(sa.select(sa.func.count(models.Child.id))) or 0


def test_two_agents_accept_once(app, claire):
    key = the_request(claire)
    answers = at_once(app, accepting(key), accepting(key))
    assert sorted(bool(each) for each in answers) == [False, True]
    assert "déjà acceptée" in "".join(answers)
    assert children() == 2
    assert db.session.scalar(sa.select(sa.func.count(models.Outbox.id))) == 2


def test_one_accepts_while_the_other_refuses(app, claire):
    key = the_request(claire)
    refusing = said(lambda: requests.refuse(row_of(key), "Illisible.", by=actors.SYSTEM, now=NOW))
    answers = at_once(app, accepting(key), refusing)
    assert sorted(bool(each) for each in answers) == [False, True]
    assert children() == (2 if row_of(key).state is RequestState.ACCEPTED else 1)


def test_a_family_withdraws_while_an_agent_accepts(app, claire):
    key = the_request(claire)
    withdrawing = said(lambda: requests.withdraw(row_of(key), by=actors.SYSTEM, now=NOW))
    accepted, withdrawn = at_once(app, accepting(key), withdrawing)
    assert bool(accepted) != bool(withdrawn)
    assert children() == (1 if accepted else 2)


def test_the_same_page_sent_twice_at_once_is_one_request(app, claire):
    guardian_id = claire.id
    db.session.commit()
    answers = at_once(app, submitting(guardian_id), submitting(guardian_id))
    assert sorted(bool(each) for each in answers) == [False, True]
    assert "C’est déjà demandé" in "".join(answers)
    assert db.session.scalar(sa.select(sa.func.count(models.Request.id))) == 1
