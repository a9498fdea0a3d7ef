"""The papillon: cut off, it goes with the cheque."""

from __future__ import annotations

from pdf.flow import Block
from pdf.fonts import SEMIBOLD
from pdf.paper import ACCENT, LEFT, MUTED, RIGHT, TINT, WIDTH, Paper, Style, wrap
from pdf.wording import full_date
from rules.money import format_cents
from rules.sheets import InvoiceSheet

HEIGHT = 45.0
_HEADING = Style(11, SEMIBOLD, ACCENT)
_LABEL = Style(8, colour=MUTED)
_VALUE = Style(9.5, SEMIBOLD, leading=4.3)
_PLAIN = Style(9.5, leading=4.3)
_AMOUNT = Style(15, SEMIBOLD, ACCENT)
_MIDDLE, _LAST = 82.0, 148.0


def render(sheet: InvoiceSheet) -> bytes:
    """Return the slip alone on a page, at its top."""
    paper = Paper(
        title=f"Papillon de la facture {sheet.number}",
        author=sheet.issuer.commune,
        subject=f"À joindre au chèque, {sheet.debtor_name}",
        created_at=sheet.issued_at,
    )
    paper.new_page()
    _draw(paper, 12, sheet)
    return paper.finish()


def slip_block(sheet: InvoiceSheet) -> Block:
    """Return the slip, at the foot of the last page."""
    return Block(HEIGHT, lambda paper, top: _draw(paper, top, sheet), at_bottom=True)


def _draw(paper: Paper, top: float, sheet: InvoiceSheet) -> None:
    _draw_cut(paper, top + 3)
    paper.text(LEFT, top + 10.5, "Papillon à joindre à votre chèque", _HEADING)
    _draw_destination(paper, top + 17, sheet)
    _draw_references(paper, top + 17, sheet)
    _draw_amount(paper, top + 17, sheet)


def _draw_cut(paper: Paper, y: float) -> None:
    """A dotted line from edge to edge, with scissors drawn at its beginning (no face of ours has them)."""
    paper.dotted(LEFT, y, WIDTH)
    paper.dotted(0, y, LEFT - 8)
    paper.rule(LEFT - 5.2, y, LEFT - 5.2, MUTED, 0.3)
    for side in (-1, 1):
        paper.ring(LEFT - 6.3, y + side * 1.0, 0.7)
        paper.stroke(LEFT - 5.7, y + side * 0.7, LEFT - 2.2, y - side * 0.9)


def _draw_destination(paper: Paper, y: float, sheet: InvoiceSheet) -> None:
    width = _MIDDLE - LEFT - 6
    below = _field(paper, LEFT, y, "Chèque à l’ordre de", [sheet.treasury.payee])
    paper.text(LEFT, below, "À envoyer à", _LABEL)
    rows = [
        row for part in (sheet.treasury.name, *sheet.treasury.address) for row in wrap(part, _PLAIN, width)
    ]
    paper.rows(LEFT, below + 4.3, rows, _PLAIN)


def _draw_references(paper: Paper, y: float, sheet: InvoiceSheet) -> None:
    width = _LAST - _MIDDLE - 6
    below = _field(paper, _MIDDLE, y, "Commune", wrap(sheet.issuer.commune, _VALUE, width))
    below = _field(paper, _MIDDLE, below, "Débiteur", wrap(sheet.debtor_name, _VALUE, width)[:2])
    reference = f"{sheet.title} n° {sheet.number}"
    rows = [reference, *([f"Référence {sheet.payfip.reference}"] if sheet.payfip else [])]
    _field(paper, _MIDDLE, below, "À rappeler", [row for one in rows for row in wrap(one, _VALUE, width)])


def _draw_amount(paper: Paper, y: float, sheet: InvoiceSheet) -> None:
    paper.box(_LAST - 4, y - 5, RIGHT - _LAST + 4, 27, TINT, radius=1.5)
    paper.text(_LAST, y, "Montant", _LABEL)
    paper.text(_LAST, y + 6.6, format_cents(sheet.total), _AMOUNT)
    _field(paper, _LAST, y + 13, "Au plus tard le", wrap(full_date(sheet.due_on), _VALUE, RIGHT - _LAST))


def _field(paper: Paper, x: float, y: float, label: str, rows: list[str]) -> float:
    paper.text(x, y, label, _LABEL)
    return paper.rows(x, y + 4.3, rows, _VALUE) + 1.6
