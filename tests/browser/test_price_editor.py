"""The price editor in a real browser: the council's deliberation typed in two minutes, script or not."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

import models
from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.browser.test_admin_delete import at_work

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SIX = (
    ("400", "1,45"),
    ("622,50", "2,30"),
    ("799,50", "3,20"),
    ("1050", "4,05"),
    ("1400", "4,80"),
    ("", "5,45"),
)
SPREADSHEET = "Petits\t0\t600\t2,00\nGrands\t600\t\t4,00\nHors commune\t\t\t6,90\nSans quotient\t\t\t4,00"


@pytest.fixture
def cookie(app: Flask) -> str:
    family = factories.family("Martin", qf="622.50")
    factories.child(family, "Éloïse")
    factories.child(factories.family("Durand"), "Hugo")
    client = factories.sign_in(app.test_client(), factories.staff(Role.EDUCATION))
    found = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert found is not None
    db.session.remove()
    return found.value


def new_tariff(address: str) -> str:
    activity = factories.activity("cantine").id
    db.session.remove()
    return f"{address}/admin/prix/editeur/?activite={activity}"


def row(page: Page, number: int) -> dict[str, object]:
    found = page.locator("[data-row]").nth(number - 1)
    return {
        "to": found.get_by_label("à moins de"),
        "price": found.get_by_label("Prix (€)", exact=True),
    }


def type_the_deliberation(page: Page) -> None:
    """From field to field, as with the paper in hand."""
    page.get_by_label("Nom du tarif").fill("Cantine 2027-2028")
    page.get_by_label("Premier jour").fill("2027-09-01")
    row(page, 1)["price"].fill("6,90")  # type: ignore[attr-defined]
    for number, (bound, price) in enumerate(SIX, start=2):
        row(page, number)["to"].fill(bound)  # type: ignore[attr-defined]
        row(page, number)["price"].fill(price)  # type: ignore[attr-defined]


def saved() -> list[tuple[str, int]]:
    query = sa.select(models.TariffVersion).order_by(models.TariffVersion.id.desc())
    version = db.session.scalars(query).first()
    assert version is not None
    rows = [(each.label, each.amount_cents) for each in version.rows]
    db.session.remove()
    return rows


@pytest.mark.parametrize("scripts", [True, False])
def test_the_deliberation_is_typed_seen_and_saved(browser, address, cookie, scripts):
    where = new_tariff(address)
    with at_work(browser, address, cookie, java_script_enabled=scripts) as page:
        page.goto(where)
        type_the_deliberation(page)
        if not scripts:
            page.get_by_role("button", name="Voir l’effet").last.click()
        preview = page.locator("#apercu")
        expect(preview.get_by_role("img", name="Courbe du prix selon le quotient familial")).to_be_visible()
        expect(preview.get_by_role("row", name=re.compile("Tranche 3 1 3,20"))).to_be_visible()
        expect(preview.get_by_role("row", name=re.compile("Sans quotient 1 5,45"))).to_be_visible()
        page.get_by_role("button", name="Enregistrer").click()
        page.get_by_text("Enregistré : Cantine 2027-2028, à partir du 1er septembre 2027.").wait_for()
    assert saved()[0] == ("Hors commune", 690)
    assert saved()[-1] == ("Sans quotient", 545)
    assert len(saved()) == 8


def test_a_hole_is_told_while_typing_then_at_saving(browser, address, cookie):
    where = new_tariff(address)
    with at_work(browser, address, cookie) as page:
        page.goto(where)
        type_the_deliberation(page)
        page.locator("[data-row]").nth(2).get_by_label("Quotient à partir de").fill("401")
        expect(page.locator("#apercu")).to_contain_text(
            "Aucune ligne ne couvre un quotient de 400 à moins de 401"
        )
        page.get_by_role("button", name="Enregistrer").click()
        page.get_by_text("Rien n’est enregistré.").first.wait_for()
        expect(page.locator("[data-row]").nth(2).get_by_label("Quotient à partir de")).to_have_value("401")
    assert len(saved()) != 8


def test_rows_come_and_go_on_the_spot(browser, address, cookie):
    where = new_tariff(address)
    with at_work(browser, address, cookie) as page:
        page.goto(where)
        expect(page.locator("[data-row]")).to_have_count(8)
        page.get_by_role("button", name="Ajouter des lignes").click()
        expect(page.locator("[data-row]")).to_have_count(9)
        last = page.locator("[data-row]").last
        expect(last.get_by_label("Libellé")).to_be_focused()
        last.get_by_label("Prix (€)", exact=True).fill("3,00")
        page.get_by_role("button", name="Retirer la ligne 8", exact=False).click()
        expect(page.locator("[data-row]")).to_have_count(8)
        expect(
            page.locator("[data-row]").last.get_by_role("button", name="Retirer la ligne 8")
        ).to_be_visible()
        expect(page.locator("#apercu")).to_contain_text("3,00")


def test_a_table_pasted_anywhere_in_the_grid_is_read(browser, address, cookie):
    where = new_tariff(address)
    with at_work(browser, address, cookie) as page:
        page.goto(where)
        page.get_by_label("Nom du tarif").fill("Cantine 2027-2028")
        page.locator("[data-row]").first.get_by_label("Libellé").focus()
        page.evaluate(
            """text => {
              const data = new DataTransfer();
              data.setData("text/plain", text);
              const options = { clipboardData: data, bubbles: true, cancelable: true };
              document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
            }""",
            SPREADSHEET,
        )
        page.get_by_text("Tableau lu").wait_for()
        expect(page.locator("[data-row]")).to_have_count(4)
        page.get_by_role("button", name="Enregistrer").click()
        page.get_by_text("Enregistré : Cantine 2027-2028").wait_for()
    assert saved() == [("Hors commune", 690), ("Petits", 200), ("Grands", 400), ("Sans quotient", 400)]
