"""Places to book: who fits in a day, who waits and at which rank.

Capacity limits booking, never attendance. Each limit has a scope (school, level, weekdays, dates);
every limit that applies to a child must have room, so « 120 in the hall » and « 30 of them from the
nursery school » are two limits. The waiting list of a day is in the order of the requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from rules.school_calendar import Place
from rules.vocabulary import Level


@dataclass(frozen=True, slots=True)
class Capacity:
    """So many places a day, both dates included; a scope left empty means everybody, every weekday."""

    places: int
    first: date
    last: date | None = None
    school_id: int | None = None
    level: Level | None = None
    weekdays: frozenset[int] | None = None

    def applies_on(self, day: date) -> bool:
        in_period = self.first <= day and (self.last is None or day <= self.last)
        return in_period and (self.weekdays is None or day.isoweekday() in self.weekdays)

    def concerns(self, place: Place) -> bool:
        return self.school_id in (None, place.school_id) and self.level in (None, place.level)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A child on a day's waiting list; no two of a day have the same `since`."""

    child_id: int
    place: Place
    since: datetime


@dataclass(slots=True)
class Room:
    """One day of one activity: its limits, who has a place and who waits, in order.

    `limits` are those that apply on the day; `taken` counts the children who have a place by where
    they are (a child at no school of ours counts in the limits without a scope).
    """

    limits: Sequence[Capacity]
    taken: dict[Place, int] = field(default_factory=dict)
    queue: list[Waiting] = field(default_factory=list)

    def full_limits(self, place: Place) -> list[Capacity]:
        """The limits that leave no place to a child who is there."""
        return [each for each in self.limits if each.concerns(place) and self._count(each) >= each.places]

    def has_room(self, place: Place) -> bool:
        return not self.full_limits(place)

    def rank(self, child_id: int, place: Place) -> int:
        """The child's rank on the waiting list, or the one that a new request would get; 1 is the first.

        Only those before it who wait for a place of the same full limit count.
        """
        stopping = self.full_limits(place) or [each for each in self.limits if each.concerns(place)]
        return 1 + sum(
            any(each.concerns(other.place) for each in stopping) for other in self._before(child_id)
        )

    def take(self, place: Place) -> None:
        """One more child has a place."""
        self.taken[place] = self.taken.get(place, 0) + 1

    def next_since(self, now: datetime) -> datetime:
        """When a request that arrives now starts waiting: after all those who already do.

        Requests queue at the lock, where a later arrival may pass first: the rank it was told stays true.
        """
        last = max((each.since for each in self.queue), default=None)
        return now if last is None or last < now else last + timedelta(microseconds=1)

    def _count(self, limit: Capacity) -> int:
        return sum(count for place, count in self.taken.items() if limit.concerns(place))

    def _before(self, child_id: int) -> Iterable[Waiting]:
        for each in self.queue:
            if each.child_id == child_id:
                return
            yield each


def rank_in_words(rank: int) -> str:
    """`1re`, `2e`: the rank of a request (une demande)."""
    return "1re" if rank == 1 else f"{rank}e"
