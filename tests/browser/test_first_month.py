"""The first month in a real browser: a parent on a phone, an agent at a desk, and the clock between them.

tests/journeys/test_first_month.py tells the same story through HTTP; its family, its days and its
independent sum serve here too.
"""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

import jobs
import models
from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.browser.windows import DESK, PHONE, cookie_of, window
from tests.conftest import START
from tests.journeys import test_first_month as story

# The browser sees the same pages whatever the engine: one is enough.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PARIS = ZoneInfo("Europe/Paris")
GREEN = "rgb(220, 250, 230)"  # --changed, in daylight
LONG_CGU = "\n\n".join(
    f"Article {n}. Le portail sert à réserver les repas de vos enfants." for n in range(40)
)


def test_the_first_month(app: Flask, browser: Browser, address: str, tmp_path: Path) -> None:
    cookie = a_town_with_a_family(app, tmp_path)
    with (
        window(browser, address, DESK, cookie=cookie) as agent,
        window(browser, address, PHONE) as parent,
    ):
        activate(agent)
        first_sign_in(app, parent)
        book_a_period(parent, "Aïcha", ["Lundi", "Mardi", "Jeudi", "Vendredi"], "38,00 €")
        book_a_period(parent, "Bilal", ["Mardi", "Jeudi"], "19,00 €")
        take_attendance(app, agent)
        change_before_the_cutoff_and_not_after(app, parent)
        issue(app, agent)
        read_the_invoice(app, parent)


def a_town_with_a_family(app: Flask, folder: Path) -> str:
    """The family imported, terms long enough to scroll; returns the agent's cookie."""
    db.session.add(models.CguVersion(name="Version 2", body=LONG_CGU, published_at=START))
    source = folder / "familles.csv"
    source.write_text(story.FAMILY.format(parent=story.PARENT), encoding="utf-8")
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["import-families", str(source)])
    assert result.exit_code == 0, result.output
    cookie = cookie_of(app, factories.staff(Role.ADMINISTRATOR))
    db.session.remove()  # the server writes from another thread: nothing here may keep the database
    return cookie


def at(app: Flask, *moment: int) -> None:
    app.extensions["clock"].set(datetime(*moment, tzinfo=PARIS))


def last_mail(app: Flask) -> str:
    """Send what waits, and return the parent's last letter."""
    jobs.drain_outbox(app.extensions["clock"].now())
    db.session.remove()
    mine = [mail for mail in app.extensions["mail"].sent if mail.recipient == story.PARENT]
    return mine[-1].body


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def activate(agent: Page) -> None:
    agent.goto("/admin/activation/")
    agent.get_by_label("Sélectionner Nadia Durand").check()
    agent.once("dialog", lambda asked: asked.accept())
    press(agent, "Envoyer aux adultes cochés")
    expect(agent.get_by_role("row", name="Nadia Durand")).to_contain_text("Envoyé")


def first_sign_in(app: Flask, parent: Page) -> None:
    provisional = re.search(r"[Mm]ot de passe provisoire[^:]*:\s*(\S+)", last_mail(app))
    assert provisional
    parent.goto("/espace/")
    sign_in(parent, provisional[1])
    expect(parent).to_have_url(re.compile("/espace/mot-de-passe"))
    parent.get_by_label("Nouveau mot de passe", exact=True).fill(story.PASSWORD)
    parent.get_by_label("Nouveau mot de passe, encore une fois").fill(story.PASSWORD)
    press(parent, "Enregistrer le mot de passe")
    box = parent.get_by_label("J’ai lu et j’accepte")
    expect(box).to_be_disabled()
    box.scroll_into_view_if_needed()
    box.check()
    press(parent, "Valider")
    expect(parent.get_by_role("heading", name="Mon accueil")).to_be_visible()


def sign_in(parent: Page, password: str) -> None:
    parent.get_by_label("Identifiant").fill(story.PARENT)
    parent.get_by_label("Mot de passe").fill(password)
    press(parent, "Se connecter")
    expect(parent).not_to_have_url(re.compile("/connexion"))  # else the next page would cancel this one


def book_a_period(parent: Page, child: str, weekdays: list[str], price: str) -> None:
    parent.goto("/espace/")
    parent.get_by_role("link", name="Réservations").first.click()
    parent.get_by_role("radio", name=f"{child} · Cantine").check()
    press(parent, "Commencer")
    parent.get_by_role("link", name="Réserver les mêmes jours").click()
    for weekday in weekdays:
        parent.get_by_label(weekday).check()
    parent.get_by_label("Toutes les semaines").check()
    parent.get_by_label("À partir du").fill("2026-10-01")
    parent.get_by_label("Jusqu’au").fill("2026-10-31")
    press(parent, "Voir les jours concernés")
    expect(parent.get_by_text("En tout, sur vos factures")).to_contain_text(f"+ {price}")
    press(parent, "Enregistrer")
    expect(parent.get_by_role("heading", name="Reçu R2026-")).to_be_visible()


