"""An absence from the règlement to the decision, and an event seen by the agent then by the parent."""

from __future__ import annotations

import os
from datetime import date, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.browser.test_admin_delete import at_work
from tests.conftest import PARIS

pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SICK = [date(2026, 9, day) for day in (15, 17, 18)]
COMING = date(2026, 9, 24)


@pytest.fixture
def cookies(app: Flask) -> tuple[str, str, int]:
    """An agent's session, a parent's, and the child; Tuesday 22 September, the child was sick last week."""
    app.extensions["clock"].set(datetime(2026, 9, 22, 9, 0, tzinfo=PARIS))
    family = factories.family("Martin", qf="622.50")
    child = factories.child(family, "Éloïse")
    parent = factories.parent(family, child, payer=True, email="claire@villars.example")
    for day in (*SICK, COMING):
        factories.booking(child, day)
    found = []
    for who in (factories.staff(Role.EDUCATION), parent):
        client = factories.sign_in(app.test_client(), who)
        cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        found.append(cookie.value)
    child_id = child.id
    db.session.remove()
    return found[0], found[1], child_id


def look(page: Page, name: str, width: int) -> None:
    """Nothing overflows, axe finds nothing; SHOTS keeps the pictures."""
    if os.environ.get("SHOTS"):
        page.screenshot(path=f"{os.environ['SHOTS']}/{name}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    found = [each["id"] for each in Axe().run(page).response["violations"]]
    assert not found, f"{name}: {found}"


@pytest.mark.parametrize("width", [360, 1280])
def test_an_absence_from_the_règlement_to_the_decision(
    browser: Browser, address: str, cookies: tuple[str, str, int], width: int
) -> None:
    screen = {"viewport": {"width": width, "height": 900}, "bypass_csp": True}
    with at_work(browser, address, cookies[0], **screen) as page:
        page.goto(f"{address}/admin/regles-absence/nouveau/")
        page.locator("#activity").select_option(label="Cantine")
        page.locator("#first_day").fill("2026-09-01")
        page.get_by_label("Certificat médical").check()
        page.locator("#window_amount").fill("15")
        page.locator("#carence_amount").fill("1")
        look(page, "policy", width)
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        page.get_by_text("le premier jour réservé reste dû").first.wait_for()
        look(page, "policies", width)

        page.goto(f"{address}/admin/absences/nouveau/")
        page.get_by_role("combobox", name="Enfant").press_sequentially("eloise")
        page.get_by_role("option", name="Éloïse Martin").wait_for()
        page.keyboard.press("Enter")
        page.locator("#first_day").fill("2026-09-15")
        page.locator("#last_day").fill("2026-09-18")
        page.locator("#reason").select_option(label="Maladie de l’enfant")
        page.locator("#proof").select_option(label="Certificat médical")
        look(page, "claim-new", width)
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        page.get_by_text("À déduire (à justifier jusqu’au 02/10/2026)").wait_for()
        look(page, "claim", width)
        page.get_by_role("link", name="Choisir les jours").click()
        expect(page.get_by_label("Cantine, jeudi 17 septembre")).to_be_checked()
        expect(page.get_by_label("Cantine, mardi 15 septembre")).not_to_be_checked()
        look(page, "claim-days", width)

        page.goto(f"{address}/admin/absences/")
        look(page, "claims", width)
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Accepter").click()
        page.get_by_text("L’absence est acceptée.").wait_for()


@pytest.mark.parametrize("width", [360, 1280])
def test_an_event_is_said_to_the_agent_then_to_the_parent(
    browser: Browser, address: str, cookies: tuple[str, str, int], width: int
) -> None:
    screen = {"viewport": {"width": width, "height": 900}, "bypass_csp": True}
    with at_work(browser, address, cookies[0], **screen) as page:
        page.goto(f"{address}/admin/fermetures/nouveau/")
        page.get_by_label("Nom").fill("Sortie au musée")
        page.locator("#first_day").fill(COMING.isoformat())
        page.locator("#last_day").fill(COMING.isoformat())
        page.locator("#effect").select_option(value="picnic_kitchen")
        look(page, "event-new", width)
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        page.get_by_text("touche 1 jour réservé").wait_for()
        look(page, "event-asked", width)
        page.get_by_role("button", name="Oui, continuer").click()
        page.get_by_role("heading", name="Sortie au musée").wait_for()
        look(page, "event", width)
        page.goto(f"{address}/admin/fermetures/")
        look(page, "events", width)
    with at_work(browser, address, cookies[1], **screen) as page:
        page.goto(f"{address}/espace/enfants/{cookies[2]}/reservations/cantine?mois=2026-09")
        page.get_by_text("pique-nique fourni").wait_for()
        look(page, "calendar", width)
