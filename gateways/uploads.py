"""What a parent sends is judged by its content, never by its name or by what the browser says of it.

Kept: PDF as it is; JPEG, PNG and HEIC (as JPEG) decoded and written again, upright, without their
metadata (the place where a photo was taken is nobody's business) and without whatever hid behind them.
Pillow and pi-heif are loaded by the first photo, not at start.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from gateways.pdf_locks import opens_without_password
from gateways.storage import Storage
from rules.documents import MOST_BYTES, SIZE_SAID, TYPES_SAID, Upload
from rules.money import NBSP
from rules.refusals import Refused

if TYPE_CHECKING:
    from PIL.Image import Image

View = TypeVar("View", bound=Callable[..., Any])
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
MOST_PIXELS = 64_000_000  # the largest photo of a telephone, not a bomb
LONGEST_SIDE = 4000  # an A4 page at 300 dots per inch is 3508
QUALITY = 85
MOST_NAME = 120
TAIL = 2048
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\"\\/<>|:*?\u200e\u200f\u202a-\u202e]+")
_ENCRYPTED = re.compile(rb"/Encrypt\s*(\d+\s+\d+\s+R|<<)")
_END = re.compile(rb"%%EOF\s*\x00*\s*\Z")
log = logging.getLogger("portail")
# A photo takes some 200 MB while it is decoded: one at a time in a process.
_one_photo = threading.Lock()


@dataclass(frozen=True, slots=True)
class Clean:
    """A file that may be kept: its name, its type, and its bytes as they are kept."""

    name: str
    media_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def suffix(self) -> str:
        return {PDF: ".pdf", JPEG: ".jpg", PNG: ".png"}[self.media_type]


def takes_files(view: View) -> View:
    """Marks a view that files may be sent to: app.py lets a heavier request in, there only."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def kept(file: Clean, storage: Storage) -> Upload:
    """The file's bytes in the storage. Raises Refused when the disk is full or gone."""
    try:
        storage_key = storage.put(file.data, file.suffix)
    except OSError:
        log.exception("the storage keeps nothing")
        raise Refused(
            f"« {file.name} » n’a pas pu être gardé{NBSP}: un ennui de notre part, déjà signalé. "
            "Réessayez plus tard."
        ) from None
    return Upload(file.name, file.media_type, len(file.data), file.sha256, storage_key)


def clean(name: str, data: bytes) -> Clean:
    """The file as it may be kept. Raises Refused with its name and the reason, in French."""
    shown = file_name(name)
    try:
        if not data:
            raise Refused("ce fichier est vide.")
        if len(data) > MOST_BYTES:
            raise Refused(f"ce fichier dépasse {SIZE_SAID}. Réduisez-le, ou photographiez le document.")
        media_type, kept = _read(data)
    except Refused as refusal:
        raise Refused(f"« {shown} » : {refusal.sentence}") from None
    suffix = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png"}[media_type]
    return Clean(_with_suffix(shown, suffix), media_type, kept)


def file_name(name: str) -> str:
    """The name without folder, control character nor what a header or a disk would misread."""
    last = PurePosixPath(name.replace("\\", "/")).name
    tidy = " ".join(_UNSAFE.sub(" ", last).split()).strip(". ")
    return tidy[-MOST_NAME:] or "document"


def _with_suffix(name: str, suffix: str) -> str:
    same = (".jpg", ".jpeg") if suffix == ".jpg" else (suffix,)
    if name.lower().endswith(same):
        return name
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name)
    return stem[: MOST_NAME - len(suffix)] + suffix


def _read(data: bytes) -> tuple[str, bytes]:
    if data.startswith(b"%PDF-"):
        return PDF, _pdf(data)
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG, _photo(data, _open_jpeg, "JPEG")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG, _photo(data, _open_png, "PNG")
    if _is_heic(data):
        return JPEG, _photo(data, _open_heic, "JPEG")
    raise Refused(_other(data))


# -- PDF ------------------------------------------------------------------------------


def _pdf(data: bytes) -> bytes:
    """A PDF that is whole, that opens without a password, and that is nothing else besides."""
    if b"startxref" not in data or b"%%EOF" not in data[-TAIL:]:
        raise Refused("ce PDF est incomplet : il a été coupé pendant sa copie. Enregistrez-le de nouveau.")
    if _END.search(data[-TAIL:]) is None or _is_also_zip(data) or _is_also_page(data):
        raise Refused("ce fichier n’est pas seulement un PDF. Imprimez-le en PDF et envoyez le résultat.")
    if _ENCRYPTED.search(data) and not opens_without_password(data):
        raise Refused("ce PDF est protégé par un mot de passe. Enregistrez-en une copie sans protection.")
    return data


