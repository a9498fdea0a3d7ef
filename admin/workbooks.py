"""The export of a list as XLSX; imported by the first one, openpyxl being heavy."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from admin.display import harmless

EUROS = "#,##0.00"


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
