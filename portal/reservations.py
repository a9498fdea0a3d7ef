"""Reservations: choose children and an activity, tick the calendar, save it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

import models
from forms import TicksForm, ticks_form
from operations.bookings import CalendarDay
from operations.configuration import ActivityFacts, configuration
from portal import access, boards, copies, drafts
from portal.boards import Asked, Board, Days
from portal.receipts import url_of
from portal.room import espace
from portal.spans import Span, columns_of, read_span, rows_of, weekday_names, weeks_of
from rules.refusals import Refused
from rules.ticks import NOTHING_ASKED, Merge, merge
from rules.vocabulary import Change
from rules.wording import enumerate_words, list_days

ONE = "/enfants/<int:child_id>/reservations/<activity_slug>"
EVERY = "/reservations/<activity_slug>"
ALL_CHILDREN = "tous"
OTHER_ACCOUNT = (
    "Cette page avait été ouverte avec un autre compte que le vôtre : ses choix n’ont pas été repris."
)
BACK = "Vos choix sont revenus : vérifiez-les, puis enregistrez. Rien n’est encore enregistré."


@dataclass(frozen=True, slots=True)
class Notice:
    """What the page says above the calendar: sentences about what has just been ticked."""

    sentences: Sequence[str]
    warns: bool = False


# -- choosing -------------------------------------------------------------------------


@espace.get("/reservations")
def reservations() -> Any:
    chosen = request.args.get("choix", "")
    choices = boards.choices()
    together = _together(choices)
    if chosen in choices:
        child_id, slug = chosen.split("/", 1)
        return redirect(url_for("portal.calendar", child_id=int(child_id), activity_slug=slug), 303)
    if chosen in together:
        return redirect(url_for("portal.calendars", activity_slug=chosen.split("/", 1)[1]), 303)
    error = "Choisissez un enfant et une activité." if "choix" in request.args else ""
    return render_template("portal/reservations.html", choices=choices, together=together, error=error)


def _together(
    choices: Mapping[str, tuple[access.MyChild, ActivityFacts]],
) -> dict[str, tuple[str, ActivityFacts]]:
    """What several of my children may be booked for at once, by `tous/activite`, with their names."""
    names: dict[ActivityFacts, list[str]] = {}
    for mine, activity in choices.values():
        names.setdefault(activity, []).append(mine.child.first_name)
    return {
        f"{ALL_CHILDREN}/{activity.slug}": (enumerate_words(them), activity)
        for activity, them in names.items()
        if len(them) > 1
    }


# -- the calendar ---------------------------------------------------------------------


@espace.get(ONE)
def calendar(child_id: int, activity_slug: str) -> Any:
    return _show(boards.one(child_id, activity_slug))


@espace.post(ONE)
def change_calendar(child_id: int, activity_slug: str) -> Any:
    return _change(boards.one(child_id, activity_slug))


@espace.get(EVERY)
def calendars(activity_slug: str) -> Any:
    return _show(boards.every(activity_slug))


@espace.post(EVERY)
def change_calendars(activity_slug: str) -> Any:
    return _change(boards.every(activity_slug))


def _show(board: Board) -> str:
    span = _span(board)
    token = request.args.get("brouillon")
    if token is None:
        return _page(board, span)
    draft = drafts.read(token)
    if draft is None:
        return _page(board, span, notice=Notice([OTHER_ACCOUNT], warns=True))
    days = board.days(span.first, span.last)
    asked = {
        mine.id: drafts.merged(change, _asked_now(days[mine.id]))
        for mine in board.children
        if (change := draft.get(mine.id if board.shared else 0))
    }
    return _page(board, span, asked, notice=Notice([BACK]))


def _change(board: Board) -> Any:
    ensure_only_mine(board)
    span, form = _span(board), ticks_form([board.suffix(mine.id) for mine in board.children])
    if not form.validate_on_submit():
        return _page(board, span, refusal=Refused(first_error(form))), 422
    if not drafts.is_mine(form.auteur.data):
        return _page(board, span, refusal=Refused(OTHER_ACCOUNT)), 422
    days = board.days(span.first, span.last)
    asked = {mine.id: _asked(form, board.suffix(mine.id), days[mine.id]) for mine in board.children}
    step = request.form.get("etape", "")
    if step == "revenir":
        return _page(board, span, asked)
    if step == "semaine":
        asked, sentences = copies.last_week(board, days, asked)
        return _page(board, span, asked, notice=Notice(sentences))
    if step == "copier" or step.startswith("copier-"):
        together, asked, sentences = copies.to_siblings(board, span, days, asked, step)
        return _page(together, span, asked, notice=Notice(sentences))
    return _confirm_or_save(board, span, form, days, asked, is_seen=step == "voir")


def _confirm_or_save(
    board: Board, span: Span, form: TicksForm, days: Days, asked: Asked, *, is_seen: bool
) -> Any:
    try:
        if is_seen and not all(each.is_empty for each in asked.values()):
            return _confirm_page(board, span, form, asked, days)
        written = board.save(asked)
    except Refused as refusal:
        return _page(board, span, asked, refusal), 422
    return saved(written, _moved(board, asked), board.url(**span.query))


def ensure_only_mine(board: Board) -> None:
    """A form that names a child who is not on my page is answered like an address that is not mine."""
    known = {str(mine.id) for mine in board.children} if board.shared else {None}
    for name in request.form:
        field = drafts.FIELD.fullmatch(name)
        if field and field[2] not in known:
            abort(404)


def _span(board: Board) -> Span:
    """The month or week of the address; else that of the first day that may change, by week for several."""
    default = board.first_open or access.today()
    found = read_span(request.args.get("mois"), request.args.get("semaine"), default, by_week=board.shared)
    return found or abort(404)


def _asked(form: TicksForm, suffix: str, days: Sequence[CalendarDay]) -> Merge:
    """What the form asks for, given the days as they are now.

    A day asked for past its cut-off has no checkbox: unless it was sent, its sender says nothing of it.
    """
    ticked, shown = form.ticked(suffix), form.shown(suffix)
    silent = {day.day for day in days if day.asked and not day.open} - ticked - shown
    return merge(ticked, shown, _asked_now(days) - silent)


def _asked_now(days: Sequence[CalendarDay]) -> frozenset[date]:
    return frozenset(day.day for day in days if day.asked)


def _page(
    board: Board,
    span: Span,
    asked: Asked | None = None,
    refusal: Refused | None = None,
    notice: Notice | None = None,
) -> str:
    """The calendars as they are now, with what their sender had changed still changed."""
    days = board.days(span.first, span.last)
    flat = [day for of_child in days.values() for day in of_child]
    columns = columns_of(flat)
    rows = {mine.id: rows_of(days[mine.id], columns) for mine in board.children}
    return render_template(
        "portal/calendar.html",
        board=board,
        span=span,
        columns=weekday_names(columns),
        rows=rows,
        weeks=weeks_of(rows) if board.shared else (),
        prices=sorted({day.price_cents for day in flat if day.open and day.price_cents is not None}),
        may_change=any(day.open for day in flat),
        has_line=any(day.full or day.waiting for day in flat),
        asked={mine.id: (asked or {}).get(mine.id, NOTHING_ASKED) for mine in board.children},
        refusal=refusal,
        notice=notice,
        limit=boards.next_limit(days),
        siblings=boards.who_book(board.activity),
        years=configuration().calendar.years,
        author=drafts.author(),
        now=g.now,
    )


@dataclass(frozen=True, slots=True)
class Changed:
    """One child's part of a change to confirm."""

    mine: access.MyChild
    asked: Merge
    days: Sequence[CalendarDay]


