"""The grid of a tariff in a commune's file: one price, a short grid, or a list of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.commune_amounts import PRICE, Price
from rules.commune_conditions import FIELDS, conditions, phrase, told_conditions
from rules.file_kinds import AMOUNT, DURATION, Plain, text_kind
from rules.file_nodes import Entries, Items, Names, Node, Skipped, Spot, Text, suggestion
from rules.file_schema import COMMA, Field, Section, Values, is_cut
from rules.folding import fold
from rules.refusals import Refused
from rules.tariff_grid import TariffRow

LABEL = text_kind(80)
# -- rows ------------------------------------------------------------------------------------


def _rows(values: Values, spot: Spot) -> tuple[TariffRow, ...]:
    """One row, or two when it takes a band and the families without a quotient."""
    price: Price = values["price"]
    given = price._asdict() | {"unit": price.unit or spot.unit}
    bands = values["bands"] or (None,)
    return tuple(
        TariffRow(
            position=0,
            label=values["label"] or _label(values, spot),
            floor_cents=values["floor"],
            ceiling_cents=values["ceiling"],
            tolerance_minutes=values["tolerance"],
            **given,
            **conditions(values, band),
        )
        for band in bands
    )


def _label(values: Values, spot: Spot) -> str:
    """`Hors commune, moins de 623`: what the row asks, when it has no name."""
    said = []
    for field in FIELDS:
        if values.said(field.attr) and values[field.attr] is not None:
            words = str(field.kind.write(values[field.attr], spot.report.names))
            said.append(_YES_NO.get((field.attr, words), words))
    label = ", ".join(said)
    return (label[:1].upper() + label[1:])[:80] or "Tous"


_YES_NO = {
    ("resident", "oui"): "commune",
    ("resident", "non"): "hors commune",
    ("holidays", "oui"): "vacances",
    ("holidays", "non"): "hors vacances",
}


def _told_row(row: TariffRow, _: Names) -> Mapping[str, Any]:
    minutes = row.slice_minutes
    price = Price(row.method, row.amount_cents, row.to_cents, row.rate, row.basis, row.unit, minutes)
    return told_conditions(row) | {
        "label": row.label,
        "price": price,
        "floor": row.floor_cents,
        "ceiling": row.ceiling_cents,
        "tolerance": row.tolerance_minutes,
    }


ROW = Section(
    "Une ligne de grille",
    "Pour qui, et combien. Les lignes se lisent dans l’ordre : la première qui convient donne le prix.",
    (
        Field("nom", "label", LABEL, "Nom de la ligne sur la facture (défaut : ses conditions)"),
        *FIELDS,
        Field("prix", "price", PRICE, "Le prix", required=True, also=("taux", "montant")),
        Field("plancher", "floor", AMOUNT, "Prix le plus bas d’un taux ou d’un prix progressif"),
        Field("plafond", "ceiling", AMOUNT, "Prix le plus haut"),
        Field("tolérance", "tolerance", DURATION, "Minutes qui n’entament pas une tranche", default=0),
    ),
    build=_rows,
    unbuild=_told_row,
)


@dataclass(frozen=True, slots=True)
class Located:
    """What was read, and the line it comes from, for the checks that come after."""

    what: Any
    line: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One price, `{moins de 623: 1,00, …}`, or a list of rows."""

    others: Callable[[], list[str]]
    """The keys of a tariff: a misspelt one may stand where a short grid is read."""
    said: str = "un prix, une grille {moins de 623: 1.00} ou une liste de lignes"

    def read(self, node: Node, spot: Spot) -> tuple[Located, ...]:
        if isinstance(node, Text):
            node = Entries(node.line, ((Text(node.line, "tous"), node),))
        found: list[Located] = []
        failed = False
        for name, row in self._each(node, spot):
            try:
                found += [Located(each, row.line) for each in self._row(name, row, spot)]
            except Skipped:
                failed = True
        if failed:
            raise Skipped
        return tuple(found)

    def _each(self, node: Node, spot: Spot) -> list[tuple[Text | None, Node]]:
        if isinstance(node, Items):
            return [_for_whom(item) for item in node.items]
        if isinstance(node, Entries):
            return list(node.pairs)
        raise spot.refuse(node, f"On attend {self.said}.")

    def _row(self, name: Text | None, node: Node, spot: Spot) -> Sequence[TariffRow]:
        if name is None:
            rows: Sequence[TariffRow] = ROW.read(node, spot)
            return rows
        into = spot.into(name.text)
        if is_cut(name, node):
            raise spot.refuse(name, COMMA)
        try:
            stated = phrase(name.text.strip())
        except Refused as refusal:
            close = suggestion(name.text, self.others())
            said = f"La clé « {name.text} » n’existe pas ici{close}" if close else refusal.sentence
            raise into.refuse(name, said) from None
        if isinstance(node, Text):
            node = Entries(node.line, ((Text(node.line, "prix"), node),))
        return _with_conditions(node, name, stated, into)

    def write(self, value: Sequence[TariffRow], names: Names) -> Plain:
        return [ROW.write(row, names) for row in value]


def _for_whom(row: Node) -> tuple[Text | None, Node]:
    """`{pour: maternelle, prix: 3,10}` is the line of a short grid."""
    told = next((p for p in row.pairs if fold(p[0].text) in WHOM), None) if isinstance(row, Entries) else None
    if told is None or not isinstance(row, Entries) or not isinstance(told[1], Text):
        return None, row
    return told[1], Entries(row.line, tuple(pair for pair in row.pairs if pair is not told))


WHOM = ("pour", "pour qui", "qui")


def _with_conditions(node: Node, name: Text, stated: Mapping[str, Any], spot: Spot) -> Sequence[TariffRow]:
    """A row of a short grid: its key says for whom, and names it unless the row has a name."""

    def build(values: Values, where: Spot) -> Sequence[TariffRow]:
        for attr in stated:
            if values.said(attr):
                raise Refused("Cette condition est déjà dans la clé de la ligne.", attr)
        values.update(stated)
        values["label"] = values["label"] or name.text.strip()[:1].upper() + name.text.strip()[1:]
        return _rows(values, where)

    rows: Sequence[TariffRow] = Section(ROW.name, ROW.doc, ROW.fields, build=build).read(node, spot)
    return rows
