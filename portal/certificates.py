"""The tax certificate of childcare costs, made when it is asked for."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, g, redirect, url_for

from extensions import db, mark_reading
from operations import certificates
from papers import certificate_response
from portal import access
from portal.room import espace
from rules.refusals import Refused


@espace.get("/attestation-fiscale/<int:year>.pdf")
def tax_certificate(year: int) -> Any:
    """Written the first time, in a transaction of its own: the page's one was opened to read."""
    if not 2000 <= year <= 2100:
        abort(404)
    db.session.rollback()
    mark_reading(False)
    try:
        row = certificates.issue(access.me(), year, by=access.myself(), now=g.now)
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
        return redirect(url_for("portal.invoices", _anchor="attestations"), 303)
    return certificate_response(row)
