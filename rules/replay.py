"""The replay: a past period priced as it was and with another configuration, and what that changes.

Pure: it is given the two results of the price pass, family after family, and keeps only sums, so that a
city's year (two million meals) fits in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from rules.charges import Charge
from rules.months import Month, PricedDay
from rules.tariffs import Price

NOTHING = "—"  # a line that only one of the two configurations has
AFTER = 1_000_000  # beyond the rows of any grid


@dataclass(slots=True)
class Sums:
    """What is due now and what would be due then, in cents, for so many days."""

    days: int = 0
    now_cents: int = 0
    then_cents: int = 0

    @property
    def difference_cents(self) -> int:
        return self.then_cents - self.now_cents

    def add(self, days: int, now_cents: int, then_cents: int) -> None:
        self.days += days
        self.now_cents += now_cents
        self.then_cents += then_cents


@dataclass(frozen=True, slots=True)
class Band:
    """Days that one row of a tariff prices now and another row then; `NOTHING` where there is none.

    `places` are those of the two rows in their grids, to tell bands in the order of the council's vote.
    """

    activity_id: int | None
    now_label: str
    then_label: str
    places: tuple[int, int] = field(default=(0, 0), compare=False)


@dataclass(slots=True)
class Replay:
    """What another configuration changes, per band and per family, over days `first` to `last` included."""

    first: date
    last: date
    total: Sums = field(default_factory=Sums)
    bands: dict[Band, Sums] = field(default_factory=lambda: defaultdict(Sums))
    families: dict[int, Sums] = field(default_factory=lambda: defaultdict(Sums))

    def add(self, now: Month, then: Month) -> None:
        """Count the same days priced both ways, with what is due for whole periods."""
        alike: dict[tuple[int, int, Price | None, Price | None], int] = defaultdict(int)
        for pair in _pairs(now.days, then.days):
            alike[pair] += 1
        for (family_id, activity_id, was, would_be), count in alike.items():
            cents = (_cents(was) * count, _cents(would_be) * count)
            self._count(_row_band(activity_id, was, would_be), family_id, count, *cents)
        for charge in now.charges:
            self._count(_band(charge), charge.key.family_id, 0, charge.amount_cents, 0)
        for charge in then.charges:
            self._count(_band(charge), charge.key.family_id, 0, 0, charge.amount_cents)

    def _count(self, band: Band, family_id: int, days: int, now_cents: int, then_cents: int) -> None:
        for sums in (self.total, self.bands[band], self.families[family_id]):
            sums.add(days, now_cents, then_cents)

    # -- told

    def dearer(self) -> int:
        """How many families would pay more."""
        return sum(sums.difference_cents > 0 for sums in self.families.values())

    def cheaper(self) -> int:
        """How many families would pay less."""
        return sum(sums.difference_cents < 0 for sums in self.families.values())

    def unchanged(self) -> int:
        """How many families would pay as much."""
        return len(self.families) - self.dearer() - self.cheaper()

    def by_band(self) -> list[tuple[Band, Sums]]:
        """By activity, in the order of the grids; what is due for periods comes after."""
        return sorted(self.bands.items(), key=lambda each: _order(each[0]))

    def by_family(self) -> list[tuple[int, Sums]]:
        """Those that would gain most first, those that would lose most last."""
        return sorted(self.families.items(), key=lambda each: (each[1].difference_cents, each[0]))

    def extremes(self, count: int) -> tuple[list[tuple[int, Sums]], list[tuple[int, Sums]]]:
        """The families whose bill falls most, then those whose bill rises most."""
        ordered = self.by_family()
        falls = [each for each in ordered[:count] if each[1].difference_cents < 0]
        rises = [each for each in reversed(ordered[-count:]) if each[1].difference_cents > 0]
        return falls, rises


def _pairs(
    now: Iterable[PricedDay], then: Iterable[PricedDay]
) -> Iterator[tuple[int, int, Price | None, Price | None]]:
    """Each day with its two prices; a day that one of them does not price (a flat month pays it) has none."""
    others = {(day.child_id, day.activity_id, day.day, day.situation): day.price for day in then}
    for day in now:
        key = (day.child_id, day.activity_id, day.day, day.situation)
        yield day.family_id, day.activity_id, day.price, others.pop(key, None)
    if others:
        families = {(day.child_id, day.day): day.family_id for day in then}
        for (child_id, activity_id, on, _), price in others.items():
            yield families[child_id, on], activity_id, None, price


def _row_band(activity_id: int, was: Price | None, would_be: Price | None) -> Band:
    return Band(activity_id, _label(was), _label(would_be), (_place(was), _place(would_be)))


def _place(price: Price | None) -> int:
    return price.row.position if price else AFTER


def _band(charge: Charge) -> Band:
    """What is due for a period keeps its name on both sides."""
    return Band(charge.activity_id, charge.label, charge.label, (AFTER, AFTER))


def _order(band: Band) -> tuple[bool, int, tuple[int, int], str, str]:
    activity_id = band.activity_id or 0
    return activity_id == 0, activity_id, band.places, band.now_label, band.then_label


def _cents(price: Price | None) -> int:
    return price.amount_cents if price else 0


def _label(price: Price | None) -> str:
    return price.row.label if price else NOTHING
