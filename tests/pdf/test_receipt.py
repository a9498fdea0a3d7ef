from datetime import date

from pdf.receipt import render
from rules.sheets import ReceiptLine
from tests.pdf.factories import sample_receipt, school_days
from tests.pdf.reading import pages, reader, text


def test_a_receipt_says_its_number_what_until_when_and_who():
    data = render(sample_receipt())
    assert data.startswith(b"%PDF-")
    assert len(pages(data)) == 1
    read = text(data)
    for fact in (
        "n° R2026-000456",
        "mardi 22 septembre 2026 à 14 h 05",
        "Mme Odette Perrin",
        "Lucas Perrin",
        "Réservé · Restauration scolaire",
        "jeu. 1er, ven. 2, lun. 5",
        "Modifiable jusqu’au mercredi 23 septembre 2026 à 23 h 59",
        "9 × 3,85 € = 34,65 €",
        "Annulé · Restauration scolaire",
        "mar. 29 septembre",
        "Service Éducation, pour Mme Odette Perrin, demandé au guichet",
        "page 1/1",
    ):
        assert fact in read
    assert reader(data).xmp_metadata.dc_title == {"x-default": "Reçu R2026-000456"}


def test_a_whole_year_of_days_is_printed_month_by_month():
    days = school_days(date(2026, 9, 1), 150)
    line = ReceiptLine(child="Żoé", activity="Restauration scolaire", what="Réservé", days=days)
    read = text(render(sample_receipt(lines=(line,) * 3, is_example=True)))
    assert "lun. 28, mar. 29 septembre 2026 jeu. 1er" in read
    assert read.count("20 mai 2027") == 3
    assert "Exemple" in read


def test_the_same_receipt_gives_the_same_bytes():
    assert render(sample_receipt()) == render(sample_receipt())
