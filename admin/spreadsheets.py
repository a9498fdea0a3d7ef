"""Exports of a list: CSV as French spreadsheets read it, never a formula; XLSX is in admin/workbooks.py."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from admin.display import harmless, text

MOST_ROWS = 10_000
BOM = "\ufeff"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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
