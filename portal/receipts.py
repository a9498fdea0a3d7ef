"""A receipt of what was changed in the bookings, and who is named on it."""

from __future__ import annotations

from flask import render_template

import models
from operations.journal import summaries
from portal import access
from portal.room import espace


@espace.get("/recus/<int:receipt_id>")
def receipt(receipt_id: int) -> str:
    found = access.my_receipt(receipt_id)
    return render_template(
        "portal/receipt.html",
        receipt=found,
        summary=summaries([found])[0],
        asked_by=asked_by,
        is_mine=found.family_id == access.me().family_id,
    )


def asked_by(receipt: models.Receipt) -> str:
    """Who asked, named only within the family: the other household is not told of this one's adults."""
    if receipt.family_id == access.me().family_id or receipt.by_id == access.myself().account_id:
        return f"{receipt.by_name} ({receipt.channel.label.lower()})"
    return "l’autre parent ou le service"
