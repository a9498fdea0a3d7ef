"""A grid pasted from a spreadsheet or copied from a deliberation: one line, one row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from rules.folding import fold
from rules.money import NBSP
from rules.refusals import Refused
from rules.tariff_grid import format_quotient

MOST_LINES = 100
ONE_EURO = Decimal(1)
_GROUPED = (
    r"[1-9]\d{0,2}(?:[\u00a0\u202f]\d{3})+|[1-9] \d{3}"  # 1 250: an ordinary space only after one digit
)
_NUMBER = re.compile(rf"(?<!\d)(?:(?:{_GROUPED})|\d{{1,9}})(?:[.,]\d{{1,2}})?(?!\d)")
_NAMED = re.compile(r"(?i)^\W*(tranche|tarif|catégorie|groupe)\s*(n°|n)?\s*\w{1,2}\b")
_OUTSIDE = ("hors commune", "exterieur", "non resident", "hors de la commune")
_UNKNOWN = ("sans quotient", "sans qf", "non fourni", "non communique", "inconnu", "pas de quotient")
_AND_MORE = ("et plus", "ou plus", "au dela", "plus de", "superieur", "a partir de")
_LESS = ("moins de", "inferieur", "jusqu")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedRow:
    """A line as understood; `amount_cents` None when it gives no price."""

    label: str = ""
    resident: bool | None = None
    no_quotient: bool = False
    qf_from: Decimal | None = None
    qf_to: Decimal | None = None
    amount_cents: int | None = None


def read_pasted(text: str) -> tuple[list[PastedRow], list[str]]:
    """The rows of a pasted table, and what was understood that should be looked at.

    The last number of a line is its price, the ones before are its bounds. Lines without a number
    (headings) are passed over. Refused when nothing can be read.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise Refused(f"Ce tableau compte {len(lines)} lignes{NBSP}: {MOST_LINES} au plus.", "pasted")
    found = [row for row in map(_row, lines) if row is not None]
    if not found:
        raise Refused(
            "Aucun prix lisible. Une ligne par tarif, par exemple : « Tranche 1 ; 0 ; 400 ; 1,45 ».", "pasted"
        )
    return _closed_up(found)


def _row(line: str) -> PastedRow | None:
    cells = [cell.strip() for cell in re.split(r"\t|;|\||\s{2,}", line.strip())]
    words = f" {fold(line)} "
    price_cell = next((i for i in reversed(range(len(cells))) if _has_price(cells[i])), None)
    if price_cell is None:
        return None
    outside, unknown = _says(words, _OUTSIDE), _says(words, _UNKNOWN)
    label = cells[0] if len(cells) > 1 and re.search(r"[^\W\d_]", cells[0]) else ""
    before, price = _before_price(cells, price_cell)
    low, high = (None, None) if unknown else _bounds(_without_label(before, label), words)
    return PastedRow(
        label=label[:80],
        resident=False if outside else None,
        no_quotient=unknown,
        qf_from=low or None,
        qf_to=high,
        amount_cents=price,
    )


def _says(words: str, said: Sequence[str]) -> bool:
    return any(each in words for each in said)


def _has_price(cell: str) -> bool:
    return bool(_NUMBER.search(cell) or "gratuit" in fold(cell))


def _before_price(cells: Sequence[str], place: int) -> tuple[str, int]:
    """All that stands before the price, and the price in cents: the last number of its cell."""
    cell = cells[place]
    if "gratuit" in fold(cell):
        return "\t".join((*cells[:place], re.sub("gratuit", "", cell, flags=re.IGNORECASE))), 0
    *_, last = _NUMBER.finditer(cell)
    return "\t".join((*cells[:place], cell[: last.start()])), int(_decimal(last[0]) * 100)


def _without_label(before: str, label: str) -> str:
    """The number of « Tranche 1 » is not a quotient; that of « De 400 à 622,50 » is."""
    rest = before[len(label) :] if label and before.startswith(label) else before
    return rest if label and _NUMBER.search(rest) else _NAMED.sub("", before)


def _decimal(text: str) -> Decimal:
    return Decimal(re.sub(r"[ \u00a0\u202f]", "", text).replace(",", "."))


def _bounds(before: str, words: str) -> tuple[Decimal | None, Decimal | None]:
    """Two numbers are a band; one alone is its start when words or an empty cell after it say so."""
    numbers = [_decimal(each) for each in _NUMBER.findall(before)]
    if len(numbers) > 2:
        raise Refused(
            f"Trop de nombres dans «{NBSP}{before.strip()[:60]}{NBSP}»{NBSP}: une ligne donne deux bornes et "
            "un prix. Collez une colonne de prix à la fois.",
            "pasted",
        )
    if len(numbers) == 2:
        return numbers[0], numbers[1]
    if not numbers:
        return None, None
    starts = _says(words, _AND_MORE) or ">" in before or re.search(r"\d\s*\t\s*\t", before)
    return (numbers[0], None) if starts and not _says(words, _LESS) else (None, numbers[0])


def _closed_up(rows: Sequence[PastedRow]) -> tuple[list[PastedRow], list[str]]:
    """« 0 à 400 », « 401 à 622 »: an upper bound that is included becomes the next lower bound."""
    found, said = _from_zero(rows), []
    for i, (row, following) in enumerate(pairwise(list(found))):
        if row.qf_to is None or following.qf_from is None or row.resident != following.resident:
            continue
        gap = following.qf_from - row.qf_to
        if 0 < gap <= ONE_EURO:
            found[i] = replace(row, qf_to=following.qf_from)
            said.append(
                f"{format_quotient(row.qf_to)} lu «{NBSP}moins de {format_quotient(following.qf_from)}{NBSP}»"
            )
    return found, said


def _from_zero(rows: Sequence[PastedRow]) -> list[PastedRow]:
    """A column of single bounds that begins with 0 gives the starts of the bands, not their ends."""
    if not any(row.qf_to == 0 for row in rows):
        return list(rows)
    return [row if row.qf_from else replace(row, qf_from=row.qf_to or None, qf_to=None) for row in rows]
