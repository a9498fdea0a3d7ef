"""The tariffs of a commune's file: from one price (`tarif: 4,85`) to dated versions with their grid."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from rules.commune_changes import CAP, MODIFIER, Situations
from rules.commune_grid import ROW, Grid
from rules.commune_words import FROM, TO, first_of, told_first
from rules.file_kinds import (
    AMOUNT,
    WEEKDAYS_KIND,
    YES,
    Plain,
    Scalar,
    choice,
    number,
    show_number,
    text_kind,
)
from rules.file_nodes import Entries, Items, Names, Node, Skipped, Spot, Text, as_list
from rules.file_schema import Field, ListOf, Section, Values
from rules.folding import fold
from rules.tariff_checks import check_version
from rules.tariff_grid import TariffVersion
from rules.vocabulary import (
    CountIn,
    QuotientRounding,
    Rounding,
)

COUNTS = choice(
    ("du foyer", CountIn.HOUSEHOLD),
    ("de l’activité", CountIn.ACTIVITY),
    ("présents", CountIn.PRESENT),
    ("déclarés", CountIn.DECLARED),
)
ROUNDINGS = choice(
    ("au plus proche", Rounding.HALF_UP), ("inférieur", Rounding.DOWN), ("supérieur", Rounding.UP)
)
QUOTIENT_ROUNDINGS = choice(
    ("aucun", QuotientRounding.NONE),
    ("inférieur", QuotientRounding.DOWN),
    ("au plus proche", QuotientRounding.NEAREST),
    ("supérieur", QuotientRounding.UP),
)

# -- versions --------------------------------------------------------------------------------


def _regular(text: str) -> tuple[Decimal | None, int | None]:
    """`50 %` of the month's days of service, or `8 jours`."""
    share = re.fullmatch(r"(.+?) ?%.*", text)
    if share:
        return number(share[1]) / 100, None
    days = re.fullmatch(r"(\d+) jours?.*", text)
    if not days:
        raise ValueError
    return None, int(days[1])


def _show_regular(value: tuple[Decimal | None, int | None]) -> str:
    share, days = value
    return f"{days} jours" if share is None else f"{show_number(share * 100)} %"


REGULAR = Scalar("une part du mois (50 %) ou un nombre de jours (8 jours)", _regular, _show_regular)


@dataclass(frozen=True, slots=True)
class Tariff:
    """A version as the file gives it, with what the engine does not need: the council's decision."""

    version: TariffVersion
    deliberation: str
    line: int = 0


_SAME = (
    "is_example",
    "last",
    "rounding",
    "rounding_step_cents",
    "floor_cents",
    "ceiling_cents",
    "quotient_rounding",
    "count_in",
    "eldest_first",
)
_PARTS = ("modifiers", "caps", "situations")


def _version(values: Values, spot: Spot) -> Tariff:
    first: date = first_of(values, spot.report.names)
    share, days = values["regular"] or (None, None)
    rows = [each.what for each in values["rows"]]
    parts = {name: values[name] or () for name in _PARTS}
    version = TariffVersion(
        id=None,
        activity_id=None,
        name=values["name"] or f"Tarif {first.year}",
        first=first,
        rows=numbered(rows),
        situations=parts["situations"],
        modifiers=numbered(parts["modifiers"]),
        caps=numbered(parts["caps"]),
        regular_share=share,
        regular_days=days,
        regular_without_weekdays=values["regular_without"] or frozenset(),
        **{name: values[name] for name in _SAME},
    )
    _check(version, values, spot)
    return Tariff(version, values["deliberation"], values.line())


