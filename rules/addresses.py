"""Postal addresses: what an envelope and the Treasury's files need."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules.refusals import Refused

FRANCE = "France"
_FRENCH_POSTCODE = re.compile(r"\d{5}")


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """An address in its parts; refused when the street, the postcode or the town is missing or unlikely."""

    street: str
    postcode: str
    city: str
    street_extra: str = ""
    country: str = FRANCE

    def __post_init__(self) -> None:
        for field, sentence in _NEEDED.items():
            if not getattr(self, field).strip():
                raise Refused(sentence, field)
        if self.country == FRANCE and not _FRENCH_POSTCODE.fullmatch(self.postcode):
            raise Refused(f"Le code postal « {self.postcode} » doit avoir cinq chiffres.", "postcode")


_NEEDED = {
    "street": "Indiquez le numéro et la rue.",
    "postcode": "Indiquez le code postal.",
    "city": "Indiquez la commune de l’adresse.",
}


def postal_lines(street: str, street_extra: str, postcode: str, city: str, country: str) -> list[str]:
    """The lines of a postal address, in order; the country only when it is not France."""
    lines = [street, street_extra, f"{postcode} {city}", "" if country == "France" else country]
    return [line for line in lines if line]
