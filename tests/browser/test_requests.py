"""Démarches in a real browser: from the question to its answer, without scripts; axe on both sides."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from extensions import db
from operations import actors, requests
from rules.request_vocabulary import RequestKind
from tests import factories
from tests.browser.test_parents_pages import SCREENS, Visit, look, opened
from tests.conftest import START
from tests.portal.homes import martin

pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def visits(app: Flask) -> tuple[Visit, Visit, list[str], list[int]]:
    """Claire and an agent, signed in, with a démarche in each state."""
    home = martin()
    second = factories.guardian(home.family, "Paul")
    account = factories.staff()
    by, agent = actors.parent(home.claire.account), actors.agent(account)
    asked = {"subject": "Sortie", "question": "À quelle heure part le car ?\n\nEt le retour ?"}
    child = {
        "who": "child",
        "first_name": "Jules",
        "last_name": "Martin",
        "birth_date": "2023-04-12",
        "relation": "mother",
        "other_id": str(second.id),
        "other_relation": "father",
    }
    rows = [
        requests.submit(RequestKind.QUESTION, home.claire, asked, child=home.lea, by=by, now=START),
        requests.submit(RequestKind.NEW_MEMBER, home.claire, child, message="Merci.", by=by, now=START),
    ]
    requests.accept(rows[0], note="À 8 h 30.", by=agent, now=START)
    requests.ask_more(rows[1], "Le livret de famille, s’il vous plaît.", by=agent, now=START)
    numbers, keys = [row.number for row in rows], [row.id for row in rows]
    cookies = []
    for who in (home.claire, account):
        cookie = factories.sign_in(app.test_client(), who).get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        cookies.append(cookie.value)
    claire = Visit(cookies[0], home.lea.id, home.claire.id, 0)
    staff = Visit(cookies[1], 0, 0, 0)
    db.session.remove()
    return claire, staff, numbers, keys


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_axe_finds_nothing_on_either_side(
    browser: Browser, address: str, visits: tuple[Visit, Visit, list[str], list[int]], width: int, scheme: str
) -> None:
    claire, staff, numbers, keys = visits
    new = "/espace/demarches/nouvelle"
    mine = [f"/espace/demarches/{number}" for number in numbers]
    mine += [f"{new}/question", f"{new}/formulaire", f"{new}/nouveau-membre"]
    mine += [f"{new}/nouveau-membre?qui=enfant", f"{new}/nouveau-membre?qui=adulte"]
    theirs = ["/admin/demandes/?flt_etat=", "/admin/demandes/nouveau/"]
    theirs += [f"/admin/demandes/detail/?id={key}" for key in keys]
    screen = {"viewport": {"width": width, "height": 740}, "color_scheme": scheme}
    problems: list[str] = []
    for visit, urls in ((claire, mine), (staff, theirs)):
        with opened(browser, address, visit, **screen) as page:
            for url in urls:
                problems += look(page, address, url, width)
    assert not problems, "\n".join(problems)


def test_a_question_and_its_answer_without_scripts(
    browser: Browser, address: str, visits: tuple[Visit, Visit, list[str], list[int]]
) -> None:
    claire, staff, _, _ = visits
    screen = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}
    with opened(browser, address, claire, **screen) as page:
        page.goto(f"{address}/espace/tableau-de-bord")
        page.get_by_role("link", name="Poser une question au service").click()
        page.get_by_role("button", name="Envoyer ma question").click()
        expect(page.get_by_role("alert")).to_contain_text("Dites en quelques mots")
        page.get_by_label("Objet").fill("Menus")
        page.get_by_label("Votre question").fill("Y a-t-il du poisson ?")
        page.get_by_role("button", name="Envoyer ma question").click()
        expect(page).to_have_title(re.compile("^Démarche D2026-"))
        own = page.url
    with opened(browser, address, staff, **screen) as page:
        page.goto(f"{address}/admin/demandes/")
        page.get_by_role("link", name="D2026-000003", exact=True).click()
        page.get_by_label("Votre réponse").fill("Le mardi.")
        page.get_by_role("button", name="Envoyer la réponse").click()
        expect(page.get_by_text("a reçu sa réponse, la famille est prévenue")).to_be_visible()
    with opened(browser, address, claire, **screen) as page:
        page.goto(own)
        expect(page.get_by_role("heading", name="La réponse du service")).to_be_visible()
        expect(page.get_by_text("Le mardi.")).to_be_visible()
