"""« Mes coordonnées » and « Entourage » on a phone, with and without scripts, by names alone."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

import models
from extensions import db
from operations.passwords import set_demo_password
from tests.browser.test_parents_pages import Visit, claire, opened
from tests.signin.visitor import PASSWORD, mails

__all__ = ["claire"]  # the fixture, used here under its own name

# The browser sees the same pages whatever the engine: one is enough.
pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    pytest.mark.parametrize("scripts", [True, False]),
    # Flask-Compress reads a static file without closing it: Python closes it a little later.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

NEW = "claire@exemple.example"


def phone(scripts: bool) -> dict[str, object]:
    return {"viewport": {"width": 360, "height": 740}, "java_script_enabled": scripts}


def go(page: Page, address: str, *names: str) -> None:
    """From the home page, by the names of the links."""
    page.goto(f"{address}/espace/")
    for name in names:
        page.get_by_role("main").get_by_role("link", name=re.compile(f"^{name}")).first.click()


def test_a_telephone_and_an_email_are_changed(
    app: Flask, browser: Browser, address: str, claire: Visit, scripts: bool
) -> None:
    account = db.session.get_one(models.Guardian, claire.claire_id).account
    assert account is not None
    set_demo_password(account, PASSWORD, provisional_until=None)
    db.session.commit()
    db.session.remove()
    with opened(browser, address, claire, **phone(scripts)) as page:
        go(page, address, "Mes coordonnées", "Modifier mes téléphones")
        page.get_by_label("Téléphone portable").fill("06.12")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("n’est pas un numéro de téléphone")
        page.get_by_label("Téléphone portable").fill("06.39.98.12.34")
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_contain_text("06 39 98 12 34")

        page.get_by_role("link", name="Modifier mon courriel").click()
        page.get_by_label("Nouvelle adresse de courriel").fill(NEW)
        page.get_by_label("Mot de passe actuel").fill(PASSWORD)
        page.get_by_role("button", name="Envoyer le lien").click()
        expect(page.get_by_role("main")).to_contain_text("En attente de confirmation")
        page.goto(address + _link(app))
        page.get_by_role("button", name="Confirmer cette adresse").click()
        expect(page.get_by_role("status")).to_contain_text(NEW)
        page.goto(f"{address}/espace/")
        expect(page).to_have_title(re.compile("^Mon accueil"))
    assert db.session.get_one(models.Guardian, claire.claire_id).email == NEW


def _link(app: Flask) -> str:
    found = [re.search(r"(/espace/coordonnees/courriel/\S+)", mail.body) for mail in mails(app)]
    db.session.remove()  # the server writes from another thread
    return [each[1] for each in found if each][-1]


def test_a_contact_is_added_called_first_and_removed(
    browser: Browser, address: str, claire: Visit, scripts: bool
) -> None:
    with opened(browser, address, claire, **phone(scripts)) as page:
        go(page, address, "Situation et entourage", "Ajouter un contact pour Léa")
        page.get_by_label("Prénom").fill("Nadia")
        page.get_by_label("Nom", exact=True).fill("Kaci")
        page.get_by_label("Téléphone").fill("06 39 98 00 77")
        page.get_by_label("Peut venir chercher l’enfant").uncheck()
        page.get_by_role("checkbox", name="Éloïse").check()
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_role("status")).to_contain_text("Nadia Kaci est à appeler pour Léa et Éloïse")
        of_lea = page.get_by_role("region", name="Léa Martin")
        for _ in range(2):
            of_lea.get_by_role("button", name="Appeler plus tôt : Nadia Kaci").click()
        expect(of_lea).to_contain_text("1. Nadia Kaci")
        of_lea.get_by_role("link", name="Retirer : Nadia Kaci").click()
        page.get_by_role("checkbox", name="Éloïse").uncheck()
        page.get_by_role("button", name="Retirer").click()
        expect(page.get_by_role("region", name="Léa Martin")).not_to_contain_text("Nadia")
        expect(page.get_by_role("region", name="Éloïse Martin")).to_contain_text("1. Nadia Kaci")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360 if scripts else True
    rows = db.session.scalars(db.select(models.Contact).filter_by(first_name="Nadia")).all()
    assert [row.child.first_name for row in rows] == ["Éloïse"]
