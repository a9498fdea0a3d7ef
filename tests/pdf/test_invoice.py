import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date

import pytest

from pdf.invoice import render
from pdf.wording import days_in_words
from rules.money import format_cents
from rules.sheets import DirectDebit, Payfip, QuotientUsed, SheetLine
from tests.pdf.factories import carried_sheet, evening, long_sheet, meals, sample_sheet
from tests.pdf.reading import pages, reader, text


def plain(words):
    return words.replace("\u00a0", " ")


def every_line(sheet):
    return [line for month in sheet.months for line in month.lines]


@pytest.mark.parametrize("sheet", [sample_sheet(), carried_sheet(), long_sheet(12), long_sheet(60)])
def test_every_fact_of_the_sheet_can_be_read(sheet):
    data = render(sheet)
    assert data.startswith(b"%PDF-")
    read = text(data)
    for line in every_line(sheet):
        assert plain(days_in_words(line.days)) in read
        assert line.activity in read and line.situation in read and line.note in read
        assert plain(format_cents(line.amount)) in read
    facts = [
        sheet.number,
        sheet.debtor_name,
        *sheet.debtor_address,
        *sheet.children,
        sheet.issuer.commune,
        *sheet.issuer.address,
        sheet.issuer.email,
        sheet.issuer.siret,
        sheet.treasury.name,
        "Trésor Public",
        "lundi 23 novembre 2026",
        "2 novembre 2026",
        "742, attestation CAF, en vigueur depuis le 1er janvier 2026",
        f"Total à payer {plain(format_cents(sheet.total))}",
    ]
    for fact in facts:
        assert fact in read


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (2, 1), (12, 2), (60, 4)])
def test_pages_are_numbered(count, expected):
    read = pages(render(long_sheet(count)))
    assert len(read) == expected
    for number, page in enumerate(read, start=1):
        assert f"Facture F2026-000123 · page {number}/{expected}" in page


def test_an_ordinary_month_of_two_children_holds_on_one_page():
    assert len(pages(render(sample_sheet()))) == 1


def test_following_pages_say_again_what_they_are():
    _, second, *_, last = pages(render(long_sheet(60)))
    assert "Facture F2026-000123 · octobre 2026" in second and "Mme Claire Martin" in second
    assert "Prix unitaire" in second and "(suite)" in second
    assert "Papillon" in last and "Papillon" not in second


def test_the_slip_travels_with_how_to_pay():
    first, last = pages(render(long_sheet(12)))
    assert "Total à payer" in first or "Prix unitaire" in last
    assert "Comment payer" in last and "Papillon" in last


def test_the_same_sheet_gives_the_same_bytes():
    first = render(carried_sheet())
    time.sleep(1.1)  # a clock read while drawing would show in seconds
    assert render(carried_sheet()) == first


def test_bytes_do_not_depend_on_the_process():
    script = (
        "import hashlib; from pdf.invoice import render; from tests.pdf.factories import carried_sheet;"
        "print(hashlib.sha256(render(carried_sheet())).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in [("1", "UTC"), ("2", "Europe/Paris")]
    }
    assert len(digests) == 1


def test_the_document_says_what_it_is():
    document = reader(render(sample_sheet(debtor_name="Mme A & B <Mar\x07tin>")))
    described = document.xmp_metadata
    assert described.dc_title == {"x-default": "Facture F2026-000123"}
    assert described.dc_creator == ["Commune de Villars"]
    assert described.dc_description == {"x-default": "Facture, octobre 2026, Mme A & B <Martin>"}
    assert described.dc_language == ["fr-FR"]
    assert (described.pdfaid_part, described.pdfaid_conformance) == ("3", "B")
    assert (
        described.xmp_create_date.isoformat()
        == described.xmp_modify_date.isoformat()
        == "2026-11-02T08:30:00"
    )
    assert document.root_object["/Lang"] == "fr-FR"
    assert document.root_object["/ViewerPreferences"]["/DisplayDocTitle"]


def test_earlier_months_stand_under_their_own_name_with_the_reason():
    read = text(render(carried_sheet()))
    september, october = read.index("Septembre 2026"), read.index("Octobre 2026")
    assert september < read.index("inférieur au seuil de mise en recouvrement") < october


def test_lines_that_contradict_the_total_are_never_printed():
    with pytest.raises(ValueError, match="F2026-000123"):
        render(replace(sample_sheet(), total=1))


# -- how to pay ---------------------------------------------------------------------


def test_unknown_references_are_not_invented():
    read = text(render(sample_sheet(payfip=None)))
    assert "Sous 3 semaines, sur www.payfip.gouv.fr" in read
    assert "figureront sur l’avis que vous enverra la Trésorerie de Firminy" in read
    assert "identifiant" not in read


