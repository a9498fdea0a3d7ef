"""The parent of the other household asks for everything of the first one's, at every address.

Three of them: whose weeks alternate with the first's, who shares a calendar without alternation, and
whose guardianship has ended. The addresses come from the application's own map: a page added later is
asked for too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

import models
from extensions import db
from operations import families, guardians, swaps
from operations.actors import SYSTEM, agent, parent
from operations.custodies import CustodyFacts
from rules.custody_vocabulary import SwapState
from rules.swaps import Days, Offer
from rules.vocabulary import CustodyKind
from tests import factories
from tests.conftest import START
from tests.invariants.test_access import address_of, methods_of, rules_of, staff_views
from tests.invariants.two_households import (
    HER_WEEK,
    HERS,
    Scene,
    build,
    change_hers,
    flat,
    leaks,
    texts,
)

# What privacy is does not depend on the engine: one is enough.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

QUERIES = (
    "",
    "?semaine=2026-W38",
    "?mois=2026-09",
    "?page=2",
    "?choix={zephirine}/cantine",
    "?enfant={zephirine}",
)
LEAVES = {"security.logout"}
NOBODY = 987654
NOWHERE = {"number": f"F2026-{NOBODY}", "request_number": f"D2026-{NOBODY}"}
SHARED_IN_COMMON = {"receipt_id"}  # without alternation, the receipts of the shared calendar


@pytest.fixture(params=[True, False], ids=["alternating", "in common"])
def alternating(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def scene(app: Flask, alternating: bool) -> Iterator[Scene]:
    """Without CSRF, which would answer a POST before the door does."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield build(alternating=alternating)
    app.config["WTF_CSRF_ENABLED"] = True


def of_parents(app: Flask) -> list[Rule]:
    views = staff_views(app)
    return [r for r in rules_of(app) if r.endpoint not in LEAVES and r.endpoint.split(".")[0] not in views]


def asked(scene: Scene, rule: Rule) -> Iterator[tuple[dict[str, object], set[str]]]:
    """Each way to fill the address with what is hers or both's, and whose things it names."""
    names = sorted(rule.arguments)
    for chosen in itertools.product(*(scene.values(name) for name in names)):
        ids = {name: value for name, (value, _) in zip(names, chosen, strict=True)}
        yield ids, {name for name, (_, whose) in zip(names, chosen, strict=True) if whose == HERS}


def body(scene: Scene) -> dict[str, object]:
    """What a form of ours may name, all of it hers: fields that a page does not have are ignored."""
    day, others = HER_WEEK[0].isoformat(), [row.get("id") for row in scene.rows.values()]
    fields = {"jour": day, "vu": day, f"jour-{scene.zephirine.id}": day, f"jour-{scene.lea.id}": day}
    ids = dict.fromkeys(("enfant", "enfants", "child", "child_id"), scene.zephirine.id)
    taken = dict.fromkeys(("piece", "pieces", "documents", "contact", "guardian", "adulte"), others)
    return {**fields, **ids, **taken, "etape": "enregistrer", "choix": f"{scene.zephirine.id}/cantine"}


def knock(app: Flask, scene: Scene, method: str, address: str) -> TestResponse:
    client = factories.sign_in(app.test_client(), scene.karim)
    return client.open(address, method=method, data=body(scene) if method == "POST" else None)


def test_nothing_of_the_first_household_is_told_at_any_address(app, scene, alternating):
    wrong: list[str] = []
    for rule in of_parents(app):
        for ids, hers in asked(scene, rule):
            address = address_of(app, rule, ids)
            for method in methods_of(rule):
                hidden = hers - (set() if alternating else SHARED_IN_COMMON)
                for query in QUERIES if method == "GET" and not hidden else ("",):
                    where = address + query.format(zephirine=scene.zephirine.id)
                    answer = knock(app, scene, method, where)
                    wrong += _wrong(scene, f"{method} {where}", answer, hidden)
    assert not wrong, "\n".join(wrong)


def _wrong(scene: Scene, where: str, answer: TestResponse, hidden: set[str]) -> Iterator[str]:
    if answer.status_code >= 500:
        yield f"{where} is a bug"
    if hidden and answer.status_code != 404:
        yield f"{where}: {answer.status_code}, not 404, for {sorted(hidden)}"
    if told := leaks(scene, answer):
        yield f"{where} tells {told}"


def test_what_is_hers_answers_exactly_as_what_does_not_exist(app, scene, alternating):
    client = factories.sign_in(app.test_client(), scene.karim)
    for rule in of_parents(app):
        for ids, hers in asked(scene, rule):
            hidden = hers - (set() if alternating else SHARED_IN_COMMON)
            if not hidden or "GET" not in methods_of(rule):
                continue
            nowhere = address_of(app, rule, {**ids, **{name: NOWHERE.get(name, NOBODY) for name in hidden}})
            one, other = client.get(address_of(app, rule, ids)), client.get(nowhere)
            assert (one.status_code, list(texts(one))) == (other.status_code, list(texts(other))), rule.rule


def test_whatever_she_does_at_home_his_pages_do_not_move(app, scene, alternating):
    """Not only what we thought of marking: any difference at all tells him something of her."""
    addresses = sorted(
        address_of(app, rule, ids) + query.format(zephirine=scene.zephirine.id)
        for rule in of_parents(app)
        if "GET" in methods_of(rule)
        for ids, _ in asked(scene, rule)
        for query in QUERIES
    )
    before = _pages(app, scene, addresses)
    change_hers(scene, alternating=alternating)
    after = _pages(app, scene, addresses)
    assert [each for each in addresses if before[each] != after[each]] == []


