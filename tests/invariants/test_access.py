"""Every endpoint × method × actor, with somebody else's real ids.

The parents' side is declared endpoint by endpoint in accesses.py; a staff screen declares its own
audience and editors, whose list is agreed in audiences.txt. What is declared nowhere fails.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.invariants import accesses
from tests.invariants.accesses import ACCESSES, CGU, CHANGE, FORBIDDEN, HIDDEN, IN, SIGN_IN
from tests.invariants.rows import insert
from tests.invariants.world import ACTORS, ANONYMOUS, OWNER, STAFF, World, build

AUDIENCES = Path(__file__).parent / "audiences.txt"
HEADER = "# Écran | qui lit | qui modifie | ce qui s’y fait. L’administration entre partout.\n"
GATES = {"/connexion": SIGN_IN, "/espace/mot-de-passe": CHANGE, "/espace/cgu": CGU}
DEMO_ONLY = {"staff_courriels_de_demonstration"}  # reads the demo's mail folder: not there otherwise
# Each document, each démarche is open to the roles of its kind (tests/admin).
BY_ROW = {"staff_pieces", "staff_demandes"}
PARTS = 4
DOES = ("creates", "edits", "deletes", "acts", "exports")
# Rights are the same whatever the engine: one is enough.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """Without CSRF, which would answer before the door does; the last test is about it."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield build(app)
    app.config["WTF_CSRF_ENABLED"] = True


def meaning(response: TestResponse, asked: str) -> str:
    if response.status_code in (302, 303):
        path = urlsplit(response.headers["Location"]).path
        return GATES.get(path, IN) if path != asked else IN
    return {403: FORBIDDEN, 404: HIDDEN}.get(response.status_code, IN)


def client_of(app: Flask, world: World, actor: str) -> FlaskClient:
    client = app.test_client()
    if actor != ANONYMOUS:
        factories.sign_in(client, db.session.merge(world.accounts[actor]))
    return client


def ask(client: FlaskClient, actor: str, method: str, address: str) -> str:
    response = client.open(address, method=method)
    assert response.status_code < 500, f"{actor}: {method} {address} is a bug"
    return meaning(response, urlsplit(address).path)


def rules_of(app: Flask) -> list[Rule]:
    return [r for r in app.url_map.iter_rules() if not r.endpoint.split(".")[-1].startswith("static")]


