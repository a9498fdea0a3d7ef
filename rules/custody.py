"""Which family a child's day belongs to: one family, or two that alternate week by week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules.instants import ONE_DAY, monday_of
from rules.refusals import Refused
from rules.vocabulary import CustodyKind
from rules.wording import long_date

Period = tuple[date, date | None]  # first and last days, both included


@dataclass(frozen=True, slots=True)
class CustodyRule:
    """A child's custody from a day on, until the next rule; an incomplete alternation is refused.

    single: every day is `family_id`'s.
    parity: even ISO weeks are `family_id`'s, odd ones `other_family_id`'s; weeks start on Monday.
    fortnight: weeks start on `changeover_weekday` (ISO); the one that contains `anchor_on` is
    `family_id`'s, the next `other_family_id`'s, and so on before and after. The day of the
    changeover belongs to the family that takes over.
    """

    first: date
    kind: CustodyKind
    family_id: int
    other_family_id: int | None = None
    anchor_on: date | None = None
    changeover_weekday: int = 1

    @property
    def families(self) -> tuple[int, ...]:
        """The one or two families that the days belong to."""
        return (self.family_id,) if self.other_family_id is None else (self.family_id, self.other_family_id)

    def __post_init__(self) -> None:
        if self.kind is CustodyKind.SINGLE:
            return
        if self.other_family_id in (None, self.family_id):
            raise Refused("Choisissez l’autre famille de la garde alternée.", "other_family_id")
        if self.kind is CustodyKind.FORTNIGHT and self.anchor_on is None:
            raise Refused("Donnez un jour de la première semaine de l’alternance.", "anchor_on")
        if self.changeover_weekday not in range(1, 8):
            raise Refused("Choisissez le jour du changement de semaine.", "changeover_weekday")


@dataclass(frozen=True, slots=True)
class Swap:
    """Days, first and last included, that both parents agreed to give to one of the families."""

    first: date
    last: date
    family_id: int


@dataclass(frozen=True, slots=True)
class Homes:
    """Whose a child's days are: its custody rules, and the swaps agreed in the order of their agreement."""

    rules: Sequence[CustodyRule] = ()
    swaps: Sequence[Swap] = ()

    def on(self, day: date) -> int | None:
        """The family whose day it is; None before the first rule."""
        return family_on(self.rules, day, self.swaps)

    @property
    def families(self) -> set[int]:
        named = {family_id for rule in self.rules for family_id in rule.families}
        return named | {swap.family_id for swap in self.swaps}


NO_HOME = Homes()


def family_on(rules: Sequence[CustodyRule], day: date, swaps: Sequence[Swap] = ()) -> int | None:
    """The family that the child's day belongs to; None before the first rule.

    The rule in force is the latest begun. A swap overrides it between the families that it names: once
    custody has passed to others, an old swap gives nothing. Of two swaps, the last given wins.
    """
    rule = rule_on(rules, day)
    if rule is None:
        return None
    agreed = (swap.family_id for swap in reversed(swaps) if swap.first <= day <= swap.last)
    return next((family for family in agreed if family in rule.families), None) or _family_by(rule, day)


def rule_on(rules: Sequence[CustodyRule], day: date) -> CustodyRule | None:
    """The rule in force that day: the latest begun; None before the first."""
    begun = (rule for rule in rules if rule.first <= day)
    return max(begun, key=lambda rule: rule.first, default=None)


def families_over(
    rules: Sequence[CustodyRule], first: date, last: date, swaps: Sequence[Swap] = ()
) -> dict[date, int | None]:
    """The family of each day from first to last, both included."""
    days = (first + i * ONE_DAY for i in range((last - first).days + 1))
    return {day: family_on(rules, day, swaps) for day in days}


def alternations(rules: Sequence[CustodyRule]) -> tuple[Period, ...]:
    """The periods during which the child's days alternate between two families, in order.

    Each is (first day, last day), both included; no last day means until further notice.
    """
    ordered = sorted(rules, key=lambda rule: rule.first)
    ends = [rule.first - ONE_DAY for rule in ordered[1:]] + [None]
    return tuple(
        (rule.first, end)
        for rule, end in zip(ordered, ends, strict=False)
        if rule.other_family_id is not None
    )


def parity_warning(first: date, last: date) -> str | None:
    """The sentence shown to staff when week parity gives one family two weeks running.

    A year of 53 ISO weeks (2026, 2032…) is followed by week 1: both are odd. None when no such
    pair of weeks lies between first and last.
    """
    for year in range(first.isocalendar().year, last.isocalendar().year):
        last_monday = monday_of(date(year, 12, 28))
        if last_monday.isocalendar().week == 53 and last >= last_monday + timedelta(weeks=1):
            end = last_monday + timedelta(days=13)
            return (
                f"L’année {year} compte 53 semaines : les semaines 53 et 1 sont impaires toutes les deux, "
                f"et l’enfant serait dans la même famille du {long_date(last_monday)} au {long_date(end)}. "
                "Une alternance une semaine sur deux à partir d’une date est plus sûre."
            )
    return None


def _family_by(rule: CustodyRule, day: date) -> int:
    if rule.other_family_id is None or _is_first_family_week(rule, day):
        return rule.family_id
    return rule.other_family_id


def _is_first_family_week(rule: CustodyRule, day: date) -> bool:
    if rule.kind is CustodyKind.PARITY:
        return day.isocalendar().week % 2 == 0
    if rule.kind is CustodyKind.FORTNIGHT and rule.anchor_on is not None:
        weeks = (_week_start(day, rule) - _week_start(rule.anchor_on, rule)).days // 7
        return weeks % 2 == 0
    return True


def _week_start(day: date, rule: CustodyRule) -> date:
    return day - timedelta(days=(day.isoweekday() - rule.changeover_weekday) % 7)
