"""A sign-in that ended while ticking: the ticks come back to whoever made them, never saved by themselves."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import models
from extensions import db
from tests import factories
from tests.portal.homes import (
    FRI,
    MON,
    THU,
    TUE,
    Household,
    boxes,
    calendar_url,
    martin,
    other_family,
    second_parent,
)
from tests.portal.test_siblings import ticked

ALL = "/espace/reservations/cantine?semaine=2026-W38"


@pytest.fixture
def home(client: FlaskClient) -> Household:
    household = martin()
    factories.booking(household.lea, TUE)
    factories.sign_in(client, household.claire)
    return household


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def opened(client: FlaskClient, url: str) -> dict[str, str]:
    """What the page's form holds besides the ticks."""
    page = client.get(url).text
    return {
        "csrf_token": hidden(page, "csrf_token"),
        "auteur": hidden(page, "auteur"),
        "etape": "enregistrer",
    }


def sign_out(client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session.clear()


def days(*them: date) -> list[str]:
    return [day.isoformat() for day in them]


def nothing_saved() -> bool:
    return db.session.scalar(sa.select(sa.func.count(models.Receipt.id))) == 0


def came_back(client: FlaskClient, answer: TestResponse) -> str:
    """Where signing in leads, from the answer to a form sent signed out."""
    assert answer.status_code == 303
    at = answer.location
    if not urlsplit(at).path.startswith("/connexion"):
        answer = client.get(at)
        assert answer.status_code == 303
        at = answer.location
    assert "ce que vous aviez coché vous attend" in client.get(at).text
    return parse_qs(urlsplit(at).query)["next"][0]


@pytest.mark.parametrize("keeps_token", [True, False], ids=["signed out", "session gone"])
def test_what_was_ticked_comes_back_after_signing_in(client, home, keeps_token):
    url = calendar_url(home.lea)
    form = opened(client, url)
    if keeps_token:
        with client.session_transaction() as session:
            session.pop("_user_id")
    else:
        sign_out(client)
    back = came_back(client, client.post(url, data={**form, "jour": days(MON, THU), "vu": days(TUE)}))
    factories.sign_in(client, home.claire)
    page = client.get(back).text
    assert boxes(page) == {str(MON): True, str(TUE): False, str(THU): True, str(FRI): False}
    assert "Vos choix sont revenus" in page
    assert nothing_saved()


def test_several_children_come_back_too(client, home):
    noe = factories.child(home.family, "Noé")
    factories.guardianship(home.claire, noe)
    form = opened(client, ALL)
    sign_out(client)
    ticks = {
        f"jour-{home.lea.id}": days(TUE, FRI),
        f"vu-{home.lea.id}": days(TUE),
        f"jour-{noe.id}": days(MON),
    }
    back = came_back(client, client.post(ALL, data={**form, **ticks}))
    factories.sign_in(client, home.claire)
    page = client.get(back).text
    assert ticked(page, home.lea) == {str(MON): False, str(TUE): True, str(THU): False, str(FRI): True}
    assert ticked(page, noe)[str(MON)] is True
    assert nothing_saved()


def test_a_token_too_old_brings_the_page_back_without_signing_in(client, home):
    url = calendar_url(home.lea)
    form = opened(client, url) | {"csrf_token": "périmé"}
    answer = client.post(url, data={**form, "jour": days(MON, TUE), "vu": days(TUE)})
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert boxes(page)[str(MON)] is True
    assert nothing_saved()


def test_another_account_is_not_shown_what_was_ticked(app: Flask, client, home):
    paul = second_parent(home)
    url = calendar_url(home.lea)
    form = opened(client, url)
    sign_out(client)
    back = came_back(client, client.post(url, data={**form, "jour": days(MON), "vu": days(TUE)}))
    factories.sign_in(client, paul)
    page = client.get(back).text
    assert "ouverte avec un autre compte" in page
    assert boxes(page) == {str(MON): False, str(TUE): True, str(THU): False, str(FRI): False}
    factories.sign_in(client, other_family())
    assert client.get(back).status_code == 404


def test_a_page_of_one_account_saves_nothing_for_another(client, home):
    """A shared computer: Claire's page is still open, Paul has signed in meanwhile."""
    paul = second_parent(home)
    url = calendar_url(home.lea)
    author = opened(client, url)["auteur"]
    factories.sign_in(client, paul)
    his = opened(client, url) | {"auteur": author}
    answer = client.post(url, data={**his, "jour": days(MON, TUE), "vu": days(TUE)})
    assert answer.status_code == 422
    assert "ouverte avec un autre compte" in answer.text
    assert boxes(answer.text)[str(MON)] is False
    assert nothing_saved()
    period = f"/espace/enfants/{home.lea.id}/reservations/cantine/periode"
    assert client.post(period, data={**his, "jour": days(MON)}).status_code == 422
    assert nothing_saved()


@pytest.mark.parametrize("draft", ["", "faux", "WzEse31d.faux"])
def test_a_forged_draft_is_nobody_s(client, home, draft):
    page = client.get(f"{calendar_url(home.lea)}&brouillon={draft}")
    assert page.status_code == 200
    assert "ouverte avec un autre compte" in page.text
    assert boxes(page.text)[str(MON)] is False


def test_without_its_author_a_form_is_answered_as_before(client, home):
    url = calendar_url(home.lea)
    assert client.post(url, data={"jour": days(MON), "auteur": "faux"}).status_code == 400
    sign_out(client)
    assert client.post(url, data={"jour": days(MON)}).status_code in (303, 400)
    assert nothing_saved()


def test_a_period_comes_back_by_its_address(client, home):
    url = f"/espace/enfants/{home.lea.id}/reservations/cantine/periode?jours=1&semaines=1&du=2026-09-14"
    page = client.get(url).text
    form = {name: hidden(page, name) for name in ("csrf_token", "auteur")}
    sign_out(client)
    back = came_back(client, client.post(url, data={**form, "jour": days(MON)}))
    factories.sign_in(client, home.claire)
    assert "à réserver" in client.get(back).text
    assert nothing_saved()


def test_what_changed_meanwhile_is_not_undone_by_a_draft(app: Flask, client, home):
    url = calendar_url(home.lea)
    form = opened(client, url)
    sign_out(client)
    back = came_back(client, client.post(url, data={**form, "jour": days(MON), "vu": days(TUE)}))
    his = factories.sign_in(app.test_client(), second_parent(home))
    sent = opened(his, url)
    his.post(url, data={**sent, "jour": days(MON, FRI), "vu": days(TUE)})
    factories.sign_in(client, home.claire)
    page = client.get(back).text
    assert boxes(page) == {str(MON): True, str(TUE): False, str(THU): False, str(FRI): True}
