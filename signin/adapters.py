"""What Flask-Security lets us replace: where its mails go, which passwords pass, what time it is."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from flask import Response, after_this_request, g
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.mail_util import MailUtil
from flask_security.password_util import PasswordUtil
from flask_security.totp import Totp
from flask_security.utils import get_message, verify_password
from itsdangerous import TimestampSigner
from passlib.totp import TotpMatch

import models
from extensions import db
from operations import history, outbox
from operations.actors import agent
from rules import passwords
from rules.refusals import Refused

# A second request within this delay sends nothing more: the first link is still good.
SAME_REQUEST = timedelta(minutes=5)


def commit_after_request() -> None:
    """Commit once the view has answered; Flask-Security does not in all the views that write."""
    after_this_request(_commit)


def _commit(response: Response) -> Response:
    db.session.commit()
    return response


class OutboxMail(MailUtil):
    """Flask-Security's mails become rows of the outbox; a reset link waits there encrypted."""

    def send_mail(
        self, template: str, subject: Any, recipient: Any, sender: Any, body: Any, html: Any, **context: Any
    ) -> None:
        kind = template.rpartition("/")[2].replace("_", "-")
        key = _key(kind, context["user"])
        secret = str(context.get("reset_token", ""))
        letter = outbox.Letter(kind, str(recipient), str(subject), str(body), key, secret)
        if outbox.post_once(letter, now=g.now):
            commit_after_request()

    def normalize(self, email: str) -> str:
        return email.strip().lower()

    def validate(self, email: str) -> str:
        return self.normalize(email)


def _key(kind: str, user: models.Account) -> str:
    """One mail of a kind per account, per password in force and per five minutes."""
    era = hashlib.sha256(user.fs_uniquifier.encode()).hexdigest()[:12]
    return f"{kind}:{user.id}:{era}:{int(g.now.timestamp() // SAME_REQUEST.total_seconds())}"


class CommunePasswords(PasswordUtil):
    """The commune's rule (rules.passwords), and never the password in force again."""

    def normalize(self, password: str) -> str:
        # Copied from a mail, a password often brings a space along.
        return super().normalize(password).strip()

    def validate(self, password: str, is_register: bool, **context: Any) -> tuple[list[str] | None, str]:
        plain, user = self.normalize(password), context["user"]
        try:
            passwords.check(plain, email=user.email)
        except Refused as refusal:
            return [refusal.sentence], plain
        if verify_password(plain, user.password):
            return [get_message("PASSWORD_IS_THE_SAME")[0]], plain
        return None, plain


class Accounts(SQLAlchemyUserDatastore):
    """Flask-Security's accounts, with a history of what concerns the second factor."""

    def tf_set(
        self,
        user: models.Account,
        primary_method: str,
        totp_secret: str | None = None,
        phone: str | None = None,
    ) -> None:
        """Called at each sign-in with what is already kept; only a new telephone is worth a row."""
        if totp_secret and totp_secret != user.tf_totp_secret:
            _note(user, "Second facteur installé")
        super().tf_set(user, primary_method, totp_secret, phone)

    def mf_set_recovery_codes(self, user: models.Account, rcs: list[str] | None) -> None:
        _note(user, "Codes de secours préparés")
        super().mf_set_recovery_codes(user, rcs)

    def mf_delete_recovery_code(self, user: models.Account, idx: int) -> bool:
        """Spend a code: Flask-Security pops it in place, which SQLAlchemy does not see in a JSON column."""
        codes = list(user.mf_recovery_codes or ())
        if idx >= len(codes):
            return False
        user.mf_recovery_codes = codes[:idx] + codes[idx + 1 :]
        _note(user, "Code de secours utilisé")
        self.put(user)
        return True


class SingleUseCodes(Totp):
    """A code opens once: the last one accepted, and those before it, are refused until the next."""

    def verify_totp(self, token: str, totp_secret: str, user: models.Account, window: int = 0) -> bool:
        """Codes of a telephone being set up have nothing to do with those of the one before."""
        if totp_secret != user.tf_totp_secret:
            user.tf_last_counter = None
        return bool(super().verify_totp(token, totp_secret, user, window))

    def get_last_counter(self, user: models.Account) -> int | None:
        return user.tf_last_counter

    def set_last_counter(self, user: models.Account, tmatch: TotpMatch) -> None:
        user.tf_last_counter = tmatch.counter


def _note(user: models.Account, verb: str) -> None:
    history.record(user, verb, by=agent(user), now=g.now)


class RequestTimeSigner(TimestampSigner):
    """Dates reset links by the portal's clock, like everything else."""

    def get_timestamp(self) -> int:
        return int(g.now.timestamp())
