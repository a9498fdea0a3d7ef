"""The cells of an old software's file, as people typed them, read or refused one by one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from rules.folding import fold
from rules.refusals import Refused
from rules.vocabulary import Civility, CustodyKind, Level, QuotientSource, Relation

Value = TypeVar("Value")

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_FRENCH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: 00:00(?::00)?)?")
_QUOTIENT = re.compile(r"\d{1,7}(?:[.,]\d{1,2})?")
_SPACES = re.compile(r"[\s\u00a0\u202f]")
_YES_NO = {"oui": True, "o": True, "1": True, "x": True, "vrai": True}
_YES_NO |= {"non": False, "n": False, "0": False, "faux": False}

_CIVILITIES = {
    "mme": Civility.MME,
    "madame": Civility.MME,
    "mlle": Civility.MME,
    "m": Civility.M,
    "mr": Civility.M,
    "monsieur": Civility.M,
}
_RELATIONS = {
    "mere": Relation.MOTHER,
    "pere": Relation.FATHER,
    "beau parent": Relation.STEP_PARENT,
    "beau pere": Relation.STEP_PARENT,
    "belle mere": Relation.STEP_PARENT,
    "grand parent": Relation.GRANDPARENT,
    "grand pere": Relation.GRANDPARENT,
    "grand mere": Relation.GRANDPARENT,
    "tuteur": Relation.TUTOR,
    "tutrice": Relation.TUTOR,
    "famille d accueil": Relation.FOSTER,
    "autre": Relation.OTHER,
}
_LEVELS = {fold(level.label): level for level in Level} | {
    "toute petite section": Level.TPS,
    "petite section": Level.PS,
    "moyenne section": Level.MS,
    "grande section": Level.GS,
}
_SOURCES = {
    "caf": QuotientSource.CAF,
    "msa": QuotientSource.MSA,
    "impots": QuotientSource.TAX,
    "avis d imposition": QuotientSource.TAX,
    "service": QuotientSource.AGENT,
}
SINGLE, ELSEWHERE, EVEN, ODD, FORTNIGHT = "cette famille", "autre famille", "paires", "impaires", "fortnight"
_CUSTODIES = {
    "cette famille": SINGLE,
    "autre famille": ELSEWHERE,
    "semaines paires": EVEN,
    "paires": EVEN,
    "semaines impaires": ODD,
    "impaires": ODD,
    "une semaine sur deux": FORTNIGHT,
}
CUSTODY_KINDS = {EVEN: CustodyKind.PARITY, ODD: CustodyKind.PARITY, FORTNIGHT: CustodyKind.FORTNIGHT}


def read_date(text: str, column: str) -> date | None:
    """`04/05/2018`, `4.5.2018` or `2018-05-04`; a year of two digits is refused, it says nothing sure."""
    if not text:
        return None
    iso, french = _ISO.fullmatch(text), _FRENCH.fullmatch(text)
    parts = iso.groups() if iso else french.groups()[::-1] if french else None
    try:
        if parts is not None:
            return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        pass
    raise Refused(f"« {text} » n’est pas une date. Exemple : 04/05/2018.", column)


def read_quotient(text: str, column: str) -> Decimal | None:
    """`512,50`, `512.5` or `1 250`: digits, two decimals at most."""
    if not text:
        return None
    bare = _SPACES.sub("", text)
    if not _QUOTIENT.fullmatch(bare):
        raise Refused(f"« {text} » n’est pas un quotient : des chiffres, par exemple 512,50.", column)
    return Decimal(bare.replace(",", "."))


def read_yes(text: str, column: str) -> bool | None:
    return None if not text else _among(_YES_NO, text, column, "oui ou non")


def read_civility(text: str, column: str) -> Civility:
    return _among(_CIVILITIES, text, column, "Mme ou M.")


def read_relation(text: str, column: str) -> Relation:
    """Without a word, nothing is guessed from the civility: the relation is « autre »."""
    usual = "mère, père, beau-parent, grand-parent, tuteur, famille d’accueil ou autre"
    return _among(_RELATIONS, text, column, usual) if text else Relation.OTHER


def read_level(text: str, column: str) -> Level:
    return _among(_LEVELS, text, column, ", ".join(level.label for level in Level))


def known_level(text: str) -> Level | None:
    """The level that a class is named after, if it is: « CP », not « CE1-CE2 »."""
    return _LEVELS.get(_plain(text))


def read_source(text: str, column: str) -> QuotientSource:
    usual = "CAF, MSA, impôts ou service"
    return _among(_SOURCES, text, column, usual) if text else QuotientSource.IMPORT


def read_custody(text: str, column: str) -> str:
    usual = "cette famille, autre famille, semaines paires, semaines impaires ou une semaine sur deux"
    return _among(_CUSTODIES, text, column, usual) if text else SINGLE


def read_names(text: str) -> tuple[str, ...]:
    """Several names in one cell, between commas, semicolons, slashes or plus signs."""
    return tuple(name.strip() for name in re.split(r"[,;+/|]", text) if name.strip())


def _plain(text: str) -> str:
    return " ".join(fold(text).replace(".", " ").split())


def _among(choices: Mapping[str, Value], text: str, column: str, usual: str) -> Value:
    found = choices.get(_plain(text))
    if found is None:
        raise Refused(f"« {text} » n’est pas prévu ici : {usual}.", column)
    return found
