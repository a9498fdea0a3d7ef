"""The closed lists of custody: how a parent says that days are shared, the states of a swap of days."""

from __future__ import annotations

from rules.labelled import Labelled


class SwapState(Labelled):
    """A swap of days: proposed by one parent, decided by the other (rules/swaps.py says the moves)."""

    PROPOSED = "proposed", "Proposé"
    ACCEPTED = "accepted", "Accepté"
    DECLINED = "declined", "Refusé"
    CANCELLED = "cancelled", "Annulé"


class CustodyWish(Labelled):
    """What a judgment or an agreement says of a child's days, in the words of the parent who tells it."""

    EVEN = "even", "Garde alternée : les semaines paires chez moi"
    ODD = "odd", "Garde alternée : les semaines impaires chez moi"
    FORTNIGHT = "fortnight", "Garde alternée : une semaine sur deux chez moi à partir de cette date"
    ALL_MINE = "all_mine", "Tous ses jours chez moi"
    ALL_THEIRS = "all_theirs", "Tous ses jours chez l’autre parent"
    OTHER = "other", "Autre partage, décrit plus bas"
