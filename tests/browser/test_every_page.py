"""Every page of the open and the parents' sides, and what each of their forms answers, in a real browser.

The addresses come from the application's own map, with real ids: a page added later is looked at
without a line here. One that answers no page (a file, a redirection) says so itself; one that cannot be
shown with the ids of `tests/invariants/world.py` fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

import models
from extensions import db
from operations import actors, email_changes
from rules.vocabulary import BookingState
from tests import databases, enrolling, factories
from tests.browser.looking import enter, flaws, screen, send
from tests.browser.windows import cookie_of
from tests.invariants.accesses import ACCESSES, FORBIDDEN, IN
from tests.invariants.test_access import address_of, methods_of
from tests.invariants.test_other_household import of_parents
from tests.invariants.world import ANONYMOUS, NOW, OWNER, World, build
from tests.operations.sickness import policy
from tests.signin.visitor import mails, reset_link

pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    # Flask-Compress reads a static file without closing it: Python closes it a little later.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PARTS = 3  # for the two cores
SIMULATED = "?enfants=2&mois=2026-09&quotient=650&jours-1-cantine=1&jours-2-garderie-du-soir=2"
PERIOD = "?enfants=1&jours=1&jours=2&semaines=2&du=2026-11-09"
# What the page shows when it is asked more.
QUERIES: dict[str, tuple[str, ...]] = {
    "portal.calendar": ("?mois=2026-11", "?semaine=2026-W46", "?mois=2026-09", "?mois=1999-01"),
    "portal.calendars": ("?mois=2026-11", "?semaine=2026-W46", "?semaine=2026-W43"),
    "portal.period": (PERIOD, "?du=hier"),
    "portal.periods": (PERIOD, "?du=hier"),
    "portal.usual": ("?semaine=2026-W46",),
    "portal.simulator": ("?mois=2026-09&quotient=1000", "?quotient=beaucoup"),
    "portal.absent_today": ("?enfant={child_id}",),
    "portal.justify": ("?enfant={child_id}", "?choix={child_id}/cantine"),
    "public.simulator": (SIMULATED, "?enfants=2&quotient=beaucoup"),
    "public.menus": ("?semaine=2026-W53", "?semaine=1999-W01"),
    "security.login": ("?next=/espace/factures",),
}
# Addresses that show no page of their own; a file is recognised by its type.
ELSEWHERE = {
    "security.logout": "signs out",
    "signin.arrival": "leads to one's side",
    "public.feed": "a secret address, tested with its calendar",
    "portal.tax_certificate": "a file, when there is something to certify",
    "portal.pay_slip": "a file, when there is something to pay",
}
DOWNLOADS = {"portal.download_my_data"}
DAY = "2026-11-12"
# What each form is sent besides nothing at all: what leads to a confirmation, or to a refusal worth seeing.
SENT: dict[str, list[dict[str, str]]] = {
    "security.login": [{"email": "claire@villars.example", "password": "non"}],
    "security.forgot_password": [{"email": "claire@villars.example"}, {"email": "claire"}],
    "portal.own_phones": [{"mobile_phone": "06.12"}],
    "portal.own_email": [{"email": "claire", "password": "non"}],
    "portal.change_calendar": [{"jour": DAY, "vu": DAY, "etape": "voir"}, {"jour": DAY, "vu": DAY}],
    "portal.change_calendars": [{"jour-{child_id}": DAY, "vu-{child_id}": DAY, "etape": "voir"}],
    "portal.book_period": [{"jours": "1", "semaines": "1", "du": "2026-11-09", "au": "2026-12-11"}],
    "portal.claim_absence": [{"choix": "{child_id}/cantine", "enfant": "{child_id}"}],
    "portal.ask_question": [{"subject": "Le car", "question": "À quelle heure part-il ?"}],
    "portal.edit_contact": [{"first_name": "", "last_name": "", "phone": "12"}],
    "portal.debit_account": [{"iban": "FR76", "holder_name": ""}],
    "portal.change_address": [{"street": "", "postcode": "4", "city": ""}],
    "portal.save_health": [{"doctor_phone": "12"}],
    "portal.enrol": [{"activites": "{canteen_id}", "reglement-{rules_id}": "oui"}],  # without its document
    "portal.send_attestation": [{"value": "beaucoup"}],
}


@dataclass(frozen=True)
class Visit:
    """The world and the cookies of who visits it; nothing here holds the database."""

    ids: dict[str, Any]
    cookies: dict[str, str]


@pytest.fixture
def visit(app: Flask) -> Iterator[Visit]:
    """Without CSRF, which would answer before the form does."""
    app.config["WTF_CSRF_ENABLED"] = False
    world = build(app)
    more = _enrich(world)
    cookies = {actor: cookie_of(app, account) for actor, account in world.accounts.items()}
    cookies[ANONYMOUS] = ""
    visit = Visit({**world.ids, **more, "token": _links(app, world)}, cookies)
    db.session.remove()
    yield visit
    app.config["WTF_CSRF_ENABLED"] = True


def _enrich(world: World) -> dict[str, int]:
    """What the world of accesses does not need and a page has to show; its ids."""
    days = {"opens_on": date(2026, 6, 1), "closes_on": date(2027, 7, 2), "documents_by": date(2026, 12, 18)}
    campaign = enrolling.campaign(**days)
    rules = enrolling.rules()
    enrolling.insurance(campaign.school_year)
    policy()
    lea = db.session.get_one(models.Child, world.ids["child_id"])
    noe = factories.child(lea.custodies[0].family, "Maximilien-Théodore", last_name="Martin-Castelnaudary")
    factories.guardianship(db.session.get_one(models.Guardian, world.ids["guardian_id"]), noe)
    waiting = factories.booking(noe, date(2026, 11, 13))
    waiting.state, waiting.waiting_since = BookingState.WAITING, NOW
    db.session.commit()
    return {"rules_id": rules.id, "canteen_id": factories.activity().id, "other_child_id": noe.id}


def _links(app: Flask, world: World) -> dict[str, str]:
    """The secret words of the links that were mailed, by endpoint."""
    guardian = db.session.get_one(models.Guardian, world.ids["guardian_id"])
    by = actors.parent(guardian.account)
    email_changes.ask(guardian, "nouvelle@exemple.example", by=by, now=NOW)
    changed = [re.search(r"/espace/coordonnees/courriel/(\S+)", mail.body) for mail in mails(app)]
    app.test_client().post("/mot-de-passe-oublie", data={"email": "claire@villars.example"})
    found = {"portal.confirm_email": next(each[1] for each in changed if each)}
    return {**found, "security.reset_password": reset_link(app).rsplit("/", 1)[1]}


def _address(app: Flask, rule: Rule, visit: Visit) -> str:
    token = visit.ids["token"].get(rule.endpoint, "faux")
    return address_of(app, rule, {**visit.ids, "token": token})


def _actor(rule: Rule) -> str:
    return ANONYMOUS if ACCESSES[rule.endpoint][ANONYMOUS] == IN else OWNER


def _is_page(answer: TestResponse, rule: Rule) -> bool:
    if rule.endpoint in ELSEWHERE or (answer.status_code == 200 and answer.mimetype != "text/html"):
        return False
    assert answer.status_code == 200, (
        f"GET {answer.request.path}: {answer.status_code}. Give tests/browser/test_every_page.py what shows "
        "this page, or say in ELSEWHERE that it is none"
    )
    return True


@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing_on_any_page_and_nothing_overflows(
    app: Flask, browser: Browser, address: str, visit: Visit, part: int
) -> None:
    problems: list[str] = []
    context = screen(browser, address)
    page = context.new_page()
    for rule in [each for each in of_parents(app) if "GET" in methods_of(each)][part::PARTS]:
        path, actor = _address(app, rule, visit), _actor(rule)
        enter(context, address, visit.cookies[actor])
        client = app.test_client()
        client.set_cookie("portail", visit.cookies[actor])
        if _is_page(client.get(path), rule):
            for query in ("", *QUERIES.get(rule.endpoint, ())):
                where = path + query.format(**visit.ids)
                page.goto(where)
                problems += flaws(page, where)
    context.close()
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing_on_what_any_form_answers(
    app: Flask,
    browser: Browser,
    address: str,
    visit: Visit,
    part: int,
    tmp_path: Path,
    database: databases.SqliteDatabase,
) -> None:
    kept = tmp_path / "world.sqlite"
    databases.close(app)
    database.copy(database.path, kept)
    problems: list[str] = []
    context = screen(browser, address)
    page = context.new_page()
    for rule in [each for each in of_parents(app) if "POST" in methods_of(each)][part::PARTS]:
        if rule.endpoint in DOWNLOADS:
            continue
        for body in ({}, *SENT.get(rule.endpoint, ())):
            enter(context, address, visit.cookies[_actor(rule)])
            fields = [(name.format(**visit.ids), value.format(**visit.ids)) for name, value in body.items()]
            path = _address(app, rule, visit)
            name = f"POST {path} {fields}"
            status = send(page, path, fields)
            problems += [f"{name}: {status}"] if status >= 500 or status == FORBIDDEN else []
            problems += flaws(page, f"{name} → {page.url.removeprefix(address)} ({status})")
            databases.close(app)
            database.copy(kept, database.path)
    context.close()
    assert not problems, "\n".join(problems)
