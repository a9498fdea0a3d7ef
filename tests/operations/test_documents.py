"""The vault: what is deposited once, seen, removed."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

import jobs
import models
from extensions import db
from gateways.storage import DocumentMissing
from operations import documents, requests
from operations.actors import agent, parent
from rules.documents import DocumentKind, Upload
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from tests import factories, vault
from tests.conftest import START

INSURANCE = DocumentKind.INSURANCE


def upload(mark: str = "a") -> Upload:
    return Upload("assurance.pdf", "application/pdf", 1200, mark * 64, f"aa/bb/{mark}.pdf")


@pytest.fixture
def claire(app):
    home = factories.family()
    return factories.parent(home, factories.child(home), email="claire@villars.example")


def give(claire, mark="a", kind=INSURANCE, **options):
    by = parent(claire.account)
    return documents.deposit(upload(mark), guardian=claire, kind=kind, by=by, now=START, **options)


def test_a_document_is_kept_with_the_household_and_the_usual_date(claire):
    child = claire.guardianships[0].child
    row = give(claire, child=child)
    assert (row.family_id, row.child_id, row.expires_on) == (claire.family_id, child.id, date(2027, 8, 31))
    written = db.session.scalars(sa.select(models.History).filter_by(verb="Pièce déposée")).one()
    assert (written.subject_id, written.family_id) == (row.id, claire.family_id)


def test_the_same_content_twice_is_the_same_document(claire):
    assert give(claire) is give(claire)
    assert give(claire, "b") is not give(claire)
    assert give(claire, kind=DocumentKind.OTHER) is not give(claire)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Document)) == 3


def test_a_vault_that_is_full_takes_nothing_more_until_something_is_removed(claire, monkeypatch):
    first = give(claire)
    monkeypatch.setattr(documents, "MOST_VAULT", 2 * first.size)
    give(claire, "b")
    with pytest.raises(Refused, match="occupent déjà"):
        give(claire, "c")
    assert give(claire, "b").sha256 == "b" * 64  # what is there already takes no more room
    documents.remove(first, by=parent(claire.account), now=START)
    assert give(claire, "c").sha256 == "c" * 64


def test_a_document_removed_and_given_again_is_another(claire):
    first = give(claire)
    documents.remove(first, by=parent(claire.account), now=START)
    assert give(claire) is not first


def test_a_document_that_has_expired_is_refused(claire):
    with pytest.raises(Refused, match="plus valable"):
        give(claire, expires_on=date(2026, 9, 6))
    assert give(claire, expires_on=date(2026, 9, 7)).expires_on == date(2026, 9, 7)


def test_the_first_agent_who_saw_it_is_kept(claire):
    row, one, two = give(claire), factories.staff(), factories.staff()
    documents.seen(row, by=agent(one), now=START)
    documents.seen(row, by=agent(two), now=START)
    assert (row.seen_at, row.seen_by_id) == (START, one.id)


# -- removed, and forgotten ---------------------------------------------------------------


def test_what_waits_for_a_decision_keeps_its_document(claire):
    row, by = give(claire, kind=DocumentKind.OTHER), parent(claire.account)
    asked = {"subject": "École", "question": "Quand ?"}
    request = requests.submit(RequestKind.QUESTION, claire, asked, documents=[row], by=by, now=START)
    with pytest.raises(Refused, match=request.number):
        documents.remove(row, by=by, now=START)
    requests.refuse(request, "Non.", by=agent(factories.staff()), now=START)
    documents.remove(row, by=by, now=START)
    assert row.removed_at == START and request.documents == [row]


def test_the_night_forgets_what_nothing_uses(app, claire):
    storage, by = app.extensions["storage"], parent(claire.account)
    used, unused, in_vault = (
        vault.document(claire),
        vault.document(claire, name="b.pdf"),
        vault.document(claire, name="c.pdf"),
    )
    asked = {"subject": "École", "question": "Quand ?"}
    request = requests.submit(RequestKind.QUESTION, claire, asked, documents=[used], by=by, now=START)
    requests.withdraw(request, by=by, now=START)
    for row in (used, unused):
        documents.remove(row, by=by, now=START)
    kept, gone = {used.storage_key, in_vault.storage_key}, unused.storage_key
    db.session.commit()
    jobs.nightly(START)
    assert {row.storage_key for row in db.session.scalars(sa.select(models.Document))} == kept
    with pytest.raises(DocumentMissing):
        storage.get(gone)
    assert all(storage.get(key).startswith(b"%PDF") for key in kept)


def test_a_night_cut_short_is_finished_by_the_next(app, claire):
    row = vault.document(claire)
    documents.remove(row, by=parent(claire.account), now=START)
    app.extensions["storage"].delete(row.storage_key)
    db.session.commit()
    assert jobs.purge_documents() == 1
    assert db.session.scalars(sa.select(models.Document)).first() is None
