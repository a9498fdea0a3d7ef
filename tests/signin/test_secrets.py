"""Provisional passwords and reset links: in the mail that carries them, and nowhere else."""

import json
import logging

import sqlalchemy as sa

import jobs
import models
from extensions import db
from gateways.mail import FolderMail
from operations import accounts
from operations.outbox import MASK, masked
from tests.signin.visitor import AGENT, PASSWORD, Visitor, a_guardian, now

EMAIL = "claire.martin@villars.example"


def everything_stored() -> str:
    """Every value of every table, as text."""
    db.session.rollback()
    rows = (
        row for table in db.metadata.sorted_tables for row in db.session.execute(sa.select(table)).mappings()
    )
    return "\n".join(str(dict(row)) for row in rows)


def test_secrets_are_nowhere_but_in_the_mails(app, caplog, tmp_path, monkeypatch):
    caplog.set_level(logging.DEBUG)
    folder = FolderMail(tmp_path / "courriels", app.extensions["clock"])
    monkeypatch.setitem(app.extensions, "mail", folder)
    accounts.activate(a_guardian(), by=AGENT, now=now(app))
    db.session.commit()
    assert everything_stored().count(EMAIL) > 0

    Visitor(app).post("/mot-de-passe-oublie", email=EMAIL)
    before_sending = everything_stored()
    jobs.drain_outbox(now(app))
    reset, provisional = folder.entries()
    secrets = [
        _after(folder.read(provisional.file_name).body, "Mot de passe provisoire : "),
        _after(folder.read(reset.file_name).body, "/mot-de-passe-oublie/"),
        PASSWORD,
    ]
    parent = Visitor(app)
    parent.sign_in(EMAIL, secrets[0])
    parent.choose(PASSWORD)
    parent.accept_cgu()
    jobs.drain_outbox(now(app))

    index = (tmp_path / "courriels" / "index.jsonl").read_text()
    places = {"before": before_sending, "tables": everything_stored(), "index": index, "logs": caplog.text}
    for name, place in places.items():
        assert place, name
        for secret in secrets:
            assert len(secret) > 10 and secret not in place, name


def _after(body: str, words: str) -> str:
    return body.partition(words)[2].split()[0]


def test_the_outbox_wipes_the_secret_and_screens_mask_it(app):
    accounts.activate(a_guardian(), by=AGENT, now=now(app))
    db.session.commit()
    row = db.session.scalars(sa.select(models.Outbox)).one()
    assert row.secret is not None and f"Mot de passe provisoire : {MASK}" in masked(row.body)
    jobs.drain_outbox(now(app))
    db.session.expire_all()
    assert row.secret is None


def test_the_history_says_what_was_done_without_any_secret(app):
    accounts.activate(a_guardian(), by=AGENT, now=now(app))
    db.session.commit()
    [row] = db.session.scalars(sa.select(models.History))
    assert row.verb == "Mot de passe provisoire envoyé" and row.family_id is not None
    assert set(json.loads(json.dumps(row.after))) == {"expire"}
