"""Every form of the portal, filled as nobody should: an answer in French, what was typed kept, never a bug.

The pages come from the application's own map: a form added later is attacked too. The client reads each
answer (tests.pages): no English, no SQL, no page that breaks a promise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

import models
from extensions import db
from tests import factories
from tests.invariants.hostile import Form, forms_of, path_of
from tests.invariants.test_access import address_of, rules_of, staff_views
from tests.invariants.world import OWNER, PARTNER, STRANGER, World, build

# What is refused does not depend on the engine: one is enough.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ANSWERS = {200, 302, 303, 400, 403, 404, 413, 422}
LEAVES = {"/deconnexion"}
TOLD = ('class="field-error', "alert", "error", "Votre message n’est pas parti")


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    app.config["WTF_CSRF_ENABLED"] = False
    yield build(app)
    app.config["WTF_CSRF_ENABLED"] = True


def pages(app: Flask, world: World) -> list[str]:
    """The pages of parents and of everybody, with the owner's own ids."""
    views = staff_views(app)
    return [
        address_of(app, rule, world.ids)
        for rule in rules_of(app)
        if "GET" in (rule.methods or ()) and rule.endpoint.split(".")[0] not in views
    ]


def forms_at(client: FlaskClient, addresses: list[str]) -> list[Form]:
    """The forms that post, of all these pages, each once."""
    found: dict[tuple[str, ...], Form] = {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code < 500, f"GET {address} is a bug"
        if answer.mimetype == "text/html":
            for form in forms_of(address, answer.text):
                if form.is_post and path_of(form.action) not in LEAVES:
                    found.setdefault((path_of(form.action), *form.names), form)
    return list(found.values())


def wrong(form: Form, sent: MultiDict[str, object], answer: TestResponse) -> Iterator[str]:
    where = f"POST {form.action} with {str(dict(sent))[:300]}"
    if answer.status_code not in ANSWERS:
        yield f"{where}: {answer.status_code}"
    if answer.status_code != 422 or "<html" not in answer.text:
        return
    if not any(each in answer.text for each in TOLD):
        yield f"{where}: refused without a word"
    again = [each for each in forms_of(form.action, answer.text) if each.names == form.names]
    for name, shown in again[0].typed.items() if len(again) == 1 else ():
        given = [each for each in sent.getlist(name) if isinstance(each, str)]
        if name in form.typed and len(given) == 1 and _plain(given[0]) != _plain(shown):
            yield f"{where}: {name} came back as {shown[:60]!r}"


def _plain(text: str) -> str:
    """What is compared: signs that no text may hold are left out, spaces around too."""
    return " ".join(text.replace("\0", "").split())


def attack(client: FlaskClient, forms: list[Form]) -> list[str]:
    found: list[str] = []
    for turn, form in enumerate(forms):
        for sent in form.attacks(turn):
            db.session.rollback()
            with closing(client.post(form.action, data=sent)) as answer:
                found += wrong(form, sent, answer)
    return found


def test_the_forms_of_parents_bear_anything(app, world):
    client = factories.sign_in(app.test_client(), db.session.merge(world.accounts[OWNER]))
    forms = forms_at(client, pages(app, world))
    assert len(forms) > 20
    assert not (found := attack(client, forms)), "\n".join(found)
    assert not _mailed() & {world.accounts[other].email for other in (STRANGER, PARTNER)}


def _mailed() -> set[str]:
    """To whom anything was written."""
    return set(db.session.scalars(sa.select(models.Outbox.recipient)))
