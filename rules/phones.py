"""Telephone numbers: read as people write them, kept in one form, shown in pairs."""

from __future__ import annotations

import phonenumbers

from rules.refusals import Refused

FRANCE = 33
NINE_DIGITS = 100_000_000


def parse_phone(text: str | None, field: str | None = None) -> str | None:
    """`+33 6.12.34.56.78` becomes `0612345678`, a foreign number `+41791234567`, nothing stays None.

    Only the length and the country are checked: a range of numbers opened after the library's last
    release must not be refused to a parent. Anything else is refused in French.
    """
    text = (text or "").strip()
    if not text:
        return None
    try:
        number = phonenumbers.parse(text, "FR")
    except phonenumbers.NumberParseException:
        raise _refusal(text, field) from None
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise _refusal(text, field)
    if number.country_code != FRANCE:
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    if (number.national_number or 0) < NINE_DIGITS:
        raise _refusal(text, field)
    return f"0{number.national_number}"


def format_phone(stored: str | None) -> str:
    """`0612345678` is shown `06 12 34 56 78`, a foreign number as its country groups it."""
    if not stored:
        return ""
    if not stored.lstrip("+").isdigit():
        return stored  # typed as people write it, the town hall's for instance
    if not stored.startswith("+"):
        return " ".join(stored[i : i + 2] for i in range(0, len(stored), 2))
    number = phonenumbers.parse(stored, None)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _refusal(text: str, field: str | None) -> Refused:
    return Refused(f"« {text} » n’est pas un numéro de téléphone. Exemple : 06 12 34 56 78.", field)
