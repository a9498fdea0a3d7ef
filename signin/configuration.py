"""Flask-Security's settings: French addresses, argon2 at the OWASP setting, everything unused off."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

from config import Settings
from signin.messages import MESSAGES

RESET_LASTS = timedelta(hours=2)
ARRIVAL = "signin.arrival"
ISSUER = "Espace citoyen"


def security_config(settings: Settings) -> dict[str, Any]:
    """The configuration keys, with their SECURITY_ prefix."""
    parts = (_PASSWORDS, _PLACES, _MAILS, _second_factor(settings))
    keys = {name: value for part in parts for name, value in part.items()}
    keys |= {f"MSG_{name}": message for name, message in MESSAGES.items()}
    return {f"SECURITY_{name}": value for name, value in keys.items()}


_PASSWORDS: dict[str, Any] = {
    "PASSWORD_HASH": "argon2",
    # unix_disabled understands « ! », the password of an account that has none yet.
    "PASSWORD_SCHEMES": ["argon2", "unix_disabled"],
    # Hashed once, by argon2 alone: with the HMAC on top, changing SECRET_KEY would lose every password.
    "PASSWORD_SINGLE_HASH": {"argon2", "unix_disabled"},
    "PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__type": "ID",
        "argon2__memory_cost": 19 * 1024,
        "argon2__time_cost": 2,
        "argon2__parallelism": 1,
    },
    # Only marks reset links: the default (535 000 rounds) would betray which accounts exist by its slowness.
    "HASHING_SCHEMES": ["hex_sha256"],
    "PASSWORD_NORMALIZE_FORM": "NFKC",
    "USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": str.lower, "case_insensitive": False}}],
    "RETURN_GENERIC_RESPONSES": True,
    "RECOVERABLE": True,
    "CHANGEABLE": True,
    "RESET_PASSWORD_WITHIN": RESET_LASTS,
    "API_ENABLED_METHODS": ["session"],
    "CLI_USERS_NAME": None,
    "CLI_ROLES_NAME": None,
}
_PLACES = {
    "POST_LOGIN_VIEW": ARRIVAL,
    "POST_CHANGE_VIEW": ARRIVAL,
    "POST_VERIFY_VIEW": ARRIVAL,
    "POST_LOGOUT_VIEW": "/",
    "LOGIN_USER_TEMPLATE": "signin/sign_in.html",
    "FORGOT_PASSWORD_TEMPLATE": "signin/forgotten.html",
    "RESET_PASSWORD_TEMPLATE": "signin/reset.html",
    "CHANGE_PASSWORD_TEMPLATE": "signin/change.html",
    "VERIFY_TEMPLATE": "signin/verify.html",
    "TWO_FACTOR_SETUP_TEMPLATE": "signin/factor_setup.html",
    "TWO_FACTOR_VERIFY_CODE_TEMPLATE": "signin/factor_code.html",
    "MULTI_FACTOR_RECOVERY_TEMPLATE": "signin/factor_recovery.html",
    "MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "signin/factor_codes.html",
}
_MAILS = {
    "EMAIL_HTML": False,
    "EMAIL_TEMPLATE_PASSWORD_RESET": "mail/password_reset",
    "EMAIL_TEMPLATE_PASSWORD_RESET_NOTICE": "mail/password_changed",
    "EMAIL_TEMPLATE_PASSWORD_CHANGE_NOTICE": "mail/password_changed",
    "EMAIL_SUBJECT_PASSWORD_RESET": "Choisir un nouveau mot de passe",
    "EMAIL_SUBJECT_PASSWORD_NOTICE": "Votre mot de passe a été changé",
    "EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Votre mot de passe a été changé",
}


def _second_factor(settings: Settings) -> dict[str, Any]:
    """An authenticator application, asked of staff at each sign-in (Account.check_tf_required)."""
    if not settings.staff_second_factor:
        return {"TWO_FACTOR": False}
    return {
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_ALWAYS_VALIDATE": True,
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_POST_SETUP_VIEW": ARRIVAL,
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [base64.urlsafe_b64encode(_derived(settings, "codes"))],
        "TOTP_SECRETS": {"1": _derived(settings, "totp").hex()},
        "TOTP_ISSUER": ISSUER,
        "FRESHNESS": timedelta(minutes=15),
        "FRESHNESS_GRACE_PERIOD": timedelta(minutes=5),
    }


def _derived(settings: Settings, purpose: str) -> bytes:
    """A key of its own for each purpose, from the outbox key (which encrypts secrets at rest)."""
    return hashlib.sha256(f"{purpose}:{settings.outbox_key}".encode()).digest()
