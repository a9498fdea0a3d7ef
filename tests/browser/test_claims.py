"""A parent justifies an absence on a phone, with and without scripts: two steps, a file, a number."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from extensions import db
from tests import factories
from tests.browser.test_parents_pages import Visit, opened
from tests.gateways import files
from tests.operations.sickness import policy
from tests.portal.homes import martin

pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def claire(app: Flask) -> Visit:
    home = martin()
    policy()
    factories.booking(home.lea, date(2026, 9, 3))
    client = factories.sign_in(app.test_client(), home.claire)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    visit = Visit(cookie.value, home.lea.id, home.claire.id, 0)
    db.session.remove()
    return visit


@pytest.mark.parametrize("scripts", [True, False])
def test_an_absence_is_justified_in_two_steps(
    browser: Browser, address: str, claire: Visit, tmp_path: Path, scripts: bool
) -> None:
    certificate = tmp_path / "certificat.pdf"
    certificate.write_bytes(files.pdf())
    screen = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": scripts}
    with opened(browser, address, claire, **screen) as page:
        page.goto(f"{address}/espace/absences")
        page.get_by_role("link", name="Justifier une absence de Léa").click()
        page.get_by_label("Jeudi 3 septembre").check()
        page.get_by_label("Maladie de l’enfant").check()
        page.get_by_role("button", name="Aller à l’étape 2").click()
        _look(page, scripts)
        page.locator("input[type=file]").set_input_files(certificate)
        page.get_by_role("button", name="Revenir à l’étape 1").click()
        expect(page.get_by_label("Jeudi 3 septembre")).to_be_checked()
        expect(page.get_by_text("1 pièce déjà jointe")).to_be_visible()
        page.get_by_role("button", name="Aller à l’étape 2").click()
        page.get_by_role("button", name="Envoyer ma demande").click()
        expect(page).to_have_title(re.compile("demande J-00001"))
        expect(page.get_by_text("Votre demande est complète")).to_be_visible()
        _look(page, scripts)


def _look(page: Page, scripts: bool) -> None:
    """Axe needs scripts; the width does not."""
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert not Axe().run(page).response["violations"]
