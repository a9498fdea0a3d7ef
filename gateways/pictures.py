"""Pillow: an image as it was sent becomes two light WebP files, upright, without what the camera wrote."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules.pictures import LARGE_SIDE, MOST_BYTES, SMALL_BYTES, SMALL_SIDE, fitted
from rules.refusals import Refused

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_SENT = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000  # a telephone takes 50 million at most; beyond, it is a trap for the memory
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITIES = (80, 65, 50, 40, 30)
LARGE_SIDES = (LARGE_SIDE, 1000, 800, 600, SMALL_SIDE)
UNREADABLE = "Cette image ne peut pas être lue. Formats acceptés : JPEG, PNG et WebP."


@dataclass(frozen=True, slots=True)
class Prepared:
    """Both sizes, ready to be kept; width and height are those of the large one."""

    large: bytes
    small: bytes
    width: int
    height: int


def prepared(content: bytes) -> Prepared:
    """At most 1200 pixels and 150 KB, and 480 pixels; the kind is told by the content.

    Drawing the image again leaves out its EXIF (place, date, device). Refused with a sentence otherwise.
    """
    if not content:
        raise Refused("Ce fichier est vide.", "file")
    if len(content) > MOST_SENT:
        raise Refused("Cette image pèse plus de 10 Mo : réduisez-la, puis recommencez.", "file")
    image = _opened(content)
    large, size = _large(image)
    small = _light(image, fitted(*size, SMALL_SIDE), SMALL_BYTES)
    return Prepared(large, small, *size)


def _opened(content: bytes) -> Image:
    """The image, turned the way the camera held it. Pillow is loaded only when an image comes."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    try:
        with Pillow.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refused("Cette image a trop de pixels : réduisez-la, puis recommencez.", "file")
            upright = ImageOps.exif_transpose(image)
            return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError):
        raise Refused(UNREADABLE, "file") from None


def _large(image: Image) -> tuple[bytes, tuple[int, int]]:
    """A very busy image loses quality, then pixels."""
    for side in LARGE_SIDES:
        size = fitted(*image.size, side)
        made = _light(image, size, MOST_BYTES)
        if len(made) < MOST_BYTES:
            return made, size
    raise Refused("Cette image reste trop lourde : choisissez-en une autre.", "file")


def _light(image: Image, size: tuple[int, int], most: int) -> bytes:
    """The best quality that weighs less than that; the lightest one failing that."""
    drawn = image.resize(size)
    for quality in _QUALITIES:
        file = io.BytesIO()
        drawn.save(file, "WEBP", quality=quality, method=4)
        if file.tell() < most:
            break
    return file.getvalue()
