"""The booked days that a family can still justify, each with its last day; those it no longer can."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import models
from operations.bookings import Viewer
from operations.children import ChildFacts
from operations.claimable_days import ClaimableDay, claimable_among
from operations.configuration import ActivityFacts, Configuration, configuration
from rules.absence_windows import Window, window_of
from rules.instants import paris
from rules.school_calendar import Place

BEHIND, AHEAD = timedelta(days=62), timedelta(days=31)  # as far as a page looks around today


@dataclass(frozen=True, slots=True)
class Justifiable:
    """A booked day that nothing else prevents from being justified, while its window is open."""

    claim: ClaimableDay
    activity: ActivityFacts
    window: Window

    @property
    def child_id(self) -> int:
        return self.claim.child_id

    @property
    def day(self) -> date:
        return self.claim.day

    @property
    def key(self) -> str:
        """What a form sends for it."""
        return f"{self.claim.activity_id}-{self.claim.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Justification:
    """What can still be justified, and what is too late (only the absences that a sheet recorded)."""

    still: Sequence[Justifiable]
    too_late: Sequence[Justifiable]


def justifiable(
    facts: Mapping[int, ChildFacts], viewers: Mapping[int, Viewer], *, now: datetime
) -> dict[int, Justification]:
    """Around today, for each of these children, the days that its viewer sees."""
    today = paris(now).date()
    days = _days(facts, viewers, today - BEHIND, today + AHEAD, now)
    return {
        child_id: Justification(
            [each for each in days if each.child_id == child_id and each.window.is_open(now)],
            [
                each
                for each in days
                if each.child_id == child_id and each.claim.noted_absent and not each.window.is_open(now)
            ],
        )
        for child_id in facts
    }


def claimable_until(
    lines: Collection[models.InvoiceLine],
    facts: Mapping[int, ChildFacts],
    viewers: Mapping[int, Viewer],
    *,
    now: datetime,
) -> dict[int, list[Justifiable]]:
    """Of the days of these invoice lines, those that can still be justified, by line; the others left out.

    `facts` and `viewers`: those of my own children; a line about another child has nothing for me.
    """
    mine = [line for line in lines if line.child_id in facts and line.activity_id and line.days]
    billed = {
        (line.child_id, line.activity_id, date.fromisoformat(day)): line.id
        for line in mine
        for day in line.days
    }
    if not billed:
        return {}
    first, last = min(day for *_, day in billed), max(day for *_, day in billed)
    found: dict[int, list[Justifiable]] = {}
    for each in _days(facts, viewers, first, last, now):
        line_id = billed.get((each.child_id, each.claim.activity_id, each.day))
        if line_id is not None and each.window.is_open(now):
            found.setdefault(line_id, []).append(each)
    return found


def _days(
    facts: Mapping[int, ChildFacts],
    viewers: Mapping[int, Viewer],
    first: date,
    last: date,
    now: datetime,
) -> list[Justifiable]:
    rules = configuration()
    found = []
    for each in claimable_among(facts, first, last, now=now):
        if each.why or not viewers[each.child_id].sees(each.family_id, each.day):
            continue
        window = _window(facts[each.child_id], each, rules)
        if window is not None:
            found.append(Justifiable(each, rules.activities[each.activity_id], window))
    return found


def _window(facts: ChildFacts, day: ClaimableDay, rules: Configuration) -> Window | None:
    place = facts.place_on(day.day, day.activity_id) or Place(day.activity_id)
    starts_at = rules.activities[day.activity_id].starts_at_minute
    return window_of(rules.absences.get(day.activity_id, ()), day.day, rules.calendar, place, starts_at)
