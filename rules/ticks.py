"""What a calendar sent back really asks for: only what its sender changed, never what others changed."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Merge:
    """Days to book, days to cancel, and days that somebody else changed meanwhile (left as they are)."""

    add: frozenset[date]
    remove: frozenset[date]
    moved: frozenset[date]

    @property
    def is_empty(self) -> bool:
        return not self.add and not self.remove


def merge(ticked: Set[date], shown: Set[date], current: Set[date]) -> Merge:
    """Compare what was ticked with what was shown as booked, then with what is booked now.

    A day left as it was shown is not a wish: if it moved meanwhile it stays moved, and is reported.
    A day already as its sender wants it is left alone, so that sending the same page twice asks
    for nothing the second time.
    """
    changed = frozenset(ticked) ^ frozenset(shown)
    return Merge(
        add=frozenset(ticked - shown - current),
        remove=frozenset((shown - ticked) & current),
        moved=(frozenset(shown) ^ frozenset(current)) - changed,
    )


NOTHING_ASKED = Merge(frozenset(), frozenset(), frozenset())


def asked_after(merged: Merge, current: Set[date]) -> frozenset[date]:
    """The days that would be asked for once the change is made."""
    return (frozenset(current) | merged.add) - merged.remove
