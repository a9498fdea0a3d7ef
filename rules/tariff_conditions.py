"""Which rows match a day: one entry of `CONDITIONS` for each thing that a row may ask.

A new condition is a field of `Conditions`, a field of `Facts` and one entry here; prices, checks and
explanations follow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from rules.money import NBSP
from rules.tariff_grid import Conditions, Facts, Modifier, TariffRow, TariffVersion
from rules.vocabulary import (
    Eater,
    EffortBasis,
    Formula,
    Labelled,
    Level,
    PriceMethod,
    Regime,
    Situation,
)
from rules.wording import clock_time, enumerate_words, weekday_name

Rows = Sequence[Conditions]
MONDAY = date(2026, 9, 7)
SCHOOL_WEEK = frozenset(range(1, 6))
OTHER_SCHOOL = -1  # a school that no row names
ELSEWHERE = -1  # a minute that no slot holds
NOT_OF_A_ROW = frozenset({Situation.LATE_PICKUP})  # a charge beside the day, which has its own situation


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a row may ask.

    `name` is what the explanations call it; `is_stated` tells the rows that ask it; `holds` decides for
    those; `values` lists one value for each case that the rows tell apart (what lies between two bounds
    behaves like its lower bound); `read` and `put` are that value in the facts; `say` completes « les
    familles … ».
    """

    name: str
    is_stated: Callable[[Conditions], bool]
    holds: Callable[[Any, Facts], bool]
    values: Callable[[Rows], list[Any]]
    read: Callable[[Facts], Any]
    put: Callable[[Facts, Any], Facts]
    say: Callable[[Any], str]


# -- quotients and income -----------------------------------------------------------


def needs_quotient(row: Conditions) -> bool:
    """A rate of the quotient, or a price that slides along it, cannot be worked out without one."""
    return isinstance(row, TariffRow) and (
        row.method == PriceMethod.LINEAR
        or (row.method == PriceMethod.RATE and row.basis == EffortBasis.QUOTIENT)
    )


def needs_income(row: Conditions) -> bool:
    return isinstance(row, TariffRow) and row.method == PriceMethod.RATE and row.basis == EffortBasis.INCOME


def quotient_holds(row: Conditions, facts: Facts) -> bool:
    if row.no_quotient:
        return facts.quotient is None
    if facts.quotient is None:
        return False
    return in_band(row, facts.quotient)


def in_band(row: Conditions, quotient: Decimal) -> bool:
    return (row.qf_from or 0) <= quotient and (row.qf_to is None or quotient < row.qf_to)


def quotient_values(rows: Rows) -> list[Any]:
    """Every quotient where a band starts or ends, from 0; and no quotient at all."""
    bounds = {Decimal(0)}
    for row in rows:
        bounds |= {bound for bound in (row.qf_from, row.qf_to) if bound is not None and bound > 0}
    return [*sorted(bounds), None]


# -- values of a closed list, and numbers ----------------------------------------------


def _one_of(field: str, every: Callable[[Rows], Iterable[Any]]) -> Callable[[Rows], list[Any]]:
    """One value of each group of values that exactly the same rows name."""

    def values(rows: Rows) -> list[Any]:
        groups: dict[tuple[bool, ...], Any] = {}
        stated = [named for row in rows if (named := getattr(row, field)) is not None]
        for value in every(rows):
            groups.setdefault(tuple(_names(named, value) for named in stated), value)
        return list(groups.values())

    return values


def _names(named: Any, value: Any) -> bool:
    return value in named if isinstance(named, frozenset) else value == named


def _steps(first: str, last: str) -> Callable[[Rows], list[Any]]:
    """Every number where a range starts, or just after one ends, from 1."""

    def values(rows: Rows) -> list[Any]:
        starts = {getattr(row, first) or 1 for row in rows}
        after = {getattr(row, last) + 1 for row in rows if getattr(row, last) is not None}
        return sorted({1} | starts | after)

    return values


def _within(first: str, last: str, name: str) -> Callable[[Any, Facts], bool]:
    def holds(row: Conditions, facts: Facts) -> bool:
        value = getattr(facts, name)
        low, high = getattr(row, first), getattr(row, last)
        return (low is None or low <= value) and (high is None or value <= high)

    return holds


def _stated(*fields: str) -> Callable[[Conditions], bool]:
    return lambda row: any(getattr(row, field) is not None for field in fields)


def _field(name: str) -> Callable[[Facts, Any], Facts]:
    return lambda facts, value: replace(facts, **{name: value})


def _every(members: Iterable[Any]) -> Callable[[Rows], Iterable[Any]]:
    return lambda _: members


def _schools(rows: Rows) -> Iterable[int]:
    return [*sorted({s for row in rows for s in row.school_ids or ()}), OTHER_SCHOOL]


def _weekdays(rows: Rows) -> Iterable[int]:
    return sorted(SCHOOL_WEEK.union(*(row.weekdays or () for row in rows)))


