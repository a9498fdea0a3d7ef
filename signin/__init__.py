"""Signing in, for both sides: Flask-Security under French addresses, the gates, the lock.

Other rooms use `flask_login.current_user`: `current_user.guardian` is the Guardian or None,
`current_user.roles` the staff roles. They keep guards of their own; the gate comes first.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_security.core import Security, _identity_loader
from itsdangerous import URLSafeTimedSerializer

import models
from extensions import db
from operations.outbox import SECRET_MARK
from signin import adapters, events, forms, gate, views
from signin.configuration import security_config


def init_app(app: Flask) -> None:
    """Registered by app.create_app, after the extensions."""
    app.config.update(security_config(app.extensions["portail"]))
    security = _security(app)
    _close_what_is_unused(security)
    security.mail_context_processor(lambda: {"secret_mark": SECRET_MARK})
    security.reset_serializer = URLSafeTimedSerializer(
        app.config["SECRET_KEY"], salt="reset-salt", signer=adapters.RequestTimeSigner
    )
    events.init_app(app)
    gate.init_app(app)
    views.init_app(app)


def _security(app: Flask) -> Security:
    """One per application: it keeps the application's settings on itself."""
    security = Security(
        mail_util_cls=adapters.OutboxMail,
        password_util_cls=adapters.CommunePasswords,
        totp_cls=adapters.SingleUseCodes,
    )
    security.init_app(
        app,
        adapters.Accounts(db, models.Account, models.Role),
        register_blueprint=False,
        login_form=forms.SignInForm,
        forgot_password_form=forms.ForgottenForm,
        reset_password_form=forms.ResetForm,
        change_password_form=forms.ChangeForm,
        verify_form=forms.VerifyForm,
        two_factor_verify_code_form=forms.CodeForm,
        mf_recovery_form=forms.RecoveryForm,
    )
    return security


def _close_what_is_unused(security: Any) -> None:
    """No JSON interface, no token in the URL, no account loaded to serve a style sheet."""
    security.want_json(lambda _request: False)
    security.login_manager.request_loader(lambda _request: None)
    security.principal.identity_loaders.clear()
    security.principal.identity_loader(_identity)


def _identity() -> Any:
    return None if gate.is_static(request.endpoint) else _identity_loader()
