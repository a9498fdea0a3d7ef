"""Whole démarches without a mouse: Tab, Space, Enter and the names that are read aloud; scripts or none.

Reserving for two children is in test_calendar.py, the simulator in test_simulator.py.
"""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

import models
from extensions import db
from operations import requests
from operations.actors import agent, parent
from operations.passwords import set_demo_password
from rules.request_vocabulary import RequestKind
from rules.vocabulary import Role
from tests import factories
from tests.browser.looking import flaws
from tests.browser.test_calendar import tab_to
from tests.browser.test_parents_pages import Visit, claire
from tests.browser.windows import PHONE, window
from tests.conftest import PARIS, START
from tests.gateways import files
from tests.signin.visitor import PASSWORD

__all__ = ["claire"]

pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no script"]),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def go(page: Page, role: str, name: str) -> None:
    """Reach it with Tab, and press Enter."""
    tab_to(page, page.get_by_role(role, name=re.compile(name)).first)  # type: ignore[arg-type]
    page.keyboard.press("Enter")


def write(page: Page, label: str, text: str) -> None:
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.insert_text(text)


def tick(page: Page, box: Locator) -> None:
    tab_to(page, box)
    page.keyboard.press("Space")
    expect(box).to_be_checked()


def join(page: Page, field: Locator, name: str) -> None:
    """The window that chooses a file is the browser's own: it is filled here, once its button is reached."""
    tab_to(page, field)
    field.set_input_files(FilePayload(name=name, mimeType="application/pdf", buffer=files.pdf(name)))


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(words))


def test_signing_in_then_a_telephone(
    app: Flask, browser: Browser, address: str, claire: Visit, scripts: bool
) -> None:
    account = db.session.get_one(models.Guardian, claire.claire_id).account
    assert account is not None
    set_demo_password(account, PASSWORD, provisional_until=None)
    email = account.email
    db.session.commit()
    db.session.remove()
    with window(browser, address, PHONE, scripts=scripts) as page:
        page.goto("/")
        go(page, "link", "Aller au contenu")
        page.goto("/connexion")
        write(page, "Identifiant (votre adresse de courriel)", email)
        write(page, "Mot de passe", PASSWORD)
        page.keyboard.press("Enter")
        heading(page, "Mon accueil")
        go(page, "link", "^Mes coordonnées")
        go(page, "link", "Modifier mes téléphones")
        tab_to(page, page.get_by_label("Téléphone portable"))
        page.keyboard.press("Control+A")
        page.keyboard.insert_text("06 39 98 12 34")
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_contain_text("06 39 98 12 34")


def test_an_absence_is_justified_with_its_document(
    app: Flask, browser: Browser, address: str, claire: Visit, scripts: bool
) -> None:
    app.extensions["clock"].set(datetime(2026, 9, 17, 9, 0, tzinfo=PARIS))
    with window(browser, address, PHONE, cookie=claire.cookie, scripts=scripts) as page:
        page.goto(f"/espace/absences/justifier?enfant={claire.lea_id}")
        tick(page, page.get_by_role("checkbox", name=re.compile("^Mardi 15 septembre")))
        tick(page, page.get_by_role("radio", name="Maladie de l’enfant"))
        go(page, "button", "Aller à l’étape 2")
        heading(page, "étape 2 sur 2")
        assert not scripts or not flaws(page, "the proof")
        join(page, page.locator("input[type=file]"), "certificat.pdf")
        go(page, "button", "^Envoyer")
        expect(page.get_by_role("main")).to_contain_text("certificat.pdf")
    row = db.session.scalars(db.select(models.AbsenceClaim)).one()
    assert [each.name for each in row.documents] == ["certificat.pdf"]


def test_an_invoice_leads_to_the_ways_to_pay_it(
    browser: Browser, address: str, claire: Visit, scripts: bool
) -> None:
    with window(browser, address, PHONE, cookie=claire.cookie, scripts=scripts) as page:
        page.goto("/espace/")
        go(page, "link", "^Factures")
        go(page, "link", "Payer la facture F2026-000001")
        heading(page, "Payer la facture F2026-000001")
        tab_to(page, page.get_by_role("link", name="Ouvrir www.payfip.gouv.fr"))


def test_a_quotient_is_sent_with_its_attestation(
    browser: Browser, address: str, claire: Visit, scripts: bool
) -> None:
    with window(browser, address, PHONE, cookie=claire.cookie, scripts=scripts) as page:
        page.goto("/espace/quotient-familial")
        write(page, "Quotient familial", "622,50")
        tick(page, page.get_by_role("radio", name="CAF"))
        join(page, page.locator("input[type=file]"), "attestation.pdf")
        go(page, "button", "Envoyer au service")
        heading(page, "^Démarche D2026-")
        expect(page.get_by_role("main")).to_contain_text("attestation.pdf")


def test_the_town_hall_is_answered(browser: Browser, address: str, claire: Visit, scripts: bool) -> None:
    me = db.session.get_one(models.Guardian, claire.claire_id)
    asked = {"subject": "Sortie", "question": "À quelle heure part le car ?"}
    row = requests.submit(RequestKind.QUESTION, me, asked, by=parent(me.account), now=START)
    requests.ask_more(row, "De quelle école ?", by=agent(factories.staff(Role.EDUCATION)), now=START)
    number = row.number
    db.session.commit()
    db.session.remove()
    with window(browser, address, PHONE, cookie=claire.cookie, scripts=scripts) as page:
        page.goto("/espace/tableau-de-bord")
        tab_to(page, page.locator(f'main a[href$="{number}"]').first)
        page.keyboard.press("Enter")
        heading(page, number)
        tab_to(page, page.get_by_role("textbox").first)
        page.keyboard.insert_text("De Jules Ferry.")
        go(page, "button", "Envoyer au service")
        expect(page.get_by_role("status")).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text("De Jules Ferry.")
