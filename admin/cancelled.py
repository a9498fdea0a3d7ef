"""Saying to an agent which booked days a change has cancelled, and which stay due."""

from __future__ import annotations

from flask import flash

from operations.cancellations import Cancelled
from rules.wording import list_days


def tell(done: Cancelled) -> None:
    """Flash both lists, each only when there is something in it."""
    cancelled = [line.day for receipt in done.receipts for line in receipt.lines]
    if cancelled:
        flash(f"Jours annulés, avec un reçu à la famille : {list_days(cancelled)}.", "info")
    if done.kept:
        flash(f"Hors délai, ces jours restent réservés et dus : {list_days(done.kept)}.", "warning")
