"""What a change of places or of closures gives to those who wait, told to the agent."""

from __future__ import annotations

from datetime import datetime

from flask import flash

from operations.waiting import give_every_place


def give_places(now: datetime) -> None:
    """Give every free place to those who wait, and say how many days were given."""
    given = sum(len(receipt.lines) for receipt in give_every_place(now=now))
    if given:
        plural = "s" if given > 1 else ""
        flash(
            f"Liste d’attente : {given} jour{plural} réservé{plural}, avec un reçu à chaque famille.", "info"
        )
