"""Flask-Security's forms with our labels, the lock, and the provisional password's end."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask_login import current_user
from flask_security import forms as theirs
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.utils import hash_password
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Length

from operations import locks, passwords
from operations.locks import Attempt
from rules.refusals import Refused
from signin.adapters import commit_after_request

EMAIL_LABEL = "Identifiant (votre adresse de courriel)"
NO_EMAIL = "Indiquez votre adresse de courriel."
NO_PASSWORD = "Indiquez le mot de passe."  # noqa: S105
NO_CODE = "Indiquez le code."


def _lowered(text: str | None) -> str | None:
    return text.strip().lower() if text else text


def _without_spaces(text: str | None) -> str | None:
    return "".join(text.split()) if text else text


def _email_field(*more: Any) -> EmailField:
    short_enough = Length(max=254, message="Cette adresse est trop longue.")
    return EmailField(
        EMAIL_LABEL, filters=[_lowered], validators=[DataRequired(NO_EMAIL), short_enough, *more]
    )


def _password_field(label: str) -> PasswordField:
    return PasswordField(label, validators=[DataRequired(NO_PASSWORD)])


def _new_password_fields(first: str) -> tuple[PasswordField, PasswordField]:
    again = theirs.EqualToLocalize(first, message="RETYPE_PASSWORD_MISMATCH")
    return (
        _password_field("Nouveau mot de passe"),
        PasswordField("Nouveau mot de passe, encore une fois", validators=[DataRequired(NO_PASSWORD), again]),
    )


def _attempt(email: str) -> Attempt:
    return Attempt(email, request.remote_addr or "")


class SignInForm(theirs.LoginForm):
    email = _email_field()
    password = _password_field("Mot de passe")
    remember = None  # no session outlives the browser on a shared computer

    def validate(self, **options: Any) -> bool:
        if not theirs.Form.validate(self, **options):
            return False
        commit_after_request()
        try:
            return self._validate(_attempt(self.email.data), **options)
        except Refused as refusal:
            self.form_errors.append(refusal.sentence)
            return False

    def _validate(self, attempt: Attempt, **options: Any) -> bool:
        locks.check(attempt, now=g.now)
        if not super().validate(**options):
            locks.failed(attempt, now=g.now)
            return False
        passwords.refuse_spent(self.user, now=g.now)
        return True


class ForgottenForm(theirs.ForgotPasswordForm):
    email = _email_field(theirs.valid_user_email)

    def validate(self, **options: Any) -> bool:
        known = bool(super().validate(**options))
        if known:
            # Flask-Security spends this time for unknown accounts: both answers take as long.
            hash_password("")
        return known


class ResetForm(theirs.ResetPasswordForm):
    password, password_confirm = _new_password_fields("password")


class ChangeForm(theirs.ChangePasswordForm):
    """Asks for the current password, except just after it opened its one session."""

    password = PasswordField("Mot de passe actuel")
    new_password, new_password_confirm = _new_password_fields("new_password")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_first = current_user.must_change_password

    def validate(self, **options: Any) -> bool:
        if not self.is_first:
            return bool(super().validate(**options))
        return theirs.Form.validate(self, **options) and self._accepts()

    def _accepts(self) -> bool:
        util = theirs._security.password_util
        refused, self.new_password.data = util.validate(self.new_password.data, False, user=current_user)
        self.new_password.errors = [*self.new_password.errors, *(refused or [])]
        return not refused


class VerifyForm(theirs.VerifyForm):
    password = _password_field("Mot de passe")


class CodeForm(theirs.TwoFactorVerifyCodeForm):
    code = StringField("Code à 6 chiffres", filters=[_without_spaces], validators=[DataRequired(NO_CODE)])

    def validate(self, **options: Any) -> bool:
        return _unlocked(self) and bool(super().validate(**options))


class RecoveryForm(MfRecoveryForm):
    code = StringField("Code de secours", filters=[_lowered], validators=[DataRequired(NO_CODE)])

    def validate(self, **options: Any) -> bool:
        if not _unlocked(self):
            return False
        accepted = bool(super().validate(**options))
        if not accepted:
            locks.failed(_attempt(self.user.email), now=g.now)
        return accepted


def _unlocked(form: Any) -> bool:
    """Codes are guessed like passwords: same counter, same lock."""
    commit_after_request()
    try:
        locks.check(_attempt(form.user.email), now=g.now)
    except Refused as refusal:
        form.form_errors.append(refusal.sentence)
        return False
    return True
