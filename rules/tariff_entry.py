"""A grid as a person types it from the council's deliberation: what is left blank is understood.

Bands follow one another, so one bound of the two is enough; the row without a quotient costs as much as
the dearest band; an exception may be typed after the rule it is an exception to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from itertools import pairwise

from rules.money import NBSP
from rules.refusals import Refused
from rules.tariff_grid import Conditions, TariffRow, TariffVersion, format_quotient
from rules.vocabulary import PriceMethod

AMOUNTS = (PriceMethod.FIXED, PriceMethod.LINEAR, PriceMethod.SHARED)
ONE_EURO = Decimal(1)
_BAND = ("qf_from", "qf_to", "no_quotient")
_OTHERS = tuple(field.name for field in fields(Conditions) if field.name not in _BAND)

Complaints = Callable[[TariffVersion], list[str]]


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row as typed: `row` without what is understood; `amount_cents` None when no price was typed.

    `is_whole`: it was already there for every quotient, known or not; without a bound it still is.
    """

    row: TariffRow
    amount_cents: int | None
    is_whole: bool = False

    @property
    def needs_amount(self) -> bool:
        return self.row.method in AMOUNTS and self.amount_cents is None


class NoPrice(Refused):
    """A row has no price and none can be understood; `index` is its place in what was typed."""

    def __init__(self, index: int) -> None:
        super().__init__("Donnez le prix de cette ligne (0 si c’est gratuit).", "amount_cents")
        self.index = index


def completed(typed: Sequence[TypedRow]) -> tuple[TariffRow, ...]:
    """The rows that were meant, in the order typed, numbered from 1. Refused for a row without a price.

    A row « sans quotient » without a price costs as much as the dearest; it says nothing, and is left
    out, where another row takes these families whatever their quotient.
    """
    rows = _joined(typed)
    found: list[TariffRow] = []
    for index, (each, row) in enumerate(zip(typed, rows, strict=True)):
        amount = each.amount_cents
        if each.needs_amount and row.no_quotient:
            if any(_kind(other) == _kind(row) and _takes_all(other) for other in rows):
                continue
            amount = _dearest(typed, row)
        if each.row.method in AMOUNTS and amount is None:
            raise NoPrice(index)
        found.append(replace(row, position=len(found) + 1, amount_cents=amount or 0))
    return tuple(replace(row, label=row.label or _name(row, found)) for row in found)


def _takes_all(row: TariffRow) -> bool:
    return not row.has_band and not row.no_quotient


def _joined(typed: Sequence[TypedRow]) -> list[TariffRow]:
    """Bands of the same families, each missing bound taken from its neighbour."""
    found = [each.row for each in typed]
    apart = [each.row.no_quotient or (each.is_whole and not each.row.has_band) for each in typed]
    for kind in dict.fromkeys(map(_kind, found)):
        places = [i for i, row in enumerate(found) if _kind(row) == kind and not apart[i]]
        if any(found[i].has_band for i in places):
            _join(found, places)
    return found


def _join(rows: list[TariffRow], places: Sequence[int]) -> None:
    for before, after in pairwise(places):
        start, end = rows[after].qf_from, rows[before].qf_to
        if start is None and end is not None and _is_above(rows[after].qf_to, end):
            rows[after] = replace(rows[after], qf_from=end)
        elif end is None and start is not None and _is_above(start, rows[before].qf_from or Decimal(0)):
            rows[before] = replace(rows[before], qf_to=start)


def _is_above(bound: Decimal | None, other: Decimal) -> bool:
    return bound is None or bound > other


def _kind(row: TariffRow) -> tuple[object, ...]:
    """What a row asks, quotient apart: bands follow one another within one kind."""
    return tuple(getattr(row, name) for name in _OTHERS)


def _dearest(typed: Sequence[TypedRow], row: TariffRow) -> int | None:
    """The highest amount of the same families' bands; else of all those that live here."""
    priced = [each for each in typed if _highest(each) is not None and not each.row.no_quotient]
    same = [each for each in priced if _kind(each.row) == _kind(row)]
    here = [each for each in priced if each.row.resident is not False]
    return max((_highest(each) or 0 for each in same or here or priced), default=None)


