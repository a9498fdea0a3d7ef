"""What an event says, effect by effect."""

from __future__ import annotations

from datetime import date

import pytest

from rules.event_words import Touched, for_the_agent, on_the_day
from rules.school_calendar import Closure
from rules.vocabulary import EventEffect

DAY = date(2026, 12, 1)
SAID = [
    (EventEffect.CLOSED, "rien n’est dû", "rien ne sera dû, sauf par ceux qui seraient venus"),
    (EventEffect.FREE_ABSENCE, "seuls les présents paient", "seuls les présents paieront"),
    (
        EventEffect.PICNIC_KITCHEN,
        "pique-nique fourni",
        "ces repas deviennent des pique-niques, comptés à part",
    ),
    (EventEffect.PICNIC_HOME, "pique-nique à apporter, rien n’est dû", "rien ne sera dû"),
]


@pytest.mark.parametrize(("effect", "parents", "agent"), SAID)
def test_each_effect_says_what_is_due(effect: EventEffect, parents: str, agent: str) -> None:
    event = Closure("Sortie", DAY, DAY, effect)
    assert on_the_day(event).replace("\u00a0", " ") == f"Sortie : {parents}"
    said = for_the_agent(event, [Touched("Cantine", 12, 8, 0)])
    assert said.replace("\u00a0", " ") == f"« Sortie » touche 12 jours réservés (Cantine 12) : {agent}."


def test_what_is_billed_is_said_apart() -> None:
    event = Closure("Grève", DAY, DAY)
    said = for_the_agent(event, [Touched("Cantine", 1, 1, 1), Touched("Étude", 2, 2, 1)])
    assert "3 jours réservés (Cantine 1 et Étude 2)" in said
    assert said.endswith(" 2 jours déjà facturés ne changent pas.")
    assert for_the_agent(event, [Touched("Cantine", 1, 1, 1)]).endswith(" 1 jour déjà facturé ne change pas.")


def test_nothing_booked_is_nothing_to_say() -> None:
    assert for_the_agent(Closure("Grève", DAY, DAY), []) == ""
