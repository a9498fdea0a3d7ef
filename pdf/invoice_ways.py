"""How to pay, how to contest: the two columns under an invoice's total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pdf.flow import Block
from pdf.fonts import SEMIBOLD
from pdf.paper import ACCENT, INK, LEFT, RIGHT, Paper, Style, wrap
from pdf.wording import delay, long_date, phone
from rules.money import NBSP, format_cents
from rules.sheets import InvoiceSheet

_HEADING = Style(11, SEMIBOLD, ACCENT)
_STRONG = Style(8.8, SEMIBOLD, leading=3.9)
_TEXT = Style(8.8, leading=3.9)

_GUTTER = 10.0
_LEFT_WIDTH = 86.0
_RIGHT_X = LEFT + _LEFT_WIDTH + _GUTTER
_MODULE = 0.35  # millimetres: a symbol of 40 modules, quiet zone included, is about 1.5 cm wide


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A short title and what it says."""

    title: str
    text: str


def ways_block(sheet: InvoiceSheet) -> Block:
    """Return both columns; they stay together."""
    pay = _Column("Comment payer", list(ways_to_pay(sheet)), LEFT, _LEFT_WIDTH)
    contest = _Column("Une question, une erreur ?", list(ways_to_contest(sheet)), _RIGHT_X, RIGHT - _RIGHT_X)
    code = _code_height(sheet.proximity_code)

    def draw(paper: Paper, top: float) -> None:
        _draw_code(paper, sheet.proximity_code, pay.draw(paper, top))
        contest.draw(paper, top)

    return Block(max(pay.height + code, contest.height), draw)


def ways_to_pay(sheet: InvoiceSheet) -> Iterator[Paragraph]:
    """Yield the means the guide gives, with the references when they are known, never invented ones."""
    if sheet.total <= 0:
        yield Paragraph("Rien à régler", _nothing_due(sheet))
    elif sheet.debit:
        yield Paragraph(
            "Par prélèvement",
            f"vous n’avez rien à faire. {format_cents(sheet.total)} seront prélevés le"
            f" {long_date(sheet.debit.on)}. Référence du mandat (RUM){NBSP}: {sheet.debit.mandate}{NBSP};"
            f" identifiant du créancier (ICS){NBSP}: {sheet.debit.creditor}.",
        )
    else:
        yield Paragraph("Par carte bancaire, en ligne", _by_card(sheet))
        yield Paragraph("Par chèque", _by_cheque(sheet))
        if sheet.proximity_code:
            yield Paragraph("Chez un buraliste ou partenaire agréé", _by_tobacconist(sheet))


def _nothing_due(sheet: InvoiceSheet) -> str:
    if sheet.total == 0:
        return "cette facture ne demande aucun paiement."
    return f"{format_cents(-sheet.total)} vous reviennent{NBSP}: ne payez rien."


def _by_card(sheet: InvoiceSheet) -> str:
    within = delay((sheet.due_on - sheet.announced_on).days)
    begin = f"sous {within}, sur {sheet.payfip_url}."
    if sheet.payfip is None:
        return f"{begin} Les références à saisir figureront sur l’avis que vous enverra {_treasury(sheet)}."
    return (
        f"{begin} À saisir{NBSP}: identifiant{NBSP}{sheet.payfip.structure}, référence{NBSP}"
        f"{sheet.payfip.reference}, montant exact {format_cents(sheet.total)}."
    )


def _by_cheque(sheet: InvoiceSheet) -> str:
    *street, town = sheet.treasury.address or ("",)
    address = ", ".join(filter(None, [_treasury(sheet), *street, town.replace(" ", NBSP)]))
    return f"à l’ordre du {sheet.treasury.payee}, avec le papillon ci-dessous, adressé à {address}."


def _by_tobacconist(sheet: InvoiceSheet) -> str:
    partners = sheet.treasury.partners_url
    listed = f" (liste{NBSP}: {partners})" if partners else ""
    return f"en espèces (300{NBSP}€ au plus) ou par carte bancaire, avec cette facture et son code{listed}."


def _treasury(sheet: InvoiceSheet) -> str:
    # « la Trésorerie de Firminy », but « Service de gestion comptable » takes no article that we can guess
    name = sheet.treasury.name
    return f"la {name}" if name.startswith("Trésorerie") else name


def ways_to_contest(sheet: InvoiceSheet) -> Iterator[Paragraph]:
    """Yield the service first, then the court (CGCT L1617-5, 2°: two months, the court named)."""
    yield Paragraph("Auprès du service", sheet.contest or _by_contact(sheet))
    court = sheet.court or "la juridiction compétente"
    yield Paragraph(
        "Voies et délais de recours",
        f"vous pouvez contester cette somme devant {court} dans les deux mois qui suivent la réception"
        f" de cette facture (article L.{NBSP}1617-5 du code général des collectivités territoriales).",
    )


def _by_contact(sheet: InvoiceSheet) -> str:
    ways = [
        sheet.issuer.email and f"écrivez à {sheet.issuer.email}",
        sheet.issuer.phone and f"appelez le {phone(sheet.issuer.phone)}",
    ]
    said = " ou ".join(filter(None, ways)) or f"adressez-vous au {sheet.issuer.service}"
    return f"{said}, en rappelant le numéro {sheet.number}."


class _Column:
    """A heading and its paragraphs, wrapped once."""

    def __init__(self, heading: str, paragraphs: list[Paragraph], x: float, width: float) -> None:
        self._heading, self._x = heading, x
        self._paragraphs = [
            (one.title, wrap(one.text[:1].upper() + one.text[1:], _TEXT, width)) for one in paragraphs
        ]

    @property
    def height(self) -> float:
        return 9 + sum(1.2 + _TEXT.leading * (1 + len(rows)) for _, rows in self._paragraphs)

    def draw(self, paper: Paper, top: float) -> float:
        paper.text(self._x, top + 6, self._heading, _HEADING)
        y = top + 11.2
        for title, rows in self._paragraphs:
            paper.text(self._x, y, title, _STRONG)
            y = paper.rows(self._x, y + _TEXT.leading, rows, _TEXT) + 1.2
        return y


def _code_height(code: tuple[str, ...]) -> float:
    return len(code) * _MODULE + 4 if code else 0


def _draw_code(paper: Paper, code: tuple[str, ...], top: float) -> None:
    for row, modules in enumerate(code):
        for column, module in enumerate(modules):
            if module == "1":
                paper.box(LEFT + column * _MODULE, top + row * _MODULE, _MODULE, _MODULE, INK)
