"""The price engine: one function gives the price of a day, and says why.

Tariffs are made of the pieces of `rules.tariff_grid`, chosen by `rules.tariff_conditions`, refused by
`rules.tariff_checks` and explained by `rules.explanations`. What several days make together (regime, nth
occurrence, caps, prices of a whole period, fees) is in `rules.months`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from rules.circumstances import circumstances
from rules.durations import cut, started
from rules.explanations import ORDINARY, Explanation, apply_effect, recompute
from rules.money import NBSP
from rules.price_parts import Change, Coins, Part
from rules.quotients import QuotientFact, QuotientPolicy, quotient_on
from rules.refusals import Refused
from rules.tariff_checks import check_version, ensure_valid
from rules.tariff_conditions import OTHERS, needs_income, needs_quotient, ready
from rules.tariff_grid import (
    HOUR_MINUTES,
    PERIOD_UNITS,
    TIMED_UNITS,
    Cap,
    Conditions,
    Facts,
    Modifier,
    SituationRule,
    TariffRow,
    TariffVersion,
    format_quotient,
)
from rules.vocabulary import (
    EffortBasis,
    PriceMethod,
    PriceUnit,
    QuotientRounding,
    Situation,
    SituationEffect,
)

__all__ = [
    "Cap",
    "Conditions",
    "Explanation",
    "Facts",
    "Modifier",
    "Price",
    "QuotientFact",
    "QuotientPolicy",
    "SituationRule",
    "TariffRow",
    "TariffVersion",
    "check_version",
    "ensure_valid",
    "format_quotient",
    "price",
    "quotient_on",
    "recompute",
    "situation_rule",
    "version_for",
]

# What a situation costs when the tariff says nothing of it: the day is due, except an
# absence that the commune has accepted; leaving late costs nothing more.
UNSAID_EFFECTS = {
    Situation.JUSTIFIED: SituationEffect.FREE,
    Situation.LATE_PICKUP: SituationEffect.FREE,
}
ROUNDINGS = {
    QuotientRounding.DOWN: ROUND_FLOOR,
    QuotientRounding.NEAREST: ROUND_HALF_UP,
    QuotientRounding.UP: ROUND_CEILING,
}


@dataclass(frozen=True, slots=True)
class Price:
    """A price in cents, the row that gave it, and the reasons."""

    amount_cents: int
    row: TariffRow
    explanation: Explanation

    def __hash__(self) -> int:
        """Short, because lines gather tens of thousands of days by price."""
        return hash((self.amount_cents, self.row.position, self.explanation.quotient))

    @property
    def units(self) -> int:
        """How many paid units it counts: started slices, or the one occasion."""
        parts = self.explanation.parts
        return sum(part.count for part in parts) if parts else 1


def version_for(versions: Sequence[TariffVersion], day: date) -> TariffVersion | None:
    """The tariff in force that day; of two that cover it, the one that started last.

    An activity's own tariff goes before the one of its service, whenever they started.
    """
    covering = (v for v in versions if v.covers(day))
    return max(covering, key=lambda v: (v.activity_id is not None, v.first), default=None)


def situation_rule(version: TariffVersion, situation: Situation, occurrence: int = 1) -> SituationRule:
    """What the version says of the nth occurrence of a situation, or what is meant when it says nothing."""
    said = [r for r in version.situations if r.situation == situation and r.from_nth <= occurrence]
    if said:
        return max(said, key=lambda rule: rule.from_nth)
    return SituationRule(situation, UNSAID_EFFECTS.get(situation, SituationEffect.SAME))


def price(version: TariffVersion, facts: Facts) -> Price:
    """The price of one day, in cents, with its explanation.

    The first row whose conditions all hold gives the ordinary price, the modifiers that hold change it,
    and the situation then acts (rules.md, Prices). A presence is cut along the slots that the tariff
    mentions, each part priced by its own row. With a row paid for a whole period, an ordinary day gives
    the price of the period; any other situation gives what it adds to it or takes off. Raises Refused
    when no row takes such a family, which a version that passed `check_version` never does.
    """
    seen = replace(facts, quotient=counted_quotient(version, facts.quotient))
    rule = situation_rule(version, facts.situation, facts.occurrence)
    chosen = _chosen(version, seen, rule)
    found = _dearest(version, seen, chosen) if rule.effect == SituationEffect.HIGHEST else chosen
    row = found[0][0]
    in_flat = row.unit in PERIOD_UNITS and facts.situation not in ORDINARY
    apart = facts.situation == Situation.LATE_PICKUP and rule.effect in ADDED
    parts = () if in_flat or apart else tuple(part for _, part in found)
    told = _explain(version, row, rule, facts, seen, parts)
    told = replace(told, in_flat=in_flat, count=late_count(rule, facts) if apart else 1)
    amount = apply_effect(rule, told.base_cents, told.coins, count=told.count, in_flat=in_flat)
    return Price(amount, row, replace(told, amount_cents=amount))


ADDED = (SituationEffect.FIXED, SituationEffect.PLUS)  # sums that a late pick-up owes beside the day


def coins_of(version: TariffVersion) -> Coins:
    """How the version rounds and bounds its amounts."""
    return Coins(version.rounding, version.rounding_step_cents, version.floor_cents, version.ceiling_cents)


def counted_quotient(version: TariffVersion, quotient: Decimal | None) -> Decimal | None:
    """The quotient as the tariff reads it: as it is, or made a whole number first."""
    if quotient is None or version.quotient_rounding == QuotientRounding.NONE:
        return quotient
    return quotient.quantize(Decimal(1), rounding=ROUNDINGS[version.quotient_rounding])


def late_count(rule: SituationRule, facts: Facts) -> int:
    """How many times a late pick-up is due: none within the tolerance, once, or by started slice."""
    if facts.leaves is None or facts.ends_at is None:
        return 1
    late = facts.leaves - facts.ends_at
    if late <= rule.tolerance_minutes:
        return 0
    return started(late, rule.slice_minutes, rule.tolerance_minutes) if rule.slice_minutes else 1


# -- rows and parts -----------------------------------------------------------------

Found = list[tuple[TariffRow, Part]]


def _chosen(version: TariffVersion, facts: Facts, rule: SituationRule) -> Found:
    """The rows that price a day, one unless its presence crosses slots, with what each gives."""
    if facts.situation == Situation.LATE_PICKUP:
        return [_late_part(version, facts, rule)]
    if facts.arrives is None or facts.leaves is None or facts.leaves <= facts.arrives:
        somewhen = replace(facts, arrives=None, leaves=None)
        row = ready(version).row_for(somewhen)
        if row is None:
            raise Refused(_no_row(version, facts))
        return [(row, _part(version, row, somewhen, _once(row)))]
    return _along_slots(version, facts, facts.arrives, facts.leaves)


def _once(row: TariffRow) -> int:
    """What counts as one when hours are not known: an occasion, a slice, a whole hour."""
    return -(-HOUR_MINUTES // row.slice_minutes) if row.unit == PriceUnit.HOUR and row.slice_minutes else 1


def _along_slots(version: TariffVersion, facts: Facts, arrives: int, leaves: int) -> Found:
    """Each stretch between two bounds has its row; neighbours of one row and price are one part.

    What no row takes is not paid, when hours alone are the reason (outside all the slots).
    """
    pieces: list[tuple[TariffRow, Facts, tuple[Change, ...]]] = []
    for start, end in cut(arrives, leaves, ready(version).bounds):
        piece = replace(facts, arrives=start, leaves=end)
        row = ready(version).row_for(piece)
        if row is None:
            continue
        changes = _changes(version, piece)
        if pieces and pieces[-1][1].leaves == start and (pieces[-1][0], pieces[-1][2]) == (row, changes):
            piece = replace(piece, arrives=pieces.pop()[1].arrives)
        pieces.append((row, piece, changes))
    if not pieces:
        return [_nothing_paid(version, facts)]
    return [(row, _part(version, row, piece, _counted(row, piece))) for row, piece, _ in pieces]


def _nothing_paid(version: TariffVersion, facts: Facts) -> tuple[TariffRow, Part]:
    somewhen = replace(facts, arrives=None, leaves=None)
    row = ready(version).row_for(somewhen)
    if row is None:
        raise Refused(_no_row(version, facts))
    return row, _part(version, row, somewhen, 0)


def _counted(row: TariffRow, facts: Facts) -> int:
    """The units of a presence: started slices, or once."""
    minutes = (facts.leaves or 0) - (facts.arrives or 0)
    if row.unit in TIMED_UNITS:
        return started(minutes, row.slice_minutes or HOUR_MINUTES, row.tolerance_minutes)
    return 0 if row.has_slot and minutes <= row.tolerance_minutes else 1


def _late_part(version: TariffVersion, facts: Facts, rule: SituationRule) -> tuple[TariffRow, Part]:
    """The row of the day itself, for what is past its end: by situation it would be no row's."""
    for situation in (Situation.AS_BOOKED, Situation.ATTENDED):
        day = replace(facts, arrives=None, leaves=None, situation=situation)
        row = ready(version).row_for(day)
        if row is not None:
            return row, _part(version, row, day, late_count(rule, facts))
    raise Refused(_no_row(version, facts))


