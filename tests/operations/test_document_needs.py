"""What is asked of families, and what answers it."""

from __future__ import annotations

from datetime import date

import pytest

import models
from extensions import db
from operations import documents
from operations.actors import agent
from operations.children import facts_of
from operations.document_needs import expected_documents, missing_documents
from rules.documents import Answer, DocumentKind
from rules.vocabulary import PerWhom
from tests import factories, vault
from tests.conftest import START
from tests.portal.homes import martin, other_family
from tests.queries import count_queries

DAY = date(2026, 11, 23)
YEAR = {"first_day": date(2026, 9, 1), "last_day": date(2027, 7, 3)}
INSURANCE, HOME_PROOF = DocumentKind.INSURANCE, DocumentKind.HOME_PROOF


@pytest.fixture
def home(app):
    return martin()


def need(kind=INSURANCE, *, per_whom=PerWhom.CHILD, **options) -> models.DocumentNeed:
    row = models.DocumentNeed(kind=kind, per_whom=per_whom, **{**YEAR, **options})
    db.session.add(row)
    db.session.flush()
    return row


def stands(home, day=DAY, family_id=None):
    found = expected_documents(facts_of([home.lea.id]), family_id or home.family.id, day)
    return [(each.need.kind, each.child_id, each.answer) for each in found]


def test_each_child_owes_its_own_until_it_is_given_then_seen(home):
    need()
    assert stands(home) == [(INSURANCE, home.lea.id, Answer.MISSING)]
    row = vault.document(home.claire, home.lea)
    assert stands(home)[0][2] is Answer.GIVEN
    documents.seen(row, by=agent(factories.staff()), now=START)
    assert stands(home)[0][2] is Answer.SEEN
    row.removed_at = START
    assert stands(home)[0][2] is Answer.MISSING


def test_one_document_for_the_whole_family_is_good_for_each_child(home):
    need()
    vault.document(home.claire, None)
    assert stands(home)[0][2] is Answer.GIVEN


def test_another_kind_or_another_child_does_not_answer(home):
    need()
    vault.document(home.claire, home.lea, DocumentKind.OTHER)
    vault.document(home.claire, factories.child(home.family, "Tom"))
    assert stands(home)[0][2] is Answer.MISSING


def test_an_insurance_that_has_ended_is_to_be_renewed(home):
    need()
    vault.document(home.claire, home.lea).expires_on = date(2026, 11, 22)
    assert stands(home)[0][2] is Answer.EXPIRED


def test_outside_its_dates_nothing_is_asked(home):
    need()
    assert not stands(home, date(2026, 8, 31)) and not stands(home, date(2027, 7, 4))


def test_only_those_enrolled_in_what_asks_it(home):
    need(activity_id=factories.activity("garderie-du-matin").id)
    need(HOME_PROOF, service_id=factories.activity("cantine").service_id)
    assert {kind for kind, _, _ in stands(home)} == {INSURANCE, HOME_PROOF}
    for row in home.lea.enrolments:
        if row.activity.slug == "garderie-du-matin":
            row.last_day = date(2026, 10, 16)
    db.session.flush()
    assert {kind for kind, _, _ in stands(home)} == {HOME_PROOF}


def test_the_family_owes_one_however_many_children(home):
    need(HOME_PROOF, per_whom=PerWhom.FAMILY)
    tom = factories.child(home.family, "Tom")
    found = expected_documents(facts_of([home.lea.id, tom.id]), home.family.id, DAY)
    assert [(each.child_id, each.is_lacking) for each in found] == [(None, True)]


def test_both_households_of_an_alternating_child(home):
    """What one gave about the child is not asked of the other; each proves its own address."""
    need()
    need(HOME_PROOF, per_whom=PerWhom.FAMILY)
    sonia = other_family()
    factories.alternate(home.lea, home.family, sonia.family)
    vault.document(home.claire, home.lea)
    vault.document(home.claire, None, HOME_PROOF)
    assert stands(home, family_id=sonia.family.id) == [
        (INSURANCE, home.lea.id, Answer.GIVEN),
        (HOME_PROOF, None, Answer.MISSING),
    ]


def test_a_household_where_the_child_never_lives_owes_nothing_of_its_own(home):
    need(HOME_PROOF, per_whom=PerWhom.FAMILY)
    assert not stands(home, family_id=other_family().family.id)


def test_what_is_optional_is_never_missing(home):
    need(is_compulsory=False)
    assert stands(home) and not missing_documents(facts_of([home.lea.id]), home.family.id, DAY)


def test_one_query_whatever_the_children_and_the_documents(home):
    for kind in (INSURANCE, HOME_PROOF, DocumentKind.VACCINES):
        need(kind)
    children = [home.lea, *(factories.child(home.family, f"Enfant {n}") for n in range(4))]
    for child in children:
        vault.document(home.claire, child)
    facts = facts_of([child.id for child in children])
    db.session.expire_all()
    home_id = home.family.id
    with count_queries() as queries:
        assert len(missing_documents(facts, home_id, DAY)) == 10
    assert len(queries) == 1, "\n".join(queries)
