"""« Mes messages »: the mails that a parent chooses to receive."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, url_for

from extensions import db
from forms import NoticesForm
from operations.notices import keep_only, muted_by
from portal import access
from portal.room import espace
from rules.notices import ALWAYS_SENT, Notice


@espace.get("/notifications")
def notices() -> str:
    muted = muted_by(access.me())
    return _page(NoticesForm(messages=[notice for notice in Notice if notice not in muted]))


@espace.post("/notifications")
def choose_notices() -> Any:
    form = NoticesForm()
    if not form.validate_on_submit():
        return _page(form), 422
    keep_only(access.me(), form.messages.data or (), by=access.myself(), now=g.now)
    db.session.commit()
    flash("Votre choix est enregistré.", "success")
    return redirect(url_for("portal.notices"), 303)


def _page(form: NoticesForm) -> str:
    return render_template("portal/notices.html", form=form, always=ALWAYS_SENT, email=access.me().email)
