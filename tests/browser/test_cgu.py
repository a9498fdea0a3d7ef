"""The terms in a real browser: with scripts the box opens once the text is read to its end."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

import models
from extensions import db
from tests import factories
from tests.browser.windows import PHONE, cookie_of, window
from tests.conftest import START

# The browser sees the same pages whatever the engine: one is enough.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ARTICLES = [f"Article {n}. Le portail sert à réserver les repas de vos enfants." for n in range(40)]


@pytest.fixture
def cookie(app: Flask) -> str:
    """Claire, signed in, who has not accepted the long terms published since."""
    family = factories.family()
    claire = factories.parent(family, factories.child(family), payer=True)
    db.session.add(models.CguVersion(name="Version 2", body="\n\n".join(ARTICLES), published_at=START))
    cookie = cookie_of(app, claire)
    db.session.remove()  # the server writes from another thread: nothing here may keep the database
    return cookie


def acceptances() -> int:
    """Of the long terms; Claire had accepted the first ones."""
    query = db.select(models.CguAcceptance).join(models.CguVersion).filter_by(name="Version 2")
    found = len(db.session.scalars(query).all())
    db.session.remove()  # the server writes from another thread: nothing here may keep the database
    return found


def open_terms(page: Page) -> None:
    page.goto("/espace/factures")
    expect(page.get_by_role("heading", name="Conditions générales")).to_be_visible()


def wheel(page: Page) -> None:
    page.locator("[data-cgu-text]").hover()
    page.mouse.wheel(0, 100_000)


def end_key(page: Page) -> None:
    page.get_by_role("region", name="Texte des conditions").focus()
    page.keyboard.press("End")


@pytest.mark.parametrize("scroll", [wheel, end_key])
def test_the_box_opens_at_the_end_of_the_text(app, browser: Browser, address, cookie, scroll) -> None:
    with window(browser, address, PHONE, cookie=cookie) as page:
        open_terms(page)
        box, hint = page.get_by_label("J’ai lu et j’accepte"), page.locator("[data-cgu-hint]")
        expect(box).to_be_disabled()
        expect(hint).to_have_text("Faites défiler le texte jusqu’en bas pour pouvoir cocher la case.")
        scroll(page)
        expect(box).to_be_enabled()
        expect(hint).to_be_hidden()
        assert acceptances() == 0
        tick(page, scroll)
        expect(page).to_have_url("/espace/factures")  # the page that was asked for
    assert acceptances() == 1


def tick(page: Page, scroll: object) -> None:
    """With the same hand as the scroll."""
    if scroll is wheel:
        page.get_by_label("J’ai lu et j’accepte").check()
        page.get_by_role("button", name="Valider").click()
        return
    for key in ("Tab", "Space", "Tab", "Enter"):
        page.keyboard.press(key)


def test_a_text_that_needs_no_scroll_is_accepted_at_once(app, browser: Browser, address, cookie) -> None:
    db.session.add(models.CguVersion(name="Version 3", body="Une seule règle.", published_at=START))
    db.session.commit()
    db.session.remove()
    with window(browser, address, PHONE, cookie=cookie) as page:
        open_terms(page)
        expect(page.get_by_label("J’ai lu et j’accepte")).to_be_enabled()


def test_without_scripts_the_box_simply_stands_there(app, browser: Browser, address, cookie) -> None:
    with window(browser, address, PHONE, cookie=cookie, scripts=False) as page:
        open_terms(page)
        page.get_by_label("J’ai lu et j’accepte").check()
        page.get_by_role("button", name="Valider").click()
        expect(page).to_have_url("/espace/factures")
    assert acceptances() == 1


def test_without_the_tick_the_server_refuses(app, browser: Browser, address, cookie) -> None:
    """Scrolled or not: the browser's own check is taken away, the server's stays."""
    with window(browser, address, PHONE, cookie=cookie) as page:
        open_terms(page)
        page.locator("form[data-cgu]").evaluate("form => { form.noValidate = true; }")
        page.get_by_role("button", name="Valider").click()
        expect(page.get_by_role("alert")).to_contain_text("Cochez la case")
        page.goto("/espace/factures")
        expect(page.get_by_role("heading", name="Conditions générales")).to_be_visible()
    assert acceptances() == 0
