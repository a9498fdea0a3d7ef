"""« Mon espace »: the members of the family and their details."""

from __future__ import annotations

from flask import render_template

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
    )
