"""The invoice of a family: who owes what to whom, for which days, by when, how to pay, how to contest.

The content is that of an avis des sommes à payer (CGCT L1617-5, R2342-4): the commune, the debtor,
the bases of the calculation, the due date, the means, the delays and the court.
"""

from __future__ import annotations

from collections.abc import Iterator

from pdf.flow import Block, draw_page, keep, paginate
from pdf.fonts import SEMIBOLD
from pdf.invoice_lines import line_blocks
from pdf.invoice_ways import ways_block
from pdf.letterhead import draw_addressee, draw_footer, draw_issuer, draw_title, head_bottom
from pdf.paper import ACCENT, LEFT, MUTED, RIGHT, TINT, Paper, Style, width_of, wrap
from pdf.slip import slip_block
from pdf.wording import enumerate_names, full_date, long_date
from rules.money import NBSP, format_cents
from rules.sheets import InvoiceSheet

_LABEL = Style(8.5, colour=MUTED)
_BIG = Style(24, SEMIBOLD, ACCENT)
_STRONG = Style(11.5, SEMIBOLD, leading=5)
_SMALL = Style(8.5, colour=MUTED, leading=3.7)
_RUNNING = Style(9, SEMIBOLD, MUTED)

_BOTTOM = 285.0
_FOLLOWING_TOP = 24.0
_DUE_X, _FOR_X = LEFT + 58, LEFT + 116


def render(sheet: InvoiceSheet) -> bytes:
    """Return the PDF/A-3B of an invoice; the same sheet gives the same bytes.

    Raises ValueError when the lines do not sum to the total: a paper never contradicts itself.
    """
    if sum(line.amount for month in sheet.months for line in month.lines) != sheet.total:
        raise ValueError(f"the lines of {sheet.number} do not sum to its total")
    paper = Paper(
        title=f"{sheet.title} {sheet.number}",
        author=sheet.issuer.commune,
        subject=f"{sheet.title}, {sheet.period}, {sheet.debtor_name}",
        created_at=sheet.issued_at,
    )
    first_top = _first_top(sheet)
    pages = paginate(_blocks(sheet), _BOTTOM - first_top, _BOTTOM - _FOLLOWING_TOP)
    for number, blocks in enumerate(pages, start=1):
        paper.new_page()
        _draw_head(paper, sheet, number)
        draw_page(paper, blocks, first_top if number == 1 else _FOLLOWING_TOP, _BOTTOM)
        draw_footer(paper, sheet.issuer, _reference(sheet, number, len(pages)), sheet.is_example)
    return paper.finish()


def _blocks(sheet: InvoiceSheet) -> Iterator[Block]:
    yield from line_blocks(sheet)
    # How to pay and the slip stay on one page: a page with a slip alone would say nothing.
    yield keep(ways_block(sheet))
    if sheet.legal_notice or sheet.issuer.signatory:
        yield keep(_legal_block(sheet))
    if sheet.total > 0 and not sheet.debit:
        yield slip_block(sheet)


def _reference(sheet: InvoiceSheet, number: int, count: int) -> str:
    return f"{sheet.title} {sheet.number} · page {number}/{count}"


def _draw_head(paper: Paper, sheet: InvoiceSheet, number: int) -> None:
    if number > 1:
        paper.text(LEFT, 16, f"{sheet.title} {sheet.number} · {sheet.period}", _RUNNING)
        paper.text_right(RIGHT, 16, sheet.debtor_name, _RUNNING)
        return
    draw_issuer(paper, sheet.issuer)
    rows = [f"n° {sheet.number} · {sheet.period}", f"Annoncée le {long_date(sheet.announced_on)}", sheet.roll]
    draw_title(paper, sheet.title, [row for row in rows if row], sheet.is_example)
    draw_addressee(paper, sheet.debtor_name, sheet.debtor_address)
    _draw_summary(paper, _summary_top(sheet), sheet)


# -- the summary, read at a glance --------------------------------------------------


def _summary_top(sheet: InvoiceSheet) -> float:
    return head_bottom(sheet.issuer, sheet.debtor_name, sheet.debtor_address) + 5


def _first_top(sheet: InvoiceSheet) -> float:
    return _summary_top(sheet) + _summary_height(sheet) + 3


def _summary_height(sheet: InvoiceSheet) -> float:
    return max(19.0, 11 + len(_children_rows(sheet)) * _STRONG.leading)


def _children_rows(sheet: InvoiceSheet) -> list[str]:
    width = RIGHT - _FOR_X - 4
    whole = [name.replace(" ", NBSP) for name in sheet.children]
    names = [
        one if width_of(one, _STRONG) < width else name
        for one, name in zip(whole, sheet.children, strict=True)
    ]
    return wrap(enumerate_names(names), _STRONG, width)


def _draw_summary(paper: Paper, top: float, sheet: InvoiceSheet) -> None:
    paper.box(LEFT, top, RIGHT - LEFT, _summary_height(sheet), TINT, radius=2.2)
    label, amount = ("À payer", sheet.total) if sheet.total >= 0 else ("En votre faveur", -sheet.total)
    paper.text(LEFT + 5, top + 6, label, _LABEL)
    paper.text(LEFT + 5, top + 14.8, format_cents(amount), _BIG)
    if sheet.total > 0:
        paper.text(_DUE_X, top + 6, "Au plus tard le", _LABEL)
        paper.rows(_DUE_X, top + 12, wrap(full_date(sheet.due_on), _STRONG, 54), _STRONG)
    paper.text(_FOR_X, top + 6, "Pour", _LABEL)
    paper.rows(_FOR_X, top + 12, _children_rows(sheet), _STRONG)


def _legal_block(sheet: InvoiceSheet) -> Block:
    signed = f"Ordonnateur{NBSP}: {sheet.issuer.signatory}." if sheet.issuer.signatory else ""
    rows = wrap(" ".join(filter(None, [sheet.legal_notice, signed])), _SMALL, RIGHT - LEFT)
    return Block(2 + len(rows) * _SMALL.leading, lambda paper, top: paper.rows(LEFT, top + 3, rows, _SMALL))
