"""The agents’ side of documents: each role opens its kinds, readings are kept; what is asked for."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

import models
from extensions import db
from rules.documents import DocumentKind
from rules.vocabulary import Role
from tests import vault
from tests.admin.agents import Agent, said
from tests.gateways import files
from tests.portal.homes import martin


@pytest.fixture
def home(app):
    return martin()


def readings() -> int:
    query = sa.select(sa.func.count()).select_from(models.History).filter_by(verb="Pièce lue")
    return db.session.scalar(query)


def test_a_document_opens_in_place_and_is_marked_seen(app, home):
    row = vault.document(home.claire, home.lea, data=files.pdf("assurance"))
    agent = Agent(app, Role.EDUCATION)
    page = agent.text("pieces/")
    assert "assurance.pdf" in page and f"/admin/pieces/{row.id}/fichier" in page
    shown = agent.get(f"pieces/{row.id}/fichier")
    assert shown.data == files.pdf("assurance") and "sandbox" in shown.headers["Content-Security-Policy"]
    assert readings() == 0
    assert agent.post("pieces/vue/", id=row.id).status_code == 302
    assert row.seen_by_id == agent.account_id
    assert "Pièce vue : assurance.pdf" in agent.text("pieces/")
    assert "assurance.pdf" not in agent.text("pieces/")  # what is seen leaves the list of what is to see


@pytest.mark.parametrize("kind", [DocumentKind.MEDICAL, DocumentKind.JUDGMENT, DocumentKind.BANK_DETAILS])
def test_reading_a_sensitive_document_is_kept(app, home, kind):
    row, agent = vault.document(home.claire, home.lea, kind), Agent(app, Role.EDUCATION)
    for _ in range(2):
        assert agent.get(f"pieces/{row.id}/fichier").status_code == 200
    assert readings() == 2
    assert "Pièce lue" in Agent(app).text("historique/")


@pytest.mark.parametrize(
    ("role", "kind", "status"),
    [
        (Role.FINANCE, DocumentKind.BANK_DETAILS, 200),
        (Role.FINANCE, DocumentKind.QUOTIENT, 200),
        (Role.FINANCE, DocumentKind.MEDICAL, 404),
        (Role.FINANCE, DocumentKind.JUDGMENT, 404),
        (Role.CANTEEN, DocumentKind.PAI, 200),
        (Role.CANTEEN, DocumentKind.MEDICAL, 404),
        (Role.CANTEEN, DocumentKind.BANK_DETAILS, 404),
        (Role.READER, DocumentKind.INSURANCE, 403),
        (Role.ADMINISTRATOR, DocumentKind.MEDICAL, 200),
    ],
)
def test_each_role_opens_its_kinds_and_sees_no_other(app, home, role, kind, status):
    row, agent = vault.document(home.claire, home.lea, kind, name="secret.pdf"), Agent(app, role)
    assert agent.get(f"pieces/{row.id}/fichier").status_code == status
    assert agent.get(f"pieces/detail/?id={row.id}").status_code in {status, 302 if status == 404 else status}
    if status == 404:
        assert "secret.pdf" not in agent.text("pieces/")


def test_a_familys_page_lists_what_the_agent_may_open(app, home):
    vault.document(home.claire, home.lea, name="assurance-lea.pdf")
    vault.document(home.claire, home.lea, DocumentKind.MEDICAL, name="certificat.pdf")
    page = Agent(app, Role.EDUCATION).text(f"familles/detail/?id={home.family.id}")
    assert "assurance-lea.pdf" in page and "certificat.pdf" in page
    assert "certificat.pdf" not in Agent(app, Role.FINANCE).text(f"familles/detail/?id={home.family.id}")
    assert "assurance-lea" not in Agent(app, Role.READER).text(f"familles/detail/?id={home.family.id}")


def test_the_canteen_reads_and_marks_nothing(app, home):
    row, agent = vault.document(home.claire, home.lea, DocumentKind.PAI), Agent(app, Role.CANTEEN)
    assert agent.post("pieces/vue/", id=row.id).status_code == 403
    assert row.seen_at is None


def test_what_is_asked_for_is_one_line_of_a_grid(app, home):
    agent = Agent(app, Role.EDUCATION)
    form = {"kind": "insurance", "per_whom": "child", "is_compulsory": "y"}
    dates = {"first_day": "2026-09-01", "last_day": "2027-07-03"}
    answer = agent.post("pieces-attendues/nouveau/", **form, **dates)
    assert answer.status_code == 302, said(answer)
    row = db.session.scalars(sa.select(models.DocumentNeed)).one()
    assert (row.kind, row.said, row.is_compulsory) == (DocumentKind.INSURANCE, "Assurance scolaire", True)
    backwards = agent.post("pieces-attendues/nouveau/", **form, first_day="2027-07-03", last_day="2026-09-01")
    assert backwards.status_code == 422 and "Le dernier jour ne peut pas précéder" in said(backwards)
