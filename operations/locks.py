"""Counting failed sign-ins and locking, as rules.lockout says; the owner is told by mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import render_template
from sqlalchemy.exc import IntegrityError

import models
from extensions import db
from operations import history, outbox
from operations.actors import SYSTEM
from rules import lockout
from rules.refusals import Refused


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody at a network address trying to sign in with an e-mail, known or not."""

    email: str
    address: str


def check(attempt: Attempt, *, now: datetime) -> None:
    """Refuse an attempt while its address is locked, saying how long it lasts.

    The counter's row is held until the caller commits, so that attempts made at the same time
    are judged one after the other.
    """
    row = _held(attempt, now)
    if row.locked_until is not None and lockout.is_locked(row.locked_until, now):
        raise Refused(lockout.sentence(row.locked_until, now))


def failed(attempt: Attempt, *, now: datetime) -> None:
    """Count a failure; lock the address when rules.lockout says so, and tell the account's owner."""
    row = _held(attempt, now)
    row.failures = lockout.counted(row.failures, row.last_failed_at, now) + 1
    row.last_failed_at = now
    db.session.flush()
    if lockout.locks(row.failures, _everywhere(attempt.email, now)):
        row.locked_until = now + lockout.LOCK_LASTS
        _tell_owner(attempt, row.locked_until, now=now)


def succeeded(attempt: Attempt) -> None:
    """Forget the failures of this address on this account."""
    db.session.execute(
        sa.delete(models.SignInFailure).filter_by(email=attempt.email, address=attempt.address)
    )


def clear(email: str) -> None:
    """Forget the failures of every address: the owner chose a new password through their mailbox."""
    db.session.execute(sa.delete(models.SignInFailure).filter_by(email=email))


def forget_before(before: datetime) -> int:
    """Remove the counters whose last failure is older (nightly work); returns how many."""
    old = models.SignInFailure.last_failed_at < before
    gone = sa.delete(models.SignInFailure).where(old).returning(models.SignInFailure.id)
    return len(db.session.scalars(gone).all())


def _held(attempt: Attempt, now: datetime) -> models.SignInFailure:
    """The counter of this address on this account, created when missing, locked for this transaction."""
    if row := _find(attempt):
        return row
    row = models.SignInFailure(email=attempt.email, address=attempt.address, failures=0, last_failed_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # another attempt has just created it
        return _held(attempt, now)
    return row


def _find(attempt: Attempt) -> models.SignInFailure | None:
    query = sa.select(models.SignInFailure).filter_by(email=attempt.email, address=attempt.address)
    return db.session.scalars(query.with_for_update()).one_or_none()


def _everywhere(email: str, now: datetime) -> int:
    recent = models.SignInFailure.last_failed_at > now - lockout.FORGOTTEN_AFTER
    total = sa.select(sa.func.sum(models.SignInFailure.failures)).filter_by(email=email).where(recent)
    return db.session.scalar(total) or 0


def _tell_owner(attempt: Attempt, until: datetime, *, now: datetime) -> None:
    """One mail per lock, and never more than one per quarter of an hour whatever the addresses."""
    account = (
        db.session.scalars(sa.select(models.Account).filter_by(email=attempt.email)).unique().one_or_none()
    )
    if account is None:
        return
    history.record(
        account, "Connexion bloquée", by=SYSTEM, now=now, after={"adresse": attempt.address, "jusqu’à": until}
    )
    quarter = int(now.timestamp() // lockout.LOCK_LASTS.total_seconds())
    key = f"sign-in-lock:{account.id}:{quarter}"
    body = render_template("mail/sign_in_locked.txt", account=account, until=until)
    letter = outbox.Letter(
        kind="sign-in-lock",
        recipient=account.email,
        subject="Connexion bloquée pour un quart d’heure",
        body=body,
        key=key,
    )
    outbox.post_once(letter, now=now)