def _pages(app: Flask, scene: Scene, addresses: list[str]) -> dict[str, tuple[int, list[str]]]:
    client = factories.sign_in(app.test_client(), scene.karim)
    answers = {address: client.get(address) for address in addresses}
    return {address: (each.status_code, list(texts(each))) for address, each in answers.items()}


def test_nothing_he_sends_changes_what_is_hers(app, scene):
    before = _hers(scene)
    for rule in of_parents(app):
        for ids, _ in asked(scene, rule):
            if "POST" in methods_of(rule):
                knock(app, scene, "POST", address_of(app, rule, ids))
    assert _hers(scene) == before


def _hers(scene: Scene) -> dict[str, list[tuple[object, ...]]]:
    """Every row that names her household or its adults."""
    mine = {"family_id": scene.sonia.family_id, "guardian_id": scene.sonia.id}
    found = {}
    for table in db.metadata.sorted_tables:
        columns = [table.c[name] == value for name, value in mine.items() if name in table.c]
        if columns and table.name not in {"history"}:
            query = sa.select(table).where(sa.or_(*columns)).order_by(table.primary_key.columns[0])
            found[table.name] = [tuple(row) for row in db.session.execute(query)]
    db.session.rollback()
    return found


# -- an end of guardianship -------------------------------------------------------------------


def test_an_ended_guardianship_closes_every_page_in_an_open_session(app, scene):
    client = factories.sign_in(app.test_client(), scene.karim)
    assert client.get(f"/espace/enfants/{scene.lea.id}").status_code == 200
    (row,) = scene.karim.guardianships
    guardians.end_guardianship(row, START.date(), by=SYSTEM, now=START)
    db.session.commit()
    app.extensions["clock"].set(START.replace(day=8))
    open_still = [
        address
        for rule in of_parents(app)
        if "child_id" in rule.arguments
        for ids, _ in asked(scene, rule)
        for address in [address_of(app, rule, ids)]
        for method in methods_of(rule)
        if client.open(address, method=method).status_code != 404
    ]
    assert open_still == []
    for address in ("/espace/", "/espace/famille", "/espace/reservations", "/espace/tableau-de-bord"):
        assert "Léa" not in client.get(address).text, address


# -- a partner --------------------------------------------------------------------------------


def test_a_partner_meets_no_child_of_the_household(app, scene):
    """Marc lives there and holds no guardianship: the household is his, its children are not."""
    marc = factories.parent(scene.sonia.family, first_name="Marc", email="marc@villars.example")
    client = factories.sign_in(app.test_client(), marc)
    of_household = {"guardian_id"}  # its adults
    wrong: list[str] = []
    for rule in of_parents(app):
        for ids, hers in asked(scene, rule):
            hidden = (hers | rule.arguments & {"child_id"}) - of_household
            for method in methods_of(rule):
                address = address_of(app, rule, ids)
                answer = client.open(address, method=method, data=body(scene) if method == "POST" else None)
                if hidden and answer.status_code != 404:
                    wrong.append(f"{method} {address}: {answer.status_code}, not 404, for {sorted(hidden)}")
                told = flat(" ".join(texts(answer)))
                named = [name for name in ("Haddad", "Zéphirine", "Gertrude") if flat(name) in told]
                wrong += [f"{method} {address} names {named}"] if named else []
    assert not wrong, "\n".join(wrong)


# -- mails --------------------------------------------------------------------------------------


def test_no_mail_of_his_names_her_household(app, alternating):
    scene = build(alternating=True)
    his, hers = parent(scene.karim.account), parent(scene.sonia.account)
    mine, yours = Days(date(2026, 9, 14), date(2026, 9, 20)), Days(date(2026, 9, 21), date(2026, 9, 27))
    refused = swaps.propose(scene.lea, scene.sonia, Offer(mine, None), by=hers, now=START)
    swaps.withdraw(refused, scene.sonia, by=hers, now=START)
    swap = swaps.propose(scene.lea, scene.karim, Offer(yours, mine), by=his, now=START)
    swaps.accept(swap, scene.sonia, by=hers, now=START)
    assert swap.state is SwapState.ACCEPTED
    kind = CustodyKind.PARITY if alternating else CustodyKind.SINGLE
    facts = CustodyFacts(
        kind=kind,
        family_id=scene.karim.family_id,
        other_family_id=scene.sonia.family_id if alternating else None,
    )
    families.set_custody(scene.lea, facts, date(2026, 9, 14), by=agent(factories.staff()), now=START)
    written = db.session.scalars(sa.select(models.Outbox).filter_by(recipient="karim@villars.example")).all()
    assert written
    for mail in written:
        told = flat(f"{mail.subject} {mail.body}")
        assert [mark for mark in scene.marks if flat(mark) in told] == [], mail.body
    client: FlaskClient = factories.sign_in(app.test_client(), scene.karim)
    for receipt in db.session.scalars(sa.select(models.Receipt).filter_by(family_id=scene.karim.family_id)):
        page = client.get(f"/espace/recus/{receipt.id}")
        assert (page.status_code, leaks(scene, page)) == (200, []), urlsplit(page.request.path)