def _categories(rows: Rows) -> list[Any]:
    named = sorted({row.category for row in rows if row.category is not None})
    return [frozenset(), *(frozenset({name}) for name in named)]


def on_weekday(weekday: int) -> date:
    """A day that is that weekday, for facts of which nothing else of the day matters."""
    return MONDAY + timedelta(days=weekday - 1)


def _on_weekday(facts: Facts, weekday: int) -> Facts:
    return replace(facts, day=on_weekday(weekday))


# -- slots ------------------------------------------------------------------------------


def slot_bounds(rows: Rows) -> list[int]:
    """The minutes of the day where a slot starts or ends."""
    return sorted({b for row in rows for b in (row.slot_from, row.slot_to) if b is not None})


def slot_holds(row: Conditions, facts: Facts) -> bool:
    """Whether a part of a presence, cut along every slot, is in this one; unknown hours are in all."""
    if facts.arrives is None:
        return True
    return (row.slot_from or 0) <= facts.arrives and (row.slot_to is None or facts.arrives < row.slot_to)


def _slot_values(rows: Rows) -> list[Any]:
    """The start of each stretch between two bounds; and the rest of the day if a row takes it."""
    bounds = slot_bounds(rows)
    starts: list[Any] = [0, *bounds] if any(r.has_slot and r.slot_from is None for r in rows) else [*bounds]
    if starts and not any(r.has_slot and r.slot_to is None for r in rows):
        starts.pop()
    anywhere = any(isinstance(row, TariffRow) and not row.has_slot for row in rows)
    return [*starts, ELSEWHERE] if anywhere else starts


# -- how a case is said -------------------------------------------------------------


def _say_label(value: Labelled) -> str:
    return f"«{NBSP}{value.label}{NBSP}»"


def say_resident(resident: bool) -> str:
    return "domiciliées dans la commune" if resident else "domiciliées hors de la commune"


def _say_minute(minute: int) -> str:
    return "présentes hors des créneaux" if minute == ELSEWHERE else f"présentes à {clock_time(minute)}"


def _say_categories(names: frozenset[str]) -> str:
    if not names:
        return "sans catégorie particulière"
    quoted = enumerate_words([f"«{NBSP}{name}{NBSP}»" for name in sorted(names)])
    return f"de la catégorie {quoted}"


def _say_level(level: Level) -> str:
    return f"dont l’enfant est en {level.label}"


def _say_school(school: int) -> str:
    return "d’une autre école" if school == OTHER_SCHOOL else f"de l’école n°{NBSP}{school}"


CONDITIONS = (
    Condition(
        "quotient",
        lambda row: row.has_band or row.no_quotient or needs_quotient(row),
        quotient_holds,
        quotient_values,
        attrgetter("quotient"),
        _field("quotient"),
        lambda quotient: "sans quotient connu" if quotient is None else f"de quotient {quotient}",
    ),
    Condition(
        "income",
        needs_income,
        lambda _, facts: facts.income is not None,
        lambda rows: [Decimal(0), None] if any(map(needs_income, rows)) else [None],
        attrgetter("income"),
        _field("income"),
        lambda income: "aux ressources inconnues" if income is None else "aux ressources connues",
    ),
    Condition(
        "resident",
        _stated("resident"),
        lambda row, facts: row.resident == facts.resident,
        _one_of("resident", _every((True, False))),
        attrgetter("resident"),
        _field("resident"),
        say_resident,
    ),
    Condition(
        "category",
        _stated("category"),
        lambda row, facts: row.category in facts.categories,
        _categories,
        attrgetter("categories"),
        _field("categories"),
        _say_categories,
    ),
    Condition(
        "level",
        _stated("levels"),
        lambda row, facts: facts.level in row.levels,
        _one_of("levels", _every(Level)),
        attrgetter("level"),
        _field("level"),
        _say_level,
    ),
    Condition(
        "school",
        _stated("school_ids"),
        lambda row, facts: facts.school_id in row.school_ids,
        _one_of("school_ids", _schools),
        attrgetter("school_id"),
        _field("school_id"),
        _say_school,
    ),
    Condition(
        "weekday",
        _stated("weekdays"),
        lambda row, facts: facts.day.isoweekday() in row.weekdays,
        _one_of("weekdays", _weekdays),
        lambda facts: facts.day.isoweekday(),
        _on_weekday,
        lambda weekday: f"le {weekday_name(weekday)}",
    ),
    Condition(
        "holidays",
        _stated("holidays"),
        lambda row, facts: row.holidays == facts.in_holidays,
        _one_of("holidays", _every((False, True))),
        attrgetter("in_holidays"),
        _field("in_holidays"),
        lambda holidays: "pendant les vacances scolaires" if holidays else "en période scolaire",
    ),
    Condition(
        "rank",
        _stated("rank_from", "rank_to"),
        _within("rank_from", "rank_to", "rank"),
        _steps("rank_from", "rank_to"),
        attrgetter("rank"),
        _field("rank"),
        lambda rank: f"dont l’enfant est le {rank}{'er' if rank == 1 else 'e'}",
    ),
    Condition(
        "children",
        _stated("children_from", "children_to"),
        _within("children_from", "children_to", "children"),
        _steps("children_from", "children_to"),
        attrgetter("children"),
        _field("children"),
        lambda children: f"de {children} enfant{'s' if children > 1 else ''}",
    ),
    Condition(
        "days",
        _stated("days_from", "days_to"),
        _within("days_from", "days_to", "days_a_week"),
        _steps("days_from", "days_to"),
        attrgetter("days_a_week"),
        _field("days_a_week"),
        lambda days: f"dont l’enfant vient {days} jour{'s' if days > 1 else ''} par semaine",
    ),
    Condition(
        "month",
        _stated("month_from", "month_to"),
        _within("month_from", "month_to", "days_a_month"),
        _steps("month_from", "month_to"),
        attrgetter("days_a_month"),
        _field("days_a_month"),
        lambda days: f"dont l’enfant vient {days} jour{'s' if days > 1 else ''} dans le mois",
    ),
    Condition(
        "regime",
        _stated("regime"),
        lambda row, facts: row.regime == facts.regime,
        _one_of("regime", _every(Regime)),
        attrgetter("regime"),
        _field("regime"),
        lambda regime: f"au régime {_say_label(regime)}",
    ),
    Condition(
        "formula",
        _stated("formula"),
        lambda row, facts: row.formula == facts.formula,
        _one_of("formula", _every(Formula)),
        attrgetter("formula"),
        _field("formula"),
        lambda formula: f"à la formule {_say_label(formula)}",
    ),
    Condition(
        "eater",
        _stated("eater"),
        lambda row, facts: row.eater == facts.eater,
        _one_of("eater", _every(Eater)),
        attrgetter("eater"),
        _field("eater"),
        lambda eater: f"pour un convive {_say_label(eater)}",
    ),
    Condition(
        "situation",
        _stated("situations"),
        lambda row, facts: facts.situation in row.situations,
        _one_of("situations", _every([s for s in Situation if s not in NOT_OF_A_ROW])),
        attrgetter("situation"),
        _field("situation"),
        lambda situation: f"en situation {_say_label(situation)}",
    ),
    Condition(
        "slot",
        lambda row: row.has_slot,
        slot_holds,
        _slot_values,
        attrgetter("arrives"),
        _field("arrives"),
        _say_minute,
    ),
)

