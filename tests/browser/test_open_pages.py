"""The open pages in a real browser: axe, both widths and palettes, weight, paper, drafts for agents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Browser, Request

import models
from extensions import db
from rules.allergens import Allergen
from rules.publication_vocabulary import Content, Course
from rules.vocabulary import Role
from tests import factories, publications
from tests.browser.test_parents_pages import SCREENS, Visit, claire, look, opened, pytestmark

__all__ = ["claire", "pytestmark"]
MONDAY = date(2026, 9, 7)
OPEN = (
    "/",
    "/actualites",
    "/actualites/self",
    "/infos-pratiques",
    "/infos-pratiques/cantine",
    "/documents",
    "/menus",
    "/menus?semaine=2026-W53",
    "/plan-du-site",
    "/etat-du-service",
)
AT_FIRST = 120 * 1024


@pytest.fixture
def published(app: Flask, claire: Visit) -> str:
    """One of each, an interruption announced; the session cookie of an agent."""
    image = publications.picture(app)
    words = {"title": "Le self", "body": f"## Le self\n\n![Enfants au self]({image.sized.address})"}
    db.session.add(models.News(slug="self", summary="Il ouvre.", first_day=MONDAY, picture=image, **words))
    db.session.add(
        models.Page(slug="cantine", is_published=True, is_practical=True, updated_on=MONDAY, **words)
    )
    draft = {"slug": "brouillon", "summary": "Pas encore.", "title": "À venir", "body": "Texte."}
    db.session.add(models.News(**draft))
    publications.town_document(app, is_returned=True, description="À lire avant la rentrée.")
    served = {"contents": {Content.PORK}, "allergens": {Allergen.MUSTARD}, "origin": "France"}
    substitute = publications.dish("Omelette", is_substitute=True)
    publications.menu(MONDAY, publications.dish("Rôti", **served), substitute, allergens_given=True)
    publications.menu(MONDAY + timedelta(days=1), publications.dish("Riz", Course.SIDE), note="Fête")
    start = datetime(2026, 9, 8, 20, 0, tzinfo=ZoneInfo("Europe/Paris"))
    spoken = {"announced_at": start - timedelta(days=3), "starts_at": start}
    db.session.add(models.Interruption(what="Entretien", ends_at=start + timedelta(hours=2), **spoken))
    client = factories.sign_in(app.test_client(), factories.staff(Role.EDUCATION))
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    db.session.remove()
    return cookie.value


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, address: str, claire: Visit, published: str, width: int, scheme: str
) -> None:
    screen = {"viewport": {"width": width, "height": 740}, "color_scheme": scheme}
    agent = replace(claire, cookie=published)
    problems: list[str] = []
    for visit, urls in (
        (None, OPEN),
        (claire, ("/menus", "/espace/documents-mairie")),
        (agent, ("/actualites/brouillon", "/admin/menus-de-la-semaine/", "/admin/images/")),
    ):
        with opened(browser, address, visit, **screen) as page:
            for url in urls:
                problems += look(page, address, url, width)
    assert not problems, "\n".join(problems)


def test_the_home_page_is_light_at_first_load(browser: Browser, address: str, published: str) -> None:
    with opened(browser, address, None, viewport={"width": 360, "height": 740}) as page:
        asked: list[Request] = []
        page.on("requestfinished", lambda request: asked.append(request))
        page.goto(address + "/", wait_until="networkidle")
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_load_state("networkidle")
        weights = {each.url.removeprefix(address): each.sizes()["responseBodySize"] for each in asked}
    assert any(url.startswith("/images/") for url in weights)
    assert sum(weights.values()) < AT_FIRST, weights


def test_a_week_of_menus_is_printed_without_the_site(browser: Browser, address: str, published: str) -> None:
    with opened(browser, address, None) as page:
        page.goto(address + "/menus")
        page.emulate_media(media="print")
        shown = [page.locator(each).first.is_visible() for each in (".site-header", ".week-bar", ".menu-day")]
    assert shown == [False, False, True]
