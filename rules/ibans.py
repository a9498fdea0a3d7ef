"""Bank accounts as people give them: read, checked, written by groups of four, or masked.

A French IBAN holds two checks: its own (modulo 97, ISO 13616) and the key of the RIB. Only accounts
of the SEPA zone can be debited.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules.money import NBSP
from rules.refusals import Refused

EXAMPLE = "FR76 3000 6000 0112 3456 7890 189"  # published by the banks as an example: nobody's account
_SEPARATORS = re.compile(r"[\s\u00a0\u202f.\-]+")
_BEGINS = re.compile(r"[A-Z]{2}[0-9]{2}")
_DOTS = "••••"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account that can be debited. `bic` and `bank` are empty when the bank is not known by its code."""

    iban: str
    bic: str = ""
    bank: str = ""


def read_iban(typed: str) -> BankAccount:
    """Read an IBAN as typed, with or without spaces; refused in French, saying what is wrong with it."""
    import schwifty  # 5 MB of banks: only for a process that reads an IBAN

    bare = _SEPARATORS.sub("", typed).upper()
    _ensure_looks_like(bare)
    iban = schwifty.IBAN(bare, allow_invalid=True)
    _ensure_country(iban)
    try:
        iban.validate(validate_bban=True)
    except schwifty.exceptions.InvalidBBANChecksum:
        raise _refused(
            "La clé RIB de ce compte (les deux derniers chiffres) ne correspond pas au reste : "
            "recopiez l’IBAN depuis votre RIB."
        ) from None
    except schwifty.exceptions.SchwiftyException:
        raise _refused(
            "Cet IBAN contient une erreur de frappe : un chiffre ou une lettre a été changé. "
            "Recopiez-le depuis votre RIB."
        ) from None
    return BankAccount(str(iban), str(iban.bic or ""), str(iban.bank_short_name or iban.bank_name or ""))


def grouped(iban: str) -> str:
    """By groups of four, as on a RIB."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def masked(iban: str) -> str:
    """`FR76 •••• •••• 1234`: enough to recognise one's account, not enough to use it."""
    return NBSP.join((iban[:4], _DOTS, _DOTS, iban[-4:]))


def _ensure_looks_like(bare: str) -> None:
    if not bare:
        raise _refused("Donnez votre IBAN : il est en haut de votre RIB.")
    if not (bare.isascii() and bare.isalnum()):
        raise _refused("Un IBAN ne contient que des lettres sans accent et des chiffres.")
    if not _BEGINS.match(bare):
        raise _refused(f"Un IBAN commence par deux lettres et deux chiffres. Exemple : {EXAMPLE}.")


def _ensure_country(iban: object) -> None:
    """A country that has IBANs, the right number of characters, an account that SEPA reaches."""
    import schwifty

    try:
        wanted = iban.spec.iban_length  # type: ignore[attr-defined]
    except schwifty.exceptions.InvalidCountryCode:
        raise _refused(f"« {str(iban)[:2]} » n’est pas un pays dont les comptes ont un IBAN.") from None
    length, country = len(str(iban)), str(iban)[:2]
    if not iban.in_sepa_zone:  # type: ignore[attr-defined]
        raise _refused("Ce compte est hors de la zone SEPA : il ne peut pas être prélevé.")
    if length != wanted:
        whose = "français" if country == "FR" else f"de ce pays ({country})"
        gap = f"il en manque {wanted - length}" if length < wanted else f"il y en a {length - wanted} de trop"
        raise _refused(f"Un IBAN {whose} compte {wanted} caractères : {gap}.")


def _refused(sentence: str) -> Refused:
    return Refused(sentence.replace(" :", f"{NBSP}:"), "iban")
