"""Sums due once per school year: membership of a family, late enrolment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.vocabulary import FeeOccasion, PerWhom


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A sum due once per school year, by a child or a family, on its first occasion in `[first, last]`.

    It concerns one activity, one service, or everything when neither is named; the families of the commune,
    those from elsewhere, or all. Of the fees of one name, a child or family owes the first that concerns it.
    An enrolment recorded after `first` is a late one.
    """

    id: int | None = None
    name: str
    amount_cents: int
    per_whom: PerWhom = PerWhom.FAMILY
    occasion: FeeOccasion = FeeOccasion.FIRST_BILL
    activity_id: int | None = None
    service_id: int | None = None
    resident: bool | None = None
    first: date
    last: date | None = None

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)
