"""An adult's own change of e-mail: asked with the password, confirmed by a link sent to the new address.

The identifier changes with the confirmation and not before. The former address is told twice: when
somebody asks, and when it is done. Only the hash of the link is kept; its text waits, encrypted, in the
outbox.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import accounts, history, outbox
from operations.actors import Actor
from operations.outbox import SECRET_MARK, Letter
from rules.emails import parse_email
from rules.refusals import Refused

LINK_LASTS = timedelta(hours=24)
SAME_REQUEST = timedelta(minutes=5)  # a second click within this delay sends nothing more
TAKEN = "Cette adresse ne peut pas être la vôtre : chaque parent a la sienne. Donnez-en une autre."


def ask(guardian: models.Guardian, email: str, *, by: Actor, now: datetime) -> models.EmailChange:
    """Send a link to the new address, which replaces any earlier one; nothing changes yet.

    Refused when it is not an address, is already theirs, or is somebody else's (without saying whose),
    and when the account is an agent's too.
    """
    asked = parse_email(email, "email")
    if asked is None:
        raise Refused("Donnez votre nouvelle adresse de courriel.", "email")
    if asked == guardian.email:
        raise Refused("C’est déjà votre adresse.", "email")
    accounts.refuse_agents(guardian.account, by)
    _refuse_taken(asked, guardian)
    waiting = pending(guardian, now)
    if waiting is not None and waiting.email == asked and now - waiting.asked_at < SAME_REQUEST:
        return waiting
    forget(guardian)
    return _send(guardian, asked, by, now)


def pending(guardian: models.Guardian, now: datetime) -> models.EmailChange | None:
    """The change this adult has asked for and not confirmed, while its link works."""
    row = models.EmailChange
    query = sa.select(row).where(row.guardian_id == guardian.id, row.expires_at > now)
    return db.session.scalars(query).one_or_none()


def found(guardian: models.Guardian, token: str, now: datetime) -> models.EmailChange | None:
    """The change that this link confirms: asked by this adult, neither used, replaced nor expired."""
    row = pending(guardian, now)
    return row if row is not None and secrets.compare_digest(row.token_hash, _hash(token)) else None


def confirm(change: models.EmailChange, *, by: Actor, now: datetime) -> None:
    """The new address answers: it becomes the adult's e-mail and identifier. Every open session ends.

    Refused when somebody else took the address meanwhile.
    """
    guardian, email = change.guardian, change.email
    _refuse_taken(email, guardian)
    db.session.delete(change)
    db.session.flush()
    accounts.change_email(guardian, email, by=by, now=now)
    if guardian.account is not None:
        guardian.account.fs_uniquifier = uuid.uuid4().hex
    db.session.flush()


def cancel(guardian: models.Guardian, *, by: Actor, now: datetime) -> None:
    """The adult no longer wants the change: its link is void."""
    row = pending(guardian, now)
    if row is None:
        return
    history.record(
        guardian,
        "Changement de courriel abandonné",
        by=by,
        now=now,
        before={"courriel demandé": row.email},
        family_id=guardian.family_id,
    )
    forget(guardian)


def forget(guardian: models.Guardian) -> None:
    """Whatever link was sent no longer works."""
    db.session.execute(sa.delete(models.EmailChange).filter_by(guardian_id=guardian.id))


def forget_expired(now: datetime) -> None:
    """Remove the changes that nobody confirmed in time (nightly work)."""
    db.session.execute(sa.delete(models.EmailChange).where(models.EmailChange.expires_at <= now))


def _refuse_taken(email: str, guardian: models.Guardian) -> None:
    if accounts.holder(email, guardian) is not None:
        raise Refused(TAKEN, "email")


def _send(guardian: models.Guardian, email: str, by: Actor, now: datetime) -> models.EmailChange:
    token = secrets.token_urlsafe(32)
    row = models.EmailChange(
        guardian=guardian, email=email, token_hash=_hash(token), asked_at=now, expires_at=now + LINK_LASTS
    )
    db.session.add(row)
    db.session.flush()
    history.record(
        guardian,
        "Changement de courriel demandé",
        by=by,
        now=now,
        before={"courriel": guardian.email},
        after={"courriel demandé": email},
        family_id=guardian.family_id,
    )
    _post_link(row, token, now=now)
    _tell_present_address(row, now=now)
    return row


def _post_link(row: models.EmailChange, token: str, *, now: datetime) -> None:
    letter = Letter(
        kind="email-link",
        recipient=row.email,
        subject="Confirmez votre nouvelle adresse",
        body=render_template("mail/email_link.txt", change=row, secret_mark=SECRET_MARK),
        key=f"email-link:{row.token_hash}",
        secret=token,
    )
    outbox.post(letter, now=now)


def _tell_present_address(row: models.EmailChange, *, now: datetime) -> None:
    if row.guardian.email is None:
        return
    letter = Letter(
        kind="email-asked",
        recipient=row.guardian.email,
        subject="Un changement d’adresse est demandé",
        body=render_template("mail/email_asked.txt", change=row),
        key=f"email-asked:{row.token_hash}",
    )
    outbox.post(letter, now=now)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
