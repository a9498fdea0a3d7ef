"""The closed lists of custody: the states of a swap of days between two parents."""

from __future__ import annotations

from rules.labelled import Labelled


class SwapState(Labelled):
    """A swap of days: proposed by one parent, decided by the other (rules/swaps.py says the moves)."""

    PROPOSED = "proposed", "Proposé"
    ACCEPTED = "accepted", "Accepté"
    DECLINED = "declined", "Refusé"
    CANCELLED = "cancelled", "Annulé"
