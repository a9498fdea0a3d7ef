"""What is wrong with a tariff: holes, overlaps, rows never reached, impossible amounts.

One general method: take every value that the rows mention, cut the families into the
elementary cases that these values tell apart, and look for the first matching row of each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from functools import reduce
from itertools import combinations, pairwise
from operator import or_

from rules.money import NBSP
from rules.refusals import Refused
from rules.tariff_cases import MOST_CASES, Axis, Cases, cases_of
from rules.tariff_grid import TariffRow, TariffVersion, format_quotient
from rules.tariff_sense import named_row, short_row, wrong_pieces, wrong_settings

HUNDREDTH = Decimal("0.01")
BEYOND = Decimal(100)  # how far past the last bound the example of an endless hole is taken
NAMED_HOLES = 10
MOST_ROWS = 200  # every row is compared with every other: ten thousand would take the night
RANGES = ("rank", "children", "days", "month", "slot")  # two bounds, as the quotient has


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
Case = tuple[int, ...]
Kind = Sequence[int | None]  # a case, without what makes no difference
Matched = list[tuple[Case, int]]  # each case, with the rows that hold for it


def check_version(version: TariffVersion, school_ids: Collection[int] | None = None) -> list[str]:
    """Everything wrong with a tariff, in French; an empty list means that it can be used.

    A tariff is refused when some family finds no row, when a row can never serve, when two
    rows claim the same quotients, or when an amount or a bound makes no sense (rules.md, Prices).
    `school_ids` are the commune's schools: rows that name them all leave none out.
    """
    said = wrong_settings(version)
    if not version.rows:
        return [*said, "Ce tarif n’a aucune ligne."]
    if len(version.rows) > MOST_ROWS:
        return [*said, f"Ce tarif a {len(version.rows)} lignes : {MOST_ROWS} au plus."]
    wrong = wrong_pieces(version)
    if wrong:  # bounds that make no sense would drown the rest in false holes
        return said + wrong
    cases = cases_of(version, school_ids)
    if cases.count > MOST_CASES:
        return [*said, _too_many(cases)]
    matched = cases.each()
    return said + _holes(cases, matched) + _never_reached(cases, matched) + _overlaps(cases, matched)


def ensure_valid(version: TariffVersion, school_ids: Collection[int] | None = None) -> None:
    """Refuse a tariff that `check_version` complains about, with every complaint at once."""
    said = check_version(version, school_ids)
    if said:
        raise Refused(" ".join(said))


def _too_many(cases: Cases) -> str:
    count = f"{cases.count:,}".replace(",", NBSP)
    return (
        f"Ce tarif croise trop de conditions pour être vérifié ({count} cas){NBSP}: "
        "séparez-le par activité, ou remplacez des lignes par des modificateurs."
    )


# -- holes --------------------------------------------------------------------------


def _holes(cases: Cases, matched: Matched) -> list[str]:
    """Name each set of quotients without a row, and the families concerned if not all are."""
    found: dict[Hole, list[Case]] = {}
    for case, mask in matched:
        for hole in _worth_naming(_uncovered(cases, mask)):
            found.setdefault(hole, []).append(case)
    possible = {case for case, _ in matched}
    said = [
        _say_hole(hole, " et ".join(cases.families(kind)))
        for hole, concerned in _in_order_met(found, matched)
        for kind in _kinds(cases, concerned, possible)
    ]
    more = len(said) - NAMED_HOLES
    return said if more <= 0 else [*said[:NAMED_HOLES], f"Et {more} autres cas ne sont pas couverts."]


def _in_order_met(found: dict[Hole, list[Case]], matched: Matched) -> Iterable[tuple[Hole, list[Case]]]:
    places = {case: place for place, (case, _) in enumerate(matched)}
    return sorted(found.items(), key=lambda item: places[item[1][0]])


def _kinds(
    cases: Cases, concerned: Sequence[Case], possible: Collection[Case]
) -> Iterator[Sequence[int | None]]:
    """The cases of a hole, what makes no difference to it left out, each kind once."""
    holes = set(concerned)
    matters = [_matters(axis, place, holes, possible) for place, axis in enumerate(cases.axes)]
    yield from dict.fromkeys(
        tuple(i if matter else None for i, matter in zip(case, matters, strict=True)) for case in concerned
    )


def _matters(axis: Axis, place: int, holes: Collection[Case], possible: Collection[Case]) -> bool:
    """Whether changing this one condition leads out of the hole."""
    others = ((*case[:place], i, *case[place + 1 :]) for case in holes for i in range(len(axis.values)))
    return any(other in possible and other not in holes for other in others)


def _worth_naming(holes: list[Hole]) -> list[Hole]:
    """Families that no row takes at all are named as such, not as two holes."""
    return [NOBODY] if NOBODY in holes else holes


def _uncovered(cases: Cases, mask: int) -> list[Hole]:
    """The holes of one kind of family, neighbours joined."""
    free = [
        span for span, holding in zip(_spans(cases), cases.quotient.masks, strict=False) if not mask & holding
    ]
    holes: list[Hole] = [*_joined(free)]
    if not mask & cases.quotient.masks[-1]:
        holes.append(UNKNOWN)
    return [*holes, NOBODY] if holes == [EVERY_QUOTIENT, UNKNOWN] else holes


def _spans(cases: Cases) -> list[Span]:
    """The elementary stretches of quotients between two bounds that the rows mention."""
    return [Span(start, end) for start, end in pairwise(cases.quotient.values)]


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


# -- rows never reached, rows that claim the same quotients --------------------------


def _never_reached(cases: Cases, matched: Matched) -> list[str]:
    unused = _unused(cases, matched)
    return [
        f"{named_row(row)} ne sert jamais{NBSP}: les lignes qui la précèdent couvrent déjà tous ses cas."
        " Placez-la avant elles."
        for index, row in enumerate(cases.rows)
        if index in unused
    ]


def _unused(cases: Cases, matched: Matched) -> set[int]:
    """The rows that no case finds first (the lowest bit of those that hold)."""
    held = {mask & holding for _, mask in matched for holding in cases.quotient.masks}
    used = reduce(or_, (rows & -rows for rows in held), 0)
    return {i for i in range(len(cases.rows)) if not used >> i & 1}


def _overlaps(cases: Cases, matched: Matched) -> list[str]:
    """Two bands on the same quotients, the first of which asks nothing more than the second.

    A first row that asks more (hors commune…) is an exception placed before the rule, which is
    what the order of rows is for. A row never reached has already been named.
    """
    unused = _unused(cases, matched)
    masks = {mask for _, mask in matched}
    pairs = [pair for pair in combinations(range(len(cases.rows)), 2) if not unused & {*pair}]
    said = [_same_quotients(cases, masks, *pair) for pair in pairs]
    said += [_same_range(cases, axis, *pair) for axis in cases.axes for pair in pairs]
    return [sentence for sentence in said if sentence]


def _same_quotients(cases: Cases, masks: Collection[int], first: int, second: int) -> str:
    one, other = cases.rows[first], cases.rows[second]
    if not one.has_band or not other.has_band:
        return ""
    spans = zip(_spans(cases), cases.quotient.masks, strict=False)
    common = _joined([span for span, holding in spans if holding >> first & 1 and holding >> second & 1])
    if not common or any(mask >> second & 1 and not mask >> first & 1 for mask in masks):
        return ""
    return f"{_pair(one, other)} couvrent toutes les deux {common[0]}."


def _same_range(cases: Cases, axis: Axis, first: int, second: int) -> str:
    """Two ranges (ranks, numbers of children, hours) that run over each other, neither inside the other."""
    one, other = cases.rows[first], cases.rows[second]
    stated = (
        axis.condition.name in RANGES and axis.condition.is_stated(one) and axis.condition.is_stated(other)
    )
    if not stated:
        return ""
    holding = [
        (value, mask >> first & 1, mask >> second & 1)
        for value, mask in zip(axis.values, axis.masks, strict=True)
    ]
    common = [value for value, a, b in holding if a and b]
    apart = any(a and not b for _, a, b in holding) and any(b and not a for _, a, b in holding)
    if not common or not apart or not _differ_only_by(cases, axis, first, second):
        return ""
    return f"{_pair(one, other)} couvrent toutes les deux les familles {axis.condition.say(common[0])}."


def _differ_only_by(cases: Cases, axis: Axis, first: int, second: int) -> bool:
    """On every other condition, and on the quotient, the first row takes all that the second takes."""
    others = (each for each in (cases.quotient, *cases.axes) if each is not axis)
    return all(not mask >> second & 1 or mask >> first & 1 for each in others for mask in each.masks)


# -- names --------------------------------------------------------------------------


def _pair(first: TariffRow, second: TariffRow) -> str:
    return f"Les lignes {short_row(first)} et {short_row(second)}"


def _bound(quotient: Decimal) -> str:
    return format_quotient(quotient).removesuffix(",00")
