"""Files as parents send them, made on the spot, whole or broken."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from PIL import Image

# 64 × 48 points, red then blue, coded by libheif and x265, then given an `irot` of a quarter turn by hand.
HEIC = Path(__file__).with_name("photo.heic")
PLAIN_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def pdf(mark: str = "") -> bytes:
    """A PDF of a few bytes; another mark makes another document."""
    return PLAIN_PDF.replace(b"%PDF-1.4\n", f"%PDF-1.4\n%{mark}\n".encode())


def image(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    """A photo whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def turned_photo() -> bytes:
    """A photo taken upright: stored lying, with the orientation and the place in its metadata."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise
    exif[0x010E] = "chez nous"
    exif.get_ifd(0x8825)[1] = "N"
    return image(exif=exif)


def word() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    return out.getvalue()


def archive(comment: bytes = b"", before: bytes = b"") -> bytes:
    out = io.BytesIO(before)
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a") as made:
        made.writestr("note.txt", "bonjour")
        made.comment = comment
    return out.getvalue()