def _is_also_zip(data: bytes) -> bool:
    """An archive whose end is exactly that of the file: its comment runs to the last byte."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    return at >= 0 and at + 22 + int.from_bytes(data[at + 20 : at + 22], "little") == len(data)


def _is_also_page(data: bytes) -> bool:
    start = data[:1024].lower()
    return any(tag in start for tag in (b"<html", b"<script", b"<!doctype", b"<svg", b"<?php"))


# -- photos ---------------------------------------------------------------------------


def _photo(data: bytes, opened: Callable[[bytes], Image], kind: str) -> bytes:
    """Decoded whole, set upright, reduced to a page's worth of dots, and written again alone."""
    with _one_photo:
        try:
            return _written(_upright(opened(data)), kind)
        except Refused:
            raise
        except (MemoryError, KeyboardInterrupt):
            raise
        except Exception as error:  # each decoder has its own ways to say that a file is broken
            raise Refused("cette image est abîmée ou incomplète. Reprenez la photo.") from error


def _upright(image: Image) -> Image:
    from PIL import ImageOps

    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    return ImageOps.exif_transpose(image)


def _written(image: Image, kind: str) -> bytes:
    plain = image.convert(
        "RGB" if kind == "JPEG" or image.mode not in ("L", "LA", "RGBA", "1") else image.mode
    )
    plain.info = {}
    out = io.BytesIO()
    options: dict[str, Any] = {"quality": QUALITY} if kind == "JPEG" else {}
    plain.save(out, kind, optimize=True, **options)
    return out.getvalue()


def _open_jpeg(data: bytes) -> Image:
    image = _opened(data, "JPEG")
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    return image


def _open_png(data: bytes) -> Image:
    return _opened(data, "PNG")


def _opened(data: bytes, kind: str) -> Image:
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(data), formats=(kind,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(TOO_MANY_PIXELS) from None
    _check_pixels(*image.size)
    return image


def _open_heic(data: bytes) -> Image:
    import pi_heif

    found = pi_heif.open_heif(io.BytesIO(data))
    _check_pixels(*found.size)
    image: Image = found.to_pillow()
    image.info = {}  # already upright: what its metadata say of it has been done
    return image


TOO_MANY_PIXELS = "cette image est démesurée. Reprenez la photo avec une définition plus petite."


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Refused(TOO_MANY_PIXELS)


def _is_heic(data: bytes) -> bool:
    """An ISO base media file one of whose brands is HEIC's (ISO/IEC 23008-12, § 10); AVIF is not."""
    if data[4:8] != b"ftyp":
        return False
    box = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    brands = {box[at : at + 4] for at in range(0, len(box), 4) if at != 4}
    return bool(brands & HEIC_BRANDS) and b"avif" not in brands


# -- what it is instead ------------------------------------------------------------------


def _other(data: bytes) -> str:
    """Why a file of another type is refused, naming what it is when that is known."""
    return f"{_named(data)} Ce qui convient : {TYPES_SAID}."


def _named(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        if b"word/" in data:
            return "c’est un document Word, quel que soit son nom. Enregistrez-le au format PDF."
        if b"xl/" in data:
            return "c’est un classeur Excel, quel que soit son nom. Enregistrez-le au format PDF."
        if b"opendocument" in data[:200]:
            return "c’est un document LibreOffice, quel que soit son nom. Exportez-le au format PDF."
        return "c’est une archive. Envoyez chaque document à part."
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "c’est un ancien document Office. Enregistrez-le au format PDF."
    if data.startswith((b"GIF8", b"BM", b"II*\x00", b"MM\x00*")) or data[8:12] == b"WEBP":
        return "ce format d’image n’est pas accepté."
    if data[4:8] == b"ftyp":
        return "ce fichier est une vidéo, ou une image d’un format qui n’est pas accepté."
    if _is_also_page(data) or data.lstrip()[:1] == b"<":
        return "c’est une page web. Imprimez-la en PDF."
    if b"%PDF-" in data[:1024]:
        return "ce PDF est précédé d’autre chose. Enregistrez-le de nouveau."
    return "ce type de fichier n’est pas accepté."
