"""« Courriels de la démonstration »: read in the demo only, without any secret on screen."""

from __future__ import annotations

import re

import pytest

import jobs
from extensions import db
from gateways.mail import FolderMail
from operations import accounts, outbox
from operations.actors import SYSTEM
from rules.vocabulary import Role
from tests import factories
from tests.admin.agents import Agent, said

PAGE = "courriels-de-demonstration/"


@pytest.fixture
def folder(app, tmp_path, monkeypatch):
    mail = FolderMail(tmp_path / "courriels", app.extensions["clock"])
    monkeypatch.setitem(app.extensions, "mail", mail)
    return mail


@pytest.fixture
def agent(app):
    return Agent(app)


def a_provisional_password(app) -> str:
    """Send one to the folder; what it is."""
    adult = factories.guardian(factories.family(), email="claire@villars.example")
    accounts.activate(adult, by=SYSTEM, now=app.extensions["clock"].now())
    db.session.commit()
    jobs.drain_outbox(app.extensions["clock"].now())
    folder = app.extensions["mail"]
    return re.search(r"provisoire : (\S+)", folder.read(folder.entries()[0].file_name).body)[1]


def only_mail(folder: FolderMail) -> str:
    return f"{PAGE}{folder.entries()[0].file_name}/"


def test_an_empty_folder_says_so(folder, agent):
    assert "Aucun courriel n’est encore parti" in agent.text(PAGE)


def test_mails_are_listed_and_opened_with_their_secret_masked(app, folder, agent):
    password = a_provisional_password(app)
    listed = agent.text(PAGE)
    assert "claire@villars.example" in listed and password not in listed
    page = agent.text(only_mail(folder))
    assert f"Mot de passe provisoire : {outbox.MASK}" in page
    assert password not in page
    assert "ne s’affiche sur aucun écran" in page


def test_the_message_as_received_is_a_download(app, folder, agent):
    password = a_provisional_password(app)
    answer = agent.get(f"{only_mail(folder)}recu.eml")
    assert (answer.status_code, answer.mimetype) == (200, "message/rfc822")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert password.encode() in answer.data


def test_a_mail_whose_row_is_gone_shows_no_text(app, folder, agent):
    password = a_provisional_password(app)
    db.session.execute(db.delete(outbox.models.Outbox))
    db.session.commit()
    page = agent.text(only_mail(folder))
    assert "n’est plus dans la file d’envoi" in page
    assert password not in page and "Mot de passe provisoire" not in page


@pytest.mark.parametrize(
    "name",
    [
        "index.jsonl",
        "..%2Findex.jsonl",
        "..%2F..%2Fetc%2Fpasswd",
        f"{'0' * 32}.eml",
        "%2Fetc%2Fpasswd",
        "%00",
    ],
)
def test_any_other_name_does_not_exist(app, folder, agent, name):
    a_provisional_password(app)
    assert agent.get(f"{PAGE}{name}/").status_code == 404
    assert agent.get(f"{PAGE}{name}/recu.eml").status_code == 404


def test_a_file_that_the_index_does_not_list_does_not_exist(app, folder, agent):
    a_provisional_password(app)
    name = f"{'a' * 32}.eml"
    (folder._path / name).write_bytes(b"Subject: secret\n\nsecret")
    assert agent.get(f"{PAGE}{name}/").status_code == 404


def test_elsewhere_than_in_a_folder_the_page_does_not_exist(agent):
    assert agent.get(PAGE).status_code == 404
    assert "Courriels de la démonstration" not in said(agent.get(""))


@pytest.mark.parametrize("role", [Role.EDUCATION, Role.FINANCE, Role.CANTEEN, Role.READER])
def test_administrators_alone_read_it(app, folder, role):
    a_provisional_password(app)
    agent = Agent(app, role)
    for path in (PAGE, only_mail(folder), f"{only_mail(folder)}recu.eml"):
        assert agent.get(path).status_code == 403
