"""From a telephone: a HEIC and two PDFs at once, seen by the agent, and the parent reads that it is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.browser.test_admin_delete import at_work
from tests.gateways import files
from tests.portal.homes import martin

pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def cookies(app: Flask) -> tuple[str, str]:
    home = martin()
    found = []
    for who in (home.claire, factories.staff(Role.EDUCATION)):
        cookie = factories.sign_in(app.test_client(), who).get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        found.append(cookie.value)
    db.session.remove()
    return found[0], found[1]


def chosen(folder: Path) -> list[Path]:
    """What the parent picks on the telephone."""
    photo, first, second = (folder / name for name in ("IMG_4242.HEIC", "contrat.pdf", "quittance.pdf"))
    photo.write_bytes(files.HEIC.read_bytes())
    first.write_bytes(files.pdf("contrat"))
    second.write_bytes(files.pdf("quittance"))
    return [photo, first, second]


def look(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not [each["id"] for each in Axe().run(page).response["violations"]]


def test_a_heic_and_two_pdfs_at_once(
    browser: Browser, address: str, cookies: tuple[str, str], tmp_path: Path
) -> None:
    parent, agent = cookies
    with at_work(browser, address, parent, viewport={"width": 360, "height": 740}) as page:
        page.goto(f"{address}/espace/pieces")
        page.get_by_label("Fichiers").set_input_files([*chosen(tmp_path), _word(tmp_path)])
        page.get_by_label("Pour qui").select_option(label="Léa")
        page.get_by_role("button", name="Déposer").click()
        expect(page.get_by_role("alert")).to_contain_text("« lettre.pdf » : c’est un document Word")
        look(page, 360)
        # the three others came back ticked: nothing is sent again
        page.get_by_role("button", name="Déposer").click()
        for name in ("IMG_4242.jpg", "contrat.pdf", "quittance.pdf"):
            expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
        look(page, 360)
        href = page.get_by_role("link", name="IMG_4242.jpg", exact=True).get_attribute("href")
        page.goto(f"{address}{href}")
        size = page.evaluate("[document.images[0].naturalWidth, document.images[0].naturalHeight]")
        assert size == [48, 64]
    with at_work(browser, address, agent) as page:
        page.goto(f"{address}/admin/pieces/")
        page.get_by_role("row", name="contrat.pdf").get_by_role("button", name="Marquer vue").click()
        expect(page.get_by_text("Pièce vue : contrat.pdf")).to_be_visible()
    with at_work(browser, address, parent, viewport={"width": 360, "height": 740}) as page:
        page.goto(f"{address}/espace/pieces")
        row = page.get_by_role("listitem").filter(has_text="contrat.pdf")
        expect(row).to_contain_text("Vue par le service")


def _word(folder: Path) -> Path:
    letter = folder / "lettre.pdf"
    letter.write_bytes(files.word())
    return letter