def numbered(pieces: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(replace(piece, position=place) for place, piece in enumerate(pieces, start=1))


def _check(version: TariffVersion, values: Values, spot: Spot) -> None:
    """All that the price engine would refuse, at the line of the row that it names."""
    schools = spot.report.names.numbers.get("école", {}).values()
    said = check_version(version, list(schools) or None)
    for sentence in said:
        named = [int(each) for each in re.findall(r"(?:lignes?|et) (\d+) «", sentence)]
        rows = values["rows"]
        at = rows[named[-1] - 1].line if named and named[-1] <= len(rows) else values.line("rows")
        spot.wrong(at, sentence)
    if said:
        raise Skipped


def _told_version(tariff: Tariff, names: Names) -> Mapping[str, Any]:
    version = tariff.version
    regular = (version.regular_share, version.regular_days)
    told: dict[str, Any] = {name: getattr(version, name) for name in (*_SAME, *_PARTS, "name", "rows")}
    return {name: value or None if name in _PARTS else value for name, value in told.items()} | {
        "first": told_first(version.first, names),
        "deliberation": tariff.deliberation,
        "regular": None if regular == (None, None) else regular,
        "regular_without": version.regular_without_weekdays or None,
    }


_STEP = re.compile(r"(?:à |au |aux )?(\d+[.,]\d\d?|\d+(?= centimes?))(?: ?€| centimes?)?(?: près)?")


def _short_rounding(node: Node, _: Spot) -> Node:
    """`arrondi: 0,05`, `arrondi: aux 5 centimes` give the step, not the way."""
    if not isinstance(node, Entries):
        return node
    return Entries(node.line, tuple(_step(key, value) for key, value in node.pairs))


def _step(key: Text, value: Node) -> tuple[Text, Node]:
    found = _STEP.fullmatch(value.text.strip()) if isinstance(value, Text) else None
    if found is None or fold(key.text) != "arrondi":
        return key, value
    step = found[1] if re.search("[.,]", found[1]) else f"0,{int(found[1]):02d}"
    return Text(key.line, "pas d’arrondi"), Text(value.line, step)


def _keys() -> list[str]:
    return [field.key for field in VERSION.fields]


VERSION: Section = Section(
    "Un tarif",
    "Une version datée : la grille, et ce qui s’y ajoute.",
    (
        Field("nom", "name", text_kind(120), "Nom du tarif (défaut : Tarif et l’année)"),
        Field("délibération", "deliberation", text_kind(200), "Décision du conseil", default=""),
        Field("exemple", "is_example", YES, "Grille donnée en exemple, non votée", default=False),
        FROM,
        TO,
        Field(
            "grille",
            "rows",
            Grid(_keys),
            "Les prix",
            required=True,
            also=("prix",),
        ),
        Field(
            "majorations",
            "modifiers",
            ListOf(MODIFIER),
            "Ce qui s’ajoute ou se retire",
            also=("réductions", "majoration", "réduction"),
        ),
        Field("plafonds", "caps", ListOf(CAP), "Ce qui n’est jamais dépassé", also=("plafond",)),
        Field("situations", "situations", Situations(), "Ce que coûte chaque situation"),
        Field("arrondi", "rounding", ROUNDINGS, "Comment un calcul s’arrondit", default=Rounding.HALF_UP),
        Field("pas d’arrondi", "rounding_step_cents", AMOUNT, "0,01 : au centime ; 0,05…", default=1),
        Field("prix plancher", "floor_cents", AMOUNT, "Jamais moins, réductions faites"),
        Field("prix plafond", "ceiling_cents", AMOUNT, "Jamais plus, suppléments ajoutés"),
        Field(
            "arrondi du quotient",
            "quotient_rounding",
            QUOTIENT_ROUNDINGS,
            "Avant de chercher la tranche",
            default=QuotientRounding.NONE,
        ),
        Field(
            "compter les enfants",
            "count_in",
            COUNTS,
            "Pour le rang et le nombre d’enfants",
            default=CountIn.HOUSEHOLD,
        ),
        Field("aîné en premier", "eldest_first", YES, "non : le plus jeune a le rang 1", default=True),
        Field("régulier si", "regular", REGULAR, "Régulier d’après le mois : part des jours, ou nombre"),
        Field("régulier sans", "regular_without", WEEKDAYS_KIND, "Jours qui ne comptent pas pour cela"),
    ),
    build=_version,
    unbuild=_told_version,
    short=_short_rounding,
)


@dataclass(frozen=True, slots=True)
class Tariffs:
    """A price, a short grid, a version, or several dated versions."""

    said: str = "un prix, une grille, un tarif ou plusieurs tarifs datés"

    def read(self, node: Node, spot: Spot) -> tuple[Tariff, ...]:
        found: list[Tariff] = []
        failed = False
        if isinstance(node, Items) and not any(_is_version(item) for item in node.items):
            node = Entries(node.line, ((Text(node.line, "grille"), node),))
        for number_, item in enumerate(as_list(node), start=1):
            into = spot.into(f"n° {number_}") if isinstance(node, Items) else spot
            try:
                found.append(VERSION.read(_full(item), into))
            except Skipped:
                failed = True
        failed = _same_day(found, spot) or failed
        if failed:
            raise Skipped
        return tuple(found)

    def write(self, value: Sequence[Tariff], names: Names) -> Plain:
        return [VERSION.write(each, names) for each in value]


def _is_version(node: Node) -> bool:
    """Whether it is a tariff rather than a row of a grid: it has a key that no row has."""
    keys = {fold(key.text) for key, _ in node.pairs} if isinstance(node, Entries) else set()
    return bool(keys & (VERSION.keys().keys() - ROW.keys().keys()))


def _is_row(node: Entries) -> bool:
    """Whether a tariff is only the row of its grid: `{prix: 0,2 % du quotient, plancher: 1,00}`."""
    keys = {fold(key.text) for key, _ in node.pairs}
    return not _is_version(node) and bool(keys & (ROW.keys().keys() - {"prix", "nom"}))


def _full(node: Node) -> Node:
    """A price or a short grid is the grid of a version that says nothing else."""
    keys = VERSION.keys()
    if isinstance(node, Text):
        return Entries(node.line, ((Text(node.line, "grille"), node),))
    if isinstance(node, Entries) and not any(fold(key.text) in keys for key, _ in node.pairs):
        return Entries(node.line, ((Text(node.line, "grille"), node),))
    if isinstance(node, Entries) and _is_row(node):
        return Entries(node.line, ((Text(node.line, "grille"), Items(node.line, (node,))),))
    return node


def _same_day(found: Sequence[Tariff], spot: Spot) -> bool:
    starts: set[date] = set()
    twice = False
    for each in found:
        if each.version.first in starts:
            spot.wrong(each.line, f"Deux tarifs commencent le {each.version.first.isoformat()}.")
            twice = True
        starts.add(each.version.first)
    return twice