def _dearest(version: TariffVersion, facts: Facts, chosen: Found) -> Found:
    """As much, at the price of the dearest row that another quotient or income would have given."""
    coins = coins_of(version)
    somewhen = replace(facts, arrives=None, leaves=None)
    rows = [row for row in ready(version).rows_for(somewhen) if _has_a_top(row, facts)]
    rows = [row for row in rows if row.unit == chosen[0][0].unit] or [row for row, _ in chosen]
    count = sum(part.count for _, part in chosen)
    found = [(row, _part(version, _at_its_top(row), somewhen, count)) for row in rows]
    return [max(found, key=lambda each: each[1].unit_cents(coins))]


def _has_a_top(row: TariffRow, facts: Facts) -> bool:
    known = facts.income if row.basis == EffortBasis.INCOME else facts.quotient
    return row.method != PriceMethod.RATE or row.ceiling_cents is not None or known is not None


def _at_its_top(row: TariffRow) -> TariffRow:
    """A rate with its ceiling and a sliding price at its end, as listed amounts."""
    if row.method == PriceMethod.LINEAR:
        top = max(row.amount_cents, row.to_cents or 0)
        top = top if row.ceiling_cents is None else min(top, row.ceiling_cents)
    elif row.method == PriceMethod.RATE and row.ceiling_cents is not None:
        top = row.ceiling_cents
    else:
        return row
    return replace(row, method=PriceMethod.FIXED, amount_cents=top)


