"""The calendar as a parent lives it: two windows, a reload, no network, a session over, the last minute."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

import models
from extensions import db
from rules.vocabulary import BookingState
from tests import factories
from tests.browser.windows import DESK, PHONE, cookie_of, window
from tests.portal.homes import FRI, MON, PARIS, THU, TUE, calendar_url, martin, second_parent

pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ALL = "/espace/reservations/cantine?semaine=2026-W38"


@dataclass(frozen=True)
class Visit:
    claire: str
    paul: str
    url: str
    lea: int
    noe: int


@pytest.fixture
def visit(app: Flask) -> Visit:
    """Claire and Paul, Léa and Noé; Léa eats on Tuesday."""
    home = martin()
    paul = second_parent(home)
    noe = factories.child(home.family, "Noé", in_class="CE2")
    for adult in (home.claire, paul):
        factories.guardianship(adult, noe)
    factories.booking(home.lea, TUE)
    cookies = cookie_of(app, home.claire), cookie_of(app, paul)
    found = Visit(*cookies, calendar_url(home.lea), home.lea.id, noe.id)
    db.session.remove()
    return found


def box(page: Page, day: object, child: int | None = None) -> Locator:
    name = "jour" if child is None else f"jour-{child}"
    return page.locator(f'input[name="{name}"][value="{day}"]')


def booked(app: Flask, child: int) -> set[object]:
    with app.app_context():
        rows = db.session.scalars(db.select(models.Booking).filter_by(child_id=child))
        return {row.day for row in rows if row.state is BookingState.BOOKED}


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["360", "1280"])
def test_two_parents_at_once_lose_nothing(
    app: Flask, browser: Browser, address: str, visit: Visit, viewport: dict[str, int]
) -> None:
    with (
        window(browser, address, viewport, cookie=visit.claire) as hers,
        window(browser, address, viewport, cookie=visit.paul) as his,
    ):
        for page in (hers, his):
            page.goto(ALL)
        box(hers, MON, visit.lea).check()
        box(hers, TUE, visit.lea).uncheck()
        box(hers, FRI, visit.noe).check()
        expect(hers.locator("#compteur")).to_have_text(
            re.compile(r"^2 repas ajoutés, 1 annulé\s: \+3,80\s€\.$")
        )
        assert Axe().run(hers).violations_count == 0
        assert hers.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        box(his, THU, visit.lea).check()
        his.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(his.get_by_role("heading", level=1)).to_contain_text("Reçu")
        hers.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(hers.get_by_role("heading", level=1)).to_have_text(re.compile("^Reçus R2026-"))
        expect(hers.get_by_text("pour Léa, le 17 septembre : changé par l’autre parent")).to_be_visible()
        assert Axe().run(hers).violations_count == 0
        hers.get_by_role("button", name="Annuler pour tous les enfants").click()
        expect(hers.get_by_text("Le changement est annulé")).to_be_visible()
    assert booked(app, visit.lea) == {TUE, THU}
    assert booked(app, visit.noe) == set()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no script"])
def test_a_session_that_ended_while_ticking(
    app: Flask, browser: Browser, address: str, visit: Visit, scripts: bool
) -> None:
    with window(browser, address, PHONE, cookie=visit.claire, scripts=scripts) as page:
        page.goto(ALL)
        box(page, MON, visit.lea).check()
        box(page, TUE, visit.lea).uncheck()
        page.context.clear_cookies()
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(page).to_have_url(re.compile("/connexion"))
        expect(page.get_by_text("ce que vous aviez coché vous attend")).to_be_visible()
        back = page.locator('input[name="next"]').get_attribute("value")
        page.context.add_cookies([{"name": "portail", "value": visit.claire, "url": address}])
        page.goto(back or "")
        expect(page.get_by_text("Vos choix sont revenus")).to_be_visible()
        expect(box(page, MON, visit.lea)).to_be_checked()
        expect(box(page, TUE, visit.lea)).not_to_be_checked()
        assert booked(app, visit.lea) == {TUE}
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Reçu R2026-")
    assert booked(app, visit.lea) == {MON}


def test_a_reload_offers_the_choices_back(browser: Browser, address: str, visit: Visit) -> None:
    with window(browser, address, PHONE, cookie=visit.claire) as page:
        page.on("dialog", lambda asked: asked.accept())
        page.goto(visit.url)
        expect(page.locator("#reprise")).to_be_hidden()
        box(page, MON).check()
        box(page, TUE).uncheck()
        page.goto("/espace/")
        page.goto(visit.url)
        expect(page.get_by_text("Vous aviez commencé à changer 2 jours")).to_be_visible()
        assert Axe().run(page).violations_count == 0
        page.get_by_role("button", name="Reprendre mes choix").click()
        expect(box(page, MON)).to_be_checked()
        expect(box(page, TUE)).not_to_be_checked()
        expect(page.locator("#compteur")).to_contain_text("1 repas ajouté, 1 annulé")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Reçu")
        page.goto(visit.url)
        expect(page.locator("#reprise")).to_be_hidden()


def test_a_lost_connection_keeps_the_choices(
    app: Flask, browser: Browser, address: str, visit: Visit
) -> None:
    with window(browser, address, PHONE, cookie=visit.claire) as page:
        page.goto(visit.url)
        box(page, MON).check()
        page.context.set_offline(True)
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(page.get_by_text("Connexion perdue : vos choix sont gardés")).to_be_visible()
        expect(box(page, MON)).to_be_checked()
        page.context.set_offline(False)
        expect(page.get_by_text("La connexion est revenue")).to_be_visible()
        page.get_by_role("button", name="Réessayer d’enregistrer").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Reçu")
    assert booked(app, visit.lea) == {MON, TUE}


def test_the_cutoff_passes_under_the_parent_s_eyes(
    app: Flask, browser: Browser, address: str, visit: Visit
) -> None:
    app.extensions["clock"].set(datetime(2026, 9, 9, 23, 59, 57, tzinfo=PARIS))
    with window(browser, address, PHONE, cookie=visit.claire) as page:
        page.goto(visit.url)
        box(page, MON).check()
        expect(page.locator("#delai-passe")).to_be_visible()
        expect(page.locator("#delai-passe")).to_contain_text("la semaine du 14 septembre ne se modifie plus")
        expect(box(page, MON)).to_be_disabled()
        expect(box(page, MON)).not_to_be_checked()
        expect(box(page, TUE)).to_be_checked()
        page.get_by_role(
            "button", name="Enregistrer", exact=True
        ).click()  # nothing is asked of what is closed
        expect(page.get_by_text("Rien à changer")).to_be_visible()
    assert booked(app, visit.lea) == {TUE}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no script"])
def test_the_whole_flow_with_the_keyboard_alone(
    app: Flask, browser: Browser, address: str, visit: Visit, scripts: bool
) -> None:
    with window(browser, address, PHONE, cookie=visit.claire, scripts=scripts) as page:
        page.goto("/espace/reservations")
        tab_to(page, page.get_by_role("radio", name="Tous mes enfants · Cantine"))
        tab_to(page, page.get_by_role("button", name="Commencer"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Cantine de mes enfants")
        tab_to(page, page.get_by_role("checkbox", name="Réserver la cantine de Léa, lundi 14 septembre"))
        page.keyboard.press("Space")
        if scripts:
            page.keyboard.press("ArrowDown")
            tuesday = page.get_by_role("checkbox", name="Réserver la cantine de Léa, mardi 15 septembre")
            expect(tuesday).to_be_focused()
        tab_to(page, page.get_by_role("button", name="Tous comme Léa"))
        page.keyboard.press("Enter")
        noe = page.get_by_role("checkbox", name="Réserver la cantine de Noé, lundi 14 septembre")
        expect(noe).to_be_checked()
        tab_to(page, page.get_by_role("button", name="Voir le changement"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Vérifier le changement")
        tab_to(page, page.get_by_role("button", name="Enregistrer"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Reçus R2026-"))
    assert booked(app, visit.lea) == {MON, TUE}
    assert booked(app, visit.noe) == {MON, TUE}


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until it has the focus, as somebody without a mouse does."""
    for _ in range(80):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("never reached with the keyboard")
