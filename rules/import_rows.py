"""One line of an old software's file: a child of a family and up to two adults (docs/import-familles.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules import import_cells as cells
from rules.addresses import FRANCE, PostalAddress
from rules.emails import parse_email
from rules.folding import fold
from rules.phones import parse_phone
from rules.refusals import Refused
from rules.vocabulary import Civility, Level, QuotientSource, Relation

Cell = Callable[[str], str]  # what a column of the line says, trimmed

ADULTS = ("resp1", "resp2")
ADULT_COLUMNS = (
    "civilite",
    "nom",
    "nom_naissance",
    "prenom",
    "lien",
    "courriel",
    "portable",
    "telephone",
    "telephone_travail",
    "payeur",
    "responsable",
)
COLUMNS = (
    *("numero_famille", "adresse", "complement_adresse", "code_postal", "commune", "pays"),
    *("habitant", "habitant_motif"),
    *(f"{adult}_{column}" for adult in ADULTS for column in ADULT_COLUMNS),
    *("quotient", "quotient_effet", "quotient_fin", "quotient_recu", "quotient_origine", "quotient_document"),
    *("numero_enfant", "enfant_nom", "enfant_prenom", "enfant_naissance"),
    *("ecole", "classe", "niveau", "services", "depuis"),
    *("garde", "garde_autre_famille", "garde_depuis", "garde_repere"),
)
REQUIRED = ("numero_famille", "resp1_nom", "resp1_prenom")
# The names that other programs give to the same columns.
ALIASES = {
    "num_famille": "numero_famille",
    "no_famille": "numero_famille",
    "n_famille": "numero_famille",
    "famille": "numero_famille",
    "rue": "adresse",
    "cp": "code_postal",
    "ville": "commune",
    "num_enfant": "numero_enfant",
    "nom_enfant": "enfant_nom",
    "prenom_enfant": "enfant_prenom",
    "date_naissance": "enfant_naissance",
    "naissance": "enfant_naissance",
    "qf": "quotient",
    "qf_date": "quotient_effet",
    **{f"{adult}_email": f"{adult}_courriel" for adult in ADULTS},
    **{f"{adult}_mail": f"{adult}_courriel" for adult in ADULTS},
    **{f"{adult}_mobile": f"{adult}_portable" for adult in ADULTS},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AdultRow:
    """An adult of the line; `prefix` is `resp1` or `resp2`, to name the column of a refusal."""

    prefix: str
    civility: Civility
    last_name: str
    first_name: str
    birth_name: str | None
    email: str | None
    mobile_phone: str | None
    home_phone: str | None
    work_phone: str | None
    relation: Relation
    is_payer: bool | None
    is_responsible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyRow:
    kind: str
    other_number: str | None
    since: date | None
    anchor_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRow:
    number: str | None
    last_name: str
    first_name: str
    birth_date: date
    school: str
    class_name: str
    level: Level | None
    services: tuple[str, ...]
    custody: CustodyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotientRow:
    value: Decimal
    effective_on: date
    ends_on: date | None
    received_on: date | None
    source: QuotientSource
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyRow:
    """A line, read and coherent by itself. `address` is None when the line leaves it empty."""

    number: str
    address: PostalAddress | None
    resident: bool | None
    residence_reason: str
    adults: tuple[AdultRow, ...]
    quotient: QuotientRow | None
    child: ChildRow | None
    since: date | None


# -- headers ----------------------------------------------------------------------------


def read_header(titles: list[str]) -> tuple[list[str | None], list[str]]:
    """The column that each title of the first line names (None: not ours), and the titles left aside.

    Case, accents, spaces and punctuation do not count. Refused when a column is missing or named twice.
    """
    found = [_BY_KEY.get(_key(title)) for title in titles]
    named = [name for name in found if name is not None]
    for name in REQUIRED:
        if name not in named:
            raise Refused(f"La colonne « {name} » manque dans la première ligne du fichier.")
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise Refused(f"La colonne « {twice} » est nommée deux fois dans la première ligne du fichier.")
    pairs = zip(titles, found, strict=True)
    return found, [title for title, name in pairs if name is None and title.strip()]


def _key(title: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(title))


_BY_KEY = {_key(name): name for name in COLUMNS} | {_key(alias): name for alias, name in ALIASES.items()}


# -- a line -----------------------------------------------------------------------------


def parse_row(row: Mapping[str, str]) -> FamilyRow:
    """Read a line; the first thing that is wrong is refused, its column being the refusal's field."""

    def cell(column: str) -> str:
        return row.get(column, "").strip()

    number = cell("numero_famille")
    if not number:
        raise Refused("Le numéro de famille manque.", "numero_famille")
    adults = tuple(_adult(cell, prefix) for prefix in ADULTS if _is_named(cell, prefix))
    if not adults:
        raise Refused("Une famille a au moins un adulte.", "resp1_nom")
    if [adult.is_payer for adult in adults].count(True) > 1:
        raise Refused("Une famille a un payeur, et un seul.", "resp2_payeur")
    return FamilyRow(
        number=number,
        address=_address(cell),
        resident=cells.read_yes(cell("habitant"), "habitant"),
        residence_reason=cell("habitant_motif"),
        adults=adults,
        quotient=_quotient(cell),
        child=_child(cell),
        since=cells.read_date(cell("depuis"), "depuis"),
    )