def methods_of(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def address_of(app: Flask, rule: Rule, ids: dict[str, object]) -> str:
    missing = rule.arguments - ids.keys()
    assert not missing, f"{rule.rule}: tests/invariants/world.py has no real value for {sorted(missing)}"
    with app.test_request_context():
        return app.url_for(rule.endpoint, **{name: ids[name] for name in rule.arguments})


def staff_views(app: Flask) -> dict[str, object]:
    admins = app.extensions.get("admin", [])
    return {view.endpoint: view for admin in admins for view in admin._views}


def test_every_endpoint_is_declared(app):
    views = staff_views(app)
    unknown = {r.endpoint for r in rules_of(app) if r.endpoint not in ACCESSES}
    unknown = {name for name in unknown if name.split(".")[0] not in views}
    assert not unknown, f"say who enters, in tests/invariants/accesses.py: {sorted(unknown)}"
    assert not ACCESSES.keys() - {r.endpoint for r in rules_of(app)}


@pytest.mark.parametrize("endpoint", sorted(ACCESSES))
def test_only_who_may_enters(app, world, endpoint):
    wrong = []
    for rule in (r for r in rules_of(app) if r.endpoint == endpoint):
        address = address_of(app, rule, world.ids)
        for actor in ACTORS:
            for method in methods_of(rule):
                got = ask(client_of(app, world, actor), actor, method, address)
                if got != ACCESSES[endpoint][actor]:
                    wrong.append(f"{actor} {method} {address}: {got}, not {ACCESSES[endpoint][actor]}")
    assert not wrong, "\n".join(wrong)


# -- staff ------------------------------------------------------------------------------------


def audience_line(view: object) -> str:
    """One staff screen as audiences.txt has it."""
    readers, editors = ({role.value for role in getattr(view, name, ())} for name in ("audience", "editors"))
    does = [name for name in DOES if getattr(view, name, False)]
    parts = (view.endpoint, " ".join(sorted(readers)), " ".join(sorted(editors)), " ".join(does))
    return " | ".join(part or "-" for part in parts)


def test_the_audience_of_every_staff_screen_is_the_one_agreed(app):
    now = sorted(audience_line(view) for view in staff_views(app).values())
    if os.environ.get("UPDATE_AUDIENCES"):
        AUDIENCES.write_text(HEADER + "".join(f"{line}\n" for line in now), encoding="utf-8")
    lines = AUDIENCES.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == now


@pytest.mark.parametrize("part", range(PARTS))
def test_only_the_staff_concerned_enters(app, world, part):
    """In parts, for the two cores: there are some two thousand answers to ask for."""
    views = staff_views(app)
    clients = {actor: client_of(app, world, actor) for actor in (ANONYMOUS, OWNER, *STAFF)}
    wrong: list[str] = []
    for rule in rules_of(app)[part::PARTS]:
        view = views.get(rule.endpoint.split(".")[0])
        if view is not None and rule.endpoint not in ACCESSES:
            address = address_of(app, rule, {**world.ids, "export_type": "csv"}) + _row_of(view)
            wrong += _wrong_answers(clients, address, rule, view)
    assert not wrong, "\n".join(wrong)


def _wrong_answers(clients: dict[str, FlaskClient], address: str, rule: Rule, view: object) -> Iterator[str]:
    for actor, client in clients.items():
        for method in methods_of(rule):
            if expected := _promised(view, actor, method, rule.endpoint.split(".")[1]):
                got = ask(client, actor, method, address)
                if got not in expected:
                    yield f"{actor} {method} {address}: {got}, not {' or '.join(expected)}"


def _row_of(view: object) -> str:
    """A real row for the screen, made if the town has none."""
    if getattr(view, "table", None) is None:
        return ""
    found = db.session.scalars(db.select(view.table.id)).first()
    if found is None:
        found = insert(db.session.connection(), view.table.__table__)["id"]
        db.session.commit()
    return f"?id={found}"


def _promised(view: object, actor: str, method: str, name: str) -> tuple[str, ...]:
    """What the declaration promises this actor; nothing where it may change what is there."""
    if actor not in STAFF:
        return (SIGN_IN if actor == ANONYMOUS else FORBIDDEN,)
    role = Role(actor)
    if role is not Role.ADMINISTRATOR and role not in view.audience:
        return (FORBIDDEN,)
    changes = role is Role.ADMINISTRATOR or role in view.editors
    if not changes and (method != "GET" or name in {"create_view", "edit_view", "ajax_lookup"}):
        return (FORBIDDEN, HIDDEN)
    if method == "GET":
        if view.endpoint in DEMO_ONLY:
            return (HIDDEN,)
        if view.endpoint in BY_ROW and name == "details_view":
            return (IN, HIDDEN)
        return (IN,) if name in {"index_view", "index", "details_view"} else (IN, FORBIDDEN, HIDDEN)
    return ()


# -- forged requests ---------------------------------------------------------------------------


def test_nothing_changes_without_the_token(app):
    world = build(app)
    client = factories.sign_in(app.test_client(), world.accounts["owner"])
    for rule in rules_of(app):
        for method in set(methods_of(rule)) - {"GET"}:
            row = {**world.ids, "export_type": "csv"}
            answer = client.open(address_of(app, rule, row), method=method)
            assert answer.status_code == 400, f"{method} {rule.rule} answered {answer.status_code}"
            assert "Page expirée" in answer.text


def test_every_actor_has_an_expectation(app):
    assert all(set(expected) == set(ACTORS) for expected in ACCESSES.values())
    assert set(STAFF) == {role.value for role in Role}
    assert accesses.NOBODY.keys() == set(ACTORS)
