"""Why a cap takes something off, why a yearly fee is due: kept with the invoice line, as prices are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from rules import explanations
from rules.explanations import Explanation
from rules.money import NBSP, format_cents, share
from rules.vocabulary import ChargeKind, FeeOccasion, Per, PerWhom
from rules.wording import month_name, short_date

OCCASIONS = {
    FeeOccasion.FIRST_BILL: "avec la première facture de l’année scolaire",
    FeeOccasion.ENROLMENT: "à l’inscription",
    FeeOccasion.LATE_ENROLMENT: "pour une inscription après la date limite",
}


def beyond(max_cents: int | None, max_units: int | None, counted: Sequence[tuple[int, int]]) -> int:
    """The cents over a cap, from each day's units and cents: over the amount, or after the last paid unit."""
    if max_cents is not None:
        return max(0, sum(cents for _, cents in counted) - max_cents)
    units = [part for count, cents in counted if count for part in share(cents, [1] * count)]
    return sum(units[max_units or 0 :])


class CappedPeriod(NamedTuple):
    """A period whose days pass the cap: each day's units and cents, and what was taken off before."""

    first: str
    counted: tuple[tuple[str, int, int], ...]
    already_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CapExplanation:
    """What a cap takes off, the same amount for each of its `periods`."""

    label: str
    per_whom: PerWhom
    period: Per
    max_cents: int | None
    max_units: int | None
    periods: tuple[CappedPeriod, ...]

    @property
    def amount_cents(self) -> int:
        """What is taken off one period: negative."""
        one = self.periods[0]
        over = beyond(self.max_cents, self.max_units, [(units, cents) for _, units, cents in one.counted])
        return -(over - one.already_cents)

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": ChargeKind.CAP.value,
            "is_example": False,
            "label": self.label,
            "per_whom": self.per_whom.value,
            "period": self.period.value,
            "max_cents": self.max_cents,
            "max_units": self.max_units,
            "periods": [[p.first, [list(day) for day in p.counted], p.already_cents] for p in self.periods],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CapExplanation:
        periods = tuple(
            CappedPeriod(first, tuple((day, units, cents) for day, units, cents in counted), already)
            for first, counted, already in data["periods"]
        )
        whom, period = _whom(data["per_whom"]), _per(data["period"])
        return cls(
            label=data["label"],
            per_whom=whom,
            period=period,
            max_cents=data["max_cents"],
            max_units=data["max_units"],
            periods=periods,
        )

    def sentences(self) -> list[str]:
        """« Matin et soir ensemble : 2,20 € au plus par jour et par enfant. » and each period’s sum."""
        most = format_cents(self.max_cents) if self.max_cents is not None else _units(self.max_units or 0)
        rule = f"{self.label}{NBSP}: {most} au plus {self.period.label} et {self.per_whom.label}."
        return [rule, *(self._period_sentence(period) for period in self.periods)]

    def _period_sentence(self, period: CappedPeriod) -> str:
        cents = [amount for _, _, amount in period.counted]
        added = " + ".join(map(format_cents, cents))
        whole = f"{added} = {format_cents(sum(cents))}" if len(cents) > 1 else format_cents(sum(cents))
        before = f" (dont {format_cents(period.already_cents)} déjà déduits)" if period.already_cents else ""
        off = format_cents(-self.amount_cents)
        return f"{self._when(date.fromisoformat(period.first))}{NBSP}: {whole}{before}, {off} déduits."

    def _when(self, first: date) -> str:
        match self.period:
            case Per.DAY:
                return f"Le {short_date(first)}"
            case Per.WEEK:
                return f"Semaine du {short_date(first)}"
            case Per.MONTH:
                return month_name(first).capitalize()
            case Per.PERIOD:
                return f"Période du {short_date(first)} {first.year}"
            case Per.TERM:
                return f"Trimestre du {short_date(first)} {first.year}"
            case Per.YEAR:
                return f"Année scolaire {first.year}-{first.year + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeExplanation:
    """A sum due once in the school year that starts that autumn.

    With a maximum per family, `already_cents` is what the family owed under that name before.
    """

    name: str
    amount_cents: int
    per_whom: PerWhom
    occasion: FeeOccasion
    school_year: int
    family_max_cents: int | None = None
    already_cents: int = 0

    @property
    def due_cents(self) -> int:
        """The sum, or what the family's maximum leaves of it."""
        if self.family_max_cents is None:
            return self.amount_cents
        return min(self.amount_cents, max(0, self.family_max_cents - self.already_cents))

    def to_json(self) -> dict[str, Any]:
        limited = {"family_max_cents": self.family_max_cents, "already_cents": self.already_cents}
        return ({} if self.family_max_cents is None else limited) | {
            "kind": ChargeKind.FEE.value,
            "is_example": False,
            "name": self.name,
            "amount_cents": self.amount_cents,
            "per_whom": self.per_whom.value,
            "occasion": self.occasion.value,
            "school_year": self.school_year,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FeeExplanation:
        return cls(
            name=data["name"],
            amount_cents=data["amount_cents"],
            per_whom=_whom(data["per_whom"]),
            occasion=_occasion(data["occasion"]),
            school_year=data["school_year"],
            family_max_cents=data.get("family_max_cents"),
            already_cents=data.get("already_cents", 0),
        )

    def sentences(self) -> list[str]:
        years = f"{self.school_year}-{self.school_year + 1}"
        said = [
            f"{self.name}{NBSP}: {format_cents(self.amount_cents)} {self.per_whom.label},"
            f" {OCCASIONS[self.occasion]}, une seule fois pour l’année scolaire {years}."
        ]
        if self.due_cents < self.amount_cents:
            most, before = format_cents(self.family_max_cents or 0), format_cents(self.already_cents)
            due = format_cents(self.due_cents)
            said.append(f"{most} au plus par famille, dont {before} déjà comptés{NBSP}: {due}.")
        return said


Told = Explanation | CapExplanation | FeeExplanation


def read(data: Mapping[str, Any]) -> Told:
    """The explanation of any line, from what is kept with it."""
    kind = data.get("kind")
    if kind == ChargeKind.CAP:
        return CapExplanation.from_json(data)
    return FeeExplanation.from_json(data) if kind == ChargeKind.FEE else Explanation.from_json(data)


def recompute(data: Mapping[str, Any]) -> int:
    """The unit price of any line, in cents, worked out again from what is kept with it."""
    told = read(data)
    if isinstance(told, Explanation):
        return explanations.recompute(data)
    return told.due_cents if isinstance(told, FeeExplanation) else told.amount_cents


def with_period(data: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The same cap over one more period, for a line that gathers them."""
    return {**data, "periods": [*data["periods"], *other["periods"]]}


def _units(count: int) -> str:
    return f"{count} unité{'s' if count > 1 else ''} payée{'s' if count > 1 else ''}"


def _whom(value: str) -> PerWhom:
    return next(member for member in PerWhom if member.value == value)


def _per(value: str) -> Per:
    return next(member for member in Per if member.value == value)


def _occasion(value: str) -> FeeOccasion:
    return next(member for member in FeeOccasion if member.value == value)
