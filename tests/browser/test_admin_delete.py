"""The agents' screens in a real browser, under the strict policy of scripts: what asks still asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

import models
from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.operations.test_attendance_hours import opened, timed_evening

# The browser sees the same pages whatever the engine: one is enough.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SCREENS = [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]
PAGES = (
    "",
    "familles/",
    "familles/detail/?id=1",
    "familles/modifier/?id=1",
    "adultes/nouveau/?family=1",
    "contacts/",
    "contacts/modifier/?id=1",
    "reservations/nouveau/",
    "tarifs/",
    "tarifs/modifier/?id=1",
    "droits/nouveau/",
    "prix/",
    "prix/editeur/?tarif=1",
    "prix/editeur/?service=1",
    "dates-limites/modifier/?id=1",
    "dates-limites/nouveau/",
    "apercu-dates-limites/",
    "rejeu/",
    "presences-du-jour/1/",
    "presences/",
    "ecoles/modifier/?id=1",
    "commune/modifier/?id=1",
)


@pytest.fixture
def cookie(app: Flask) -> str:
    family = factories.family("Martin", qf="622.50")
    child = factories.child(family, "Éloïse")
    factories.parent(family, child, payer=True, email="claire@villars.example")
    facts = {"phone": "04 77 00 00 00", "may_collect": True, "call_order": 1}
    anne = {"last_name": "Roux", "first_name": "Anne", "family_id": family.id}
    db.session.add(models.Contact(child=child, **anne, **facts))
    factories.booking(child, date(2026, 9, 14))
    timed_evening()
    opened()
    client = factories.sign_in(app.test_client(), factories.staff(Role.ADMINISTRATOR))
    found = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert found is not None
    db.session.remove()  # the server writes from another thread: nothing here may keep the database
    return found.value


@contextmanager
def at_work(browser: Browser, address: str, cookie: str, **screen: object) -> Iterator[Page]:
    """A signed-in agent's page; anything that the policy of scripts blocks fails the test."""
    context = browser.new_context(locale="fr-FR", **screen)  # type: ignore[arg-type]
    context.add_cookies([{"name": "portail", "value": cookie, "url": address}])
    page = context.new_page()
    blocked: list[str] = []
    page.on("console", lambda said: blocked.append(said.text) if "Content Security" in said.text else None)
    page.on("pageerror", lambda error: blocked.append(str(error)))
    yield page
    page.wait_for_load_state("networkidle")
    context.close()
    assert not blocked, "\n".join(blocked)


def contacts() -> int:
    found = db.session.scalar(sa.select(sa.func.count()).select_from(models.Contact))
    db.session.remove()  # nothing here may keep the database
    return found or 0


def test_deleting_asks_and_obeys_the_answer(browser, address, cookie):
    with at_work(browser, address, cookie) as page:
        page.goto(f"{address}/admin/contacts/")
        asked: list[str] = []
        page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        page.get_by_role("button", name="Supprimer Anne Roux").click()
        assert asked == ["Supprimer définitivement cet élément ?"]
        assert contacts() == 1
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Supprimer Anne Roux").click()
        page.get_by_text("Supprimé : Anne Roux.").wait_for()
    assert contacts() == 0


def test_without_script_deleting_asks_on_a_page(browser, address, cookie):
    with at_work(browser, address, cookie, java_script_enabled=False) as page:
        page.goto(f"{address}/admin/contacts/")
        page.get_by_role("button", name="Supprimer Anne Roux").click()
        expect(page.locator("h1")).to_have_text("Confirmer")
        assert contacts() == 1
        page.get_by_role("button", name="Oui, continuer").click()
        page.get_by_text("Supprimé : Anne Roux.").wait_for()
    assert contacts() == 0


def test_a_child_is_looked_up_with_the_keyboard_and_booked(browser, address, cookie):
    with at_work(browser, address, cookie) as page:
        page.goto(f"{address}/admin/reservations/nouveau/")
        page.get_by_role("combobox", name="Enfant").press_sequentially("eloise")
        page.get_by_role("option", name="Éloïse Martin").wait_for()
        page.keyboard.press("Enter")
        page.locator("#activity").select_option(label="Cantine")
        page.locator("#day").fill("2026-09-17")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        page.get_by_role("heading", name="Éloïse Martin · Cantine · 17/09/2026").wait_for()


