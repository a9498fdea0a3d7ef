"""A receipt as it is printed: what changed, by reason and by price, until when."""

from __future__ import annotations

from itertools import groupby

import models
from operations.configuration import commune_settings
from operations.invoices import issuer_of
from operations.journal import Summary
from rules.capacity import rank_in_words
from rules.money import format_cents
from rules.sheets import ReceiptLine, ReceiptSheet
from rules.vocabulary import Change
from rules.wording import long_instant

WAITS = "Un jour en liste d’attente n’est pas réservé : rien n’est à payer tant qu’aucune place ne se libère."


def sheet_of(summary: Summary, reader: models.Guardian, made_by: str) -> ReceiptSheet:
    """The sheet of a receipt for one of its readers; prices are told to its family alone."""
    receipt, commune = summary.receipt, commune_settings()
    with_prices = receipt.family_id == reader.family_id
    ordered = sorted(summary.lines, key=lambda line: (line.child_id, line.activity_id, *_key(line)))
    groups = groupby(ordered, key=lambda line: (line.child_id, line.activity_id, *_key(line)))
    return ReceiptSheet(
        number=receipt.number,
        made_at=receipt.at,
        made_by=made_by,
        issuer=issuer_of(commune),
        addressee=str(reader),
        address=tuple(reader.family.address_lines),
        lines=tuple(_line(list(lines), with_prices) for _, lines in groups),
        note=WAITS if summary.waiting else "",
        is_example=False,
    )


def _key(line: models.ReceiptLine) -> tuple[str, int, str, int]:
    until = line.until.isoformat() if line.until else ""
    return (line.change.value, line.waiting_rank or 0, until, line.price_cents or 0)


def _line(lines: list[models.ReceiptLine], with_prices: bool) -> ReceiptLine:
    first = lines[0]
    return ReceiptLine(
        child=first.child.full_name,
        activity=first.activity.name,
        what=_what(first),
        days=tuple(sorted(line.day for line in lines)),
        until=f"Modifiable jusqu’au {long_instant(first.until)}" if first.until else "",
        price=_price(first, len(lines)) if with_prices else "",
    )


def _price(line: models.ReceiptLine, count: int) -> str:
    """`9 × 3,85 € = 34,65 €`, less when the days are cancelled."""
    if line.price_cents is None:
        return ""
    sign = 1 if line.change is Change.BOOK else -1
    total = format_cents(sign * count * line.price_cents)
    return total if count == 1 else f"{count} × {format_cents(line.price_cents)} = {total}"


def _what(line: models.ReceiptLine) -> str:
    if line.waiting_rank is None:
        return "Réservé" if line.change is Change.BOOK else "Annulé"
    if line.change is Change.BOOK:
        return f"En liste d’attente, {rank_in_words(line.waiting_rank)}"
    return "Liste d’attente quittée"