def _is_named(cell: Cell, prefix: str) -> bool:
    return bool(cell(f"{prefix}_nom") or cell(f"{prefix}_prenom"))


def _adult(cell: Cell, prefix: str) -> AdultRow:
    def of(column: str) -> str:
        return cell(f"{prefix}_{column}")

    for column, what, other in (("nom", "nom", "prenom"), ("prenom", "prénom", "nom")):
        if not of(column):
            raise Refused(f"Le {what} de {of(other)} manque.", f"{prefix}_{column}")
    responsible = cells.read_yes(of("responsable"), f"{prefix}_responsable")
    return AdultRow(
        prefix=prefix,
        civility=cells.read_civility(of("civilite"), f"{prefix}_civilite"),
        last_name=of("nom"),
        first_name=of("prenom"),
        birth_name=of("nom_naissance") or None,
        email=parse_email(of("courriel"), f"{prefix}_courriel"),
        mobile_phone=parse_phone(of("portable"), f"{prefix}_portable"),
        home_phone=parse_phone(of("telephone"), f"{prefix}_telephone"),
        work_phone=parse_phone(of("telephone_travail"), f"{prefix}_telephone_travail"),
        relation=cells.read_relation(of("lien"), f"{prefix}_lien"),
        is_payer=cells.read_yes(of("payeur"), f"{prefix}_payeur"),
        is_responsible=responsible is not False,
    )


_ADDRESS_COLUMNS = {"street": "adresse", "postcode": "code_postal", "city": "commune"}


def _address(cell: Cell) -> PostalAddress | None:
    parts = {field: cell(column) for field, column in _ADDRESS_COLUMNS.items()}
    if not any(parts.values()):
        return None
    try:
        return PostalAddress(**parts, street_extra=cell("complement_adresse"), country=cell("pays") or FRANCE)
    except Refused as refusal:
        raise Refused(refusal.sentence, _ADDRESS_COLUMNS[refusal.field or "street"]) from None


def _quotient(cell: Cell) -> QuotientRow | None:
    value = cells.read_quotient(cell("quotient"), "quotient")
    if value is None:
        return None
    effective_on = cells.read_date(cell("quotient_effet"), "quotient_effet")
    if effective_on is None:
        raise Refused("Indiquez depuis quand ce quotient vaut.", "quotient_effet")
    return QuotientRow(
        value=value,
        effective_on=effective_on,
        ends_on=cells.read_date(cell("quotient_fin"), "quotient_fin"),
        received_on=cells.read_date(cell("quotient_recu"), "quotient_recu"),
        source=cells.read_source(cell("quotient_origine"), "quotient_origine"),
        document=cell("quotient_document"),
    )


def _child(cell: Cell) -> ChildRow | None:
    if not cell("enfant_nom") and not cell("enfant_prenom"):
        return None
    for column, what in (("enfant_nom", "nom"), ("enfant_prenom", "prénom")):
        if not cell(column):
            raise Refused(f"Le {what} de l’enfant manque.", column)
    birth_date = cells.read_date(cell("enfant_naissance"), "enfant_naissance")
    if birth_date is None:
        raise Refused("La date de naissance de l’enfant manque.", "enfant_naissance")
    return ChildRow(
        number=cell("numero_enfant") or None,
        last_name=cell("enfant_nom"),
        first_name=cell("enfant_prenom"),
        birth_date=birth_date,
        school=cell("ecole"),
        class_name=cell("classe"),
        level=_level(cell),
        services=cells.read_names(cell("services")),
        custody=_custody(cell),
    )


def _level(cell: Cell) -> Level | None:
    """The child's level; a class named after one says it too, a class of two levels does not."""
    if not cell("classe"):
        return None
    if not cell("ecole"):
        raise Refused("Indiquez l’école de cette classe.", "ecole")
    if cell("niveau"):
        return cells.read_level(cell("niveau"), "niveau")
    known = cells.known_level(cell("classe"))
    if known is None:
        raise Refused("Indiquez le niveau de l’enfant dans cette classe.", "niveau")
    return known


def _custody(cell: Cell) -> CustodyRow:
    kind = cells.read_custody(cell("garde"), "garde")
    row = CustodyRow(
        kind=kind,
        other_number=cell("garde_autre_famille") or None,
        since=cells.read_date(cell("garde_depuis"), "garde_depuis"),
        anchor_day=cells.read_date(cell("garde_repere"), "garde_repere"),
    )
    if (kind == cells.SINGLE) != (row.other_number is None):
        raise Refused("La garde partagée va avec le numéro de l’autre famille.", "garde_autre_famille")
    if row.other_number == cell("numero_famille"):
        raise Refused("L’autre famille est celle de la ligne.", "garde_autre_famille")
    if kind == cells.FORTNIGHT and row.anchor_day is None:
        raise Refused("Indiquez un jour d’une semaine passée dans cette famille.", "garde_repere")
    return row
