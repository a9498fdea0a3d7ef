"""The month: days are priced, gathered in lines, and lines in one bill per family.

Pure: prices are worked out by `rules.months`, dates and numbers of invoices by `rules.invoices`.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from rules.charge_explanations import with_period
from rules.charges import Charge
from rules.ground import DayUse
from rules.months import PricedDay
from rules.situations import NOT_DUE, BookingFact, situation_of
from rules.tariffs import Price
from rules.vocabulary import (
    ChargeKind,
    Eater,
    EventEffect,
    Formula,
    Presence,
    PriceUnit,
    Regime,
    Situation,
    Timing,
)

COLLECTION_THRESHOLD_CENTS = 15_00  # CGCT D1611-1: smaller debts are not collected


class DayFact(NamedTuple):
    """What is known of one child, activity and day, and the family whose day it is.

    `by_attendance` marks an activity without booking (garderie); `event` is what covers the day
    there, `justified` says that the commune accepted a claim for it. Hours are minutes of the day; a day
    with `settled_cents` is on an invoice already issued.
    """

    child_id: int
    activity_id: int
    day: date
    family_id: int
    booked: bool
    timing: Timing | None = None
    presence: Presence | None = None
    sheet_closed: bool = False
    by_attendance: bool = False
    event: EventEffect | None = None
    justified: bool = False
    arrives: int | None = None
    leaves: int | None = None
    regime: Regime | None = None
    formula: Formula = Formula.MEAL
    eater: Eater = Eater.CHILD
    settled_cents: int | None = None
    chosen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """An amount that an agent adds to a family's bill (signed cents), with its reason as label."""

    id: int
    family_id: int
    month: date
    label: str
    amount_cents: int
    child_id: int | None = None
    activity_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a bill: the days of one child and activity that cost the same for the same reasons.

    `month` is the first of the month of the days, which for days carried over is not the month
    billed. `label` is the tariff row's, or the adjustment's; an adjustment has no days, no
    situation, no unit and no explanation. `charges` are what it bills
    for whole periods.
    """

    family_id: int
    child_id: int | None
    activity_id: int | None
    month: date
    situation: Situation | None
    label: str
    unit: PriceUnit | None
    unit_price_cents: int
    quantity: int
    amount_cents: int
    days: tuple[date, ...] = ()
    explanation: dict[str, Any] | None = None
    adjustment_id: int | None = None
    charges: tuple[Charge, ...] = ()

    @property
    def billed(self) -> tuple[tuple[date, int, int], ...]:
        """The days that the line bills for good, each with its activity and cents.

        A late pick-up is charged beside its day; the days of a whole period cost nothing more.
        """
        if self.charges:
            return tuple((day, activity_id, 0) for one in self.charges for day, activity_id in one.days)
        if self.activity_id is None or self.situation == Situation.LATE_PICKUP:
            return ()
        return tuple((day, self.activity_id, self.unit_price_cents) for day in self.days)

    def to_json(self) -> dict[str, Any]:
        """All that the line says, as JSON values: what a draft keeps and a fingerprint reads."""
        return {
            "child_id": self.child_id,
            "activity_id": self.activity_id,
            "month": self.month.isoformat(),
            "situation": self.situation and self.situation.value,
            "label": self.label,
            "unit": self.unit and self.unit.value,
            "unit_price_cents": self.unit_price_cents,
            "quantity": self.quantity,
            "amount_cents": self.amount_cents,
            "days": sorted(day.isoformat() for day in self.days),
            "explanation": self.explanation,
            "adjustment_id": self.adjustment_id,
        }


@dataclass(frozen=True, slots=True)
class Bill:
    """What one family owes: its lines in the order of the invoice, and their sum in cents."""

    family_id: int
    lines: tuple[Line, ...]
    total_cents: int


# -- days ---------------------------------------------------------------------------


def uses_of(facts: Iterable[DayFact]) -> list[DayUse]:
    """The days that end in a situation to bill, as the price pass takes them."""
    uses = []
    for child_id, activity_id, day, family_id, *seen in facts:
        situation = _situation(*seen[:7])
        if situation is not None and situation not in NOT_DUE:
            uses.append(DayUse._make((child_id, activity_id, day, family_id, situation, *seen[7:])))
    return uses


@cache
def _situation(
    booked: bool,
    timing: Timing | None,
    presence: Presence | None,
    sheet_closed: bool,
    by_attendance: bool,
    event: EventEffect | None,
    justified: bool,
) -> Situation | None:
    booking = BookingFact(timing or Timing.IN_TIME) if booked else None
    return situation_of(
        booking, presence, sheet_closed, by_attendance=by_attendance, event=event, justified=justified
    )


# -- lines --------------------------------------------------------------------------


def lines_of(priced_days: Iterable[PricedDay], charges: Iterable[Charge] = ()) -> list[Line]:
    """Gather days into lines, one per family, child, activity, month, price and explanation.

    A quotient that changes in mid-month makes two lines; a day carried over from an earlier
    month keeps that month. Prices of a period, caps and fees have lines of their own. The order in
    which they are given does not matter.
    """
    groups: dict[tuple[int, int, int, date, Price], list[PricedDay]] = defaultdict(list)
    for day in priced_days:
        groups[day.family_id, day.child_id, day.activity_id, day.day.replace(day=1), day.price].append(day)
    explain = cache(lambda cost: cost.explanation.to_json())
    lines = [_line(*key, days, explain(key[-1])) for key, days in groups.items()]
    return sorted(lines + _charge_lines(charges), key=_order)


def _line(
    family_id: int,
    child_id: int,
    activity_id: int,
    month: date,
    cost: Price,
    days: list[PricedDay],
    explanation: dict[str, Any],
) -> Line:
    dates = tuple(sorted(day.day for day in days))
    hours = sorted([day.day.isoformat(), *day.hours] for day in days if day.hours is not None)
    return Line(
        family_id=family_id,
        child_id=child_id,
        activity_id=activity_id,
        month=month,
        situation=cost.explanation.situation,
        label=cost.row.label,
        unit=cost.row.unit,
        unit_price_cents=cost.amount_cents,
        quantity=len(days),
        amount_cents=cost.amount_cents * len(days),
        days=dates,
        explanation=explanation | {"presences": hours} if hours else explanation,
    )


def _charge_lines(charges: Iterable[Charge]) -> list[Line]:
    """One line per charge; what one cap takes off alike several times in a month is one line."""
    alike: dict[tuple[object, ...], list[Charge]] = defaultdict(list)
    for charge in sorted(charges, key=lambda each: each.key.first):
        kind, subject, family_id, child_id, first = charge.key
        same = charge.amount_cents if kind == ChargeKind.CAP else first
        alike[kind, subject, family_id, child_id, charge.activity_id, charge.month, same].append(charge)
    return [_charge_line(those) for those in alike.values()]


def _charge_line(charges: Sequence[Charge]) -> Line:
    one = charges[0]
    explanation = one.explanation
    for other in charges[1:]:
        explanation = with_period(explanation, other.explanation)
    return Line(
        family_id=one.key.family_id,
        child_id=one.key.child_id,
        activity_id=one.activity_id,
        month=one.month,
        situation=None,
        label=one.label,
        unit=one.unit,
        unit_price_cents=one.amount_cents,
        quantity=len(charges),
        amount_cents=one.amount_cents * len(charges),
        days=tuple(sorted({day for day, _ in one.days})),
        explanation=explanation,
        charges=tuple(charges),
    )


def adjustment_line(adjustment: Adjustment) -> Line:
    """The line that an adjustment makes on the bill of its family."""
    return Line(
        family_id=adjustment.family_id,
        child_id=adjustment.child_id,
        activity_id=adjustment.activity_id,
        month=adjustment.month,
        situation=None,
        label=adjustment.label,
        unit=None,
        unit_price_cents=adjustment.amount_cents,
        quantity=1,
        amount_cents=adjustment.amount_cents,
        adjustment_id=adjustment.id,
    )


def _order(line: Line) -> tuple[Any, ...]:
    """By month, child, activity and first day; the adjustments of the family come last."""
    return (
        line.family_id,
        line.adjustment_id or 0,
        line.month,
        line.child_id or 0,
        line.activity_id or 0,
        line.days[:1],
        line.situation or "",
        line.label,
    )


# -- bills --------------------------------------------------------------------------


def bills(
    priced_days: Iterable[PricedDay],
    adjustments: Iterable[Adjustment] = (),
    excluded: Collection[int] = frozenset(),
    charges: Iterable[Charge] = (),
) -> list[Bill]:
    """One bill per family that has days, charges or adjustments, the excluded ones left out.

    The days of an excluded family stay to be billed. Sorted by family.
    """
    by_family: dict[int, list[Line]] = defaultdict(list)
    for line in lines_of(priced_days, charges) + sorted(map(adjustment_line, adjustments), key=_order):
        by_family[line.family_id].append(line)
    return [
        Bill(family_id, tuple(lines), sum(line.amount_cents for line in lines))
        for family_id, lines in sorted(by_family.items())
        if family_id not in excluded
    ]


def carry_over(bill: Bill, threshold_cents: int = COLLECTION_THRESHOLD_CENTS, flush: bool = False) -> bool:
    """Whether a bill takes no number now and joins the next one (CGCT D1611-1: under 15 €).

    `flush` issues a small bill all the same, when the child leaves or the exercice ends. A
    total of zero or less is never an invoice, flush or not: there is no debt to collect. Free
    lines wait for the next bill, and a balance in the family's favour is first deducted from
    what comes next, then for an agent to refund (it is shown as an anomaly).
    """
    if bill.total_cents <= 0:
        return True
    return bill.total_cents < threshold_cents and not flush


def digest(bill: Bill) -> str:
    """A fingerprint of all that an agent sees of a bill, whatever the order of its lines.

    Issuing recomputes the bill and refuses when its fingerprint is no longer the draft's.
    """
    lines = sorted(json.dumps(line.to_json(), sort_keys=True, ensure_ascii=False) for line in bill.lines)
    seen = json.dumps([bill.family_id, bill.total_cents, lines], ensure_ascii=False)
    return hashlib.sha256(seen.encode()).hexdigest()
