"""What every paper of the commune carries: who writes, to whom, which page."""

from __future__ import annotations

from collections.abc import Sequence

from pdf.fonts import SEMIBOLD
from pdf.paper import ACCENT, HEIGHT, LEFT, MUTED, RIGHT, Colour, Paper, Style, width_of, wrap
from pdf.wording import phone
from rules.sheets import Issuer

FOOTER = HEIGHT - 9
ADDRESSEE = 112.0  # where the window of a French envelope begins, from the left
_CONTACT_TOP, _WINDOW_TOP = 34.0, 49.0
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
    paper.text(LEFT + 5.5 - width_of(initial, _MONOGRAM) / 2, 21.4, initial, _MONOGRAM)
    paper.text(LEFT + 15, 18.4, issuer.commune, _COMMUNE)
    paper.text(LEFT + 15, 23.6, issuer.service, _PLAIN)
    paper.rows(LEFT, _CONTACT_TOP, contact_rows(issuer), _SMALL)


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


def draw_addressee(paper: Paper, name: str, address: Sequence[str]) -> None:
    """Draw to whom it is sent, where an envelope's window shows it."""
    below = paper.rows(ADDRESSEE, _WINDOW_TOP, _name_rows(name), _ADDRESSEE)
    paper.rows(ADDRESSEE, below, _address_rows(address), _ADDRESS)


def head_bottom(issuer: Issuer, name: str, address: Sequence[str]) -> float:
    """Return where the head of the first page ends: below the longer of both columns."""
    rows = len(_name_rows(name)) + len(_address_rows(address))
    contacts = _CONTACT_TOP + len(contact_rows(issuer)) * _SMALL.leading
    return max(62.0, contacts, _WINDOW_TOP + rows * _ADDRESS.leading)


def _name_rows(name: str) -> list[str]:
    return wrap(name, _ADDRESSEE, RIGHT - ADDRESSEE)


def _address_rows(address: Sequence[str]) -> list[str]:
    return [row for part in address for row in wrap(part, _ADDRESS, RIGHT - ADDRESSEE)]


def draw_footer(paper: Paper, issuer: Issuer, reference: str, is_example: bool) -> None:
    """Draw the foot of a page: who, an example or not, which paper and page."""
    siret = f" · SIRET {phone(issuer.siret)}" if issuer.siret else ""
    example = f" · {EXAMPLE}" if is_example else ""
    paper.text(LEFT, FOOTER, f"{issuer.commune}{siret}{example}", _SMALL)
    paper.text_right(RIGHT, FOOTER, reference, _SMALL)
