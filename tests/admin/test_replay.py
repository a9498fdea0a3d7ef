"""The replay's page: who may, what it says, what it refuses on its field, the workbook."""

from __future__ import annotations

import io
from datetime import datetime
from html import unescape

import pytest
from openpyxl import load_workbook

import models
from extensions import db
from rules.instants import PARIS
from rules.vocabulary import Role
from tests.admin.agents import Agent
from tests.operations.test_replays import FILE, a_family

PERIOD = {"first": "2026-09-01", "last": "2026-09-30"}


@pytest.fixture
def agent(app):
    app.extensions["clock"].set(datetime(2026, 10, 15, 9, 0, tzinfo=PARIS))
    a_family("Martin", "712")
    a_family("Petit", "650")
    db.session.commit()
    return Agent(app, Role.FINANCE)


def sent(content: str | bytes, name: str = "essai.yaml") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content.encode() if isinstance(content, str) else content), name


def said(answer) -> str:
    return unescape(answer.text).replace("\u00a0", " ")


def test_the_page_proposes_the_year_under_way(agent):
    page = agent.text("rejeu/")
    assert 'value="2026-09-01"' in page and 'value="2026-10-14"' in page


def test_a_file_is_tried(agent):
    page = said(agent.post("rejeu/", **PERIOD, file=sent(FILE)))
    assert "avec essai.yaml : − 3,00 €, − 7,9 %" in page
    assert "Familles qui paieraient plus : 1 ; moins : 1 ; autant : 0." in page
    assert "qui gardent leurs prix : Garderie du matin, Garderie du soir, Étude" in page


def test_without_file_the_prepared_tariffs_are_tried(agent):
    assert "aucune différence" in said(agent.post("rejeu/", **PERIOD))


def test_the_workbook_is_downloaded(agent):
    answer = agent.post("rejeu/", **PERIOD, file=sent(FILE), classeur="oui")
    assert answer.headers["Content-Disposition"].endswith('"rejeu-2026-09-01-2026-09-30.xlsx"')
    assert load_workbook(io.BytesIO(answer.data)).sheetnames[0] == "Résumé"


@pytest.mark.parametrize(
    ("sends", "sentence"),
    [
        ({"last": ""}, "Donnez le dernier jour."),
        ({"last": "2026-12-31"}, "La période doit être passée"),
        ({"last": "2026-08-31"}, "La période finit avant d’avoir commencé."),
        ({"file": FILE.replace("3,00", "trois")}, "ligne 14"),
        ({"file": b"\x00\x01\x02"}, "n’est pas"),
        ({"file": b"a" * 400_001}, "trop gros"),
        ({"file": FILE.replace("  Cantine:", "  Self:")}, "aucune activité de la base"),
    ],
)
def test_what_is_wrong_is_said_on_its_field_and_what_was_typed_comes_back(agent, sends, sentence):
    if "file" in sends:
        sends = {"file": sent(sends["file"])}
    answer = agent.post("rejeu/", **{**PERIOD, **sends})
    assert answer.status_code == 422
    page = said(answer)
    assert sentence in page and 'value="2026-09-01"' in page


def test_a_period_too_long_for_a_page_names_the_command(agent, monkeypatch):
    monkeypatch.setattr("admin.replay.MOST_DAYS", 1)
    assert "flask commune replay" in said(agent.post("rejeu/", **PERIOD))


def test_a_reader_does_not_enter(app, agent):
    reader = Agent(app, Role.READER)
    assert reader.get("rejeu/").status_code == 403
    assert reader.post("rejeu/", **PERIOD).status_code == 403


def test_nothing_is_kept(agent):
    before = db.session.query(models.History).count()
    agent.post("rejeu/", **PERIOD, file=sent(FILE))
    assert db.session.query(models.History).count() == before
