"""Paying an invoice, and contesting one of its lines: what a parent reads, types and is given back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from operations import requests
from operations.actors import SYSTEM
from operations.payments import record_payment
from rules.contests import last_day_to_contest
from rules.mandate_vocabulary import MandateState
from rules.refusals import Refused
from rules.request_vocabulary import RequestState
from rules.vocabulary import PaymentMethod
from tests import factories
from tests.conftest import START
from tests.pdf.reading import text
from tests.portal.homes import Household, invoice, martin, other_family, post, second_parent

PARIS = ZoneInfo("Europe/Paris")
CONTEST = {"motif": "not_there", "texte": "Léa était malade."}


@pytest.fixture
def home(client: FlaskClient) -> Household:
    household = martin()
    commune = db.session.get_one(models.Commune, 1)
    commune.payfip_number, commune.revenue_code = "087636", "RS"
    factories.sign_in(client, household.claire)
    return household


def the_invoice(number: str) -> models.Invoice:
    db.session.expire_all()
    return db.session.scalars(sa.select(models.Invoice).filter_by(number=number)).one()


def pay(number: str, cents: int) -> None:
    facts = {"amount_cents": cents, "received_on": date(2026, 9, 7), "method": PaymentMethod.CHEQUE}
    record_payment(the_invoice(number), **facts, by=SYSTEM, now=START)
    db.session.commit()


def test_the_page_gives_what_to_type_and_what_is_left(client: FlaskClient, home: Household) -> None:
    number = invoice(home.family, home.claire, home.lea)
    page = client.get(f"/espace/factures/{number}/payer").text
    for said in (
        "087636",
        "2026-RS-00-1",
        'data-copier="7,60"',
        "https://www.payfip.gouv.fr",
        "Trésor Public",
        "Trésorerie de Firminy",
        "papillon.pdf",
        "300 €",
        "paiement-proximite",
        "lundi 28 septembre 2026",
    ):
        assert said in page, said
    assert "les espèces ne sont pas possibles" not in page
    pay(number, 500)
    assert 'data-copier="2,60"' in client.get(f"/espace/factures/{number}/payer").text
    assert "2,60 €" in text(client.get(f"/espace/factures/{number}/papillon.pdf").data)


def test_cash_beyond_its_limit_is_ruled_out(client: FlaskClient, home: Household) -> None:
    price = factories.activity()
    assert price is not None
    children = [factories.child(home.family, f"Enfant {n}") for n in range(40)]
    number = invoice(home.family, home.claire, *children)
    assert "les espèces ne sont pas possibles" in client.get(f"/espace/factures/{number}/payer").text


def test_nothing_left_to_pay_says_so_and_has_no_slip(client: FlaskClient, home: Household) -> None:
    number = invoice(home.family, home.claire, home.lea)
    pay(number, 760)
    page = client.get(f"/espace/factures/{number}/payer").text
    assert "rien à payer" in page and "PayFiP" not in page
    assert client.get(f"/espace/factures/{number}/papillon.pdf").status_code == 404


def test_without_references_none_is_invented(client: FlaskClient, home: Household) -> None:
    db.session.get_one(models.Commune, 1).payfip_number = ""
    number = invoice(home.family, home.claire, home.lea)
    page = client.get(f"/espace/factures/{number}/payer").text
    assert "avis du comptable public" in page and "data-copier" not in page


def debited(home: Household, state: MandateState = MandateState.ACTIVE) -> str:
    mandate = factories.mandate(home.claire, state)
    number = invoice(home.family, home.claire, home.lea)
    row = models.Invoice.__table__
    db.session.execute(sa.text("DROP TRIGGER trg_invoice_no_update" + _on("invoice")))
    values = {"debit_on": date(2026, 9, 28), "debit_rum": mandate.rum, "debit_ics": mandate.ics}
    db.session.execute(sa.update(row).values(values))
    models.recreate_triggers(db.session.connection())
    db.session.commit()
    return number


def _on(table: str) -> str:
    return "" if db.engine.dialect.name == "sqlite" else f" ON {table}"


def test_an_invoice_that_is_debited_says_when_and_under_what(client: FlaskClient, home: Household) -> None:
    number = debited(home)
    for page in (f"/espace/factures/{number}", f"/espace/factures/{number}/payer"):
        told = client.get(page).text
        assert "lundi 28 septembre 2026" in told and "FR72ZZZ123456" in told and "VILLARS-2026-" in told
    assert "rien à faire" in told
    assert "seront prélevés le 28 septembre 2026" in text(client.get(f"/espace/factures/{number}.pdf").data)


def test_a_mandate_revoked_before_the_debit_gives_the_other_means_back(
    client: FlaskClient, home: Household
) -> None:
    number = debited(home, MandateState.REVOKED)
    assert "a été révoqué" in client.get(f"/espace/factures/{number}/payer").text


def test_unpaid_invoices_come_first_with_what_is_due_in_all(client: FlaskClient, home: Household) -> None:
    first = invoice(home.family, home.claire, home.lea)
    pay(first, 760)
    invoice(home.family, home.claire, home.lea, number="F2026-000002")
    pay("F2026-000002", 100)
    page = client.get("/espace/factures").text
    assert page.index("F2026-000002") < page.index(first)
    assert "6,60\u00a0€" in page and "sur 7,60\u00a0€" in page
    assert "Dernier enregistrement des encaissements" in page


# -- contesting --------------------------------------------------------------------------------


def contest_url(number: str, position: int = 1) -> str:
    return f"/espace/factures/{number}/lignes/{position}/contester"


def the_request() -> models.Request:
    db.session.expire_all()
    return db.session.scalars(sa.select(models.Request)).one()


def test_a_contested_line_is_given_back_on_the_next_invoice(client: FlaskClient, home: Household) -> None:
    number = invoice(home.family, home.claire, home.lea)
    assert "Contester cette ligne" in client.get(f"/espace/factures/{number}").text
    assert "samedi 7 novembre 2026" in client.get(contest_url(number)).text
    sent = post(client, contest_url(number), **CONTEST)
    request = the_request()
    assert sent.location == f"/espace/demarches/{request.number}"
    page = client.get(f"/espace/factures/{number}").text
    assert f"demande {request.number}" in page and "Contester cette ligne" not in page
    requests.accept(request, asked=request.asked | {"credit_cents": 380}, by=SYSTEM, now=START)
    db.session.commit()
    credit = db.session.scalars(sa.select(models.Adjustment)).one()
    assert (credit.amount_cents, credit.family_id, credit.child_id) == (-380, home.family.id, home.lea.id)
    mail = db.session.scalars(sa.select(models.Outbox).order_by(models.Outbox.id.desc())).first()
    assert "3,80\u00a0€ seront déduits de votre prochaine facture" in mail.body
    page = client.get(f"/espace/factures/{number}").text
    assert "Rendu\u00a0: 3,80\u00a0€" in page and "Contester cette ligne" in page  # the other half may be too


def test_the_same_line_twice(client: FlaskClient, home: Household) -> None:
    """A second click, then the other parent, then what was given back whole."""
    number = invoice(home.family, home.claire, home.lea)
    for _ in range(2):
        answer = post(client, contest_url(number), **CONTEST)
    assert "déjà contestée" in answer.text
    assert the_request().state is RequestState.WAITING
    requests.accept(the_request(), by=SYSTEM, now=START)
    db.session.commit()
    assert "rendue en entier" in client.get(contest_url(number)).text
    assert "rendue en entier" in post(client, contest_url(number), **CONTEST).text


@pytest.mark.parametrize(
    ("typed", "said"), [({"texte": "x"}, "Choisissez ce qui"), ({"motif": "other"}, "Expliquez en quelques")]
)
def test_what_is_missing_is_said(
    client: FlaskClient, home: Household, typed: dict[str, str], said: str
) -> None:
    number = invoice(home.family, home.claire, home.lea)
    answer = post(client, contest_url(number), **typed)
    assert answer.status_code == 422 and said in answer.text


def test_two_months_to_their_last_second(app: Flask, client: FlaskClient, home: Household) -> None:
    number = invoice(home.family, home.claire, home.lea)
    last = last_day_to_contest(date(2026, 9, 7))
    assert last == date(2026, 11, 7)
    midnight = datetime.combine(last + timedelta(days=1), datetime.min.time(), PARIS)
    app.extensions["clock"].set(midnight)
    factories.sign_in(client, home.claire)
    late = post(client, contest_url(number), **CONTEST)
    assert late.status_code == 422 and "pouvait être contestée jusqu’au samedi 7 novembre 2026" in late.text
    app.extensions["clock"].set(midnight - timedelta(seconds=1))
    assert post(client, contest_url(number), **CONTEST).status_code == 303


def test_no_more_is_given_back_than_the_line_costs(client: FlaskClient, home: Household) -> None:
    number = invoice(home.family, home.claire, home.lea)
    post(client, contest_url(number), **CONTEST)
    request = the_request()
    for cents, said in ((761, "Il ne reste que"), (0, "montant positif")):
        with pytest.raises(Refused, match=said):
            requests.accept(request, asked=request.asked | {"credit_cents": cents}, by=SYSTEM, now=START)
    assert db.session.scalar(sa.select(sa.func.count(models.Adjustment.id))) == 0


def test_the_other_family_contests_nothing(client: FlaskClient, home: Household) -> None:
    number = invoice(home.family, home.claire, home.lea)
    second_parent(home)
    sonia = other_family()
    db.session.commit()
    factories.sign_in(client, sonia)
    for url in (
        contest_url(number),
        f"/espace/factures/{number}/payer",
        f"/espace/factures/{number}/papillon.pdf",
    ):
        assert client.get(url).status_code == 404
    assert post(client, contest_url(number), **CONTEST).status_code == 404
    factories.sign_in(client, home.claire)
    assert client.get(contest_url(number, 9)).status_code == 404
