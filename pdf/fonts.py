"""The two faces of our papers, cut down at build time (tools/subset_font.py)."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF

FAMILY = "portail"
REGULAR, SEMIBOLD = "", "B"
FOLDER = Path(__file__).resolve().parent.parent / "static" / "fonts"
FILES = {
    REGULAR: FOLDER / "PortailSans-Regular.ttf",
    SEMIBOLD: FOLDER / "PortailSans-Semibold.ttf",
}


def embed(document: FPDF) -> None:
    """Add both faces to a document. fpdf2 alters the fonts it embeds, so they cannot be shared."""
    for face, file in FILES.items():
        document.add_font(FAMILY, face, file)
    for font in document.fonts.values():
        # Recomputing the boxes of every glyph costs a quarter of an invoice, and nobody reads them.
        font.ttfont.recalcBBoxes = False  # type: ignore[union-attr]


@cache
def widths(face: str) -> dict[str, int]:
    """Return the width of each character of a face, in thousandths of its size."""
    with TTFont(FILES[face], lazy=True) as font:
        metrics = font["hmtx"]
        return {chr(code): metrics[glyph][0] for code, glyph in font.getBestCmap().items()}


def text_width(text: str, face: str, size: float) -> float:
    """Return the width of a printable text, in the unit of `size`."""
    table = widths(face)
    return sum(table[sign] for sign in text) * size / 1000


def printable(text: str) -> str:
    """Return what our faces can write of a text: never an empty box, never an error.

    A letter outside them loses its marks one by one (`ễ` → `ê`); what has no Latin letter under it
    becomes « ? »; line breaks become spaces and invisible signs disappear.
    """
    covered = widths(REGULAR)
    if covered.keys() >= set(text):
        return text
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign if sign in covered else _stand_in(sign) for sign in composed)


@cache
def _stand_in(sign: str) -> str:
    if sign.isspace():
        return " "
    if unicodedata.category(sign) in {"Mn", "Me", "Cf", "Cc"}:
        return ""
    if unicodedata.category(sign) == "Pd":
        return "-"
    parts = unicodedata.decomposition(sign).split()
    letters = [chr(int(code, 16)) for code in parts if not code.startswith("<")]
    return "".join(one if one in widths(REGULAR) else _stand_in(one) for one in letters) or "?"
