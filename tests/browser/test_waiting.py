"""A full day in a real browser: asked for, counted for nothing, left; on a phone and on a desk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from extensions import db
from tests import factories
from tests.browser.windows import DESK, PHONE, cookie_of, window
from tests.operations.lines import line, places
from tests.portal.homes import MON, TUE, calendar_url, martin

pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SHOTS = os.environ.get("SHOTS")


def shoot(page: Page, name: str) -> None:
    """Keep a picture where one is asked for, to look at the page."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.fixture
def visit(app: Flask) -> tuple[str, str]:
    """Claire's cookie and Léa's calendar: Monday is full and another child already waits."""
    places(1, weekdays={1})
    for name in ("Tom", "Noé"):
        child = factories.child(factories.family(name), name)
        row = factories.booking(child, MON)
        if name == "Noé":
            row.state, row.waiting_since = "waiting", factories.CREATED
    home = martin()
    cookie = cookie_of(app, home.claire)
    url = calendar_url(home.lea)
    db.session.remove()
    return cookie, url


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["360", "1280"])
def test_a_parent_waits_for_a_full_day_and_leaves_the_line(
    app: Flask, browser: Browser, address: str, visit: tuple[str, str], viewport: dict[str, int]
) -> None:
    cookie, url = visit
    with window(browser, address, viewport, cookie=cookie) as page:
        page.goto(url)
        monday, tuesday = (page.locator(f'input[name="jour"][value="{day}"]') for day in (MON, TUE))
        shoot(page, f"full-{viewport['width']}")
        expect(page.get_by_text("Complet : liste d’attente")).to_be_visible()
        monday.check()
        expect(page.get_by_text("Liste d’attente, 2e")).to_be_visible()
        expect(page.locator("#compteur")).to_have_text("1 en liste d’attente : 0,00 €.")
        tuesday.check()
        expect(page.locator("#compteur")).to_contain_text("+3,80")
        shoot(page, f"asked-{viewport['width']}")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Reçu")
        expect(page.get_by_text("En liste d’attente, 2e")).to_be_visible()
        shoot(page, f"receipt-{viewport['width']}")
        page.goto(url)
        expect(page.get_by_text("En attente, 2e")).to_be_visible()
        assert monday.is_checked()
        assert Axe().run(page).violations_count == 0
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        shoot(page, f"waiting-{viewport['width']}")
        monday.uncheck()
        page.get_by_role("button", name="Voir le changement").click()
        expect(page.get_by_text("quitter la liste d’attente")).to_be_visible()
        shoot(page, f"leaving-{viewport['width']}")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_text("Liste d’attente quittée")).to_be_visible()
    with app.app_context():
        assert line(MON) == ["Noé"]
