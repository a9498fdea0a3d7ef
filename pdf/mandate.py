"""The SEPA mandate to sign: who debits, whom, which account, and what the debtor may do about it.

The content is that of the EPC's core mandate: title, reference, creditor and its identifier, debtor,
account, recurrent payment, the authorisation with the right to a refund, place, date and signature.
"""

from __future__ import annotations

from collections.abc import Sequence

from pdf.fonts import SEMIBOLD
from pdf.letterhead import contact_rows, draw_footer, draw_issuer
from pdf.paper import ACCENT, INK, LEFT, MUTED, RIGHT, TINT, Paper, Style, wrap
from rules.money import NBSP
from rules.sheets import MandateSheet, Party

TITLE = "Mandat de prélèvement SEPA"
EXAMPLE = "Exemple : identifiant créancier fictif, à ne pas signer"

_TITLE = Style(21, SEMIBOLD, ACCENT)
_RUM = Style(12, SEMIBOLD)
_LABEL = Style(8.5, colour=MUTED, leading=4)
_VALUE = Style(10.5, SEMIBOLD, leading=4.8)
_PLAIN = Style(10, leading=4.6)
_TEXT = Style(9.5, leading=4.3)
_IBAN = Style(13, SEMIBOLD)
_HEADING = Style(11, SEMIBOLD, ACCENT)
_EXAMPLE = Style(9, SEMIBOLD, (154, 82, 8))

_SPACE = (Style(1, leading=2.6), " ")
_WIDTH = RIGHT - LEFT
_GUTTER = 8.0
_HALF = (_WIDTH - _GUTTER) / 2
_RIGHT_X = LEFT + _HALF + _GUTTER
_SIGNATURE_HEIGHT = 34.0


def render(sheet: MandateSheet) -> bytes:
    """Return the PDF of a mandate, on one page; the same sheet gives the same bytes."""
    paper = Paper(
        title=f"{TITLE} {sheet.rum}",
        author=sheet.issuer.commune,
        subject=f"{TITLE} au profit de {sheet.creditor.name}",
        created_at=sheet.made_at,
    )
    paper.new_page()
    draw_issuer(paper, sheet.issuer)
    top = _draw_title(paper, sheet, 45 + 4 * len(contact_rows(sheet.issuer)))
    top = _paragraphs(paper, top, authorisation(sheet))
    top = _draw_parties(paper, top + 2, sheet)
    top = _draw_account(paper, top + 4, sheet)
    top = _draw_signature(paper, top + 5, sheet)
    top = _draw_ways_back(paper, top + 8, sheet.ways_back)
    draw_footer(paper, sheet.issuer, f"Mandat {sheet.rum} · page 1/1", is_example=False)
    return paper.finish()


def authorisation(sheet: MandateSheet) -> list[str]:
    """What is signed, and the rights it leaves: eight weeks, thirteen months, notice, revocation."""
    return [
        "En signant ce mandat, vous autorisez le créancier désigné ci-dessous à envoyer des instructions "
        "à votre banque pour débiter votre compte, et votre banque à débiter votre compte conformément aux "
        "instructions de ce créancier.",
        "Vous bénéficiez du droit d’être remboursé par votre banque selon les conditions décrites dans la "
        "convention que vous avez passée avec elle. Une demande de remboursement est à présenter dans les "
        f"8{NBSP}semaines suivant la date de débit de votre compte pour un prélèvement autorisé, et dans les "
        f"13{NBSP}mois pour un prélèvement non autorisé.",
        "Chaque facture vous annonce le montant et la date du prélèvement, "
        f"{sheet.notice_days}{NBSP}jours au moins à l’avance. Vous pouvez révoquer ce mandat à tout moment ; "
        f"sans prélèvement pendant 36{NBSP}mois, il devient caduc.",
    ]


def _draw_title(paper: Paper, sheet: MandateSheet, top: float) -> float:
    paper.text(LEFT, top, TITLE, _TITLE)
    paper.text(LEFT, top + 8, f"Référence unique du mandat (RUM){NBSP}: {sheet.rum}", _RUM)
    if sheet.is_example:
        paper.text(LEFT, top + 13.5, EXAMPLE, _EXAMPLE)
        top += 5.5
    return top + 15