def take_attendance(app: Flask, agent: Page) -> None:
    """Aïcha does not come on the 5th and Bilal does, who was not booked; she stays one evening."""
    at(app, 2026, 10, 5, 12, 30)
    close_sheet(agent, story.NO_SHOW, "Cantine, CP", unticked="Aïcha", count="0 présent")
    close_sheet(agent, story.UNBOOKED, "Cantine, CE2", ticked="Bilal", count="1 présent")
    at(app, 2026, 10, 6, 18, 0)
    close_sheet(agent, story.EVENING, "Garderie du soir", ticked="Aïcha", count="1 présent")


def close_sheet(
    agent: Page, day: date, sheet: str, *, ticked: str = "", unticked: str = "", count: str
) -> None:
    agent.goto(f"/admin/presences-du-jour/?jour={day}")
    press(agent, f"Ouvrir : {sheet}")
    if ticked:
        agent.get_by_label(ticked).check()
    if unticked:
        agent.get_by_label(unticked).uncheck()
    expect(agent.locator("[data-present-count]")).to_have_text(count)
    press(agent, "Clore la feuille")
    expect(agent.get_by_role("heading", name="Prendre les présences")).to_be_visible()


def change_before_the_cutoff_and_not_after(app: Flask, parent: Page) -> None:
    at(app, 2026, 10, 7, 23, 50)
    open_october(parent, "Aïcha")
    stale = parent.context.new_page()
    open_october(stale, "Aïcha")
    untick(parent, story.CANCELLED)
    expect(parent.locator("#compteur")).to_have_text(re.compile(r"^1 repas annulé\s: −3,80\s€\.$"))
    at(app, 2026, 10, 7, 23, 59, 59)
    press(parent, "Enregistrer")
    expect(parent.get_by_role("row", name="16 octobre")).to_contain_text("Annulé")
    untick(stale, story.TOO_LATE)
    app.extensions["clock"].advance(timedelta(seconds=1))
    press(stale, "Enregistrer")
    refusal = stale.locator("#refus")
    expect(refusal).to_contain_text("mercredi 7 octobre à 23 h 59")
    expect(refusal).to_contain_text("Rien n’a été enregistré.")
    stale.close()


def open_october(parent: Page, child: str) -> None:
    """The home page, a click, and the arrow when the calendar opens on another month."""
    parent.goto("/espace/reservations")
    if "/connexion" in parent.url:  # a month later the session is over
        sign_in(parent, story.PASSWORD)
    parent.get_by_role("radio", name=f"{child} · Cantine").check()
    press(parent, "Commencer")
    expect(parent.get_by_role("heading", name="Octobre 2026")).to_be_visible()


def untick(parent: Page, day: date) -> None:
    """A tap on the day: it turns green, changed and not yet saved."""
    box = parent.locator(f'input[name=jour][value="{day}"]')
    face = parent.locator("label", has=box).locator(".face")
    face.click()
    expect(box).not_to_be_checked()
    expect(face).to_have_css("background-color", GREEN)


def issue(app: Flask, agent: Page) -> None:
    at(app, 2026, 11, 2, 9, 0)
    agent.goto("/admin/facturation/?mois=2026-10")
    press(agent, "Préparer octobre 2026")
    expect(agent.get_by_role("row", name="Durand")).to_contain_text("60,20 €")
    agent.get_by_role("link", name="Émettre…").click()
    press(agent, "Émettre 1 facture (60,20 €)")
    expect(agent.get_by_role("heading", name="Factures émises")).to_be_visible()


def read_the_invoice(app: Flask, parent: Page) -> None:
    link = re.search(r"/espace/factures/(F2026-\d{6})", last_mail(app))
    assert link
    parent.goto(link[0])
    if "/connexion" in parent.url:
        sign_in(parent, story.PASSWORD)
        parent.goto(link[0])
    expect(parent.get_by_role("heading", name=f"Facture {link[1]}")).to_be_visible()
    expect(parent.get_by_role("link", name="Télécharger la facture (PDF)")).to_be_visible()
    cents = [amount_in(text) for text in parent.locator(".lines .line .number").all_inner_texts()]
    assert sum(cents) == amount_in(parent.locator("dd.big").first.inner_text()) == story.expected_total()
    with parent.expect_download() as download:
        parent.get_by_role("link", name="Télécharger la facture (PDF)").click()
    sheets = PdfReader(io.BytesIO(Path(download.value.path()).read_bytes())).pages
    printed = "\n".join(sheet.extract_text() for sheet in sheets).replace("\u00a0", " ")
    assert link[1] in printed
    assert "60,20 €" in printed


def amount_in(text: str) -> int:
    """« 60,20 € » as 6020 cents."""
    return int(re.sub(r"\D", "", text))
