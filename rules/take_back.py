"""Taking back what a receipt did: only what is still as it left it, and only while it may change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rules.vocabulary import BookingState, Change

CHANGED_SINCE = "Changé depuis"
NOT_YOURS_NOW = "La garde a changé depuis"


@dataclass(frozen=True, slots=True)
class Done:
    """A day of a receipt, and what it has become.

    `state` is the day's now; `is_last`: no later receipt speaks of that day; `same_family`: the day still
    belongs to the family of the receipt. `closed` says in a few words why the opposite change is not
    allowed now, None when it is.
    """

    day: date
    change: Change
    waited: bool
    state: BookingState
    is_last: bool
    same_family: bool
    closed: str | None


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The days to book again, the days to cancel, and those left as they are, with the reason."""

    add: frozenset[date]
    remove: frozenset[date]
    left: tuple[tuple[date, str], ...]

    @property
    def is_possible(self) -> bool:
        return bool(self.add or self.remove)

    @property
    def left_by_reason(self) -> dict[str, list[date]]:
        found: dict[str, list[date]] = {}
        for day, why in self.left:
            found.setdefault(why, []).append(day)
        return found


def take_back(done: Iterable[Done]) -> TakeBack:
    """What undoing a receipt would change now; what somebody changed since is never overwritten."""
    days = sorted(done, key=lambda each: each.day)
    reasons = {each.day: _why_not(each) for each in days}
    possible = [each for each in days if reasons[each.day] is None]
    return TakeBack(
        add=frozenset(each.day for each in possible if each.change is Change.CANCEL),
        remove=frozenset(each.day for each in possible if each.change is Change.BOOK),
        left=tuple((day, why) for day, why in reasons.items() if why is not None),
    )


def _why_not(done: Done) -> str | None:
    if not done.is_last or done.state is not _left_as(done):
        return CHANGED_SINCE
    return done.closed if done.same_family else NOT_YOURS_NOW


def _left_as(done: Done) -> BookingState:
    """The state in which the receipt left the day."""
    if done.change is Change.CANCEL:
        return BookingState.CANCELLED
    return BookingState.WAITING if done.waited else BookingState.BOOKED
