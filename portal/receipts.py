"""« Mon tableau de bord »: the receipts of what was changed, and each one's page."""

from __future__ import annotations

from flask import abort, render_template, request

import models
from operations.journal import summaries
from portal import access
from portal.room import espace

PER_PAGE = 20
MOST_PAGES = 10_000


@espace.get("/tableau-de-bord")
def dashboard() -> str:
    page = request.args.get("page", 1, type=int)
    if not 1 <= page <= MOST_PAGES:
        abort(404)
    receipts, older = access.my_receipts(page, PER_PAGE)
    return render_template(
        "portal/dashboard.html", receipts=summaries(receipts), page=page, older=older, asked_by=asked_by
    )


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
