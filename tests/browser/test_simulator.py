"""The simulator in a real browser: by keyboard, on a phone, with and without scripts."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.windows import DESK, PHONE, window

# The browser sees the same pages whatever the engine: one is enough.
pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    # Flask-Compress reads a static file without closing it: Python closes it a little later.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_a_visitor_simulates_two_children_with_the_keyboard(
    browser: Browser, address: str, viewport: dict[str, int], scripts: bool
) -> None:
    with window(browser, address, viewport, scripts=scripts) as page:
        page.goto("/simulateur")
        canteen = page.get_by_role("group", name="Cantine").first
        canteen.get_by_label("Mardi").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Ajouter un enfant").press("Enter")
        expect(page.get_by_role("heading", name="Enfant 2")).to_be_visible()
        expect(page.get_by_role("group", name="Cantine").nth(1).get_by_label("Mardi")).to_be_checked()
        page.get_by_label("Quotient familial").fill("beaucoup")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("«\u00a0beaucoup\u00a0» n’est pas un nombre")
        assert not scripts or not Axe().run(page).response["violations"]
        page.get_by_role("alert").get_by_role("link", name="Quotient familial").click()
        expect(page.get_by_label("Quotient familial")).to_be_focused()
        page.get_by_label("Quotient familial").fill("650")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("#resultat$"))
        expect(page.locator(".sim-amount")).to_be_in_viewport()
        expect(page.locator(".sim-amount")).to_have_text(re.compile("^38,00"))
        page.get_by_text("Pourquoi ce prix ?").first.click()
        expect(page.get_by_text("Votre quotient familial est de 650,00").first).to_be_visible()
        page.get_by_role("button", name="Retirer : Enfant 2").click()
        expect(page.get_by_role("heading", name="Enfant 2")).to_have_count(0)
        expect(page.get_by_label("Quotient familial")).to_have_value("650")
