"""Replaying a past period: every day that was, booked or attended, priced as now and with other prices.

Nothing is written. Days are gathered in bulk, some hundreds of households at a time, so that a city's
year takes minutes and a fixed memory; households that share a child are replayed together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations.children import EnrolmentFact, SchoolingFact, homes_of, schoolings_of
from operations.configuration import Configuration, configuration
from operations.day_facts import Key, days_of, justified_days
from operations.grounds import Wanted, enrolments_of, ground_of, wanted_by
from operations.period_facts import commitments, signings
from operations.replay_plans import Plan
from rules import billing
from rules.custody import NO_HOME, Homes
from rules.ground import Ground
from rules.invoices import next_month
from rules.months import Around, price_month
from rules.periods import period_start
from rules.refusals import Refused
from rules.replay import Replay
from rules.vocabulary import BookingState, FeeOccasion, Per

HOUSEHOLDS = 400  # replayed at once


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two configurations, and what its prices stand on."""

    rules: Configuration
    wanted: Wanted
    ground: Ground


@dataclass(frozen=True, slots=True)
class _Facts:
    """What every household's days need, loaded once."""

    first: date
    last: date
    wanted: Wanted
    schoolings: Mapping[int, list[SchoolingFact]]
    enrolments: Mapping[int, Sequence[EnrolmentFact]]
    homes: Mapping[int, Homes]
    justified: Set[Key]


def ensure_period(first: date, last: date, today: date) -> None:
    """Refused unless the period is in order, over, and of two years at most."""
    if last < first:
        raise Refused("La période finit avant d’avoir commencé.", "last")
    if last >= today:
        raise Refused("La période doit être passée : elle se rejoue avec ce qui a eu lieu.", "last")
    if last - first > timedelta(days=731):
        raise Refused("La période ne peut pas dépasser deux ans.", "first")


def count_days(first: date, last: date) -> int:
    """How many booked days there are to replay, to say whether a page can wait for them."""
    row = models.Booking
    query = sa.select(sa.func.count(row.id)).where(
        row.day.between(first, last), row.state == BookingState.BOOKED
    )
    return db.session.scalar(query) or 0


def replay(
    first: date, last: date, plan: Plan, *, progress: Callable[[int, int], None] = lambda *_: None
) -> Replay:
    """What `plan` changes over the days from first to last, both included; all amounts in cents.

    Occurrences, caps and yearly fees count from `first`. `progress` is told how many households are
    done, and of how many. Refused when a day has no price in one of the two configurations.
    """
    now, told = configuration(), Replay(first, last)
    wanted = _either(wanted_by(now), wanted_by(plan.rules))
    facts = _gather(first, last, wanted)
    sides = [_side(rules, facts) for rules in (now, plan.rules)]
    households = _households(facts.homes)
    done, total = 0, sum(map(len, households))
    for batch in _batches(households):
        _replay_batch(batch, facts, sides, told)
        done += len(batch)
        progress(done, total)
    return told


def family_names() -> dict[int, str]:
    """The name of every family, as a result shows it."""
    query = sa.select(models.Family.id, models.Family.name)
    return {family_id: name for family_id, name in db.session.execute(query)}


def _either(one: Wanted, other: Wanted) -> Wanted:
    """What at least one of the two looks at."""
    names = [each.name for each in dataclasses.fields(Wanted)]
    return Wanted(**{name: getattr(one, name) | getattr(other, name) for name in names})


def _gather(first: date, last: date, wanted: Wanted) -> _Facts:
    return _Facts(
        first,
        last,
        wanted,
        schoolings_of(None),
        enrolments_of(None) if wanted.enrolments else {},
        homes_of(None),
        justified_days(first, last),
    )


def _side(rules: Configuration, facts: _Facts) -> _Side:
    ground = ground_of(rules, facts.wanted, schoolings=facts.schoolings, enrolments=facts.enrolments)
    return _Side(rules, facts.wanted, ground)


# -- households --------------------------------------------------------------------------


def _households(homes: Mapping[int, Homes]) -> list[set[int]]:
    """The families, those that share a child together: what is counted for a child is counted once."""
    together: dict[int, set[int]] = {}
    for known in homes.values():
        merged = known.families.union(*(together.get(family, set()) for family in known.families))
        together.update(dict.fromkeys(merged, merged))
    for (family_id,) in db.session.execute(sa.select(models.Family.id).order_by(models.Family.id)):
        together.setdefault(family_id, {family_id})
    return list({id(group): group for _, group in sorted(together.items())}.values())


def _batches(households: Iterable[set[int]]) -> Iterator[set[int]]:
    batch: set[int] = set()
    for group in households:
        batch |= group
        if len(batch) >= HOUSEHOLDS:
            yield batch
            batch = set()
    if batch:
        yield batch


def _replay_batch(batch: set[int], facts: _Facts, sides: Sequence[_Side], told: Replay) -> None:
    def which(table: type[Any]) -> sa.ColumnElement[bool]:
        found: sa.ColumnElement[bool] = table.family_id.in_(batch)
        return found

    days = days_of(
        which,
        facts.first,
        facts.last,
        configuration(),
        facts.wanted,
        facts.schoolings,
        facts.enrolments,
        facts.justified,
    )
    uses = billing.uses_of(days)
    mine = _enrolments_in(batch, facts)
    now, then = (price_month(uses, side.ground, _around(side, facts, mine)) for side in sides)
    told.add(now, then)


def _enrolments_in(batch: set[int], facts: _Facts) -> dict[int, Sequence[EnrolmentFact]]:
    return {
        child_id: known
        for child_id, known in facts.enrolments.items()
        if any(rule.family_id in batch for rule in facts.homes.get(child_id, NO_HOME).rules)
    }


def _around(side: _Side, facts: _Facts, enrolments: Mapping[int, Sequence[EnrolmentFact]]) -> Around:
    """What enrolments owe over the period; what was really billed does not count."""
    months = _months(facts.first, facts.last) if side.wanted.periods else ()
    signed = any(fee.occasion != FeeOccasion.FIRST_BILL for fee in side.rules.fees)
    years = {period_start(Per.YEAR, day) for day in (facts.first, facts.last)} if signed else set()
    return Around(
        commitments=[
            each
            for month in months
            for each in commitments(month, _end_of(month), side.ground, enrolments, facts.homes)
        ],
        signings=[
            each
            for year in sorted(years)
            for each in signings(year, facts.last, enrolments, facts.homes)
            if facts.first <= each.day < year.replace(year=year.year + 1)
        ],
    )


def _end_of(month: date) -> date:
    return next_month(month) - timedelta(days=1)


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)
