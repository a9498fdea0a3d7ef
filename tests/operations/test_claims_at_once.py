"""Two people at one absence, and an absence while its month is issued: nothing is lost, nothing twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, billing
from operations.claim_decisions import accept, refuse
from rules.vocabulary import ClaimState
from tests import factories
from tests.operations.sickness import (
    LATER,
    OCTOBER_1,
    OCTOBER_5,
    SEPTEMBER,
    SICK,
    mails,
    policy,
    record,
    sick_child,
)
from tests.operations.test_concurrency import at_once, said


@pytest.fixture
def lea(app):
    family = factories.family("Martin", qf="712.00")
    child = sick_child(family)
    factories.parent(family, child, payer=True, email="claire@villars.example")
    policy(window_amount=60)
    return child


def claim_row(claim_id: int) -> models.AbsenceClaim:
    return db.session.get_one(models.AbsenceClaim, claim_id)


def accepting(claim_id: int) -> Callable[[], str]:
    return said(lambda: accept(claim_row(claim_id), by=actors.SYSTEM, now=OCTOBER_5))


def test_two_agents_decide_once(app, lea):
    claim_id = record(lea).id
    refusing = said(lambda: refuse(claim_row(claim_id), "Illisible.", by=actors.SYSTEM, now=OCTOBER_5))
    answers = at_once(app, accepting(claim_id), refusing)
    assert sorted(bool(each) for each in answers) == [False, True]
    assert "déjà tranchée" in "".join(answers)
    assert claim_row(claim_id).state in (ClaimState.ACCEPTED, ClaimState.REFUSED)
    assert len(mails()) == 1


def test_two_parents_ask_once(app, lea):
    child_id = lea.id
    asking = said(lambda: record(db.session.get_one(models.Child, child_id), now=LATER))
    answers = at_once(app, asking, asking)
    assert sorted(bool(each) for each in answers) == [False, True]
    assert "Une demande porte déjà" in "".join(answers)
    assert db.session.scalar(sa.select(sa.func.count(models.AbsenceClaim.id))) == 1


def test_an_absence_accepted_while_its_month_is_issued_is_never_lost(app, lea):
    """Accepted first, the month is no longer what the agent saw; issued first, a credit takes it back."""
    for day in (22, 24):
        factories.booking(lea, SICK[0].replace(day=day))
    claim_id = record(lea).id
    billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1)
    issuing = said(lambda: billing.issue_month(SEPTEMBER, OCTOBER_1.date(), by=actors.SYSTEM, now=OCTOBER_1))
    issued, accepted = at_once(app, issuing, accepting(claim_id))
    assert accepted == ""
    credited = db.session.scalar(sa.select(sa.func.sum(models.Adjustment.amount_cents))) or 0
    billed = db.session.scalar(sa.select(sa.func.sum(models.Invoice.total_cents))) or 0
    assert (billed, credited) == ((0, 0) if issued else (5 * 380, -3 * 380))