def _paragraphs(paper: Paper, top: float, paragraphs: Sequence[str]) -> float:
    for text in paragraphs:
        top = paper.rows(LEFT, top, wrap(text, _TEXT, _WIDTH), _TEXT) + 1.4
    return top


def _draw_parties(paper: Paper, top: float, sheet: MandateSheet) -> float:
    ics = [_SPACE, (_LABEL, "Identifiant créancier SEPA (ICS)"), (_VALUE, sheet.ics)]
    debtor, creditor = _party("Débiteur (vous)", sheet.debtor), _party("Créancier", sheet.creditor)
    rows = [_wrapped(debtor), _wrapped([*creditor, *ics])]
    if sheet.holder is not None:
        rows[0] += _wrapped([_SPACE, *_party("Titulaire du compte, s’il est différent", sheet.holder)])
    height = max(sum(style.leading for style, _ in column) for column in rows) + 8
    for x, column in zip((LEFT, _RIGHT_X), rows, strict=True):
        paper.box(x, top, _HALF, height, TINT, radius=2)
        _draw_column(paper, x + 4, top + 7, column)
    return top + height


def _party(label: str, party: Party) -> list[tuple[Style, str]]:
    return [(_LABEL, label), (_VALUE, party.name), *((_PLAIN, row) for row in party.address)]


def _wrapped(column: Sequence[tuple[Style, str]]) -> list[tuple[Style, str]]:
    return [(style, row) for style, text in column for row in (wrap(text, style, _HALF - 8) or [""])]


def _draw_column(paper: Paper, x: float, y: float, column: Sequence[tuple[Style, str]]) -> None:
    for style, row in column:
        paper.text(x, y, row, style)
        y += style.leading


def _draw_account(paper: Paper, top: float, sheet: MandateSheet) -> float:
    bank = " · ".join(filter(None, [sheet.bank, sheet.bic and f"BIC {sheet.bic}"]))
    paper.rule(LEFT, top, RIGHT)
    paper.text(LEFT, top + 6, "Compte à débiter (IBAN)", _LABEL)
    paper.text(LEFT, top + 12, sheet.iban, _IBAN)
    paper.rows(LEFT, top + 17, wrap(bank, _PLAIN, _WIDTH), _PLAIN)
    paper.text(_RIGHT_X + 18, top + 6, "Type de paiement", _LABEL)
    paper.text(_RIGHT_X + 18, top + 12, "Récurrent (répétitif)", _VALUE)
    paper.rule(LEFT, top + 21, RIGHT)
    return top + 21


def _draw_signature(paper: Paper, top: float, sheet: MandateSheet) -> float:
    """Where the account's holder writes: the place, the date, the signature."""
    paper.text(LEFT, top + 5, "Fait à", _LABEL)
    paper.dotted(LEFT + 12, top + 5.4, LEFT + _HALF)
    paper.text(LEFT, top + 15, "Le", _LABEL)
    paper.dotted(LEFT + 12, top + 15.4, LEFT + _HALF)
    paper.rows(LEFT, top + 24, wrap(_who_signs(sheet), _LABEL, _HALF), _LABEL)
    paper.frame(_RIGHT_X, top, _HALF, _SIGNATURE_HEIGHT, INK)
    paper.text(_RIGHT_X + 3, top + 5, "Signature", _LABEL)
    return top + _SIGNATURE_HEIGHT


def _who_signs(sheet: MandateSheet) -> str:
    who = "le titulaire du compte" if sheet.holder is not None else "vous"
    return f"À signer par {who}. Votre banque peut vous remettre un document qui explique vos droits."


def _draw_ways_back(paper: Paper, top: float, ways: Sequence[str]) -> float:
    paper.text(LEFT, top, "Après l’avoir signé, retournez ce mandat", _HEADING)
    top += 5.5
    for way in ways:
        top = paper.rows(LEFT, top, wrap(f"• {way}", _TEXT, _WIDTH), _TEXT)
    return top
