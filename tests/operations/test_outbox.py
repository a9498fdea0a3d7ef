"""The outbox: what holds back a mail holds back no other."""

from __future__ import annotations

from cryptography.fernet import Fernet
from flask import Flask

import models
from config import at
from extensions import db
from operations import outbox
from operations.outbox import SECRET_MARK, Letter
from rules.vocabulary import MailState
from tests.conftest import START


def test_a_secret_under_a_lost_key_holds_back_no_other_mail(app: Flask) -> None:
    lost = outbox.post(Letter("kind", "a@villars.example", "Un", SECRET_MARK, "one", "secret"), now=START)
    outbox.post(Letter("kind", "b@villars.example", "Deux", "Bonjour", "two"), now=START)
    db.session.commit()
    app.extensions["portail"] = at(app.extensions["portail"], outbox_key=Fernet.generate_key().decode())
    assert [mail.recipient for mail in outbox.claim(now=START)] == ["b@villars.example"]
    db.session.commit()
    row = db.session.get_one(models.Outbox, lost.id)
    assert (row.state, row.secret) == (MailState.FAILED, None)
    assert "OUTBOX_KEY" in row.last_error
