"""The month: days are priced, gathered in lines, and lines in one bill per family.

Pure and quick: a price is worked out once per tariff, quotient, residence and situation,
whatever the number of days. Dates and numbers of invoices are in `rules.invoices`.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from rules.money import NBSP
from rules.refusals import Refused
from rules.situations import NOT_DUE, BookingFact, situation_of
from rules.tariffs import Facts, Price, QuotientFact, TariffVersion, price, quotient_on, version_for
from rules.vocabulary import EventEffect, Presence, PriceUnit, Situation, Timing
from rules.wording import long_date

COLLECTION_THRESHOLD_CENTS = 15_00  # CGCT D1611-1: smaller debts are not collected


class DayFact(NamedTuple):
    """What is known of one child, activity and day, and the family whose day it is.

    `by_attendance` marks an activity without booking (garderie); `event` is what covers the day
    there, `justified` says that the commune accepted a claim for it.
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


class ResidenceFact(NamedTuple):
    """Whether a family lives in the commune, from `first` to `last` included (None: until further notice)."""

    first: date
    last: date | None
    resident: bool


class PricedDay(NamedTuple):
    child_id: int
    activity_id: int
    day: date
    family_id: int
    situation: Situation
    price: Price


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
    situation, no unit and no explanation.
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


def price_days(
    facts: Iterable[DayFact],
    tariffs: Mapping[int, Sequence[TariffVersion]],
    quotients: Mapping[int, Sequence[QuotientFact]],
    residents: Mapping[int, Sequence[ResidenceFact]],
    activity_names: Mapping[int, str] | None = None,
) -> list[PricedDay]:
    """The price of each day that there is something to bill for.

    `tariffs` are by activity, `quotients` and `residents` by family. Raises Refused when no
    tariff is in force on a day to bill (a free activity has a tariff that says so), or when
    no row of it takes the family.
    """

    @cache
    def version_on(activity_id: int, day: date) -> TariffVersion:
        found = version_for(tariffs.get(activity_id, ()), day)
        if found is None:
            raise Refused(_no_tariff(day, (activity_names or {}).get(activity_id)))
        return found

    @cache
    def family_on(family_id: int, day: date) -> tuple[QuotientFact | None, bool]:
        return quotient_on(quotients.get(family_id, ()), day), is_resident(residents.get(family_id, ()), day)

    @cache
    def price_of(
        version: TariffVersion, quotient: QuotientFact | None, resident: bool, situation: Situation
    ) -> Price:
        value, source = (quotient.value, quotient.source) if quotient else (None, "")
        return price(version, Facts(version.first, value, source, resident, situation))

    priced = []
    for child_id, activity_id, day, family_id, *seen in facts:
        situation = _situation(*seen)
        if situation is not None and situation not in NOT_DUE:
            quotient, resident = family_on(family_id, day)
            cost = price_of(version_on(activity_id, day), quotient, resident, situation)
            priced.append(PricedDay(child_id, activity_id, day, family_id, situation, cost))
    return priced


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


def is_resident(history: Sequence[ResidenceFact], day: date) -> bool:
    """Whether the family lives in the commune that day; a residence that nothing shows is no."""
    latest: ResidenceFact | None = None
    for fact in history:
        if fact.first <= day and (fact.last is None or day <= fact.last):
            latest = fact if latest is None or fact.first > latest.first else latest
    return latest is not None and latest.resident


def _no_tariff(day: date, activity: str | None) -> str:
    of_what = f"«{NBSP}{activity}{NBSP}»" if activity else "une activité qui a des jours à facturer"
    return f"Aucun tarif n’est en vigueur le {long_date(day)} pour {of_what}."


# -- lines --------------------------------------------------------------------------


def lines_of(priced_days: Iterable[PricedDay]) -> list[Line]:
    """Gather days into lines, one per family, child, activity, month, price and explanation.

    A quotient that changes in mid-month makes two lines; a day carried over from an earlier
    month keeps that month. The order of the days given does not matter.
    """
    groups: dict[tuple[int, int, int, date, Price], list[date]] = defaultdict(list)
    for child_id, activity_id, day, family_id, _, cost in priced_days:
        groups[family_id, child_id, activity_id, day.replace(day=1), cost].append(day)
    explain = cache(lambda cost: cost.explanation.to_json())
    lines = [_line(*key, days, explain(key[-1])) for key, days in groups.items()]
    return sorted(lines, key=_order)


def _line(
    family_id: int,
    child_id: int,
    activity_id: int,
    month: date,
    cost: Price,
    days: list[date],
    explanation: dict[str, Any],
) -> Line:
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
        days=tuple(sorted(days)),
        explanation=explanation,
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
    )


# -- bills --------------------------------------------------------------------------


def bills(
    priced_days: Iterable[PricedDay],
    adjustments: Iterable[Adjustment] = (),
    excluded: Collection[int] = frozenset(),
) -> list[Bill]:
    """One bill per family that has days or adjustments, the excluded ones left out.

    The days of an excluded family stay to be billed. Sorted by family.
    """
    by_family: dict[int, list[Line]] = defaultdict(list)
    for line in lines_of(priced_days) + sorted(map(adjustment_line, adjustments), key=_order):
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
