"""An image from a telephone becomes two light files, upright, that no longer say where it was taken."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from gateways import pictures
from gateways.pictures import prepared
from rules.pictures import MOST_BYTES, SMALL_BYTES
from rules.refusals import Refused


def sent(size: tuple[int, int], form: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "#2b5ce6").save(file, form, **options)  # type: ignore[arg-type]
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_both_sizes_are_webp(form: str) -> None:
    found = prepared(sent((3000, 2000), form))
    assert (found.width, found.height) == (1200, 800)
    assert (opened(found.large).format, opened(found.small).size) == ("WEBP", (480, 320))


def test_a_photograph_is_turned_upright_and_says_nothing_of_the_camera() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    exif[0x010F] = "Appareil de Claire"
    found = prepared(sent((1000, 500), "JPEG", exif=exif))
    assert (found.width, found.height) == (500, 1000)
    assert not opened(found.large).getexif()
    assert b"Claire" not in found.large


def test_even_a_very_busy_image_stays_light() -> None:
    noise = random.Random(1).randbytes(1200 * 1200 * 3)
    file = io.BytesIO()
    Image.frombytes("RGB", (1200, 1200), noise).save(file, "PNG")
    found = prepared(file.getvalue())
    assert len(found.large) < MOST_BYTES
    assert (found.width, found.height) == opened(found.large).size


def test_several_small_ones_fit_on_a_page() -> None:
    spots = random.Random(2)
    image = Image.new("RGB", (1200, 800), "#dbe7ff")
    for _ in range(400):
        at = spots.randrange(1150), spots.randrange(750)
        image.paste((spots.randrange(256), 120, 80), (*at, at[0] + 50, at[1] + 50))
    file = io.BytesIO()
    image.save(file, "JPEG")
    assert len(prepared(file.getvalue()).small) < SMALL_BYTES


def test_transparency_is_kept() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(file, "PNG")
    assert opened(prepared(file.getvalue()).large).mode == "RGBA"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 %%EOF", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                                     sent((9, 9), "GIF"), sent((400, 400), "JPEG")[:300]])  # fmt: skip
def test_what_is_not_a_whole_image_of_these_kinds_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        prepared(content)


def test_a_trap_for_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    with pytest.raises(Refused, match="trop de pixels"):
        prepared(sent((20, 20), "PNG"))
