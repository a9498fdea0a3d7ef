"""A thin pen over fpdf2: millimetres, two faces, a few colours, and nothing slow.

`FPDF.table()` and `cell()` cost four times what `text()` and `line()` do; what they would lay out,
the sheets lay out themselves (pdf/flow.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fpdf import FPDF, ViewerPreferences

from pdf import fonts
from pdf.metadata import describe

WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT = 18.0, 192.0
POINT = 25.4 / 72

Colour = tuple[int, int, int]
INK: Colour = (24, 31, 48)
MUTED: Colour = (88, 97, 115)
ACCENT: Colour = (29, 78, 216)
HAIRLINE: Colour = (210, 216, 226)
TINT: Colour = (239, 243, 253)


@dataclass(frozen=True, slots=True)
class Style:
    """A face, a size in points, a colour, and the distance between two lines in millimetres."""

    size: float
    face: str = fonts.REGULAR
    colour: Colour = INK
    leading: float = 4.2


class Paper:
    """A PDF/A-3B document being written; the same calls give the same bytes."""

    def __init__(self, *, title: str, author: str, subject: str, created_at: datetime) -> None:
        self._pdf = FPDF(unit="mm", format="A4", enforce_compliance="PDF/A-3B")
        fonts.embed(self._pdf)
        self._pdf.set_auto_page_break(False)
        self._pdf.set_lang("fr-FR")
        self._pdf.set_title(title)
        self._pdf.set_creation_date(created_at)
        self._pdf.set_xmp_metadata(describe(title=title, author=author, subject=subject, at=created_at))
        self._pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)

    def new_page(self) -> None:
        """Start a page; what follows is written on it."""
        self._pdf.add_page()

    def text(self, x: float, y: float, text: str, style: Style) -> None:
        """Write on the baseline `y` from `x`."""
        self._pdf.set_font(fonts.FAMILY, style.face, style.size)
        self._pdf.set_text_color(*style.colour)
        self._pdf.text(x, y, fonts.printable(text))

    def text_right(self, x: float, y: float, text: str, style: Style) -> None:
        """Write on the baseline `y` so that the text ends at `x`."""
        self.text(x - width_of(text, style), y, text, style)

    def rows(self, x: float, y: float, rows: list[str], style: Style) -> float:
        """Write rows one under the other from the baseline `y`; return the next baseline."""
        for row in rows:
            self.text(x, y, row, style)
            y += style.leading
        return y

    def rule(self, x1: float, y: float, x2: float, colour: Colour = HAIRLINE, thickness: float = 0.2) -> None:
        """Draw a horizontal line."""
        self._pdf.set_draw_color(*colour)
        self._pdf.set_line_width(thickness)
        self._pdf.line(x1, y, x2, y)

    def stroke(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draw a line with the pen as the last rule left it."""
        self._pdf.line(x1, y1, x2, y2)

    def ring(self, x: float, y: float, radius: float) -> None:
        """Draw a circle around a point, with the pen as the last rule left it."""
        self._pdf.circle(x, y, radius)

    def dotted(self, x1: float, y: float, x2: float) -> None:
        """Draw a line to cut along."""
        self._pdf.set_dash_pattern(dash=0.8, gap=1.2)
        self.rule(x1, y, x2, MUTED, 0.25)
        self._pdf.set_dash_pattern()

    def box(self, x: float, y: float, w: float, h: float, colour: Colour, radius: float = 0) -> None:
        """Fill a rectangle, its corners rounded when a radius is given."""
        self._pdf.set_fill_color(*colour)
        self._pdf.rect(x, y, w, h, style="F", round_corners=radius > 0, corner_radius=radius)

    def frame(self, x: float, y: float, w: float, h: float, colour: Colour = HAIRLINE) -> None:
        """Draw the outline of a rectangle."""
        self._pdf.set_draw_color(*colour)
        self._pdf.set_line_width(0.25)
        self._pdf.rect(x, y, w, h, style="D")

    def finish(self) -> bytes:
        """Close the document and return it."""
        return bytes(self._pdf.output())


def width_of(text: str, style: Style) -> float:
    """Return the width of a text, in millimetres."""
    return fonts.text_width(fonts.printable(text), style.face, style.size) * POINT


def wrap(text: str, style: Style, width: float) -> list[str]:
    """Cut a text into rows no wider than `width` millimetres, at spaces (never at no-break ones).

    A word wider than a row is cut where it must be. An empty text gives no row.
    """
    rows: list[str] = []
    room = 0.0
    for word in fonts.printable(text).split(" "):
        needed = width_of(f" {word}", style)
        if rows and needed <= room:
            rows[-1] += f" {word}"
            room -= needed
        else:
            rows.extend(_cut(word, style, width))
            room = width - width_of(rows[-1], style)
    return [row for row in rows if row]


def _cut(word: str, style: Style, width: float) -> list[str]:
    pieces = [""]
    if width_of(word, style) <= width:
        return [word]
    for sign in word:
        if pieces[-1] and width_of(pieces[-1] + sign, style) > width:
            pieces.append("")
        pieces[-1] += sign
    return pieces
