"""Passwords: the provisional one sent by mail, the one its owner chooses, and what each closes."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from flask import current_app, render_template
from flask_security.proxies import _security
from flask_security.utils import hash_password

import models
from extensions import db
from operations import history, locks, outbox
from operations.actors import Actor, parent
from operations.locks import Attempt
from operations.outbox import SECRET_MARK, Letter
from rules import passwords
from rules.refusals import Refused
from rules.wording import moment

NOBODYS = "!"  # no password hashes to this: nobody signs in with it


def send_provisional(account: models.Account, *, by: Actor, now: datetime) -> None:
    """Give the account a new provisional password and mail it; older ones and open sessions end.

    It opens one session (`first_signed_in_at` says when) and none from `provisional_expires_at` on.
    """
    provisional = passwords.new_provisional()
    account.password = hash_password(provisional)
    account.fs_uniquifier = uuid.uuid4().hex
    account.must_change_password = True
    account.provisional_sent_at = now
    account.provisional_expires_at = now + passwords.PROVISIONAL_LASTS
    account.first_signed_in_at = None
    db.session.flush()
    _drop_unsent(account, now=now)
    outbox.post(_provisional_letter(account, provisional), now=now)
    expiry = {"expire": account.provisional_expires_at}
    history.record(
        account, "Mot de passe provisoire envoyé", by=by, now=now, after=expiry, family_id=family_of(account)
    )


def refuse_spent(account: models.Account, *, now: datetime) -> None:
    """Refuse a provisional password that has expired or has already opened a session."""
    if not account.must_change_password:
        return
    way_out = "Choisissez-en un par « Mot de passe oublié » ou demandez un nouvel envoi au service."
    expires_at = account.provisional_expires_at
    if expires_at is not None and passwords.has_expired(expires_at, now):
        raise Refused(f"Ce mot de passe provisoire a expiré le {moment(expires_at)}. {way_out}")
    if account.first_signed_in_at is not None:
        raise Refused(f"Ce mot de passe provisoire a déjà servi : il n’ouvre qu’une session. {way_out}")


def chosen(account: models.Account, *, now: datetime, by_mail: bool) -> None:
    """The owner has a password of their own: the provisional one is over.

    `by_mail` tells a reset link from a change made while signed in; the mailbox proves who they
    are, so the failures counted against the account are forgotten. The hash is already written.
    """
    account.must_change_password = False
    account.provisional_expires_at = None
    _drop_email_changes(account)
    if by_mail:
        locks.clear(account.email)
    verb = "Mot de passe choisi par le lien reçu" if by_mail else "Mot de passe changé"
    history.record(account, verb, by=parent(account), now=now, family_id=family_of(account))


def _drop_email_changes(account: models.Account) -> None:
    """Whoever asked for another e-mail may have been the reason to change the password: its link dies."""
    if account.guardian is not None:
        db.session.execute(sa.delete(models.EmailChange).filter_by(guardian_id=account.guardian.id))


def proves(account: models.Account, typed: str, attempt: Attempt, *, now: datetime) -> bool:
    """Whether somebody signed in knows the account's password; failures count as those of a sign-in.

    Refused while the address is locked. The caller commits, whatever the answer.
    """
    locks.check(attempt, now=now)
    if account.verify_and_update_password(_security.password_util.normalize(typed)):
        return True
    locks.failed(attempt, now=now)
    return False


def signed_in(account: models.Account, *, now: datetime) -> None:
    """Note a sign-in; the first one spends the provisional password."""
    account.first_signed_in_at = account.first_signed_in_at or now
    account.last_signed_in_at = now


def set_demo_password(account: models.Account, password: str, *, provisional_until: datetime | None) -> None:
    """Give an account a known password, for the demo and the tests; refused in production.

    With `provisional_until` it is a provisional one, to be changed at the first sign-in. A mail
    that still waits with another password is taken out of the outbox.
    """
    if current_app.extensions["portail"].mode == "production":
        raise Refused("En production, personne ne choisit le mot de passe d’un autre.")
    account.password = hash_password(password)
    account.must_change_password = provisional_until is not None
    account.provisional_expires_at = provisional_until
    for row in _unsent(account):
        db.session.delete(row)


def family_of(account: models.Account) -> int | None:
    """The family a history row about this account belongs to, when it is a guardian's."""
    return account.guardian.family_id if account.guardian else None


def _provisional_letter(account: models.Account, provisional: str) -> Letter:
    body = render_template("mail/provisional_password.txt", account=account, secret_mark=SECRET_MARK)
    return Letter(
        kind="provisional-password",
        recipient=account.email,
        subject="Votre compte est ouvert : première connexion",
        body=body,
        key=f"provisional:{account.id}:{uuid.uuid4().hex}",
        secret=provisional,
    )


def _drop_unsent(account: models.Account, *, now: datetime) -> None:
    """A provisional password still waiting in the outbox no longer opens anything: it must not leave."""
    for row in _unsent(account):
        outbox.failed(row.id, "Remplacé par un envoi plus récent.", permanent=True, now=now)


def _unsent(account: models.Account) -> list[models.Outbox]:
    waiting = sa.select(models.Outbox).where(
        models.Outbox.kind == "provisional-password",
        models.Outbox.idempotency_key.startswith(f"provisional:{account.id}:"),
        models.Outbox.secret.is_not(None),
    )
    return list(db.session.scalars(waiting))
