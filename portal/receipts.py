"""The receipts of what was changed: each one's page and paper, taking one back, and who is named there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, request, url_for

import models
from extensions import db
from operations.journal import Summary, summaries
from operations.take_back import possible_now, reversals_of, take_back_receipts
from papers import receipt_response
from portal import access, drafts
from portal.room import espace
from rules.refusals import Refused
from rules.wording import enumerate_words


@espace.get("/recus/<int:receipt_id>")
def receipt(receipt_id: int) -> str:
    """A receipt, with those that `avec` names: one was written for each child of the same act."""
    together = access.my_receipts_of({receipt_id, *request.args.getlist("avec", type=int)})
    found = summaries(together)
    views = {mine.id: access.my_view(mine.id) for mine in access.my_children()}
    undo = possible_now(found, access.my_facts(), views, now=g.now)
    changed = [receipt_id for receipt_id, each in undo.items() if each.left]
    return render_template(
        "portal/receipt.html",
        title=title_of(together),
        summaries=found,
        asked_by=asked_by,
        my_family_id=access.me().family_id,
        undo=undo,
        may_undo=may_undo,
        all_at_once=all(map(may_undo, together)) and sum(each.is_possible for each in undo.values()) > 1,
        reversals=reversals_of(changed) if changed else {},
        back=_calendar_of(found),
        author=drafts.author(),
    )


@espace.get("/recus/<int:receipt_id>.pdf")
def receipt_pdf(receipt_id: int) -> Response:
    [found] = summaries([access.my_receipt(receipt_id)])
    return receipt_response(found, access.me(), asked_by(found.receipt))


@espace.post("/recus/<int:receipt_id>/annuler")
def undo(receipt_id: int) -> Any:
    """Take a receipt back, with those that `avec` names, as far as its days are open."""
    together = access.my_receipts_of({receipt_id, *request.form.getlist("avec", type=int)})
    if not all(map(may_undo, together)):
        abort(404)
    views = {mine.id: access.my_view(mine.id) for mine in access.my_children()}
    try:
        written = take_back_receipts(together, by=access.myself(), now=g.now, viewers=views)
    except Refused as refusal:
        flash(f"{refusal.sentence} Rien n’a été enregistré.", "error")
        return redirect(url_for("portal.receipt", receipt_id=receipt_id), 303)
    db.session.commit()
    if not written:
        flash("Rien à annuler : c’est déjà fait, ou ces jours ne se modifient plus.", "info")
        return redirect(url_for("portal.receipt", receipt_id=receipt_id), 303)
    flash("Le changement est annulé. Voici le reçu de cette annulation.", "success")
    return redirect(url_of(written), 303)


def url_of(written: Collection[models.Receipt]) -> str:
    """The page of these receipts of one act."""
    first, *others = sorted(each.id for each in written)
    return url_for("portal.receipt", receipt_id=first, **({"avec": others} if others else {}))


def _calendar_of(found: list[Summary]) -> str:
    """The calendar to go back to: the child's, or the common one."""
    first = found[0].lines[0]
    period = {"activity_slug": first.activity.slug, "semaine": first.day.strftime("%G-W%V")}
    if len({line.child_id for each in found for line in each.lines}) > 1:
        return url_for("portal.calendars", **period)
    return url_for("portal.calendar", child_id=first.child_id, **period)


def title_of(together: list[models.Receipt]) -> str:
    numbers = enumerate_words([each.number for each in together])
    return f"Reçu{'s' if len(together) > 1 else ''} {numbers}"


def may_undo(receipt: models.Receipt) -> bool:
    """My household's receipts and my own acts; what the other household did is changed on the calendar."""
    return receipt.family_id == access.me().family_id or receipt.by_id == access.myself().account_id


def asked_by(receipt: models.Receipt) -> str:
    """Who asked, named only within the family: the other household is not told of this one's adults."""
    if may_undo(receipt):
        return f"{receipt.by_name} ({receipt.channel.label.lower()})"
    return "l’autre parent ou le service"
