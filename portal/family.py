"""« Mon espace »: the members of the family, each adult's file, and « Je confirme que tout est exact »."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, url_for

from extensions import db
from operations import own_details
from portal import access
from portal.room import espace


@espace.get("/famille")
def family() -> str:
    return render_template(
        "portal/family.html",
        me=access.me(),
        family=access.me().family,
        adults=access.adults_of_my_family(),
        children=access.my_children(),
        asked=own_details.asks_confirmation(access.me(), g.now),
    )


@espace.get("/famille/adultes/<int:guardian_id>")
def adult(guardian_id: int) -> str:
    """An adult of my household: their situation is theirs alone to read, their children those we share."""
    found = access.adult_of_my_family(guardian_id)
    return render_template(
        "portal/adult.html",
        me=access.me(),
        adult=found,
        links=[row for row in access.callers_of_my_household() if row.guardian_id == found.id],
    )


@espace.post("/famille/confirmer")
def confirm_family() -> Any:
    own_details.confirm(access.me(), by=access.myself(), now=g.now)
    db.session.commit()
    flash("Merci : le service sait que tout est exact à ce jour.", "success")
    return redirect(url_for(".family"), 303)
