"""The outbox: a mail is a row first, in the transaction that has something to say.

handler → post (row) → commit → claim → commit → the gateway sends → sent or failed → commit.
A secret (provisional password, reset link) waits encrypted and is wiped as soon as the mail is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from flask import current_app
from sqlalchemy.exc import IntegrityError

import models
from extensions import db
from rules.notices import NOTICE_OF
from rules.refusals import Refused
from rules.vocabulary import MailState

SECRET_MARK = "[[secret]]"  # noqa: S105
MASK = "••••••"
WAITING = "mail_waiting"
MAX_ATTEMPTS = 8
CLAIM_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says. `body` holds SECRET_MARK where `secret` goes at the very last moment."""

    kind: str
    recipient: str
    subject: str
    body: str
    key: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail taken for sending, with its secret in clear: never stored, never logged."""

    id: int
    recipient: str
    subject: str
    body: str


def post(letter: Letter, *, now: datetime) -> models.Outbox | None:
    """Add a mail to send, unless its reader switched its kind off (None).

    The key makes it idempotent: one row for one thing to say.
    """
    if _is_muted(letter):
        return None
    row = models.Outbox(
        kind=letter.kind,
        idempotency_key=letter.key,
        recipient=letter.recipient,
        subject=letter.subject,
        body=letter.body,
        secret=_cipher().encrypt(letter.secret.encode()) if letter.secret else None,
        state=MailState.DUE,
        next_try_at=now,
        created_at=now,
    )
    db.session.add(row)
    _say_waiting()
    return row


def post_once(letter: Letter, *, now: datetime) -> bool:
    """Add a mail unless its key has said it already, be it at this instant; returns whether it was added."""
    said = sa.select(models.Outbox.id).filter_by(idempotency_key=letter.key)
    if db.session.scalars(said).first() is not None:
        return False
    try:
        with db.session.begin_nested():
            post(letter, now=now)
    except IntegrityError:  # another request has just said it
        return False
    return True


def _is_muted(letter: Letter) -> bool:
    notice = NOTICE_OF.get(letter.kind)
    if notice is None:
        return False
    muted = models.MutedNotice
    query = sa.select(muted.id).join(models.Guardian).where(muted.notice == notice)
    return db.session.scalars(query.where(models.Guardian.email == letter.recipient)).first() is not None


def post_many(
    letters: Sequence[Letter], *, now: datetime, not_before: datetime | None = None
) -> dict[str, int]:
    """Add many mails without secrets in two statements; returns the row of each key.

    None of them leaves before `not_before`.
    """
    if not letters:
        return {}
    rows = [_plain_row(letter, now, not_before or now) for letter in letters]
    db.session.execute(sa.insert(models.Outbox.__table__), rows)
    _say_waiting()
    row = models.Outbox
    written = sa.select(row.idempotency_key, row.id).where(row.kind == letters[0].kind, row.created_at == now)
    return {key: outbox_id for key, outbox_id in db.session.execute(written)}


def post_new(
    letters: Sequence[Letter], *, now: datetime, not_before: datetime | None = None
) -> dict[str, int]:
    """`post_many`, without the letters whose key has said it already."""
    keys = [letter.key for letter in letters]
    said = set(
        db.session.scalars(
            sa.select(models.Outbox.idempotency_key).where(models.Outbox.idempotency_key.in_(keys))
        )
    )
    new = [letter for letter in letters if letter.key not in said]
    return post_many(new, now=now, not_before=not_before)


def _plain_row(letter: Letter, now: datetime, not_before: datetime) -> dict[str, Any]:
    return {
        "kind": letter.kind,
        "idempotency_key": letter.key,
        "recipient": letter.recipient,
        "subject": letter.subject,
        "body": letter.body,
        "state": MailState.DUE,
        "attempts": 0,
        "next_try_at": not_before,
        "last_error": "",
        "created_at": now,
    }


def _say_waiting() -> None:
    """Left on the session for jobs.py, which wakes the sender once the transaction is committed."""
    db.session.info[WAITING] = True


def claim(*, now: datetime, most: int = 10) -> list[Claimed]:
    """Take the mails that are due, oldest first; a claim left by a killed sender lapses on its own.

    Few at a time: a claim must not lapse while a slow server keeps its sender busy with the others.
    """
    waiting = models.Outbox.state.in_((MailState.DUE, MailState.SENDING)) & (models.Outbox.next_try_at <= now)
    query = sa.select(models.Outbox).where(waiting).order_by(models.Outbox.id).limit(most)
    rows = list(db.session.scalars(query.with_for_update(skip_locked=True)))
    for row in rows:
        row.state = MailState.SENDING
        row.attempts += 1
        row.next_try_at = now + CLAIM_LASTS
    return [Claimed(row.id, row.recipient, row.subject, _whole(row)) for row in rows if _readable(row)]


def _readable(row: models.Outbox) -> bool:
    """A secret kept under a key that has changed since is lost: it must not hold back the mails behind it."""
    try:
        _whole(row)
    except InvalidToken:
        row.state, row.secret = MailState.FAILED, None
        row.last_error = "Son secret ne se lit plus : la clé OUTBOX_KEY a changé."
        return False
    return True


def sent(outbox_id: int, *, now: datetime) -> None:
    """The mail is gone: its secret is wiped."""
    row = db.session.get_one(models.Outbox, outbox_id)
    row.state, row.sent_at, row.secret, row.last_error = MailState.SENT, now, None, ""


def failed(outbox_id: int, reason: str, *, permanent: bool, now: datetime) -> None:
    """The mail did not go: try again later (1, 2, 4… minutes), or give up and wipe its secret."""
    row = db.session.get_one(models.Outbox, outbox_id)
    row.last_error = reason[:300]
    if permanent or row.attempts >= MAX_ATTEMPTS:
        row.state, row.secret = MailState.FAILED, None
    else:
        row.state = MailState.DUE
        row.next_try_at = now + timedelta(minutes=2 ** (row.attempts - 1))


def retry(row: models.Outbox, *, now: datetime) -> None:
    """Send a failed mail again. Refused when it carried a secret, which was wiped with the failure."""
    if row.state is not MailState.FAILED:
        raise Refused("Ce courriel n’est pas en échec.")
    if SECRET_MARK in row.body:
        raise Refused("Ce courriel portait un mot de passe, effacé depuis : renvoyez plutôt l’accès.")
    row.state, row.attempts, row.next_try_at = MailState.DUE, 0, now


def masked(body: str) -> str:
    """The body as a screen may show it."""
    return body.replace(SECRET_MARK, MASK)


def _whole(row: models.Outbox) -> str:
    if row.secret is None:
        return row.body
    return row.body.replace(SECRET_MARK, _cipher().decrypt(row.secret).decode())


def _cipher() -> Fernet:
    return Fernet(current_app.extensions["portail"].outbox_key.encode())
