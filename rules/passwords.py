"""What a password must be, what a provisional one is worth, and where an activation stands.

The guide asks for 8 characters with one upper case letter, one lower case letter and one digit;
longer passphrases are welcome. The refusals name exactly what is missing.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from rules.folding import fold
from rules.refusals import Refused
from rules.vocabulary import Labelled
from rules.wording import enumerate_words

SHORTEST = 8
LONGEST = 128

# A provisional password travels by mail: it opens one session, and none after this delay.
PROVISIONAL_LASTS = timedelta(days=14)
# No vowel, so that no word appears; no 0 O 1 l i, so that it can be read aloud and copied.
_PROVISIONAL_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
_PROVISIONAL_GROUPS = (4, 4, 4)

# What people type first when told « 8 caractères, une majuscule, un chiffre » (case and accents aside).
_COMMON_STEMS = (
    "azerty",
    "qwerty",
    "motdepasse",
    "password",
    "bonjour",
    "soleil",
    "loulou",
    "doudou",
    "marseille",
    "chouchou",
    "provisoire",
    "villars",
    "jetaime",
    "admin",
    "maman",
    "papa",
)


class Activation(Labelled):
    """Where the opening of an account stands, as staff read it."""

    NOT_SENT = "not_sent", "Pas encore envoyé"
    SENT = "sent", "Envoyé"
    EXPIRED = "expired", "Expiré"
    OPENED = "opened", "Ouvert, mot de passe à choisir"
    ACTIVE = "active", "Actif"


def activation(
    *,
    sent_at: datetime | None,
    expires_at: datetime | None,
    first_signed_in_at: datetime | None,
    must_change: bool,
    now: datetime,
) -> Activation:
    """Where an account stands: active once its owner chose a password, opened once they came in.

    `first_signed_in_at` is that of the provisional password in force: sending another clears it.
    """
    if not must_change:
        return Activation.ACTIVE
    if sent_at is None:
        return Activation.NOT_SENT
    if first_signed_in_at is not None:
        return Activation.OPENED
    return Activation.EXPIRED if has_expired(expires_at, now) else Activation.SENT


def has_expired(expires_at: datetime | None, now: datetime) -> bool:
    """Whether a provisional password is refused: `expires_at` is the first refused instant."""
    return expires_at is not None and now >= expires_at


def new_provisional() -> str:
    """A provisional password such as `kd7m-x3fp-9twh`: 57 bits, easy to read and to copy."""
    groups = ("".join(secrets.choice(_PROVISIONAL_ALPHABET) for _ in range(n)) for n in _PROVISIONAL_GROUPS)
    return "-".join(groups)


def check(password: str, *, email: str) -> None:
    """Refuse a password that does not meet the commune's rule; the sentence names what is missing.

    The e-mail (or the part before its @) and the most common passwords are refused too.
    """
    if missing := _missing(password):
        raise Refused(f"Il manque au mot de passe {enumerate_words(missing)}.", "password")
    if len(password) > LONGEST:
        raise Refused(f"Le mot de passe ne peut pas dépasser {LONGEST} caractères.", "password")
    plain = fold(password)
    if fold(email) in plain or _letters(plain) == _letters(fold(email.partition("@")[0])):
        raise Refused("Le mot de passe ne doit pas être votre adresse de courriel.", "password")
    if _letters(plain) in _COMMON_STEMS or len(set(plain)) < 4:
        raise Refused(
            "Ce mot de passe est trop courant : il serait deviné. Choisissez-en un plus personnel, "
            "par exemple plusieurs mots à la suite.",
            "password",
        )


def _missing(password: str) -> list[str]:
    """What the guide asks for and the password lacks, in words."""
    lacks = []
    if (short := SHORTEST - len(password)) > 0:
        lacks.append("un caractère" if short == 1 else f"{short} caractères")
    if not any(c.isupper() for c in password):
        lacks.append("une majuscule")
    if not any(c.islower() for c in password):
        lacks.append("une minuscule")
    if not any(c.isdigit() for c in password):
        lacks.append("un chiffre")
    return lacks


def _letters(text: str) -> str:
    """What remains when the digits and signs that people add around a word are taken off."""
    return "".join(c for c in text if c.isalpha())
