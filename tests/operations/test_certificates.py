"""Tax certificates from the payments recorded: by payer and year, frozen, a new version when money comes."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from operations import certificates
from operations.actors import SYSTEM
from operations.payments import record_payment, reverse
from rules.refusals import Refused
from rules.vocabulary import ChargeKind, InvoiceKind, PaymentMethod
from tests import factories
from tests.pdf.reading import text
from tests.portal.homes import Household, martin, other_family

NEXT_YEAR = datetime(2027, 1, 15, 10, tzinfo=ZoneInfo("Europe/Paris"))
YOUNG = date(2022, 5, 4)


@pytest.fixture
def home(app: Flask) -> Household:
    household = martin()
    household.lea.birth_date = YOUNG
    factories.activity("garderie-du-soir").childcare_share = 100
    factories.activity().childcare_share = 0
    db.session.get_one(models.Commune, 1).mayor_name = "Camille Exemple, maire"
    db.session.commit()
    return household


def billed(home: Household, *lines: tuple[str, int], number: int = 1) -> models.Invoice:
    row = models.Invoice(
        kind=InvoiceKind.INVOICE,
        number=f"F2026-{number:06d}",
        exercice=2026,
        sequence=number,
        month=date(2026, 10, 1),
        family=home.family,
        payer=home.claire,
        payer_name="Claire Martin",
        payer_address="3 rue des Acacias\n42390 Villars",
        total_cents=sum(cents for _, cents in lines),
        issued_at=factories.CREATED,
        announced_on=date(2026, 11, 5),
        due_on=date(2026, 11, 26),
        is_example=False,
        keep_until=date(2036, 12, 31),
    )
    row.lines = [
        models.InvoiceLine(
            position=place,
            month=row.month,
            child_id=home.lea.id,
            activity_id=factories.activity(slug).id,
            child_name="Léa Martin",
            label=slug,
            days=[],
            quantity=1,
            unit_price_cents=cents,
            amount_cents=cents,
            keep_until=date(2036, 12, 31),
        )
        for place, (slug, cents) in enumerate(lines, start=1)
    ]
    db.session.add(row)
    db.session.commit()
    return row


def paid(invoice: models.Invoice, cents: int, on: date = date(2026, 12, 1)) -> models.Payment:
    done = record_payment(
        invoice, amount_cents=cents, received_on=on, method=PaymentMethod.CARD, by=SYSTEM, now=NEXT_YEAR
    )
    db.session.commit()
    return done


def issued(home: Household, year: int = 2026) -> models.TaxCertificate:
    row = certificates.issue(home.claire, year, by=SYSTEM, now=NEXT_YEAR)
    db.session.commit()
    return row


def test_what_was_paid_for_childcare_and_nothing_else(home: Household) -> None:
    paid(billed(home, ("garderie-du-soir", 1250), ("cantine", 3000)), 4250)
    row = issued(home)
    assert (row.total_cents, row.number) == (1250, f"AF2026-{home.claire.id:06d}-1")
    sheet = certificates.sheet_of(row)
    (child,) = sheet.children
    assert (child.name, child.services, child.paid) == ("Léa Martin", ("Garderie du soir",), 1250)
    assert sheet.signatory == "Camille Exemple, maire"


def test_asking_again_gives_the_same_and_later_money_a_new_version(home: Household) -> None:
    invoice = billed(home, ("garderie-du-soir", 1000))
    paid(invoice, 400)
    first = issued(home)
    assert issued(home).id == first.id
    paid(invoice, 600, on=date(2026, 12, 30))  # recorded in January, received in December
    second = issued(home)
    assert [(row.version, row.total_cents) for row in (first, second)] == [(1, 400), (2, 1000)]
    assert db.session.scalar(sa.select(sa.func.count(models.TaxCertificate.id))) == 2


def test_a_payment_reversed_never_was(home: Household) -> None:
    payment = paid(billed(home, ("garderie-du-soir", 1000)), 1000)
    issued(home)
    reverse(payment, reason="Chèque sans provision", by=SYSTEM, now=NEXT_YEAR)
    db.session.commit()
    with pytest.raises(Refused, match="Aucune somme payée en 2026"):
        issued(home)


def test_a_share_of_the_meal_when_the_commune_says_so(home: Household) -> None:
    factories.activity().childcare_share = 40
    paid(billed(home, ("cantine", 1000)), 1000)
    assert issued(home).total_cents == 400


@pytest.mark.parametrize(("born", "total"), [(date(2019, 12, 31), None), (date(2020, 1, 1), 1000)])
def test_the_age_on_the_first_of_january(home: Household, born: date, total: int | None) -> None:
    home.lea.birth_date = born
    paid(billed(home, ("garderie-du-soir", 1000)), 1000)
    if total is None:
        with pytest.raises(Refused, match="moins de six ans"):
            issued(home)
    else:
        assert issued(home).total_cents == total


def test_what_a_cap_takes_off_the_evenings_is_not_certified(home: Household) -> None:
    invoice = billed(home, ("garderie-du-soir", 1200), ("cantine", 2000), ("garderie-du-soir", -80))
    evening = factories.activity("garderie-du-soir")
    capped = invoice.lines[2].id
    models.drop_triggers(db.session.connection())
    line = models.InvoiceLine.__table__
    db.session.execute(sa.update(line).where(line.c.id == capped).values(activity_id=None))
    models.recreate_triggers(db.session.connection())
    db.session.add(
        models.BilledCharge(
            invoice_line_id=capped,
            kind=ChargeKind.CAP,
            subject=f"service:{evening.service_id}:child:day:220 c:Matin et soir",
            family_id=home.family.id,
            child_id=home.lea.id,
            first_day=date(2026, 10, 1),
            amount_cents=-80,
            keep_until=date(2036, 12, 31),
        )
    )
    db.session.commit()
    paid(invoice, 3120)
    assert issued(home).total_cents == 1120


def test_another_payer_has_nothing_of_it(home: Household) -> None:
    paid(billed(home, ("garderie-du-soir", 1000)), 1000)
    sonia = other_family()
    assert certificates.years_of(sonia, NEXT_YEAR.date()) == []
    with pytest.raises(Refused):
        certificates.issue(sonia, 2026, by=SYSTEM, now=NEXT_YEAR)


def test_from_the_page_to_the_paper(app: Flask, client: FlaskClient, home: Household) -> None:
    paid(billed(home, ("garderie-du-soir", 1250), ("cantine", 750)), 2000)
    factories.sign_in(client, home.claire)
    early = client.get("/espace/attestation-fiscale/2026.pdf", follow_redirects=True)
    assert "sera disponible à partir du 1er janvier 2027" in early.text
    app.extensions["clock"].set(NEXT_YEAR)
    factories.sign_in(client, home.claire)
    assert "Attestation 2026" in client.get("/espace/factures").text
    first, second = (client.get("/espace/attestation-fiscale/2026.pdf").data for _ in range(2))
    assert first == second
    for said in ("12,50 €", "200 quater B", "hors repas", "Léa Martin", "4 mai 2022", "Camille Exemple"):
        assert said in text(first), said
    assert client.get("/espace/attestation-fiscale/20266.pdf").status_code == 404
