"""The table of an invoice: months, children, lines and their days, total."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from pdf.flow import Block, keep
from pdf.fonts import SEMIBOLD
from pdf.paper import ACCENT, INK, LEFT, MUTED, RIGHT, TINT, Paper, Style, wrap
from pdf.wording import days_in_words, long_date, quotient
from rules.money import NBSP, format_cents
from rules.sheets import InvoiceSheet, MonthLines, QuotientUsed, SheetLine

_HEAD = Style(8, colour=MUTED)
_MONTH = Style(12, SEMIBOLD, ACCENT)
_CHILD = Style(10.5, SEMIBOLD)
_LABEL = Style(10, leading=4.4)
_SMALL = Style(8.5, colour=MUTED, leading=3.7)
_AMOUNT = Style(10)
_TOTAL = Style(12, SEMIBOLD)

_QUANTITY_X, _UNIT_X, _AMOUNT_X = 144.0, 165.0, RIGHT - 3
_LABEL_WIDTH = 106.0


def line_blocks(sheet: InvoiceSheet) -> list[Block]:
    """Return the table, row by row; the total never stands alone on a page."""
    rows = [block for month in sheet.months for block in _month_blocks(month)]
    table = [keep(_column_heads()), *rows[:-1], *(keep(row) for row in rows[-1:]), _total_block(sheet)]
    return [*table, _quotients_block(sheet.quotients)] if sheet.quotients else table


def _column_heads(continued: str = "") -> Block:
    def draw(paper: Paper, top: float) -> None:
        paper.text(LEFT, top + 3.4, "Prestation et jours", _HEAD)
        paper.text_right(_QUANTITY_X, top + 3.4, "Quantité", _HEAD)
        paper.text_right(_UNIT_X, top + 3.4, "Prix unitaire", _HEAD)
        paper.text_right(_AMOUNT_X, top + 3.4, "Montant", _HEAD)
        paper.rule(LEFT, top + 5.2, RIGHT, INK, 0.3)
        paper.text(LEFT, top + 10.2, continued, _CHILD)

    return Block(12 if continued else 6, draw)


def _month_blocks(month: MonthLines) -> Iterator[Block]:
    yield keep(_month_block(month))
    for child, lines in groupby(month.lines, key=attrgetter("child")):
        if child:
            yield keep(_child_block(child))
        lead = _column_heads(" · ".join(filter(None, [month.heading, child])) + " (suite)")
        yield from (_line_block(line, lead) for line in lines)


def _month_block(month: MonthLines) -> Block:
    note = wrap(month.note, _SMALL, RIGHT - LEFT)

    def draw(paper: Paper, top: float) -> None:
        paper.text(LEFT, top + 6.2, month.heading, _MONTH)
        paper.rows(LEFT, top + 10.4, note, _SMALL)

    return Block(8 + len(note) * _SMALL.leading, draw, lead=_column_heads())


def _child_block(child: str) -> Block:
    rows = wrap(child, _CHILD, RIGHT - LEFT)
    height = 2 + len(rows) * _CHILD.leading
    return Block(height, lambda paper, top: paper.rows(LEFT, top + 4.6, rows, _CHILD), lead=_column_heads())


def _line_block(line: SheetLine, lead: Block) -> Block:
    label = wrap(_label(line), _LABEL, _LABEL_WIDTH)
    small = wrap(days_in_words(line.days), _SMALL, _LABEL_WIDTH) + wrap(line.note, _SMALL, _LABEL_WIDTH)
    height = len(label) * _LABEL.leading + len(small) * _SMALL.leading + 1.6

    def draw(paper: Paper, top: float) -> None:
        _draw_figures(paper, top + 3.8, line)
        below = paper.rows(LEFT, top + 3.8, label, _LABEL)
        paper.rows(LEFT, below - 0.4, small, _SMALL)
        paper.rule(LEFT, top + height - 0.2, RIGHT)

    return Block(height, draw, lead=lead)


def _label(line: SheetLine) -> str:
    return f"{line.activity} · {line.situation}" if line.situation else line.activity


def _draw_figures(paper: Paper, y: float, line: SheetLine) -> None:
    if line.unit_price is not None:
        paper.text_right(_QUANTITY_X, y, f"{line.quantity}{NBSP}{line.unit}".strip(), _AMOUNT)
        paper.text_right(_UNIT_X, y, format_cents(line.unit_price), _AMOUNT)
    paper.text_right(_AMOUNT_X, y, format_cents(line.amount), _AMOUNT)


def _total_block(sheet: InvoiceSheet) -> Block:
    amount = format_cents(sheet.total)

    def draw(paper: Paper, top: float) -> None:
        paper.box(LEFT, top + 2, RIGHT - LEFT, 9, TINT, radius=1.5)
        paper.text(LEFT + 3, top + 8, total_label(sheet), _TOTAL)
        paper.text_right(_AMOUNT_X, top + 8, amount, _TOTAL)

    return Block(13, draw)


def total_label(sheet: InvoiceSheet) -> str:
    """Say what the total is: something to pay, nothing, or something owed to the family."""
    if sheet.total > 0:
        return "Total à payer"
    return "Total en votre faveur" if sheet.total < 0 else "Total : rien à payer"


def _quotients_block(quotients: tuple[QuotientUsed, ...]) -> Block:
    text = f"Quotient familial utilisé{NBSP}: {f'{NBSP}; '.join(_quotient_words(one) for one in quotients)}."
    rows = wrap(text, _SMALL, RIGHT - LEFT)
    return Block(len(rows) * _SMALL.leading + 3, lambda paper, top: paper.rows(LEFT, top + 3, rows, _SMALL))


def _quotient_words(used: QuotientUsed) -> str:
    value = "aucun n’a été fourni" if used.value is None else quotient(used.value)
    since = f"en vigueur depuis le {long_date(used.since)}" if used.since else ""
    return ", ".join(filter(None, [value, used.source, since]))
