"""Which quotient counts on a day: its effective date, and the commune's policy (rules.md, Prices)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from rules.vocabulary import QuotientStart
from rules.wording import short_date


class QuotientFact(NamedTuple):
    """A family's quotient over a period (`ends_on` included, None: until the next one).

    `source_label` names the document: « attestation CAF ». `income` is monthly, in euros, and
    `dependants` the number of children declared with it, when the tariff asks for them.
    """

    value: Decimal
    effective_on: date
    ends_on: date | None
    source_label: str
    received_on: date | None = None
    income: Decimal | None = None
    dependants: int | None = None

    @property
    def source(self) -> str:
        """The document and its date, as the explanation of a price says them."""
        since = f"{short_date(self.effective_on)} {self.effective_on.year}"
        return f"{self.source_label} en vigueur depuis le {since}"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotientPolicy:
    """When a quotient starts and stops to count.

    `reference` (month, day) is the date whose quotient serves for the year that follows it (REFERENCE).
    `backdated_days` bounds how long before its reception a quotient may count. `expires` (month,
    day) is the day of each year from which a quotient effective before it is known no more; one effective
    since the last `renewed` (month, day) before that day is the new one, and stays.
    """

    start: QuotientStart = QuotientStart.SAME_DAY
    reference: tuple[int, int] | None = None
    backdated_days: int | None = None
    expires: tuple[int, int] | None = None
    renewed: tuple[int, int] | None = None


PLAIN = QuotientPolicy()


def quotient_on(
    history: Sequence[QuotientFact], day: date, policy: QuotientPolicy = PLAIN
) -> QuotientFact | None:
    """The quotient in force on the day of the service; None when unknown.

    A newer quotient replaces the older ones for good: once it has ended, the family has no
    quotient until another arrives. Of two with one effective date, the last given counts.
    """
    if policy.start == QuotientStart.REFERENCE:
        reference = _last_yearly(policy.reference, day)
        found = _in_force(history, reference, policy) or _first_after(history, reference, day, policy)
    else:
        found = _in_force(history, day, policy)
    if found is None or policy.expires is None:
        return found
    oldest = _last_yearly(policy.expires, day)
    if policy.renewed is not None:
        oldest = _last_yearly(policy.renewed, oldest)
    return None if _starts(found, policy) < oldest else found


def _in_force(history: Sequence[QuotientFact], at: date, policy: QuotientPolicy) -> QuotientFact | None:
    latest: QuotientFact | None = None
    latest_start = date.min
    for fact in history:
        start = _starts(fact, policy)
        if latest_start <= start <= at:
            latest, latest_start = fact, start
    return None if latest is None or (latest.ends_on is not None and latest.ends_on < at) else latest


def _first_after(
    history: Sequence[QuotientFact], reference: date, day: date, policy: QuotientPolicy
) -> QuotientFact | None:
    """Of a family that had no quotient at the reference date, the first that came since."""
    since = [fact for fact in history if reference < _starts(fact, policy) <= day]
    first = min(since, key=lambda fact: _starts(fact, policy), default=None)
    return None if first is None or (first.ends_on is not None and first.ends_on < day) else first


def _starts(fact: QuotientFact, policy: QuotientPolicy) -> date:
    """The first day when a quotient counts."""
    start = fact.effective_on
    if policy.backdated_days is not None and fact.received_on is not None:
        start = max(start, fact.received_on - timedelta(days=policy.backdated_days))
    if policy.start == QuotientStart.NEXT_MONTH and start.day > 1:
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start


def _last_yearly(when: tuple[int, int] | None, day: date) -> date:
    """The last time that this day of the year came, `day` included (29 February: the 28th)."""
    month, number = when or (1, 1)
    this_year = _in_year(day.year, month, number)
    return this_year if this_year <= day else _in_year(day.year - 1, month, number)


def _in_year(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        return date(year, month, 28)
