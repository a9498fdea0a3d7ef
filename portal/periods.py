"""« Réserver les mêmes jours pour toute une période », for one child or for several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request

from forms import PeriodForm, ticks_form
from operations.bookings import CalendarDay
from operations.configuration import configuration
from portal import access, boards, drafts
from portal.boards import Board
from portal.reservations import EVERY, ONE, OTHER_ACCOUNT, ensure_only_mine, first_error, saved
from portal.room import espace
from portal.spans import school_year_end
from rules.periodicity import repeated_days
from rules.refusals import Refused
from rules.ticks import Merge
from rules.wording import weekday_name


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a repetition would book for one child, and what it could not, by reason."""

    mine: access.MyChild
    days: Sequence[CalendarDay]

    @property
    def new(self) -> list[CalendarDay]:
        return [day for day in self.days if day.open and not day.asked]

    @property
    def add(self) -> list[date]:
        return [day.day for day in self.new]

    @property
    def add_by_month(self) -> list[list[date]]:
        return [list(them) for _, them in groupby(self.add, key=lambda day: (day.year, day.month))]

    @property
    def full(self) -> list[date]:
        return [day.day for day in self.new if day.full]

    @property
    def already(self) -> list[date]:
        return [day.day for day in self.days if day.booked]

    @property
    def waiting(self) -> list[date]:
        return [day.day for day in self.days if day.waiting]

    @property
    def refused(self) -> dict[str, list[date]]:
        found: dict[str, list[date]] = {}
        for day in self.days:
            if not day.open and not day.asked:
                found.setdefault(day.short or "Impossible", []).append(day.day)
        return found


@espace.get(f"{ONE}/periode")
def period(child_id: int, activity_slug: str) -> Any:
    return _show(boards.one(child_id, activity_slug))


@espace.post(f"{ONE}/periode")
def book_period(child_id: int, activity_slug: str) -> Any:
    return _book(boards.one(child_id, activity_slug))


@espace.get(f"{EVERY}/periode")
def periods(activity_slug: str) -> Any:
    return _show(boards.every(activity_slug))


@espace.post(f"{EVERY}/periode")
def book_periods(activity_slug: str) -> Any:
    return _book(boards.every(activity_slug))


def _show(board: Board) -> Any:
    """Show the days that a repetition would book, and those it could not; nothing is written."""
    form = _form(board, request.args or None)
    if not request.args or not form.validate():
        return _page(board, form)
    try:
        wanted = repeated_days(
            form.jours.data, form.semaines.data, form.du.data, form.jusquau.data or _year_end(board)
        )
        chosen = _chosen(board, form)
    except Refused as refusal:
        getattr(form, refusal.field or "jours").errors = [refusal.sentence]
        return _page(board, form)
    return _confirm_page(board, dict.fromkeys(chosen, wanted))


def _book(board: Board) -> Any:
    ensure_only_mine(board)
    form = ticks_form([board.suffix(mine.id) for mine in board.children])
    if not form.validate_on_submit():
        flash(first_error(form), "error")
        return redirect(board.period_url(), 303)
    asked = {mine.id: form.ticked(board.suffix(mine.id)) for mine in board.children}
    try:
        if not drafts.is_mine(form.auteur.data):
            raise Refused(OTHER_ACCOUNT)
        written = board.save(
            {child_id: Merge(days, frozenset(), frozenset()) for child_id, days in asked.items()}
        )
    except Refused as refusal:
        flash(refusal.sentence, "error")
        return _confirm_page(board, {child_id: sorted(days) for child_id, days in asked.items()}), 422
    return saved(written, "", board.url())


def _form(board: Board, sent: Any) -> PeriodForm:
    everyone = [mine.id for mine in board.children]
    form = PeriodForm(formdata=sent, du=board.first_open, enfants=everyone)
    form.offer(
        [(weekday, weekday_name(weekday).capitalize()) for weekday in _served_weekdays(board)],
        [(mine.id, mine.child.first_name) for mine in board.children],
    )
    return form


def _chosen(board: Board, form: PeriodForm) -> list[int]:
    if not board.shared:
        return [board.children[0].id]
    if not form.enfants.data:
        raise Refused("Choisissez au moins un enfant.", "enfants")
    chosen: list[int] = form.enfants.data
    return chosen


def _served_weekdays(board: Board) -> list[int]:
    """The weekdays on which the activity runs for these children, over the four weeks to come."""
    first = board.first_open or access.today()
    places = {facts.place_on(first, board.activity.id) for facts in board.facts.values()}
    served = {
        day.isoweekday()
        for place in places
        if place is not None
        for day in configuration().calendar.service_days(first, first + timedelta(days=27), place)
    }
    return sorted(served)


def _year_end(board: Board) -> date:
    years = ((year.first, year.last) for year in configuration().calendar.years)
    return school_year_end(board.first_open or access.today(), years)


def _page(board: Board, form: PeriodForm) -> Any:
    several = len(boards.who_book(board.activity)) > 1
    page = render_template(
        "portal/period.html", board=board, period=form, year_end=_year_end(board), several=several
    )
    return page, 422 if form.errors else 200


def _confirm_page(board: Board, wanted: dict[int, Sequence[date]]) -> str:
    every_day = [day for days in wanted.values() for day in days]
    shown = board.days(min(every_day), max(every_day)) if every_day else {}
    parts = [
        Repeated(mine, [day for day in shown.get(mine.id, ()) if day.day in set(wanted[mine.id])])
        for mine in board.children
        if mine.id in wanted
    ]
    return render_template(
        "portal/period_confirm.html",
        board=board,
        parts=parts,
        action=request.full_path.rstrip("?"),
        author=drafts.author(),
        price=boards.price_of([day for part in parts for day in part.new]),
    )
