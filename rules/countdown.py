"""How long is left before a cut-off, in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from rules.instants import to_utc


def time_left(now: datetime, first_refused: datetime) -> str:
    """`2 jours et 13 heures`, `5 heures et 10 minutes`, `moins d’une minute`; empty once it is over.

    Rounded down: a parent is never promised a minute that does not exist.
    """
    left = to_utc(first_refused) - to_utc(now)
    if left <= timedelta(0):
        return ""
    hours, minutes = left.seconds // 3600, left.seconds % 3600 // 60
    units = ((left.days, "jour"), (hours, "heure")) if left.days else ((hours, "heure"), (minutes, "minute"))
    said = [f"{count} {word}{'s' if count > 1 else ''}" for count, word in units if count]
    return " et ".join(said) or "moins d’une minute"