def test_a_row_is_added_to_a_tariff(browser, address, cookie):
    with at_work(browser, address, cookie) as page:
        page.goto(f"{address}/admin/tarifs/")
        page.get_by_role("link", name="Étude 2026-2027", exact=True).click()
        page.get_by_role("link", name="Modifier").click()
        rows = page.locator("#rows")
        rows.get_by_role("button", name="Ajouter une ligne").click()
        new = rows.locator(".inline-row").last
        new.get_by_label("Rang").fill("0")
        new.get_by_label("Libellé").fill("Hors commune")
        new.get_by_label("Habitants").select_option(label="Non")
        new.get_by_label("Calcul").select_option(label="Montant fixe")
        new.get_by_label("Montant").fill("3,00")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        page.get_by_role("cell", name="Hors commune").first.wait_for()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_axe_finds_nothing_and_nothing_overflows(browser, address, cookie, width, scheme):
    screen = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "bypass_csp": True}
    problems: list[str] = []
    with at_work(browser, address, cookie, **screen) as page:
        for path in PAGES:
            answer = page.goto(f"{address}/admin/{path}")
            assert answer is not None and answer.status == 200, path
            wide = page.evaluate("document.documentElement.scrollWidth")
            problems += [f"{path}: {wide} pixels wide on {width}"] if wide > width else []
            for violation in Axe().run(page).response["violations"]:
                problems.append(f"{path}: {violation['id']}: {violation['nodes'][0]['html'][:200]}")
    assert not problems, "\n".join(problems)


def test_the_kind_of_a_deadline_unfolds_its_fields(browser, address, cookie):
    with at_work(browser, address, cookie) as page:
        page.goto(f"{address}/admin/dates-limites/nouveau/")
        monday = page.get_by_label("Lundi : Jour limite")
        expect(monday).to_be_hidden()
        page.locator("#kind").select_option(label="Selon le jour de service")
        expect(monday).to_be_visible()
        expect(page.locator("#weeks")).to_be_hidden()
        page.locator("#activity").select_option(label="Étude")
        page.locator("#position").fill("7")
        monday.select_option(label="vendredi")
        page.get_by_label("Lundi : Heure").fill("11:00")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        page.get_by_text("Jusqu’au vendredi 11 h pour le lundi").first.wait_for()


def test_without_script_every_field_of_a_deadline_is_there(browser, address, cookie):
    narrow = {"viewport": {"width": 360, "height": 800}, "java_script_enabled": False}
    with at_work(browser, address, cookie, **narrow) as page:
        page.goto(f"{address}/admin/dates-limites/nouveau/")
        assert (page.locator("form.staff-form").bounding_box() or {})["width"] <= 360
        for label in ("Lundi : Jour limite", "1 : Services du", "Choix possible jusqu’au"):
            expect(page.get_by_label(label, exact=True)).to_be_visible()


def test_now_notes_the_hour_of_the_server_and_ticks_the_child(browser, address, cookie):
    with at_work(browser, address, cookie, viewport={"width": 360, "height": 800}) as page:
        page.goto(f"{address}/admin/presences-du-jour/1/")
        box, hour = page.get_by_label("Éloïse").first, page.get_by_label("Départ : Éloïse", exact=False).first
        page.get_by_role("button", name="Maintenant, Départ : Éloïse").click()
        expect(hour).to_have_value("10:00")
        expect(box).to_be_checked()
        box.uncheck()
        expect(hour).to_have_value("")
        hour.fill("05:45")
        expect(box).to_be_checked()
        page.get_by_role("button", name="Clore la feuille").click()
        expect(hour).to_be_focused()
        expect(hour).to_have_value("05:45")
        expect(hour).to_have_accessible_description(re.compile("5 h 45 est loin"))
        hour.fill("17:45")
        page.get_by_role("button", name="Clore la feuille").click()
        page.get_by_text("feuille close, 1 présent").wait_for()


def test_without_script_an_hour_is_noted_all_the_same(browser, address, cookie):
    with at_work(browser, address, cookie, java_script_enabled=False) as page:
        page.goto(f"{address}/admin/presences-du-jour/1/")
        expect(page.get_by_role("button", name="Maintenant")).to_have_count(0)
        page.locator("input[type=time]").first.fill("17:45")
        page.get_by_role("button", name="Clore la feuille").click()
        page.get_by_text("feuille close, 1 présent").wait_for()