def _confirm_page(board: Board, span: Span, form: TicksForm, asked: Asked, days: Days) -> str:
    """What the change would do, to be confirmed: the page of those who browse without scripts."""
    changes = [
        Changed(mine, asked[mine.id], found)
        for mine in board.children
        if (found := _changed(board, mine, asked[mine.id], days[mine.id]))
    ]
    return render_template(
        "portal/confirm.html",
        board=board,
        action=board.url(**span.query),
        form=form,
        changes=changes,
        price=boards.price_of([day for each in changes for day in each.days]),
    )


def _changed(
    board: Board, mine: access.MyChild, asked: Merge, days: Sequence[CalendarDay]
) -> list[CalendarDay]:
    """The days that change, each of which may; refused otherwise as saving would."""
    by_day = {day.day: day for day in days}
    changed = [by_day[day] for day in sorted(asked.add | asked.remove) if day in by_day]
    for day in changed:
        if not day.open:
            field = day.day.isoformat()
            why = day.why or "Ce jour ne peut pas être modifié."
            raise Refused(why, f"{mine.id}/{field}" if board.shared else field)
    return changed


def _moved(board: Board, asked: Asked) -> str:
    """The days that somebody else changed meanwhile, in words."""
    said = []
    for mine in board.children:
        if moved := asked[mine.id].moved:
            whose = f"pour {mine.child.first_name}, " if board.shared else ""
            said.append(f"{whose}{list_days(moved)}")
    return " ; ".join(said)


def saved(written: Collection[models.Receipt], moved: str, back: str) -> Any:
    if moved:
        flash(
            f"Entre-temps, {moved} : changé par l’autre parent ou par le service. Nous n’y avons pas touché.",
            "info",
        )
    if not written:
        flash("Rien à changer : tout est déjà comme vous le demandez.", "info")
        return redirect(back, 303)
    yours = "votre reçu" if len(written) == 1 else f"vos {len(written)} reçus"
    flash(f"C’est enregistré. Voici {yours}.", "success")
    waiting = {
        line.day for each in written for line in each.lines if line.waits and line.change is Change.BOOK
    }
    if waiting:
        told = "Si une place se libère à temps, vous recevrez un nouveau reçu."
        flash(f"Complet : en liste d’attente {list_days(waiting)}. {told}", "info")
    return redirect(url_of(written), 303)


def first_error(form: TicksForm) -> str:
    return next((text for errors in form.errors.values() for text in errors), "Rechargez la page.")
