"""A file as offices save it: CSV of every kind, or an Excel workbook."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

import models
from operations.import_files import read_table
from operations.imports import IMPORTER, import_families
from rules.import_reports import Outcome
from rules.refusals import Refused
from tests.conftest import START
from tests.operations.test_imports import MARTIN, csv_of, line, one, outcomes


@pytest.mark.parametrize(
    "content",
    [
        csv_of(line()),
        csv_of(line(), encoding="utf-8-sig"),
        csv_of(line(), encoding="cp1252"),
        csv_of(line(), encoding="utf-16"),
        csv_of(line(), delimiter=","),
        csv_of(line(), delimiter="\t").replace(b"Cantine, ", b"Cantine + "),
    ],
)  # fmt: skip
def test_a_csv_is_read_whatever_office_saved_it(app, content: bytes):
    report = import_families(read_table(content), by=IMPORTER, now=START)
    assert outcomes(report) == [Outcome.CREATED], list(report.sentences())
    assert one(models.Child).first_name == "Léa"


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def test_a_workbook_is_read_with_its_numbers_and_dates(app):
    cells: dict[str, Any] = dict(MARTIN)
    cells |= {"numero_famille": 1042, "code_postal": 42390.0, "quotient": 512.5, "resp1_portable": 639980001}
    cells |= {"enfant_naissance": datetime(2018, 5, 4), "quotient_effet": date(2026, 1, 1)}
    report = import_families(
        read_table(workbook(list(cells), list(cells.values()), [None] * len(cells))), by=IMPORTER, now=START
    )
    assert outcomes(report) == [Outcome.CREATED], list(report.sentences())
    assert one(models.Family).postcode == "42390"
    assert one(models.Quotient).value == Decimal("512.5")
    assert one(models.Guardian, first_name="Claire").mobile_phone == "0639980001"


@pytest.mark.parametrize(
    "titles",
    [
        [
            "Numéro famille",
            "RESP1 NOM",
            "Resp. 1 prénom",
            "Resp1-Civilité",
            "Adresse",
            "Code  postal",
            "Ville",
        ],
        ["N° famille", "resp1_nom", "resp1_prenom", "resp1_civilite", "rue", "CP", "commune"],
    ],
)
def test_titles_forgive_case_accents_and_spaces(app, titles: list[str]):
    content = workbook(
        [*titles, "Sport préféré"], ["12", "Roux", "Anne", "Mme", "1 place Neuve", "42390", "Villars", "vélo"]
    )
    table = read_table(content)
    assert table.ignored_columns == ("Sport préféré",)
    assert outcomes(import_families(table, by=IMPORTER, now=START)) == [Outcome.CREATED]


def test_a_line_number_is_the_spreadsheets(app):
    content = b'numero_famille;resp1_nom;resp1_prenom\n\n"1\n2";;\n3;;\n'
    assert [each.number for each in read_table(content).lines] == [3, 5]


def test_a_line_too_long_is_refused_alone(app):
    content = csv_of(line()) + b"\r\n" + b";".join([b"x"] * 60)
    report = import_families(read_table(content), by=IMPORTER, now=START)
    assert outcomes(report) == [Outcome.CREATED, Outcome.REFUSED]
    assert report.lines[1].details == (
        "Plus de cellules que de titres : vérifiez le séparateur et les guillemets.",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Le fichier est vide."),
        (b"\xef\xbb\xbf\r\n", "Le fichier est vide."),
        (
            b"nom;prenom\nMartin;Claire\n",
            "La colonne « numero_famille » manque dans la première ligne du fichier.",
        ),
        (
            b"numero_famille;Numero famille;resp1_nom;resp1_prenom\n",
            "La colonne « numero_famille » est nommée deux fois dans la première ligne du fichier.",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "C’est un ancien classeur .xls : enregistrez-le en .xlsx ou en CSV."),
        (
            b"PK\x03\x04broken",
            "Ce classeur ne peut pas être lu : enregistrez-le de nouveau en .xlsx ou en CSV.",
        ),
        (b"\x7fELF\0\0\0", "Ce fichier n’est ni un CSV ni un classeur .xlsx."),
        (b'a;b\n"x', "La ligne 2 n’est pas du CSV lisible : vérifiez ses guillemets."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(content: bytes, sentence: str):
    with pytest.raises(Refused) as refusal:
        read_table(content)
    assert refusal.value.sentence == sentence
