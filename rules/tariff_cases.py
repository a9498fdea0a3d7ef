"""The elementary cases that a tariff tells apart, and which rows take each: what its checks read.

Every condition that a row states has a few values that the rows tell apart; a case is one value of each.
The rows that hold for a value are the bits of a number, so that a case costs a few « and ».
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import prod
from operator import and_
from typing import Any

from rules.tariff_conditions import ELSEWHERE, OTHER_SCHOOL, OTHERS, QUOTIENT, Condition
from rules.tariff_grid import Facts, TariffRow, TariffVersion

MOST_CASES = 100_000


@dataclass(frozen=True, slots=True)
class Axis:
    """A stated condition, the values that the rows tell apart, and the rows that hold for each (bits)."""

    condition: Condition
    values: tuple[Any, ...]
    masks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cases:
    """All the cases of a tariff, the quotient apart; the place of a value on each axis names a case."""

    rows: tuple[TariffRow, ...]
    quotient: Axis
    axes: tuple[Axis, ...]

    @property
    def count(self) -> int:
        return prod(len(axis.values) for axis in self.axes) * len(self.quotient.values)

    def each(self) -> list[tuple[tuple[int, ...], int]]:
        """Every possible case with the rows that hold for it, whatever the quotient."""
        everything = (1 << len(self.rows)) - 1
        return [
            (case, reduce(and_, (a.masks[i] for a, i in zip(self.axes, case, strict=True)), everything))
            for case in product(*(range(len(axis.values)) for axis in self.axes))
            if self._is_possible(case)
        ]

    def _is_possible(self, case: tuple[int, ...]) -> bool:
        """No child is the third of two."""
        known = {a.condition.name: (a, i) for a, i in zip(self.axes, case, strict=True)}
        if "rank" not in known or "children" not in known:
            return True
        (ranks, r), (counts, c) = known["rank"], known["children"]
        is_last = c + 1 == len(counts.values)
        return is_last or ranks.values[r] < counts.values[c + 1]

    def families(self, case: Sequence[int | None]) -> list[str]:
        """How a case is said, the axes that do not matter left out (None)."""
        return [
            axis.condition.say(axis.values[i])
            for axis, i in zip(self.axes, case, strict=True)
            if i is not None
        ]


def cases_of(version: TariffVersion, school_ids: Collection[int] | None = None) -> Cases:
    """The cases of a tariff. `school_ids`: the schools there are, when no other can exist."""
    stated = [c for c in OTHERS if any(c.is_stated(row) for row in version.rows)]
    return Cases(
        rows=version.rows,
        quotient=_axis(version, QUOTIENT),
        axes=tuple(_axis(version, condition, school_ids) for condition in stated),
    )


def _axis(version: TariffVersion, condition: Condition, school_ids: Collection[int] | None = None) -> Axis:
    values = [v for v in condition.values(version.rows) if _exists(condition, v, school_ids, version)]
    nobody = Facts(day=version.first)
    return Axis(
        condition,
        tuple(values),
        tuple(_mask(version.rows, condition, condition.put(nobody, value)) for value in values),
    )


def _exists(
    condition: Condition, value: Any, school_ids: Collection[int] | None, version: TariffVersion
) -> bool:
    """« Another school » is no case when the rows name all those of the commune."""
    if condition.name != "school" or value != OTHER_SCHOOL or school_ids is None:
        return True
    named = {s for row in version.rows for s in row.school_ids or ()}
    return not named >= set(school_ids)


def _mask(rows: Sequence[TariffRow], condition: Condition, facts: Facts) -> int:
    return sum(
        1 << i
        for i, row in enumerate(rows)
        if not condition.is_stated(row) or (_is_somewhere(condition, facts) and condition.holds(row, facts))
    )


def _is_somewhere(condition: Condition, facts: Facts) -> bool:
    return condition.name != "slot" or facts.arrives != ELSEWHERE
