"""« La garde a changé »: what a judgment or an agreement says of a child's days, told to the service."""

from __future__ import annotations

from typing import Any

from flask import abort, g, render_template, request

from extensions import db
from forms import CustodyForm
from gateways import uploads
from operations import requests
from portal import access
from portal.documents import offer, taken
from portal.refused import beside
from portal.requests import sent
from portal.room import espace
from rules.documents import DocumentKind
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from rules.swaps import week_in_words


@espace.route("/enfants/<int:child_id>/garde", methods=["GET", "POST"])
@uploads.takes_files
def tell_custody(child_id: int) -> Any:
    """Open to those who hold parental authority."""
    mine, form = access.my_child(child_id), CustodyForm()
    if not mine.guardianship.has_authority:
        abort(404)
    page = {"form": form, "mine": mine, "week": week_in_words(access.today())}
    if request.method == "GET":
        offer(form)
        return render_template("portal/custody.html", **page)
    documents = taken(form, DocumentKind.JUDGMENT, mine)
    if form.validate():
        asked = {name: form[name].data for name in ("wish", "since", "changeover", "details")}
        try:
            return sent(
                lambda: requests.submit(
                    RequestKind.CUSTODY,
                    access.me(),
                    asked | {"details": (form.details.data or "").strip()},
                    child=access.my_child(child_id).child,
                    documents=documents,
                    by=access.myself(),
                    now=g.now,
                )
            )
        except Refused as refusal:
            beside(form, refusal)
    db.session.rollback()
    return render_template("portal/custody.html", **page | {"mine": access.my_child(child_id)}), 422
