"""What every paper of the commune carries: who writes, to whom, which page."""

from __future__ import annotations

from collections.abc import Sequence

from pdf.fonts import SEMIBOLD
from pdf.paper import ACCENT, HEIGHT, LEFT, MUTED, RIGHT, Colour, Paper, Style, wrap
from pdf.sheets import Issuer
from pdf.wording import phone

FOOTER = HEIGHT - 9
ADDRESSEE = 112.0  # where the window of a French envelope begins, from the left
EXAMPLE = "Exemple — grille tarifaire fictive"

_TITLE = Style(21, SEMIBOLD, ACCENT)
_COMMUNE = Style(13, SEMIBOLD)
_PLAIN = Style(9.5, leading=4.6)
_SMALL = Style(8.5, colour=MUTED, leading=4.0)
_WHITE: Colour = (255, 255, 255)
_MONOGRAM = Style(15, SEMIBOLD, _WHITE)
_ADDRESSEE = Style(10.5, SEMIBOLD, leading=4.8)
_ADDRESS = Style(10.5, leading=4.8)
_EXAMPLE = Style(8.5, SEMIBOLD, (154, 82, 8))


def draw_issuer(paper: Paper, issuer: Issuer) -> None:
    """Draw the commune at the top left: monogram, name, service, how to reach it."""
    paper.box(LEFT, 14, 11, 11, ACCENT, radius=2.2)
    initial = issuer.commune.split()[-1][:1].upper()
    paper.text(LEFT + 3.6, 21.4, initial, _MONOGRAM)
    paper.text(LEFT + 15, 18.4, issuer.commune, _COMMUNE)
    paper.text(LEFT + 15, 23.6, issuer.service, _PLAIN)
    paper.rows(LEFT, 34, contact_rows(issuer), _SMALL)


def contact_rows(issuer: Issuer) -> list[str]:
    """Return the commune's address and what is known of how to reach it."""
    reach = (phone(issuer.phone), issuer.email, issuer.siret and f"SIRET {phone(issuer.siret)}")
    return [row for row in (*issuer.address, *reach) if row]


def draw_title(paper: Paper, title: str, rows: Sequence[str], is_example: bool) -> None:
    """Draw what this paper is at the top right, in the column of the addressee."""
    paper.text(ADDRESSEE, 21.4, title, _TITLE)
    below = paper.rows(ADDRESSEE, 28, list(rows), _PLAIN)
    if is_example:
        paper.text(ADDRESSEE, below, EXAMPLE, _EXAMPLE)


def draw_addressee(paper: Paper, name: str, address: Sequence[str]) -> float:
    """Draw to whom it is sent, where an envelope's window shows it; return the bottom of the block."""
    width = RIGHT - ADDRESSEE
    below = paper.rows(ADDRESSEE, 49, wrap(name, _ADDRESSEE, width), _ADDRESSEE)
    rows = [row for part in address for row in wrap(part, _ADDRESS, width)]
    return paper.rows(ADDRESSEE, below, rows, _ADDRESS) - _ADDRESS.leading


def draw_footer(paper: Paper, issuer: Issuer, reference: str, is_example: bool) -> None:
    """Draw the foot of a page: who, an example or not, which paper and page."""
    siret = f" · SIRET {phone(issuer.siret)}" if issuer.siret else ""
    example = f" · {EXAMPLE}" if is_example else ""
    paper.text(LEFT, FOOTER, f"{issuer.commune}{siret}{example}", _SMALL)
    paper.text_right(RIGHT, FOOTER, reference, _SMALL)
