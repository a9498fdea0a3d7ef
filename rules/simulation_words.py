"""What is typed in the simulator, and how its figures are said."""

from __future__ import annotations

import re
from decimal import Decimal

from rules.money import NBSP, format_cents
from rules.refusals import Refused
from rules.tariff_grid import format_quotient

HIGHEST_QUOTIENT = Decimal(99_999)  # far above any real one: beyond, a key was held too long
_BLANKS = re.compile(r"[\s\u00a0\u202f€]")
_NUMBER = re.compile(r"\d{1,9}([.,]\d{1,2})?", re.ASCII)
_HOUR = re.compile(r"(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)?\s*", re.ASCII)


def read_quotient(typed: str) -> Decimal:
    """`622,50`, `622.5` or `1 250 €` in euros; anything else is refused in French."""
    said = f"«{NBSP}{typed.strip()[:40]}{NBSP}»"
    bare = _BLANKS.sub("", typed).replace("\u2212", "-")
    if bare.startswith("-") and _NUMBER.fullmatch(bare[1:]):
        raise Refused(f"{said} est négatif : écrivez un nombre positif, par exemple 622,50.")
    if not _NUMBER.fullmatch(bare):
        raise Refused(f"{said} n’est pas un nombre : écrivez des chiffres, par exemple 622,50.")
    value = Decimal(bare.replace(",", "."))
    if value > HIGHEST_QUOTIENT:
        raise Refused(f"{said} est trop grand : vérifiez les chiffres.")
    return value.quantize(Decimal("0.01"))


def read_hour(typed: str) -> int:
    """`16:45`, `16h45` or `16 h` in minutes of the day; anything else is refused in French."""
    found = _HOUR.fullmatch(typed.strip())
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    if hour > 23 or minute > 59:
        raise Refused(f"«{NBSP}{typed.strip()[:40]}{NBSP}» n’est pas une heure. Exemple : 16:45.")
    return hour * 60 + minute


def write_hour(minute_of_day: int) -> str:
    """As the browser's time field wants it: `07:30`."""
    return f"{minute_of_day // 60:02d}:{minute_of_day % 60:02d}"


def about_euros(cents: int) -> str:
    """An estimate, to the euro: `1 235 €`."""
    return format_cents((cents + 50) // 100 * 100).replace(",00", "")


def signed_cents(cents: int) -> str:
    """A difference: `+ 10,80 €`, `− 3,00 €`."""
    return f"{'−' if cents < 0 else '+'}{NBSP}{format_cents(abs(cents))}"


def say_band(first: Decimal, after: Decimal | None) -> str:
    """The quotients `[first, after[`: `Moins de 400`, `De 400 à moins de 622,50`, `1 400 et plus`."""
    if after is None:
        return "Tous les quotients" if first == 0 else f"{_plain(first)} et plus"
    return f"Moins de {_plain(after)}" if first == 0 else f"De {_plain(first)} à moins de {_plain(after)}"


def _plain(quotient: Decimal) -> str:
    return format_quotient(quotient).removesuffix(",00")