QUOTIENT, *OTHERS = CONDITIONS  # only quotients have bands, hence holes between two bounds


def mentions(rows: Rows) -> tuple[str, ...]:
    """The conditions that at least one row states: what this price depends on."""
    return tuple(c.name for c in CONDITIONS if any(c.is_stated(row) for row in rows))


def matches(row: Conditions, facts: Facts) -> bool:
    return all(condition.holds(row, facts) for condition in CONDITIONS if condition.is_stated(row))


# -- a tariff made ready ----------------------------------------------------------------

Test = Callable[[Any, Facts], bool]
BY_FAMILY = ("quotient", "income")  # what the dearest row of a grid does not look at


@dataclass(frozen=True, slots=True)
class Ready:
    """A version with, beside each of its pieces, only the tests that it states; and what it depends on."""

    rows: tuple[tuple[TariffRow, tuple[Test, ...]], ...]
    rows_for_all: tuple[tuple[TariffRow, tuple[Test, ...]], ...]
    modifiers: tuple[tuple[Modifier, tuple[Test, ...]], ...]
    bounds: tuple[int, ...]
    depends_on: tuple[str, ...]

    def row_for(self, facts: Facts) -> TariffRow | None:
        for row, tests in self.rows:
            if all(test(row, facts) for test in tests):
                return row
        return None

    def rows_for(self, facts: Facts) -> list[TariffRow]:
        """All the rows that could serve this day, for another quotient or other resources."""
        return [row for row, tests in self.rows_for_all if all(test(row, facts) for test in tests)]

    def modifiers_for(self, facts: Facts) -> list[Modifier]:
        return [each for each, tests in self.modifiers if all(test(each, facts) for test in tests)]


@lru_cache(maxsize=512)
def ready(version: TariffVersion) -> Ready:
    """The work that is the same for all the prices of a version, done once."""
    pieces = (*version.rows, *version.modifiers)
    return Ready(
        rows=tuple((row, _tests(row)) for row in version.rows),
        rows_for_all=tuple((row, _tests(row, BY_FAMILY)) for row in version.rows),
        modifiers=tuple((each, _tests(each)) for each in version.modifiers),
        bounds=tuple(slot_bounds(pieces)),
        depends_on=mentions(pieces),
    )


def _tests(row: Conditions, without: Collection[str] = ()) -> tuple[Test, ...]:
    """The tests that a row states, in the order of `CONDITIONS`."""
    return tuple(c.holds for c in CONDITIONS if c.name not in without and c.is_stated(row))
