"""Copying days: from a week to another, from a child to its brothers and sisters. A copy never cancels."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, timedelta

from rules.instants import monday_of
from rules.ticks import Merge


@dataclass(frozen=True, slots=True)
class Copy:
    """The days that the copy adds, and those that it could not (closed, past their cut-off…)."""

    add: frozenset[date]
    refused: frozenset[date]


def copied(model: Iterable[date], asked: Set[date], open_days: Set[date]) -> Copy:
    """Ask for the days of the model: those already asked for stay, those that are not open are said."""
    missing = frozenset(model) - asked
    return Copy(missing & open_days, missing - open_days)


def onto_week(days: Iterable[date], monday: date) -> frozenset[date]:
    """The same weekdays in the week of that Monday."""
    return frozenset(monday + timedelta(days=day.isoweekday() - 1) for day in days)


def last_week_of(days: Iterable[date]) -> frozenset[date]:
    """Those of the latest week that has any; nothing when there are none."""
    found = frozenset(days)
    latest = max(map(monday_of, found), default=None)
    return frozenset(day for day in found if monday_of(day) == latest)


def pasted(asked: Merge, copy: Copy, current: Set[date]) -> Merge:
    """What is asked once the copy is laid over what was already asked on the page."""
    return Merge(
        add=asked.add | (copy.add - frozenset(current)),
        remove=asked.remove - copy.add,
        moved=asked.moved,
    )