def _changes(version: TariffVersion, facts: Facts) -> tuple[Change, ...]:
    return tuple(
        Change(each.label, each.effect, each.amount_cents, each.factor)
        for each in ready(version).modifiers_for(facts)
    )


def _part(version: TariffVersion, row: TariffRow, facts: Facts, count: int) -> Part:
    """What a row gives, with the numbers that its method reads and no other."""
    numbers: dict[str, object] = {}
    if needs_quotient(row) or needs_income(row):
        numbers = {
            "known": facts.income if needs_income(row) else facts.quotient,
            "basis": row.basis,
            "rate": row.rate,
            "floor_cents": row.floor_cents,
            "ceiling_cents": row.ceiling_cents,
        }
    if row.method == PriceMethod.LINEAR:
        numbers |= {"qf_from": row.qf_from, "qf_to": row.qf_to, "to_cents": row.to_cents}
    if row.method == PriceMethod.SHARED:
        numbers = {"rank": facts.rank, "children": facts.children}
    if row.unit in TIMED_UNITS or row.has_slot:
        numbers |= {"start": facts.arrives, "end": facts.leaves, "slice_minutes": row.slice_minutes}
        numbers |= {"tolerance_minutes": row.tolerance_minutes}
    return Part(
        row_id=row.id,
        position=row.position,
        label=row.label,
        method=row.method,
        unit=row.unit,
        amount_cents=0 if row.method == PriceMethod.FREE else row.amount_cents,
        count=count,
        changes=_changes(version, facts),
        **numbers,  # type: ignore[arg-type]
    )


# -- words --------------------------------------------------------------------------


def _explain(
    version: TariffVersion,
    row: TariffRow,
    rule: SituationRule,
    facts: Facts,
    seen: Facts,
    parts: tuple[Part, ...],
) -> Explanation:
    coins = coins_of(version)
    base = sum(part.cents(coins) for part in parts)
    listed = len(parts) == 1 and parts[0].is_plain and base == parts[0].amount_cents
    late = facts.situation == Situation.LATE_PICKUP
    return Explanation(
        version_id=version.id,
        version_name=version.name,
        is_example=version.is_example,
        row_id=row.id,
        row_position=row.position,
        row_label=row.label,
        method=row.method,
        unit=row.unit,
        depends_on=ready(version).depends_on,
        quotient=facts.quotient,
        quotient_source=facts.quotient_source,
        resident=facts.resident,
        situation=facts.situation,
        effect=rule.effect,
        effect_cents=rule.amount_cents,
        factor=rule.factor,
        base_cents=base,
        amount_cents=base,
        parts=() if listed else parts,
        rounding=coins.rounding,
        step_cents=coins.step_cents,
        floor_cents=coins.floor_cents,
        ceiling_cents=coins.ceiling_cents,
        counted_quotient=seen.quotient if seen.quotient != facts.quotient else None,
        circumstances=tuple(circumstances(ready(version).depends_on, facts, parts)),
        occurrence=facts.occurrence if _counts(version, facts.situation) else 0,
        slice_minutes=rule.slice_minutes if late else 0,
        leaves=facts.leaves if late else None,
        ends_at=facts.ends_at if late else None,
    )


def _counts(version: TariffVersion, situation: Situation) -> bool:
    return any(r.from_nth > 1 for r in version.situations if r.situation == situation)


def _no_row(version: TariffVersion, facts: Facts) -> str:
    """Says the case, never the child: the sentence may be shown to whoever edits the tariff."""
    quotient = "inconnu" if facts.quotient is None else f"de {format_quotient(facts.quotient)}"
    stated = {*ready(version).depends_on, "resident"} - {"slot"}
    others = ", ".join(c.say(c.read(facts)) for c in OTHERS if c.name in stated)
    return (
        f"Aucune ligne du tarif «{NBSP}{version.name}{NBSP}» ne correspond à un quotient {quotient}"
        f" pour les familles {others}."
    )
