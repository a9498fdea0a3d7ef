"""Every screen: who opens it, who changes through it, and what all of them promise."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

import models
from admin.base import StaffView
from admin.lookups import LOOKUPS
from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.admin.agents import Agent
from tests.invariants.test_queries import full_row

# Rights and wording do not depend on the engine.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def screens(app: Flask) -> list[StaffView]:
    [admin] = app.extensions["admin"]
    return [view for view in admin._views if isinstance(view, StaffView)]


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_and_changes_exactly_what_is_declared(app, role):
    agent = Agent(app, role)
    for view in screens(app):
        reads = role in {*view.audience, Role.ADMINISTRATOR}
        writes = role in {*view.editors, Role.ADMINISTRATOR}
        listed = agent.get(f"{view.slug}/", follow_redirects=True).status_code
        assert listed == (200 if reads else 403), view.slug
        created = agent.get(f"{view.slug}/nouveau/", follow_redirects=True).status_code
        expected = 403 if not reads else 404 if not view.creates else 200 if writes else 403
        assert created == expected, view.slug


def test_details_and_edition_open_on_a_real_row(app):
    agent = Agent(app)
    for view in screens(app):
        if view.table is not models.Commune:
            full_row(view.table.__table__)
        row_id = db.session.scalar(sa.select(sa.func.max(view.table.id)))
        if view.can_view_details:
            assert agent.get(f"{view.slug}/detail/?id={row_id}").status_code == 200, view.slug
        edited = agent.get(f"{view.slug}/modifier/?id={row_id}").status_code
        assert edited in ((200, 403) if view.edits else (404,)), view.slug


def test_an_unknown_row_is_not_found_whatever_is_typed(app):
    agent = Agent(app)
    for typed in ("999999", "abc", "1'--", "-1", "9" * 30, ""):
        assert agent.get(f"familles/detail/?id={typed}").status_code == 404


@pytest.mark.parametrize("path", ["", "familles/", "familles/nouveau/", "factures/export/csv/"])
def test_anonymous_is_sent_to_sign_in_and_comes_back(app, client, path):
    answer = client.get(f"/admin/{path}")
    assert answer.status_code in (302, 303)
    assert answer.location.startswith("/connexion?next=")


def test_a_parent_is_refused_everywhere(app):
    family = factories.family()
    adult = factories.parent(family, factories.child(family), email="parent@villars.example")
    client = factories.sign_in(app.test_client(), adult)
    for view in screens(app):
        for page in ("", "nouveau/", "modifier/?id=1", "detail/?id=1", "recherche/?name=family&query=a"):
            assert client.get(f"/admin/{view.slug}/{page}").status_code == 403
    assert client.get("/admin/").status_code == 403


def test_a_reader_cannot_write_even_by_hand(app):
    row = factories.family()
    agent = Agent(app, Role.READER)
    for path in ("familles/nouveau/", f"familles/modifier/?id={row.id}", "contacts/supprimer/"):
        assert agent.post(path, id=row.id, name="Autre").status_code == 403


def test_nothing_is_written_without_the_token(app):
    agent = Agent(app)
    row = factories.family("Martin")
    for path in ("familles/nouveau/", f"familles/modifier/?id={row.id}", "contacts/supprimer/",
                 "courriels/action/", "adultes/activer/"):  # fmt: skip
        answer = agent.client.post(f"/admin/{path}", data={"name": "Forgé", "id": row.id, "confirme": "oui"})
        assert answer.status_code == 400, path


def test_screens_to_read_have_no_way_to_write(app):
    agent = Agent(app)
    for slug in ("factures", "recus", "historique", "feuilles", "presences", "brouillons"):
        row_id = 1
        for path in (f"{slug}/nouveau/", f"{slug}/modifier/?id={row_id}", f"{slug}/supprimer/"):
            assert agent.post(path, id=row_id, confirme="oui").status_code == 404


def test_no_screen_edits_in_its_list_nor_serves_the_old_scripts(app):
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert not [rule for rule in rules if "ajax" in rule or rule.startswith("/admin/static")]
    assert not any(view.column_editable_list for view in screens(app))


def test_every_reference_to_a_long_table_is_looked_up(app):
    for view in screens(app):
        form = view._create_form_class
        for relation in view.table.__mapper__.relationships:
            if relation.mapper.class_ in LOOKUPS and relation.key in view.form_columns:
                assert relation.key in view._form_ajax_refs, (view.slug, relation.key)
                field = getattr(form, relation.key, None) or getattr(view._edit_form_class, relation.key)
                assert field.field_class.__name__ == "LookupField"


def test_the_policy_of_scripts_is_strict(app):
    answer = Agent(app).get("familles/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'nonce="{nonce}"' in answer.text


def test_a_mistake_in_a_screen_reaches_the_support_page_not_a_second_call(app, monkeypatch, caplog):
    """Flask-Admin retries what raises TypeError and logs something else (libraries.md, T6)."""
    calls = []

    def broken(self: StaffView) -> None:
        calls.append(1)
        raise TypeError("really this")

    monkeypatch.setattr(StaffView, "get_query", broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        answer = Agent(app).get("familles/")
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status_code == 500
    assert calls == [1]
    assert "really this" in caplog.text