def test_known_references_are_printed_with_the_exact_amount():
    sheet = sample_sheet(payfip=Payfip(structure="012345", reference="2026-RS-00-000123"))
    read = text(render(sheet))
    assert "identifiant 012345, référence 2026-RS-00-000123, montant exact 82,35 €" in read
    assert "Référence 2026-RS-00-000123" in read[read.index("Papillon") :]


def test_the_cheque_has_its_payee_address_and_slip():
    read = text(render(sample_sheet()))
    assert "À l’ordre du Trésor Public" in read
    slip = read[read.index("Papillon à joindre") :]
    for fact in ("Mme Claire Martin", "F2026-000123", "82,35 €", "42700 FIRMINY", "lundi 23 novembre 2026"):
        assert fact in slip


def test_tobacconists_are_named_only_with_the_code_they_need():
    assert "buraliste" not in text(render(sample_sheet()))
    read = text(render(sample_sheet(proximity_code=("101", "010", "101"))))
    assert "espèces (300 € au plus)" in read
    assert "www.impots.gouv.fr/portail/paiement-proximite" in read


def test_a_mandate_replaces_the_other_means_and_the_slip():
    debit = DirectDebit(mandate="VIL-42-7", creditor="FR72ZZZ123456", on=date(2026, 11, 25))
    read = text(render(sample_sheet(debit=debit)))
    assert "82,35 € seront prélevés le 25 novembre 2026." in read
    assert "(RUM) : VIL-42-7 ; identifiant du créancier (ICS) : FR72ZZZ123456" in read
    assert "Papillon" not in read and "payfip" not in read


# -- how to contest -----------------------------------------------------------------


def test_the_service_comes_first_then_the_court_and_its_delay():
    read = text(render(sample_sheet()))
    assert "Écrivez à education@villars.example ou appelez le 04 77 00 00 00" in read
    assert "devant le tribunal judiciaire de Saint-Étienne dans les deux mois" in read
    assert "L. 1617-5" in read


def test_the_commune_s_own_wording_replaces_ours():
    read = text(render(sample_sheet(contest="Venez nous voir.", court="", legal_notice="Titre exécutoire.")))
    assert "Venez nous voir." in read and "Écrivez à" not in read
    assert "la juridiction compétente" in read
    assert "Titre exécutoire. Ordonnateur : Camille Exemple, maire." in read


# -- extremes -----------------------------------------------------------------------


def test_a_credit_owes_nothing_and_has_no_slip():
    sheet = sample_sheet((SheetLine(child="Noé Martin", activity="Avoir", amount=-1250),), title="Avoir")
    read = text(render(sheet))
    assert "Total en votre faveur −12,50 €" in read
    assert "ne payez rien" in read
    assert "Papillon" not in read and "Au plus tard le" not in read


def test_a_free_line_is_printed_as_zero():
    read = text(render(sample_sheet((evening("Noé Martin", 2, 0),))))
    assert "2 séances 0,00 € 0,00 €" in read
    assert "Total : rien à payer" in read


def test_foreign_and_very_long_names_are_written():
    sheet = sample_sheet(
        (meals("Żółć-Mihăilescu Ștefan", 2), meals("Çağlar N’Guyên", 1, -385)),
        debtor_name="Mme Anne-Sophie de La Rochefoucauld-Żółć-Mihăilescu N’Guyên-Çağlar Иванова",
        children=("Żółć-Mihăilescu Ștefan", "Çağlar N’Guyên", "X" * 90),
    )
    read = text(render(sheet))
    for name in ("Żółć-Mihăilescu Ștefan", "Çağlar N’Guyên", "Rochefoucauld-Żółć-Mihăilescu", "???????"):
        assert name in read


def test_an_address_of_many_rows_pushes_the_summary_down():
    address = (
        "Résidence des Hauts de la Cité-Jardin, bâtiment C, appartement 412",
        *["rue"] * 5,
        "42390 Villars",
    )
    assert len(pages(render(sample_sheet((meals("Noé Martin"),), debtor_address=address)))) == 1


def test_a_missing_quotient_is_said():
    quotients = (QuotientUsed(value=None), QuotientUsed(value=62250, source="attestation MSA"))
    assert "Quotient familial utilisé : aucun n’a été fourni ; 622,50, attestation MSA." in text(
        render(sample_sheet(quotients=quotients))
    )


def test_an_example_says_so_on_every_page():
    for page in pages(render(replace(long_sheet(60), is_example=True))):
        assert "Exemple — grille tarifaire fictive" in page
    assert "Exemple —" not in text(render(sample_sheet()))
