"""The printed receipt of a change of bookings, for families who come to the counter."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

from pdf.flow import Block, draw_page, keep, paginate
from pdf.fonts import SEMIBOLD
from pdf.letterhead import draw_addressee, draw_footer, draw_issuer, draw_title, head_bottom
from pdf.paper import INK, LEFT, MUTED, RIGHT, Paper, Style, wrap
from pdf.wording import moment, months_in_words
from rules.money import NBSP
from rules.sheets import ReceiptLine, ReceiptSheet

_CHILD = Style(12, SEMIBOLD)
_WHAT = Style(10.5, SEMIBOLD, leading=5)
_DAYS = Style(10.5, leading=5)
_SMALL = Style(9, colour=MUTED, leading=4.2)
_PLAIN = Style(10, leading=4.8)

_BOTTOM = 283.0
_FOLLOWING_TOP = 22.0
_WIDTH = RIGHT - LEFT
_DAYS_WIDTH = 128.0


def render(sheet: ReceiptSheet) -> bytes:
    """Return the PDF of a receipt: number, instant, what changed, until when it may change, who did it."""
    paper = Paper(
        title=f"Reçu {sheet.number}",
        author=sheet.issuer.commune,
        subject=f"Réservations modifiées pour {sheet.addressee}",
        created_at=sheet.made_at,
    )
    first_top = head_bottom(sheet.issuer, sheet.addressee, sheet.address) + 8
    pages = paginate(_blocks(sheet), _BOTTOM - first_top, _BOTTOM - _FOLLOWING_TOP)
    for number, blocks in enumerate(pages, start=1):
        paper.new_page()
        if number == 1:
            _draw_head(paper, sheet)
        draw_page(paper, blocks, first_top if number == 1 else _FOLLOWING_TOP, _BOTTOM)
        reference = f"Reçu {sheet.number} · page {number}/{len(pages)}"
        draw_footer(paper, sheet.issuer, reference, sheet.is_example)
    return paper.finish()


def _draw_head(paper: Paper, sheet: ReceiptSheet) -> None:
    draw_issuer(paper, sheet.issuer)
    rows = [f"n° {sheet.number} · réservations", f"Le {moment(sheet.made_at)}"]
    draw_title(paper, "Reçu", rows, sheet.is_example)
    draw_addressee(paper, sheet.addressee, sheet.address)


def _blocks(sheet: ReceiptSheet) -> list[Block]:
    blocks = [_text_block(f"Modification enregistrée par{NBSP}: {sheet.made_by}.", 4)]
    for child, lines in groupby(sheet.lines, key=attrgetter("child")):
        blocks += [keep(_child_block(child)), *(_line_block(line) for line in lines)]
    return [*blocks, _text_block(sheet.note, 6)]


def _text_block(text: str, space: float) -> Block:
    rows = wrap(text, _PLAIN, _WIDTH)
    return Block(
        space + len(rows) * _PLAIN.leading, lambda paper, top: paper.rows(LEFT, top + space, rows, _PLAIN)
    )


def _child_block(child: str) -> Block:
    def draw(paper: Paper, top: float) -> None:
        paper.text(LEFT, top + 9, child, _CHILD)
        paper.rule(LEFT, top + 11.4, RIGHT, INK, 0.3)

    return Block(13, draw)


def _line_block(line: ReceiptLine) -> Block:
    label = wrap(f"{line.what} · {line.activity}", _WHAT, _DAYS_WIDTH)
    days = [row for month in months_in_words(line.days) for row in wrap(month, _DAYS, _DAYS_WIDTH)]
    until = wrap(line.until, _SMALL, _DAYS_WIDTH)
    height = 2.4 + (len(label) + len(days)) * _DAYS.leading + len(until) * _SMALL.leading

    def draw(paper: Paper, top: float) -> None:
        below = paper.rows(LEFT, top + 5, label, _WHAT)
        below = paper.rows(LEFT, below, days, _DAYS)
        paper.rows(LEFT, below, until, _SMALL)
        paper.text_right(RIGHT, top + 5, line.price, _DAYS)
        paper.rule(LEFT, top + height - 0.2, RIGHT)

    return Block(height, draw)
