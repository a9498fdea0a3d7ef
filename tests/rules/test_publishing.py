"""When a text is on show; the sizes of an image; what a link to a document says."""

from __future__ import annotations

from datetime import date

import pytest

from rules import pictures
from rules.pictures import Sized, fitted
from rules.publishing import Stage, showing
from rules.refusals import Refused
from rules.town_documents import MOST_BYTES, ensure_pdf, size_in_words

TODAY = date(2026, 11, 23)
BEFORE, AFTER = date(2026, 11, 22), date(2026, 11, 24)
PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"


@pytest.mark.parametrize(
    ("first", "last", "stage"),
    [
        (TODAY, None, Stage.ON_SHOW),
        (BEFORE, TODAY, Stage.ON_SHOW),
        (None, None, Stage.ON_SHOW),
        (AFTER, None, Stage.COMING),
        (None, BEFORE, Stage.OVER),
    ],
)
def test_both_days_are_included(first: date | None, last: date | None, stage: Stage):
    assert showing(first, last, TODAY).stage is stage


def test_a_draft_is_never_on_show():
    assert showing(BEFORE, AFTER, TODAY, is_published=False).words == "Brouillon"


@pytest.mark.parametrize(
    ("size", "said"),
    [((1200, 800), (480, 320)), ((800, 1200), (320, 480)), ((300, 200), (300, 200)), ((5000, 3), (480, 1))],
)
def test_an_image_keeps_its_shape(size: tuple[int, int], said: tuple[int, int]):
    assert fitted(*size, 480) == said


def test_the_address_of_an_image_tells_its_size():
    image = Sized("a" * 32, 1200, 800)
    assert image.address == f"/images/{'a' * 32}-1200x800.webp"
    assert pictures.addressed(image.address) == image
    assert image.small == Sized("a" * 32, 480, 320)


@pytest.mark.parametrize(
    "address", ["https://ailleurs.example/a.webp", "/images/../a.webp", "/images/chat.webp"]
)
def test_an_image_from_elsewhere_is_none_of_ours(address: str):
    assert pictures.addressed(address) is None


@pytest.mark.parametrize(
    ("size", "said"),
    [(1, "1 Ko"), (89_000, "87 Ko"), (1_468_006, "1,4 Mo"), (1_048_576, "1 Mo"), (1_048_000, "1023 Ko")],
)
def test_the_size_of_a_file_in_words(size: int, said: str):
    assert size_in_words(size) == said


def test_a_pdf_is_one_by_its_content():
    ensure_pdf(PDF)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b"<html>%PDF-1.4 %%EOF", "n’est pas un PDF"),
        (PDF[:-10], "incomplet"),
        (PDF.replace(b"trailer", b"trailer /Encrypt 3 0 R"), "mot de passe"),
        (PDF + b" " * MOST_BYTES, "10 Mo au plus"),
    ],
)
def test_what_is_not_a_whole_readable_pdf_is_refused(content: bytes, said: str):
    with pytest.raises(Refused, match=said):
        ensure_pdf(content)
