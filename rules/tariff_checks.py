"""What is wrong with a tariff: holes, overlaps, rows never reached, impossible amounts.

One general method: take every value that the rows mention, cut the families into the
elementary cases that these values tell apart, and look for the first matching row of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from itertools import combinations, pairwise, product

from rules.money import NBSP
from rules.refusals import Refused
from rules.tariff_conditions import (
    CONDITIONS,
    OTHERS,
    QUOTIENT,
    Condition,
    first_match,
    in_band,
    matches,
    mentions,
)
from rules.tariff_grid import Facts, TariffRow, TariffVersion, format_quotient

HUNDREDTH = Decimal("0.01")
BEYOND = Decimal(100)  # how far past the last bound the example of an endless hole is taken


@dataclass(frozen=True, slots=True)
class Span:
    """Quotients from `start`, up to `end` excluded (None: without limit)."""

    start: Decimal
    end: Decimal | None

    def __str__(self) -> str:
        if self.end is None:
            return f"un quotient de {_bound(self.start)} ou plus (par exemple {self._example()})"
        return (
            f"un quotient de {_bound(self.start)} à moins de {_bound(self.end)}"
            f" (par exemple {self._example()})"
        )

    def _example(self) -> str:
        middle = self.start + BEYOND if self.end is None else (self.start + self.end) / 2
        return format_quotient(middle.quantize(HUNDREDTH, rounding=ROUND_DOWN))


EVERY_QUOTIENT = Span(Decimal(0), None)
UNKNOWN = "sans quotient connu"
NOBODY = ""
Hole = Span | str  # quotients without a row, or one of the two words above


def check_version(version: TariffVersion) -> list[str]:
    """Everything wrong with a tariff, in French; an empty list means that it can be used.

    A tariff is refused when some family finds no row, when a row can never serve, when two
    rows claim the same quotients, or when an amount or a bound makes no sense (rules.md, Prices).
    """
    said = _wrong_dates(version) + _wrong_situations(version)
    if not version.rows:
        return [*said, "Ce tarif n’a aucune ligne."]
    wrong_rows = [sentence for row in version.rows for sentence in _wrong_row(row)]
    if wrong_rows:  # bounds that make no sense would drown the rest in false holes
        return said + wrong_rows
    return said + _holes(version) + _never_reached(version) + _overlaps(version)


def ensure_valid(version: TariffVersion) -> None:
    """Refuse a tariff that `check_version` complains about, with every complaint at once."""
    said = check_version(version)
    if said:
        raise Refused(" ".join(said))


# -- each row, each date on its own -------------------------------------------------


def _wrong_dates(version: TariffVersion) -> list[str]:
    if version.last is not None and version.last < version.first:
        return ["La fin de validité du tarif précède son début."]
    return []


def _wrong_situations(version: TariffVersion) -> list[str]:
    said, seen = [], set()
    for rule in version.situations:
        name = _quoted(rule.situation.label)
        if rule.situation in seen:
            said.append(f"La situation {name} est réglée deux fois.")
        if rule.amount_cents < 0 or rule.factor < 0:
            said.append(f"La situation {name} porte un montant négatif.")
        seen.add(rule.situation)
    return said


def _wrong_row(row: TariffRow) -> list[str]:
    said = []
    if row.amount_cents < 0:
        said.append(f"{_named(row)} porte un montant négatif.")
    if row.no_quotient and row.has_band:
        said.append(f"{_named(row)} ne peut pas être à la fois « sans quotient » et une tranche de quotient.")
    lower = row.qf_from or Decimal(0)
    if lower < 0:
        said.append(f"{_named(row)} commence à un quotient négatif.")
    if row.qf_to is not None and row.qf_to <= lower:
        said.append(f"{_named(row)} doit finir à un quotient plus grand que celui où elle commence.")
    return said


# -- holes --------------------------------------------------------------------------


def _holes(version: TariffVersion) -> list[str]:
    """Name each set of quotients without a row, and the families concerned if not all are."""
    cases = _cases(version, OTHERS)
    uncovered = {case: _uncovered(version, case) for case in cases}
    said: dict[str, None] = {}
    for case in cases:
        for hole in _worth_naming(uncovered[case]):
            everybody = all(hole in uncovered[other] for other in cases)
            said[_say_hole(hole, "" if everybody else _families(version, case))] = None
    return list(said)


def _worth_naming(holes: list[Hole]) -> list[Hole]:
    """Families that no row takes at all are named as such, not as two holes."""
    return [NOBODY] if NOBODY in holes else holes


def _uncovered(version: TariffVersion, case: Facts) -> list[Hole]:
    """The holes of one kind of family, neighbours joined."""
    spans = [
        span
        for span in _spans(version)
        if first_match(version.rows, replace(case, quotient=span.start)) is None
    ]
    holes: list[Hole] = [*_joined(spans)]
    if first_match(version.rows, replace(case, quotient=None)) is None:
        holes.append(UNKNOWN)
    return [*holes, NOBODY] if holes == [EVERY_QUOTIENT, UNKNOWN] else holes


def _spans(version: TariffVersion) -> list[Span]:
    """The elementary stretches of quotients between two bounds that the rows mention."""
    return [Span(start, end) for start, end in pairwise(QUOTIENT.values(version.rows))]


def _joined(spans: Sequence[Span]) -> list[Span]:
    whole: list[Span] = []
    for span in spans:
        if whole and whole[-1].end == span.start:
            whole[-1] = Span(whole[-1].start, span.end)
        else:
            whole.append(span)
    return whole


def _say_hole(hole: Hole, families: str) -> str:
    if isinstance(hole, Span):
        return f"Aucune ligne ne couvre {hole}{families and f', pour les familles {families}'}."
    families = f"{families} {hole}".strip()
    return f"Aucune ligne ne couvre les familles {families}."


def _families(version: TariffVersion, case: Facts) -> str:
    stated = [c for c in OTHERS if c.name in mentions(version.rows)]
    return " et ".join(c.say(getattr(case, c.name)) for c in stated)


# -- rows never reached, rows that claim the same quotients --------------------------


def _never_reached(version: TariffVersion) -> list[str]:
    unused = _unused(version)
    return [
        f"{_named(row)} ne sert jamais{NBSP}: les lignes qui la précèdent couvrent déjà tous ses cas."
        for index, row in enumerate(version.rows)
        if index in unused
    ]


def _unused(version: TariffVersion) -> set[int]:
    used = {
        next((i for i, row in enumerate(version.rows) if matches(row, case)), None)
        for case in _cases(version, CONDITIONS)
    }
    return {i for i in range(len(version.rows)) if i not in used}


def _overlaps(version: TariffVersion) -> list[str]:
    """Two bands on the same quotients, the first of which asks nothing more than the second.

    A first row that asks more (hors commune…) is an exception placed before the rule, which is
    what the order of rows is for. A row never reached has already been named.
    """
    unused = _unused(version)
    rows = [row for i, row in enumerate(version.rows) if i not in unused and row.has_band]
    said = []
    for first, second in combinations(rows, 2):
        common = _joined([s for s in _spans(version) if in_band(first, s.start) and in_band(second, s.start)])
        if common and _is_as_wide(version, first, second):
            said.append(
                f"Les lignes {_short(first)} et {_short(second)} couvrent toutes les deux {common[0]}."
            )
    return said


def _is_as_wide(version: TariffVersion, first: TariffRow, second: TariffRow) -> bool:
    """Quotient apart, every family that `second` takes would also be taken by `first`."""
    taken = [case for case in _cases(version, OTHERS) if _holds_apart_from_quotient(second, case)]
    return all(_holds_apart_from_quotient(first, case) for case in taken)


def _holds_apart_from_quotient(row: TariffRow, case: Facts) -> bool:
    return all(condition.holds(row, case) for condition in OTHERS)


# -- elementary cases and names -----------------------------------------------------


def _cases(version: TariffVersion, conditions: Sequence[Condition]) -> list[Facts]:
    nobody = Facts(day=version.first, quotient=None, quotient_source="", resident=True)
    names = [condition.name for condition in conditions]
    values = product(*(condition.values(version.rows) for condition in conditions))
    return [replace(nobody, **dict(zip(names, combined, strict=True))) for combined in values]


def _bound(quotient: Decimal) -> str:
    return format_quotient(quotient).removesuffix(",00")


def _quoted(text: str) -> str:
    return f"«{NBSP}{text}{NBSP}»"


def _short(row: TariffRow) -> str:
    return f"{row.position} {_quoted(row.label)}"


def _named(row: TariffRow) -> str:
    return f"La ligne {_short(row)}"
