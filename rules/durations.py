"""Lengths of presence: started slices, parts cut along the slots of a tariff, and how they are said."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

NAMED_SLICES = {
    15: ("quart d’heure", "quarts d’heure"),
    30: ("demi-heure", "demi-heures"),
    60: ("heure", "heures"),
}
FEMININE = (30, 60)


def started(minutes: int, slice_minutes: int, tolerance_minutes: int = 0) -> int:
    """How many slices a presence starts; one that lasts no longer than the tolerance is not started.

    Half past four to ten to five is two half-hours; with five minutes of tolerance, so is five past five.
    """
    counted = max(0, minutes - tolerance_minutes)
    return -(-counted // slice_minutes)


def cut(arrives: int, leaves: int, bounds: Iterable[int]) -> list[tuple[int, int]]:
    """A presence in parts, between the bounds (minutes of the day) that fall inside it.

    >>> cut(450, 525, [510, 525])
    [(450, 510), (510, 525)]
    """
    inside = sorted({bound for bound in bounds if arrives < bound < leaves})
    return list(pairwise([arrives, *inside, leaves]))


def say_slices(count: int, slice_minutes: int) -> str:
    """« 3 demi-heures entamées », « 1 tranche de 20 minutes entamée »."""
    one, many = NAMED_SLICES.get(
        slice_minutes, (f"tranche de {slice_minutes} minutes", f"tranches de {slice_minutes} minutes")
    )
    feminine = "e" if slice_minutes in FEMININE or slice_minutes not in NAMED_SLICES else ""
    if count > 1:
        return f"{count} {many} entamé{feminine}s"
    return f"{count} {one} entamé{feminine}"
