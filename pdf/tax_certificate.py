"""The tax certificate of childcare costs: who paid, for which young children, how much, in which year.

CGI article 200 quater B: no form is prescribed; the establishments say precisely what was paid.
"""

from __future__ import annotations

from pdf.flow import Block, draw_page, keep, paginate
from pdf.fonts import SEMIBOLD
from pdf.letterhead import draw_addressee, draw_footer, draw_issuer, draw_title, head_bottom
from pdf.paper import INK, LEFT, MUTED, RIGHT, TINT, Paper, Style, wrap
from pdf.wording import long_date
from rules.instants import paris
from rules.money import NBSP, format_cents
from rules.sheets import CertificateSheet, CertifiedChild

TITLE = "Attestation fiscale"

_HEAD = Style(8, colour=MUTED)
_CHILD = Style(10.5, SEMIBOLD, leading=4.8)
_PLAIN = Style(10.5, leading=5)
_SMALL = Style(9, colour=MUTED, leading=4.1)
_AMOUNT = Style(10.5, SEMIBOLD)
_TOTAL = Style(12, SEMIBOLD)

_WIDTH = RIGHT - LEFT
_BORN_X, _NAME_WIDTH = 104.0, 80.0
_BOTTOM = 283.0
_FOLLOWING_TOP = 22.0


def render(sheet: CertificateSheet) -> bytes:
    """Return the PDF of a certificate; the same sheet gives the same bytes."""
    paper = Paper(
        title=f"{TITLE} {sheet.number}",
        author=sheet.issuer.commune,
        subject=f"Frais de garde payés en {sheet.year} par {sheet.payer.name}",
        created_at=sheet.issued_at,
    )
    first_top = head_bottom(sheet.issuer, sheet.payer.name, sheet.payer.address) + 6
    pages = paginate(_blocks(sheet), _BOTTOM - first_top, _BOTTOM - _FOLLOWING_TOP)
    for number, blocks in enumerate(pages, start=1):
        paper.new_page()
        if number == 1:
            _draw_head(paper, sheet)
        draw_page(paper, blocks, first_top if number == 1 else _FOLLOWING_TOP, _BOTTOM)
        reference = f"{TITLE} {sheet.number} · page {number}/{len(pages)}"
        draw_footer(paper, sheet.issuer, reference, is_example=False)
    return paper.finish()


def _draw_head(paper: Paper, sheet: CertificateSheet) -> None:
    draw_issuer(paper, sheet.issuer)
    rows = [
        f"Frais de garde payés en {sheet.year}",
        f"n° {sheet.number} · {long_date(paris(sheet.issued_at))}",
    ]
    if sheet.version > 1:
        rows.append(f"Version {sheet.version}, en remplacement de la précédente")
    draw_title(paper, TITLE, rows, is_example=False)
    draw_addressee(paper, sheet.payer.name, sheet.payer.address)


def _blocks(sheet: CertificateSheet) -> list[Block]:
    service = f"La {sheet.issuer.commune[:1].lower()}{sheet.issuer.commune[1:]} ({sheet.issuer.service})"
    period = f"du 1er{NBSP}janvier au 31{NBSP}décembre{NBSP}{sheet.year}"
    return [
        _text(
            f"{service} atteste que {sheet.payer.name} a payé, {period}, les sommes suivantes pour la garde "
            f"d’enfants de moins de six ans, hors repas{NBSP}:",
            _PLAIN,
            6,
        ),
        keep(_column_heads()),
        *(keep(_child_block(child)) for child in sheet.children),
        keep(_total_block(sheet.total)),
        _text(
            "Ces sommes sont celles réellement payées dans l’année, hors repas, pénalités et sommes rendues. "
            "Elles ouvrent droit au crédit d’impôt de l’article 200 quater B du code général des impôts, "
            f"pour les enfants âgés de moins de six ans au 1er{NBSP}janvier{NBSP}{sheet.year}. "
            "Déduisez-en les aides reçues (CAF, employeur). Gardez cette attestation : l’administration "
            "fiscale peut vous la demander.",
            _SMALL,
            5,
        ),
        _signature_block(sheet),
    ]  # fmt: skip


def _text(text: str, style: Style, space: float) -> Block:
    rows = wrap(text, style, _WIDTH)
    height = space + len(rows) * style.leading + 2
    return Block(height, lambda paper, top: paper.rows(LEFT, top + space, rows, style))


def _column_heads() -> Block:
    def draw(paper: Paper, top: float) -> None:
        paper.text(LEFT, top + 5, "Enfant et services", _HEAD)
        paper.text(_BORN_X, top + 5, "Né(e) le", _HEAD)
        paper.text_right(RIGHT - 3, top + 5, "Payé, hors repas", _HEAD)
        paper.rule(LEFT, top + 7, RIGHT, INK, 0.3)

    return Block(8, draw)


def _child_block(child: CertifiedChild) -> Block:
    name = wrap(child.name, _CHILD, _NAME_WIDTH)
    services = wrap(", ".join(child.services), _SMALL, _NAME_WIDTH)
    height = len(name) * _CHILD.leading + len(services) * _SMALL.leading + 4

    def draw(paper: Paper, top: float) -> None:
        below = paper.rows(LEFT, top + 5, name, _CHILD)
        paper.rows(LEFT, below, services, _SMALL)
        paper.text(_BORN_X, top + 5, long_date(child.birth_date), _PLAIN)
        paper.text_right(RIGHT - 3, top + 5, format_cents(child.paid), _AMOUNT)
        paper.rule(LEFT, top + height - 0.2, RIGHT)

    return Block(height, draw)


def _total_block(total: int) -> Block:
    def draw(paper: Paper, top: float) -> None:
        paper.box(LEFT, top + 2, _WIDTH, 9, TINT, radius=1.5)
        paper.text(LEFT + 3, top + 8, "Total payé pour la garde", _TOTAL)
        paper.text_right(RIGHT - 3, top + 8, format_cents(total), _TOTAL)

    return Block(14, draw)


def _signature_block(sheet: CertificateSheet) -> Block:
    def draw(paper: Paper, top: float) -> None:
        city = sheet.issuer.commune.removeprefix("Commune de ")
        paper.text(_BORN_X, top + 10, f"Fait à {city}, le {long_date(paris(sheet.issued_at))}", _PLAIN)
        paper.rows(_BORN_X, top + 16, wrap(sheet.signatory, _CHILD, RIGHT - _BORN_X), _CHILD)

    return Block(40, draw)
