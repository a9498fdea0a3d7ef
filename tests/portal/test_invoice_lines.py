"""A parent reads every kind of line: hours, a whole month, a cap, a yearly fee, a late pick-up."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

import models
from extensions import db
from operations.invoices import sheet_of
from rules.vocabulary import FeeOccasion, Per, PerWhom, PriceUnit, Situation, SituationEffect
from tests import factories
from tests.operations.test_billing import OCTOBER_1, SEPTEMBER, bill, booked, the_invoice
from tests.operations.test_month_engine import grid, row, septembre, stay


@pytest.fixture
def page(client: FlaskClient) -> str:
    """The invoice of a child who did a little of everything."""
    family = factories.family("Martin", qf="712.00")
    child = factories.child(family)
    parent = factories.parent(family, child, payer=True)
    evening = factories.activity("garderie-du-soir")
    evening.ends_at_minute = 18 * 60 + 30
    late = models.SituationRule(
        situation=Situation.LATE_PICKUP, effect=SituationEffect.FIXED, amount_cents=600
    )
    slices = {"unit": PriceUnit.SLICE, "slice_minutes": 30}
    cap = models.TariffCap(label="4,00 € par soir", period=Per.DAY, max_cents=400)
    grid("garderie-du-soir", row(1, 115, "demi-heure", **slices), situations=[late], caps=[cap])
    grid("cantine", row(1, 5900, "carte mensuelle", unit=PriceUnit.MONTH))
    fee = {"per_whom": PerWhom.FAMILY, "occasion": FeeOccasion.FIRST_BILL, "first_day": SEPTEMBER}
    db.session.add(models.Fee(name="Adhésion", amount_cents=1000, **fee))
    booked(child, [septembre(1), septembre(3)])
    stay(child, septembre(1), "garderie-du-soir", "16:30", "18:20")
    stay(child, septembre(3), "garderie-du-soir", "16:30", "18:40")
    bill(SEPTEMBER)
    client.application.extensions["clock"].set(OCTOBER_1)
    factories.sign_in(client, parent)
    text = client.get(f"/espace/factures/{the_invoice().number}").text
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    "said",
    [
        "Garderie du soir",
        "4 demi-heures entamées × 1,15 € = 4,60 €",
        "le 1er septembre, de 16 h 30 à 18 h 20",
        "Cantine, carte mensuelle",
        "59,00 € le mois",
        "4,00 € par soir : 4,00 € au plus par jour et par enfant.",
        "0,60 € déduits",
        "Adhésion : 10,00 € par famille, avec la première facture de l’année scolaire",
        "Départ après l’heure : 6,00 €",
        "Départ : le 3 septembre à 18 h 40 pour une fin à 18 h 30.",
    ],
)
def test_the_page_says_why_for_every_kind_of_line(page: str, said: str) -> None:
    assert said in page


def test_the_sheet_has_every_line_and_the_total(page: str) -> None:
    assert page
    invoice = the_invoice()
    sheet = sheet_of(invoice)
    lines = [line for month in sheet.months for line in month.lines]
    due = 460 + 575 - 60 - 175 + 5900 + 600 + 1000
    assert sum(line.amount for line in lines) == invoice.total_cents == due
    assert {line.unit for line in lines} >= {"présence", "mois"}
