"""A file of an old software, read into lines of text: CSV as offices save it, or an Excel workbook."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rules.import_rows import read_header
from rules.refusals import Refused

XLSX_SIGNATURE, XLS_SIGNATURE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
TOO_LONG = "Plus de cellules que de titres : vérifiez le séparateur et les guillemets."
UNREADABLE = "Ce classeur ne peut pas être lu : enregistrez-le de nouveau en .xlsx ou en CSV."
UTF16_SIGNATURES = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: its number as a spreadsheet shows it, and its cells by column."""

    number: int
    cells: dict[str, str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    lines: tuple[Line, ...]
    ignored_columns: tuple[str, ...]


def read_rows(content: bytes) -> list[tuple[int, list[str]]]:
    """The lines of the file with their number, as they are; same kinds and same refusals as `read_table`."""
    if content.startswith(XLS_SIGNATURE):
        raise Refused("C’est un ancien classeur .xls : enregistrez-le en .xlsx ou en CSV.")
    reader = _workbook_rows if content.startswith(XLSX_SIGNATURE) else _csv_rows
    rows = [(number, row) for number, row in reader(content) if any(row)]
    if not rows:
        raise Refused("Le fichier est vide.")
    return rows


def read_table(content: bytes) -> Table:
    """Read a CSV (semicolons, commas or tabs; UTF-8, UTF-16 or Windows) or an .xlsx workbook's first sheet.

    The kind is told by the content, not by the name. Refused with a sentence when it cannot be read.
    """
    rows = read_rows(content)
    columns, ignored = read_header(rows[0][1])
    return Table(tuple(_line(number, row, columns) for number, row in rows[1:]), tuple(ignored))


def _line(number: int, row: list[str], columns: list[str | None]) -> Line:
    cells = {name: cell for name, cell in zip(columns, row, strict=False) if name is not None}
    return Line(number, cells, TOO_LONG if any(row[len(columns) :]) else "")


# -- CSV --------------------------------------------------------------------------------


def _csv_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for row in reader:
            yield number, [cell.strip() for cell in row]
            number = reader.line_num + 1
    except csv.Error:
        raise Refused(f"La ligne {number} n’est pas du CSV lisible : vérifiez ses guillemets.") from None


def _decoded(content: bytes) -> str:
    if content.startswith(UTF16_SIGNATURES):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content:
        raise Refused("Ce fichier n’est ni un CSV ni un classeur .xlsx.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


# -- Excel ------------------------------------------------------------------------------


def _workbook_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    import openpyxl  # 11 MB with Pillow: only for a process that reads a workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a missing style is not our business
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            rows = list(book.worksheets[0].iter_rows(values_only=True))
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError):
        raise Refused(UNREADABLE) from None
    return enumerate(_as_text(rows), start=1)


def _as_text(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[str]]:
    for row in rows:
        yield _without_tail([_text(value) for value in row])


def _without_tail(row: list[str]) -> list[str]:
    """Without the empty cells at the end: Excel keeps columns that somebody once touched."""
    while row and not row[-1]:
        row.pop()
    return row


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "oui" if value else "non"
    return f"{value:.10g}" if isinstance(value, float) else str(value).strip()  # 42390.0 is a postcode
