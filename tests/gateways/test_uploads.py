"""What parents send: judged by its content, cleaned, or refused with the reason."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from gateways import uploads
from rules.documents import MOST_BYTES
from rules.refusals import Refused
from tests.gateways import files


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_pdf_is_kept_to_the_byte():
    kept = uploads.clean("attestation.pdf", files.pdf())
    assert (kept.name, kept.media_type, kept.data) == ("attestation.pdf", "application/pdf", files.pdf())


def test_a_photo_is_set_upright_and_says_nothing_of_where_it_was_taken():
    kept = uploads.clean("IMG_0001.JPG", files.turned_photo())
    picture = opened(kept.data)
    assert (kept.name, kept.media_type, picture.format) == ("IMG_0001.JPG", "image/jpeg", "JPEG")
    assert picture.size == (40, 60)
    red, _, blue = picture.getpixel((20, 5))
    assert red > 200 > 50 > blue
    assert not picture.getexif() and b"chez nous" not in kept.data


def test_the_photo_of_a_telephone_becomes_an_upright_jpeg():
    """A real HEIC: HEVC, turned by its `irot` property and by its metadata, which must not turn it twice."""
    sent = files.HEIC.read_bytes()
    kept = uploads.clean("IMG_4242.HEIC", sent)
    picture = opened(kept.data)
    assert (kept.name, kept.media_type, picture.size) == ("IMG_4242.jpg", "image/jpeg", (48, 64))
    assert picture.getpixel((24, 5))[0] > 200 and picture.getpixel((24, 60))[2] > 200
    assert b"chez nous" in sent and b"chez nous" not in kept.data and not picture.getexif()


def test_the_photo_of_a_telephone_cut_short_is_refused():
    with pytest.raises(Refused, match="abîmée ou incomplète"):
        uploads.clean("IMG_4242.HEIC", files.HEIC.read_bytes()[:-150])


def test_a_png_stays_a_png():
    kept = uploads.clean("capture.png", files.image("PNG"))
    assert (kept.media_type, opened(kept.data).format) == ("image/png", "PNG")


def test_a_png_with_a_palette_or_transparency_is_read():
    clear = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(clear, "PNG")
    assert opened(uploads.clean("a.png", clear.getvalue()).data).mode == "RGBA"
    few = io.BytesIO()
    Image.new("P", (4, 4)).save(few, "PNG")
    assert opened(uploads.clean("a.png", few.getvalue()).data).size == (4, 4)


def test_the_type_is_that_of_the_content_and_the_name_follows_it():
    assert uploads.clean("photo.png", files.image()).name == "photo.jpg"
    assert uploads.clean("scan", files.pdf()).name == "scan.pdf"
    assert uploads.clean("photo.pdf", files.image()).media_type == "image/jpeg"


def test_a_large_photo_is_brought_to_the_dots_of_a_page():
    kept = uploads.clean("grande.jpg", files.image(size=(6000, 3000)))
    assert opened(kept.data).size == (4000, 2000)


def test_what_hides_behind_a_photo_is_not_kept():
    kept = uploads.clean("photo.jpg", files.archive(before=files.image()))
    assert b"bonjour" not in kept.data and b"PK\x05\x06" not in kept.data


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("vide.pdf", b"", "vide"),
        ("lourd.pdf", files.pdf() + b"0" * MOST_BYTES, "dépasse 10\N{NO-BREAK SPACE}Mo"),
        ("coupe.pdf", files.pdf()[:-10], "incomplet"),
        ("protege.pdf", files.pdf().replace(b"trailer<<", b"trailer<</Encrypt 5 0 R"), "mot de passe"),
        ("double.pdf", files.pdf() + files.archive(), "pas seulement un PDF"),
        ("double.pdf", files.archive(comment=b"%%EOF", before=files.pdf()), "pas seulement un PDF"),
        ("double.pdf", files.pdf("<html><script>alert(1)</script>"), "pas seulement un PDF"),
        ("page.pdf", b"<html>" + files.pdf(), "page web"),
        ("devant.pdf", b"MZ" + files.pdf(), "précédé d’autre chose"),
        ("contrat.pdf", files.word(), "document Word"),
        ("tout.zip", files.archive(), "archive"),
        ("ancien.pdf", b"\xd0\xcf\x11\xe0" + b"0" * 600, "ancien document Office"),
        ("anime.gif", b"GIF89a" + b"0" * 60, "format d’image"),
        ("film.mov", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "vidéo"),
        ("photo.avif", b"\0\0\0\x1cftypavif\0\0\0\0mif1avif", "format qui n’est pas accepté"),
        ("prog.pdf", b"MZ" + b"0" * 60, "n’est pas accepté"),
        ("dessin.jpg", b'<svg onload="alert(1)"/>', "page web"),
        ("coupee.jpg", files.image(size=(900, 900))[:-600], "abîmée ou incomplète"),
        ("coupee.png", files.image("PNG", (900, 900))[:-600], "abîmée ou incomplète"),
        ("coupee.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "abîmée ou incomplète"),
        ("bombe.png", files.image("PNG", (9000, 9000)), "démesurée"),
        ("bombe.png", files.image("PNG", (20000, 10000)), "démesurée"),
    ],
)
def test_each_refusal_names_the_file_and_the_reason(name, data, reason):
    with pytest.raises(Refused) as refused:
        uploads.clean(name, data)
    assert refused.value.sentence.startswith(f"« {name} » : ")
    assert reason in refused.value.sentence


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Documents\\RIB.pdf", "RIB.pdf"),
        ("../../etc/passwd", "passwd"),
        ('a"b\r\nSet-Cookie: x.pdf', "a b Set-Cookie x.pdf"),
        ("facture\u202efdp.exe", "facture fdp.exe"),
        ("", "document"),
        ("...", "document"),
        ("é" * 300 + ".pdf", "é" * 116 + ".pdf"),
    ],
)
def test_a_name_can_neither_walk_nor_deceive(sent, kept):
    assert uploads.file_name(sent) == kept
