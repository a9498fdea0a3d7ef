"""Exports of a list: CSV as French spreadsheets read it, or XLSX; never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from admin.display import harmless, text

MOST_ROWS = 10_000
BOM = "\ufeff"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
EUROS = "#,##0.00"


def as_csv(titles: Sequence[str], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Semicolons, decimal commas and a byte-order mark: what a French Excel opens by a double click."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(titles)
    for row in rows:
        writer.writerow([_csv_cell(value, name) for value, name in zip(row, names, strict=True)])
    return (BOM + out.getvalue()).encode()


def _csv_cell(value: Any, name: str) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, (date, datetime)):
        return str(text(value, name)) if not isinstance(value, datetime) else f"{value:%d/%m/%Y %H:%M}"
    return str(value) if isinstance(value, int) else harmless(str(value))


def as_xlsx(titles: Sequence[str], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet; what looks like a formula is written as the text it is."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append(list(titles))
    for row in rows:
        sheet.append([_xlsx_cell(sheet, value, name) for value, name in zip(row, names, strict=True)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsx_cell(sheet: Any, value: Any, name: str) -> WriteOnlyCell:
    if isinstance(value, str):
        value = harmless(ILLEGAL_CHARACTERS_RE.sub("", value))
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    elif name.endswith("_cents"):
        cell.number_format = EUROS
    elif isinstance(value, date):
        cell.number_format = "dd/mm/yyyy hh:mm" if isinstance(value, datetime) else "dd/mm/yyyy"
    return cell
