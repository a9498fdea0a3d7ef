"""A parent and her pages for the tests of this folder; scripts only enhance the calendar.

What every page must be is in test_every_page.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

import models
from extensions import db
from operations import actors, swaps
from rules.swaps import Days, Offer
from tests import enrolling, factories, vault
from tests.conftest import START
from tests.operations.sickness import policy
from tests.portal.homes import MON, TUE, Household, invoice, martin

# The browser sees the same pages whatever the engine: one is enough.
pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    # Flask-Compress reads a static file without closing it: Python closes it a little later.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SCREENS = [(360, "dark"), (1280, "light")]  # both widths, both palettes


@dataclass(frozen=True)
class Visit:
    """Claire, signed in: her session's cookie and her child, without anything that holds the database."""

    cookie: str
    lea_id: int
    claire_id: int
    contact_id: int = 0
    shared_id: int = 0
    swap_id: int = 0

    def calendar(self, query: str) -> str:
        return f"/espace/enfants/{self.lea_id}/reservations/cantine?{query}"


@pytest.fixture
def claire(app: Flask) -> Visit:
    home = martin()
    factories.guardianship(home.claire, factories.child(home.family, "Éloïse", in_class="CE2"))
    odile = factories.contact(home.lea, home.family)
    factories.contact(home.lea, home.family, "Jean", may_collect=False, call_order=2)
    factories.booking(home.lea, TUE)
    factories.booking(home.lea, date(2026, 9, 8))
    policy()
    invoice(home.family, home.claire, home.lea)
    vault.document(home.claire, home.lea)
    open_days = {
        "opens_on": date(2026, 6, 1),
        "closes_on": date(2027, 7, 2),
        "documents_by": date(2026, 12, 18),
    }
    year = enrolling.campaign(**open_days).school_year
    enrolling.rules(), enrolling.insurance(year)
    words = {"title": "La rentrée", "summary": "Tout est prêt.", "body": "## Horaires\n\n8 h 30."}
    db.session.add(models.News(slug="rentree", first_day=date(2026, 9, 1), **words))
    client = factories.sign_in(app.test_client(), home.claire)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    swap = _swap(home)
    visit = Visit(cookie.value, home.lea.id, home.claire.id, odile.id, swap.child_id, swap.id)
    db.session.remove()  # the server writes from another thread: nothing here may keep the database
    return visit


def _swap(home: Household) -> models.CustodySwap:
    """Inès, whose weeks alternate; her father asks for one."""
    his = factories.family("Haddad")
    ines = factories.child(home.family, "Inès")
    factories.guardianship(home.claire, ines)
    karim = factories.parent(his, ines, first_name="Karim", email="karim@villars.example")
    factories.alternate(ines, home.family, his)
    week = Days(date(2026, 9, 14), date(2026, 9, 20))
    offer = Offer(gives=None, takes=week)
    swap = swaps.propose(ines, karim, offer, by=actors.parent(karim.account), now=START)
    db.session.commit()
    return swap


@contextmanager
def opened(browser: Browser, address: str, visit: Visit | None, **screen: object) -> Iterator[Page]:
    """A page on that screen, signed in when it is somebody's visit."""
    context = browser.new_context(locale="fr-FR", **screen)  # type: ignore[arg-type]
    if visit is not None:
        context.add_cookies([{"name": "portail", "value": visit.cookie, "url": address}])
    yield context.new_page()
    context.close()


def look(page: Page, address: str, url: str, width: int) -> list[str]:
    answer = page.goto(address + url)
    assert answer is not None and answer.status == 200, url
    wide = page.evaluate("document.documentElement.scrollWidth")
    found = [f"{url}: {wide} pixels wide on {width}"] if wide > width else []
    for violation in Axe().run(page).response["violations"]:
        found.append(f"{url}: {violation['id']}: {violation['nodes'][0]['html'][:200]}")
    return found


@pytest.mark.parametrize("scripts", [True, False])
def test_a_parent_changes_a_day_with_the_keyboard(
    browser: Browser, address: str, claire: Visit, scripts: bool
) -> None:
    screen = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": scripts}
    with opened(browser, address, claire, **screen) as page:
        page.goto(address + claire.calendar("semaine=2026-W38"))
        page.locator(f'input[type=checkbox][value="{MON}"]').focus()
        page.keyboard.press("Space")
        if scripts:
            expect(page.locator("#compteur")).to_have_text(re.compile("^1 repas ajouté.*3,80"))
        page.get_by_role("button", name="Voir le changement").click()
        expect(page).to_have_title(re.compile("^Vérifier le changement"))
        page.get_by_role("button", name="Revenir au calendrier").click()
        expect(page.locator(f'input[type=checkbox][value="{MON}"]')).to_be_checked()
        page.get_by_role("button", name="Enregistrer").click()
        expect(page).to_have_title(re.compile("^Reçu R2026-"))
    rows = db.session.scalars(db.select(models.Booking).filter_by(child_id=claire.lea_id))
    assert {MON, TUE} <= {row.day for row in rows}
