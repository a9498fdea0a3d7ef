"""What a closure or an exceptional event says to the parents, and to the agent who enters it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rules.money import NBSP
from rules.school_calendar import Closure
from rules.vocabulary import EventEffect
from rules.wording import enumerate_words

_ON_THE_DAY = {
    EventEffect.CLOSED: "rien n’est dû",
    EventEffect.FREE_ABSENCE: "seuls les présents paient",
    EventEffect.PICNIC_KITCHEN: "pique-nique fourni",
    EventEffect.PICNIC_HOME: "pique-nique à apporter, rien n’est dû",
}
_FOR_THE_AGENT = {
    EventEffect.CLOSED: "rien ne sera dû, sauf par ceux qui seraient venus",
    EventEffect.FREE_ABSENCE: "seuls les présents paieront",
    EventEffect.PICNIC_KITCHEN: "ces repas deviennent des pique-niques, comptés à part",
    EventEffect.PICNIC_HOME: "rien ne sera dû",
}


class Touched(NamedTuple):
    """The booked days of an activity that an event covers, of how many children, and how many are billed."""

    activity: str
    days: int
    children: int
    billed: int


def on_the_day(event: Closure) -> str:
    """What a family reads on the day: `Sortie au musée : pique-nique fourni`."""
    return f"{event.name}{NBSP}: {_ON_THE_DAY[event.effect]}"


def for_the_agent(event: Closure, touched: Sequence[Touched]) -> str:
    """What entering it does to the days already booked; nothing when none is."""
    if not touched:
        return ""
    days, billed = sum(each.days for each in touched), sum(each.billed for each in touched)
    by_activity = enumerate_words([f"{each.activity} {each.days}" for each in touched])
    said = f"{_count(days, 'jour réservé', 'jours réservés')} ({by_activity})"
    kept = (
        f" {_count(billed, 'jour déjà facturé ne change', 'jours déjà facturés ne changent')} pas."
        if billed
        else ""
    )
    return f"«{NBSP}{event.name}{NBSP}» touche {said}{NBSP}: {_FOR_THE_AGENT[event.effect]}.{kept}"


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {several if number > 1 else one}"
