"""« Mon tableau de bord »: everything I did, newest first, each with its number, its state and who did it."""

from __future__ import annotations

from flask import abort, render_template, request

import models
from operations import doings
from operations.swap_views import Seen
from portal import access
from portal.receipts import asked_by
from portal.room import espace

PER_PAGE = 20
MOST_PAGES = 10_000


@espace.get("/tableau-de-bord")
def dashboard() -> str:
    page = request.args.get("page", 1, type=int)
    if not 1 <= page <= MOST_PAGES:
        abort(404)
    mine = doings.sources(
        access.my_receipts(),
        access.my_requests(),
        access.my_claims(),
        access.my_swaps(),
        access.my_mandates(),
    )
    shown, older = doings.page_of(mine, page, PER_PAGE)
    return render_template(
        "portal/dashboard.html",
        doings=shown,
        page=page,
        older=older,
        asked_by=asked_by,
        declared_by=_declared_by,
        seen=lambda row: Seen(row, access.me().family_id, access.today()),
    )


def _declared_by(claim: models.AbsenceClaim) -> str:
    """Who declared an absence: a parent, or the agent who wrote it; never a name of the other household."""
    if claim.guardian is not None and claim.guardian.family_id != access.me().family_id:
        return "l’autre parent"
    who = claim.recorded_by.display_name if claim.recorded_by else "le service"
    return f"{who} ({claim.channel.label.lower()})"
