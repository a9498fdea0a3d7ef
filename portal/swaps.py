"""Alternating custody as a parent reads it: whose week it is, and swaps of days with the other parent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from extensions import db
from forms import SwapForm
from operations import swaps
from operations.swap_views import Seen, effects_of, swaps_of
from portal import access
from portal.room import espace
from rules.instants import ONE_DAY
from rules.money import NBSP
from rules.refusals import Refused
from rules.swaps import Stretch, next_changeover, stretches

URL = "/enfants/<int:child_id>/echanges"
SHOWN = timedelta(days=8 * 7 - 1)
CHOICES = timedelta(weeks=26)


@dataclass(frozen=True, slots=True)
class Shared:
    """The days of a child of mine that my household and another share."""

    mine: access.MyChild
    family_id: int
    today: date
    weeks: Sequence[Stretch]
    changeover: date | None

    def is_ours(self, week: Stretch) -> bool:
        return week.family_id == self.family_id

    @property
    def is_here(self) -> bool:
        """Whether today is our household's."""
        return access.my_facts()[self.mine.id].family_on(self.today) == self.family_id

    @property
    def may_swap(self) -> bool:
        return self.mine.guardianship.has_authority

    def swaps(self) -> list[Seen]:
        return swaps_of(self.mine.id, self.family_id, self.today)


def shared_days(mine: access.MyChild) -> Shared | None:
    """None when this child's days are not shared between my household and another, today or later."""
    facts, family_id, today = access.my_facts()[mine.id], access.me().family_id, access.today()
    coming = stretches(facts.homes, today, today + SHOWN)
    named = any(family_id in rule.families for rule in facts.custody)
    view = access.my_view(mine.id)
    if not named or not any(view.alternates_on(day) for week in coming for day in week.days):
        return None
    return Shared(mine, family_id, today, coming, next_changeover(facts.homes, today))


def _shared(child_id: int) -> Shared:
    return shared_days(access.my_child(child_id)) or abort(404)


# -- proposing ------------------------------------------------------------------------------


@espace.get(URL)
def swaps_page(child_id: int) -> str:
    shared = _shared(child_id)
    return _page(shared, _form(shared))


@espace.post(URL)
def propose_swap(child_id: int) -> Any:
    shared = _shared(child_id)
    form = _form(shared)
    if not form.validate_on_submit():
        return _page(shared, form), 422
    try:
        row = swaps.propose(shared.mine.child, access.me(), form.asked, by=access.myself(), now=g.now)
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        form[refusal.field or "laisse"].errors = [refusal.sentence]
        return _page(_shared(child_id), form), 422
    flash("Votre proposition est partie : l’autre parent reçoit un courriel.", "success")
    return redirect(url_for("portal.swap", child_id=child_id, swap_id=row.id), 303)


def _form(shared: Shared) -> SwapForm:
    form = SwapForm()
    homes = access.my_facts()[shared.mine.id].homes
    coming = stretches(homes, shared.today + ONE_DAY, shared.today + CHOICES)
    ours = [week.days for week in coming if shared.is_ours(week)]
    form.offer(ours, [week.days for week in coming if not shared.is_ours(week)])
    return form


def _page(shared: Shared, form: SwapForm) -> str:
    return render_template("portal/swaps.html", shared=shared, mine=shared.mine, form=form)


# -- answering ------------------------------------------------------------------------------


@espace.get(f"{URL}/<int:swap_id>")
def swap(child_id: int, swap_id: int) -> str:
    mine = access.my_child(child_id)
    return _swap_page(mine, access.my_swap(mine, swap_id))


def _swap_page(mine: access.MyChild, seen: Seen, refusal: Refused | None = None) -> str:
    facts = access.my_facts()[mine.id]
    return render_template(
        "portal/swap.html",
        mine=mine,
        swap=seen,
        effects=effects_of(seen, facts, now=g.now) if seen.is_waiting else None,
        refusal=refusal,
    )


@espace.post(f"{URL}/<int:swap_id>")
def answer_swap(child_id: int, swap_id: int) -> Any:
    """Accept, decline or take back, by the button pressed."""
    mine = access.my_child(child_id)
    seen = access.my_swap(mine, swap_id)
    decision = DECISIONS.get(request.form.get("etape", "")) or abort(400)
    operation, said = decision
    try:
        operation(seen.row, access.me(), by=access.myself(), now=g.now)
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        mine = access.my_child(child_id)
        return _swap_page(mine, access.my_swap(mine, swap_id), refusal), 422
    flash(said, "success")
    return redirect(url_for("portal.swaps_page", child_id=child_id), 303)


DECISIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "accepter": (
        swaps.accept,
        f"L’échange est accepté{NBSP}: pensez à réserver les jours qui sont maintenant les vôtres.",
    ),
    "refuser": (swaps.decline, f"Vous avez refusé l’échange{NBSP}: rien ne change."),
    "retirer": (swaps.withdraw, "Votre proposition est retirée."),
}