def _highest(typed: TypedRow) -> int | None:
    """The most that a row can give: its amount, the end of its slope, the ceiling of its rate."""
    row = typed.row
    ends: dict[PriceMethod, list[int | None]] = {
        PriceMethod.RATE: [row.ceiling_cents],
        PriceMethod.LINEAR: [typed.amount_cents, row.to_cents],
        PriceMethod.FREE: [0],
    }
    listed = ends.get(row.method, [typed.amount_cents])
    return max((cents for cents in listed if cents is not None), default=None)


def _name(row: TariffRow, rows: Sequence[TariffRow]) -> str:
    """What a row without a label is called."""
    if row.no_quotient:
        return "Sans quotient"
    if row.has_band:
        bands = [each for each in rows if each.has_band and _kind(each) == _kind(row)]
        return f"Tranche {bands.index(row) + 1}"
    return {False: "Hors commune", True: "Habitants", None: f"Tarif {row.position}"}[row.resident]


# -- exceptions before the rule ------------------------------------------------------------


def arranged(version: TariffVersion, complaints: Complaints) -> TariffVersion:
    """The version with its exceptions first, when that is all that was wrong; as it is otherwise."""
    if not complaints(version):
        return version
    better = replace(version, rows=exceptions_first(version.rows))
    return version if complaints(better) else better


def exceptions_first(rows: Sequence[TariffRow]) -> tuple[TariffRow, ...]:
    """Rows that ask more before those that ask less, each otherwise in the order typed."""
    ordered = sorted(rows, key=lambda row: -_asked(row))
    return tuple(replace(row, position=position) for position, row in enumerate(ordered, start=1))


def taken_before(rows: Sequence[TariffRow]) -> list[str]:
    """Exceptions that come after a rule that already takes a part of their families, each named once."""
    said = []
    for place, row in enumerate(rows):
        first = next((each for each in rows[:place] if _is_wider(each, row)), None)
        if first is not None:
            said.append(
                f"La ligne «{NBSP}{row.label}{NBSP}» vient après «{NBSP}{first.label}{NBSP}», qui prend déjà "
                f"une partie de ses familles{NBSP}: une exception se place avant la règle."
            )
    return said


def _is_wider(row: TariffRow, exception: TariffRow) -> bool:
    """Whether a row asks only a part of what the other asks, for some of the same quotients."""
    stated = [name for name in _OTHERS if getattr(row, name) is not None]
    same = all(getattr(row, name) == getattr(exception, name) for name in stated)
    return same and _asked(exception) > len(stated) and _meet(row, exception)


def _meet(one: TariffRow, other: TariffRow) -> bool:
    """Whether two rows take some quotient, or its absence, in common."""
    if _takes_all(one) or _takes_all(other):
        return True
    if one.no_quotient or other.no_quotient:
        return one.no_quotient and other.no_quotient
    return _is_above(one.qf_to, other.qf_from or Decimal(0)) and _is_above(
        other.qf_to, one.qf_from or Decimal(0)
    )


def _asked(row: TariffRow) -> int:
    return sum(getattr(row, name) is not None for name in _OTHERS)


# -- what is worth looking at twice ----------------------------------------------------------


def narrow_holes(rows: Iterable[TariffRow]) -> list[str]:
    """Holes of at most one euro between two bands: the text said « de 401 » after « à 400 »."""
    said = []
    bands = [row for row in rows if row.has_band]
    for before in bands:
        following = [r.qf_from for r in bands if r.qf_from is not None and _kind(r) == _kind(before)]
        if before.qf_to is None or before.qf_to in following:
            continue
        nearest = min((start for start in following if start > before.qf_to), default=None)
        if nearest is not None and nearest - before.qf_to <= ONE_EURO:
            said.append(
                f"Si «{NBSP}{before.label}{NBSP}» va jusqu’à {_bound(before.qf_to)} compris, écrivez "
                f"{_bound(nearest)} dans «{NBSP}à moins de{NBSP}»."
            )
    return said


def _bound(quotient: Decimal) -> str:
    return format_quotient(quotient).removesuffix(",00")
