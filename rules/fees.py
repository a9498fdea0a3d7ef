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
    An enrolment recorded after `first` is a late one. A fee by the child may be for some ranks only, both
    ends included (the household's children, eldest first); all that a family owes under the name of a fee
    in the school year goes no further than its `family_max_cents`.
    """

    id: int | None = None
    name: str
    amount_cents: int
    per_whom: PerWhom = PerWhom.FAMILY
    occasion: FeeOccasion = FeeOccasion.FIRST_BILL
    activity_id: int | None = None
    service_id: int | None = None
    resident: bool | None = None
    rank_from: int | None = None
    rank_to: int | None = None
    family_max_cents: int | None = None
    first: date
    last: date | None = None

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def ranked(self) -> bool:
        return self.rank_from is not None or self.rank_to is not None

    @property
    def of_a_child(self) -> bool:
        """Whether it says something that only a fee by the child can."""
        return self.ranked or self.family_max_cents is not None

    def takes_rank(self, rank: int) -> bool:
        return rank >= (self.rank_from or 1) and (self.rank_to is None or rank <= self.rank_to)
