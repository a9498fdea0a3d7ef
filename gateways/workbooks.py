"""The results of a replay as an XLSX workbook: a summary, one sheet per band, one per family."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from rules.replay import Replay, Sums
from rules.wording import long_date

EUROS = '#,##0.00 "€"'
AMOUNTS = ("Aujourd’hui", "Avec l’autre configuration", "Différence")
Row = Sequence[str | int | Decimal]  # a Decimal is an amount in euros


def replay_workbook(
    told: Replay, plan_name: str, activity_names: Mapping[int, str], family_names: Mapping[int, str]
) -> bytes:
    """The bytes of the workbook; amounts in euros, what looks like a formula written as the text it is."""
    book = Workbook(write_only=True)
    _sheet(book, "Résumé", _summary(told, plan_name))
    _sheet(book, "Par tranche", _bands(told, activity_names))
    _sheet(book, "Par famille", _families(told, family_names))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _summary(told: Replay, plan_name: str) -> Iterator[Row]:
    yield "Ce qui est comparé", "Résultat"
    yield "Période", f"du {long_date(told.first)} au {long_date(told.last)}"
    yield "Autre configuration", plan_name
    yield "Jours rejoués", told.total.days
    yield from zip(AMOUNTS, _euros(told.total), strict=True)
    yield "Familles qui paieraient plus", told.dearer()
    yield "Familles qui paieraient moins", told.cheaper()
    yield "Familles qui paieraient autant", told.unchanged()


def _bands(told: Replay, activity_names: Mapping[int, str]) -> Iterator[Row]:
    yield "Activité", "Ligne aujourd’hui", "Ligne de l’autre configuration", "Jours", *AMOUNTS
    for band, sums in told.by_band():
        activity = activity_names.get(band.activity_id or 0, "Toutes")
        yield activity, band.now_label, band.then_label, sums.days, *_euros(sums)


def _families(told: Replay, family_names: Mapping[int, str]) -> Iterator[Row]:
    yield "Famille", "Jours", *AMOUNTS
    for family_id, sums in told.by_family():
        yield family_names.get(family_id, str(family_id)), sums.days, *_euros(sums)


def _euros(sums: Sums) -> tuple[Decimal, Decimal, Decimal]:
    cents = (sums.now_cents, sums.then_cents, sums.difference_cents)
    now, then, difference = (Decimal(each).scaleb(-2) for each in cents)
    return now, then, difference


def _sheet(book: Workbook, title: str, rows: Iterable[Row]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFG", (34, 26, 30, 16, 16, 26, 16), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: str | int | Decimal) -> Any:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"
        return cell
    number: Any = value  # openpyxl takes a Decimal, its stubs do not say so
    cell = WriteOnlyCell(sheet, value=number)
    if isinstance(value, Decimal):
        cell.number_format = EUROS
    return cell
