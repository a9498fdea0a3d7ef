"""The states of the parents' pages that the world's ids do not show: each is set, and looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page, expect

import models
from extensions import db, limiter
from operations import requests
from operations.actors import Actor, agent, parent
from rules.custody_vocabulary import SwapState
from rules.mandate_vocabulary import MandateState
from rules.vocabulary import ClaimState, Role
from tests import databases, factories
from tests.browser.conftest import listening
from tests.browser.looking import enter, flaws, screen, send
from tests.browser.test_every_page import Visit, pytestmark, visit
from tests.browser.windows import cookie_of
from tests.invariants.test_access import methods_of
from tests.invariants.test_other_household import of_parents
from tests.invariants.world import ANONYMOUS, FORGETFUL, NEWCOMER, NOW, OWNER
from tests.signin.test_second_factor import AGENT, code
from tests.signin.visitor import PASSWORD, an_account, another_app

__all__ = ["pytestmark", "visit"]


def _request() -> models.Request:
    return db.session.scalars(sa.select(models.Request)).one()


def _staff() -> Actor:
    return agent(factories.staff(Role.EDUCATION))


def _asked(_ids: dict[str, int]) -> None:
    requests.ask_more(_request(), "Il manque la seconde page du bail.", by=_staff(), now=NOW)


def _answered(ids: dict[str, int]) -> None:
    _asked(ids)
    requests.answer(_request(), "La voici.", by=_parent(), now=NOW)


def _accepted(_ids: dict[str, int]) -> None:
    requests.accept(_request(), note="Le car part à 8 h 30.", by=_staff(), now=NOW)


def _refused(_ids: dict[str, int]) -> None:
    requests.refuse(_request(), "Cette sortie est annulée.", by=_staff(), now=NOW)


def _withdrawn(_ids: dict[str, int]) -> None:
    requests.withdraw(_request(), by=_parent(), now=NOW)


def _parent() -> Actor:
    return parent(_request().guardian.account)


def _mandate(state: MandateState) -> Callable[[dict[str, int]], None]:
    def made(ids: dict[str, int]) -> None:
        db.session.execute(sa.delete(models.Mandate))
        factories.mandate(db.session.get_one(models.Guardian, ids["guardian_id"]), state)

    return made


def _swap(state: SwapState) -> Callable[[dict[str, int]], None]:
    def closed(ids: dict[str, int]) -> None:
        row = db.session.get_one(models.CustodySwap, ids["swap_id"])
        row.state, row.closed_at = state, NOW

    return closed


def _claim(state: ClaimState) -> Callable[[dict[str, int]], None]:
    def told(ids: dict[str, int]) -> None:
        row = db.session.get_one(models.AbsenceClaim, ids["claim_id"])
        decided = state in (ClaimState.ACCEPTED, ClaimState.REFUSED)
        row.state, row.decided_at = state, NOW if decided else None
        row.decision = "Le certificat est illisible." if state is ClaimState.REFUSED else ""

    return told


EMAIL = "Identifiant (votre adresse de courriel)"
REQUEST = ("/espace/demarches/{request_number}", "/espace/tableau-de-bord")
DEBIT = ("/espace/prelevement", "/espace/factures/{number}/payer", "/espace/")
SWAP = ("/espace/enfants/{child_id}/echanges/{swap_id}", "/espace/enfants/{child_id}/echanges")
CLAIM = ("/espace/absences/{claim_id}", "/espace/absences")
STATES: dict[str, tuple[Callable[[dict[str, int]], None], tuple[str, ...]]] = {
    "asked for more": (_asked, REQUEST),
    "answered": (_answered, REQUEST),
    "accepted": (_accepted, REQUEST),
    "refused": (_refused, REQUEST),
    "withdrawn": (_withdrawn, REQUEST),
    **{f"mandate {state.value}": (_mandate(state), DEBIT) for state in MandateState},
    **{f"swap {state.value}": (_swap(state), SWAP) for state in SwapState if state is not SwapState.PROPOSED},
    **{f"claim {state.value}": (_claim(state), CLAIM) for state in ClaimState},
}


def test_axe_finds_nothing_in_any_state(
    app: Flask,
    browser: Browser,
    address: str,
    visit: Visit,
    tmp_path: Path,
    database: databases.SqliteDatabase,
) -> None:
    kept = tmp_path / "world.sqlite"
    databases.close(app)
    database.copy(database.path, kept)
    problems: list[str] = []
    context = screen(browser, address)
    enter(context, address, visit.cookies[OWNER])
    page = context.new_page()
    for state, (make, paths) in STATES.items():
        make(visit.ids)
        db.session.commit()
        databases.close(app)
        for path in paths:
            problems += _look(page, path.format(**visit.ids), state)
        databases.close(app)
        database.copy(kept, database.path)
    context.close()
    assert not problems, "\n".join(problems)


def _look(page: Page, path: str, state: str, status: int = 200) -> list[str]:
    answer = page.goto(path)
    assert answer is not None
    wrong = [] if answer.status == status else [f"{path} ({state}): {answer.status}"]
    return wrong + flaws(page, f"{path} ({state})")


def test_axe_finds_nothing_on_the_pages_of_somebody_who_has_nothing(
    app: Flask, browser: Browser, address: str
) -> None:
    """No child, no invoice, no document: every list is empty."""
    alone = cookie_of(app, factories.parent(factories.family("Seul"), email="seul@villars.example"))
    paths = [
        rule.rule
        for rule in of_parents(app)
        if not rule.arguments and "GET" in methods_of(rule) and rule.rule.startswith("/espace/")
    ]
    db.session.remove()
    context = screen(browser, address)
    enter(context, address, alone)
    page = context.new_page()
    problems: list[str] = []
    for path in paths:
        page.goto(path)
        problems += flaws(page, f"{path} (nothing)")
    context.close()
    assert not problems, "\n".join(problems)


def test_axe_finds_nothing_when_it_is_too_late(
    app: Flask, browser: Browser, address: str, visit: Visit
) -> None:
    app.extensions["clock"].set(NOW + timedelta(days=70))
    paths = (*CLAIM, "/espace/", "/espace/absences/justifier?enfant={child_id}", "/espace/factures/{number}")
    context = screen(browser, address)
    enter(context, address, visit.cookies[OWNER])
    page = context.new_page()
    problems: list[str] = []
    for path in (*paths, *SWAP, *DEBIT):
        problems += _look(page, path.format(**visit.ids), "too late")
    context.close()
    assert not problems, "\n".join(problems)


def test_axe_finds_nothing_at_the_gates_nor_on_the_error_pages(
    app: Flask, browser: Browser, address: str, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug() -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(app.view_functions, "public.prices", bug)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    met = (
        (NEWCOMER, "/espace/", 200),  # led to choose a password
        (FORGETFUL, "/espace/", 200),  # led to accept the CGU
        (OWNER, "/espace/enfants/987654", 404),
        (OWNER, "/admin/", 403),
        (OWNER, "/tarifs", 500),
        (ANONYMOUS, "/tarifs", 500),
        (ANONYMOUS, "/nulle-part", 404),
        (ANONYMOUS, "/espace/factures", 200),  # led to sign in
    )
    context = screen(browser, address)
    page = context.new_page()
    problems: list[str] = []
    for actor, path, status in met:
        enter(context, address, visit.cookies[actor])
        problems += _look(page, path, actor, status)
    app.config["WTF_CSRF_ENABLED"] = True
    assert send(page, "/connexion", [("email", "x")]) == 400
    problems += flaws(page, "too old a page")
    context.close()
    assert not problems, "\n".join(problems)


def test_axe_finds_nothing_on_the_second_factor_nor_after_too_many_tries(
    app: Flask, browser: Browser
) -> None:
    an_account(app, roles=[Role.ADMINISTRATOR], guardian=False, email=AGENT)
    db.session.remove()
    settings = replace(app.extensions["portail"], staff_second_factor=True, mode="demo")
    problems: list[str] = []
    try:
        with another_app(app, settings) as guarded, listening(guarded) as address:
            context = screen(browser, address)
            page = context.new_page()
            problems += _second_factor(page)
            context.clear_cookies()
            for _ in range(11):
                page.goto("/mot-de-passe-oublie")
                page.get_by_label(EMAIL).fill("x@villars.example")
                with page.expect_navigation():
                    page.keyboard.press("Enter")
            expect(page.get_by_role("heading", level=1)).to_have_text("Trop d’essais")
            problems += flaws(page, "429")
            context.close()
    finally:
        limiter.reset()
        limiter.enabled = False
    assert not problems, "\n".join(problems)


def _second_factor(page: Page) -> list[str]:
    """Install the application, type a wrong code then the right one, read the recovery codes."""
    problems: list[str] = []
    page.goto("/connexion")
    page.get_by_label(EMAIL).fill(AGENT)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page).to_have_url("/connexion/second-facteur")
    problems += flaws(page, "second factor")
    page.get_by_role("main").get_by_role("button").first.click()
    key = page.locator(".code").first.inner_text()
    problems += flaws(page, "second factor, the key")
    for typed in ("000000", code(key)):
        page.get_by_label("Code").fill(typed)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        problems += flaws(page, f"second factor, {'the code' if typed != '000000' else 'a wrong code'}")
    page.goto("/connexion/codes-de-secours")
    return problems + flaws(page, "recovery codes")
