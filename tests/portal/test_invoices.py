"""An invoice's page and its PDF: what a parent reads, and checks."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from operations.actors import SYSTEM
from operations.payments import record_payment
from rules.vocabulary import PaymentMethod
from tests import factories
from tests.conftest import PARIS, START
from tests.portal.homes import Household, invoice, martin


@pytest.fixture
def home(client: FlaskClient) -> Household:
    household = martin()
    factories.sign_in(client, household.claire)
    return household


def test_the_page_explains_every_line(client: FlaskClient, home: Household) -> None:
    number = invoice(home.family, home.claire, home.lea)
    page = client.get(f"/espace/factures/{number}").text
    for said in (
        "Facture F2026-000001",
        "7,60\u00a0€",
        "2 × 3,80\u00a0€",
        "Le 31 août et le 1er septembre",
        "Pourquoi ce prix",
        "Votre quotient familial est de 742,00",
        "lundi 28 septembre 2026",
        "PayFiP",
        "papillon",
        "Trésorerie de Firminy",
        "300",
        "L. 1617-5",
        "grille de tarifs donnée en exemple",
    ):
        assert said in page, said


def test_the_home_page_and_the_list_say_what_is_due(client: FlaskClient, home: Household) -> None:
    number = invoice(home.family, home.claire, home.lea)
    assert "Facture d’août 2026" in client.get("/espace/").text
    assert "à payer jusqu’au 28 septembre" in client.get("/espace/").text
    page = client.get("/espace/factures").text
    assert number in page and "À payer" in page


def test_the_home_page_says_when_an_invoice_is_late(app: Flask, home: Household) -> None:
    invoice(home.family, home.claire, home.lea)
    app.extensions["clock"].set(datetime(2026, 9, 29, 8, 0, tzinfo=PARIS))
    client = factories.sign_in(app.test_client(), home.claire)
    assert "en retard : l’échéance était le lundi 28 septembre 2026" in client.get("/espace/").text


def test_payments_change_the_state(client: FlaskClient, home: Household) -> None:
    number = invoice(home.family, home.claire, home.lea)
    row = db.session.scalars(sa.select(models.Invoice).filter_by(number=number)).one()
    received = {"amount_cents": 760, "received_on": date(2026, 9, 7), "method": PaymentMethod.CHEQUE}
    record_payment(row, **received, by=SYSTEM, now=START)
    db.session.commit()
    page = client.get(f"/espace/factures/{number}").text
    assert "Payée" in page
    assert "Chèque" in page
    assert "Comment payer" not in page
    assert "à payer" not in client.get("/espace/").text


def test_the_pdf_is_made_once_and_kept(app: Flask, client: FlaskClient, home: Household) -> None:
    number = invoice(home.family, home.claire, home.lea)
    first, second = (client.get(f"/espace/factures/{number}.pdf") for _ in range(2))
    assert first.mimetype == "application/pdf"
    assert first.data.startswith(b"%PDF")
    assert first.data == second.data
    assert "facture-F2026-000001.pdf" in first.headers["Content-Disposition"]
    assert db.session.scalar(sa.select(sa.func.count(models.InvoicePdf.id))) == 1


def test_an_unknown_number_is_not_found(client: FlaskClient, home: Household) -> None:
    for number in ("F2026-000009", "F2026-1", "n-importe"):
        assert client.get(f"/espace/factures/{number}").status_code == 404
        assert client.get(f"/espace/factures/{number}.pdf").status_code == 404
