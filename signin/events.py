"""What follows from a sign-in, a password chosen or a code refused, whichever view it came from."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request, session
from flask_security import signals

import models
from operations import locks, passwords
from operations.locks import Attempt
from signin.adapters import commit_after_request


def init_app(app: Flask) -> None:
    signals.user_authenticated.connect(_signed_in, app)
    signals.password_reset.connect(_password_reset, app)
    signals.password_changed.connect(_password_changed, app)
    signals.user_failed_authn.connect(_failed, app)


def _signed_in(_app: Flask, user: models.Account, **_more: Any) -> None:
    session.pop("cgu", None)  # what the gate remembers is this person's
    passwords.signed_in(user, now=g.now)
    locks.succeeded(Attempt(user.email, request.remote_addr or ""))
    commit_after_request()


def _password_reset(_app: Flask, user: models.Account, **_more: Any) -> None:
    passwords.chosen(user, now=g.now, by_mail=True)


def _password_changed(_app: Flask, user: models.Account, **_more: Any) -> None:
    passwords.chosen(user, now=g.now, by_mail=False)


def _failed(_app: Flask, user: models.Account, tfa: bool = False, **_more: Any) -> None:
    """A second factor or a confirmation refused; the sign-in form counts its own failures."""
    if tfa or request.endpoint == "security.verify":
        locks.failed(Attempt(user.email, request.remote_addr or ""), now=g.now)
        commit_after_request()
