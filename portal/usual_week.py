"""« Comme d’habitude »: a week to come booked in one tap, as the last one was."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from extensions import db
from operations.bookings import Viewer
from operations.usual_week import Usual, book_usual_week, usual_week
from portal import access
from portal.receipts import url_of
from portal.room import espace
from portal.spans import Span, read_span, week_of
from rules.instants import ONE_DAY
from rules.refusals import Refused

NOTHING = "Rien à ajouter : cette semaine est déjà réservée, ou ne peut plus l’être."


@espace.get("/comme-d-habitude")
def usual() -> str:
    return _page(_week(request.args.get("semaine")))


@espace.post("/comme-d-habitude")
def book_usual() -> Any:
    span = _week(request.form.get("semaine"))
    children = {mine.id: mine.child for mine in access.my_children()}
    try:
        written = book_usual_week(_planned(span.first), children, _viewers(), by=access.myself(), now=g.now)
    except Refused as refusal:
        db.session.rollback()
        return _page(span, refusal), 422
    db.session.commit()
    if not written:
        flash(NOTHING, "info")
        return redirect(url_for("portal.usual", **span.query), 303)
    flash("C’est réservé comme d’habitude. Vous pouvez encore revenir en arrière.", "success")
    return redirect(url_of(written), 303)


def _week(asked: str | None) -> Span:
    """The week of the address; without one, the next."""
    monday = week_of(access.today()).last + ONE_DAY
    return (read_span(None, asked, monday) if asked else week_of(monday)) or abort(404)


def _viewers() -> dict[int, Viewer]:
    return {mine.id: access.my_view(mine.id) for mine in access.my_children()}


def _planned(monday: date) -> list[Usual]:
    return usual_week(access.my_facts(), _viewers(), monday, now=g.now)


def _page(span: Span, refusal: Refused | None = None) -> str:
    planned = _planned(span.first)
    cents = [each.cents for each in planned]
    return render_template(
        "portal/usual_week.html",
        span=span,
        planned=planned,
        adds=any(each.add for each in planned),
        names={mine.id: mine.child.first_name for mine in access.my_children()},
        total=None if None in cents else sum(each or 0 for each in cents),
        refusal=refusal,
    )
