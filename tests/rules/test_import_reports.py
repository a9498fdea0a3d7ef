"""What an import says of each line, and of the whole file."""

from __future__ import annotations

import pytest

from rules.import_reports import Outcome, Report, ReportLine

CREATED = ReportLine(2, Outcome.CREATED, "Léa Martin", ("famille Martin", "Claire Martin", "quotient"))
MERGED = ReportLine(3, Outcome.MERGED, "Hugo Martin", ("quotient",), ("adresse", "payeur"))
KNOWN = ReportLine(4, Outcome.KNOWN, "Zoé Roux")
REFUSED = ReportLine(5, Outcome.REFUSED, "", ("« x » n’est pas une date.",), column="depuis")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (CREATED, "Ligne 2 : créée (Léa Martin). Famille Martin, Claire Martin et quotient."),
        (MERGED, "Ligne 3 : complétée (Hugo Martin). Quotient. Laissé tel quel : adresse et payeur."),
        (KNOWN, "Ligne 4 : déjà connue (Zoé Roux)."),
        (REFUSED, "Ligne 5, colonne « depuis » : refusée. « x » n’est pas une date."),
    ],
)
def test_a_line_is_one_sentence_after_another(line: ReportLine, sentence: str):
    assert line.sentence == sentence


def test_the_report_names_what_it_left_aside_and_ends_with_its_totals():
    report = Report((CREATED, CREATED, MERGED, REFUSED), ("Sport",))
    said = list(report.sentences())
    assert said[0] == "Colonnes laissées de côté : Sport."
    assert said[-1] == "4 lignes : 2 créées, 1 complétée, 0 déjà connue, 1 refusée."
    assert len(said) == 6
