"""E-mail addresses, as they are kept: checked, in lower case."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from rules.refusals import Refused

LONGEST = 254


def parse_email(text: str | None, field: str | None = None) -> str | None:
    """` Claire.Martin@Villars.FR ` becomes `claire.martin@villars.fr`; nothing stays None.

    Only its form is checked, nothing is looked up. Anything else is refused in French.
    """
    text = (text or "").strip()
    if not text:
        return None
    try:
        found = validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        found = ""
    if not found or len(found) > LONGEST:
        raise Refused(f"« {text} » n’est pas une adresse de courriel.", field)
    return found
