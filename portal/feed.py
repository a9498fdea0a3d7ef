"""The calendar of the children's days: its secret address, and the feed that answers by it alone."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, request, url_for

from extensions import db, limiter
from operations.feeds import booked_days, feed_of, guardian_of, open_feed, revoke_feed
from portal import access
from portal.ics import Event, calendar_bytes
from portal.public import public
from portal.room import espace


@espace.get("/agenda")
def agenda() -> str:
    feed = feed_of(access.me())
    url = url_for("public.feed", token=feed.token, _external=True) if feed else ""
    return render_template(
        "portal/agenda.html",
        url=url,
        webcal="webcal" + url[url.index(":") :] if url else "",
        since=feed.created_at if feed else None,
    )


@espace.post("/agenda")
def change_agenda() -> Any:
    """Open an address or change it (`faire=creer`), or take it away (`faire=supprimer`)."""
    if request.form.get("faire") == "supprimer":
        revoke_feed(access.me(), by=access.myself(), now=g.now)
        told = "L’adresse ne répond plus. Les téléphones qui la suivaient ne montreront plus rien."
    else:
        open_feed(access.me(), by=access.myself(), now=g.now)
        told = "Voici l’adresse de votre calendrier. Gardez-la pour vous : qui l’a voit vos réservations."
    db.session.commit()
    flash(told, "success")
    return redirect(url_for("portal.agenda"), 303)


def _asked_for() -> str:
    token: str = (request.view_args or {})["token"]
    return hashlib.sha256(token.encode()).hexdigest()


@public.get("/espace/agenda/<token>.ics")
@limiter.limit("120 per hour", key_func=_asked_for)  # a web calendar asks for many families from one place
def feed(token: str) -> Response:
    """No signing in: telephones have no session. What is not an address in force does not exist."""
    access.act_as(guardian_of(token) or abort(404))
    names = {mine.id: mine.child.first_name for mine in access.my_children()}
    viewers = {child_id: access.my_view(child_id) for child_id in names}
    events = [
        Event(
            uid=f"{day.day:%Y%m%d}-{day.activity.id}-{day.child_id}",
            day=day.day,
            starts=day.activity.starts_at_minute,
            ends=day.activity.ends_at_minute,
            title=f"{day.activity.name} · {names[day.child_id]}",
        )
        for day in booked_days(viewers, access.today())
    ]
    answer = Response(calendar_bytes(events, g.now), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = "inline; filename=reservations.ics"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
