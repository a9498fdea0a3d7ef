"""Reservations: choose a child and an activity, tick the calendar, repeat days over a period."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

import models
from extensions import db
from forms import CalendarForm, PeriodForm
from operations.agenda import bookable_activities, first_open_day, is_booked
from operations.bookings import CalendarDay, calendar_of
from operations.changes import change_days
from operations.configuration import ActivityFacts, configuration
from portal import access
from portal.room import espace
from portal.spans import Span, columns_of, read_span, rows_of, school_year_end, weekday_names
from rules.periodicity import repeated_days
from rules.refusals import Refused
from rules.ticks import Merge, merge
from rules.vocabulary import Change
from rules.wording import list_days, weekday_name

URL = "/enfants/<int:child_id>/reservations/<activity_slug>"


@dataclass(frozen=True, slots=True)
class Calendar:
    """One child's calendar for one activity: what every page of this file is about."""

    mine: access.MyChild
    activity: ActivityFacts
    first_open: date | None

    def days(self, first: date, last: date) -> list[CalendarDay]:
        return calendar_of(
            self.mine.child,
            self.activity,
            first,
            last,
            now=g.now,
            viewer=access.my_view(self.mine.id),
            facts=access.my_facts()[self.mine.id],
        )

    def save(self, add: Collection[date], remove: Collection[date]) -> models.Receipt | None:
        receipt = change_days(
            self.mine.child,
            self.activity,
            add,
            remove,
            by=access.myself(),
            now=g.now,
            viewer=access.my_view(self.mine.id),
        )
        db.session.commit()
        return receipt

    def url(self, endpoint: str = "portal.calendar", **query: str) -> str:
        return url_for(endpoint, child_id=self.mine.id, activity_slug=self.activity.slug, **query)


NOTHING_ASKED = Merge(frozenset(), frozenset(), frozenset())


# -- choosing -------------------------------------------------------------------------


@espace.get("/reservations")
def reservations() -> Any:
    chosen = request.args.get("choix", "")
    choices = _choices()
    if chosen in choices:
        child_id, slug = chosen.split("/", 1)
        return redirect(url_for("portal.calendar", child_id=int(child_id), activity_slug=slug), 303)
    error = "Choisissez un enfant et une activité." if "choix" in request.args else ""
    return render_template("portal/reservations.html", choices=choices, error=error)


def _choices() -> dict[str, tuple[access.MyChild, ActivityFacts]]:
    """What I may book, by `enfant/activite`."""
    day = access.today()
    return {
        f"{mine.id}/{activity.slug}": (mine, activity)
        for mine in access.my_children()
        for activity in bookable_activities(access.my_facts()[mine.id], day)
    }


# -- the calendar ---------------------------------------------------------------------


@espace.get(URL)
def calendar(child_id: int, activity_slug: str) -> Any:
    shown = _calendar(child_id, activity_slug)
    return _page(shown, _span(shown))


@espace.post(URL)
def change_calendar(child_id: int, activity_slug: str) -> Any:
    shown = _calendar(child_id, activity_slug)
    span, form = _span(shown), CalendarForm()
    if not form.validate_on_submit():
        return _page(shown, span, refusal=Refused(first_error(form))), 422
    days = shown.days(span.first, span.last)
    asked = _asked(form, days)
    step = request.form.get("etape")
    if step == "revenir":
        return _page(shown, span, asked)
    try:
        if step == "voir" and not asked.is_empty:
            return _confirm_page(shown, span, form, asked, days)
        receipt = shown.save(asked.add, asked.remove)
    except Refused as refusal:
        return _page(shown, span, asked, refusal), 422
    return _saved(receipt, asked.moved, shown.url(**span.query))


def _calendar(child_id: int, slug: str) -> Calendar:
    """My child's calendar for an activity it is, or was, enrolled in and that is booked; or 404."""
    mine, activity = access.my_child(child_id), access.activity_called(slug)
    facts, day = access.my_facts()[mine.id], access.today()
    enrolled = any(each.activity_id == activity.id for each in facts.enrolments)
    if not enrolled or not is_booked(activity, day):
        abort(404)
    found = first_open_day(facts, activity, access.my_view(mine.id), day, g.now)
    return Calendar(mine, activity, found[0] if found else None)


def _span(shown: Calendar) -> Span:
    """The month or week of the address; without one, the month of the first day that may change."""
    default = shown.first_open or access.today()
    return read_span(request.args.get("mois"), request.args.get("semaine"), default) or abort(404)


def _asked(form: CalendarForm, days: Sequence[CalendarDay]) -> Merge:
    """What the form asks for, given the days as they are now.

    A day asked for past its cut-off has no checkbox: unless it was sent, its sender says nothing of it.
    """
    ticked, shown = form.jour.data, form.vu.data
    silent = {day.day for day in days if day.asked and not day.open} - ticked - shown
    return merge(ticked, shown, {day.day for day in days if day.asked} - silent)


def _page(shown: Calendar, span: Span, asked: Merge = NOTHING_ASKED, refusal: Refused | None = None) -> str:
    """The calendar as it is now, with what its sender had changed still changed."""
    days = shown.days(span.first, span.last)
    columns = columns_of(days)
    return render_template(
        "portal/calendar.html",
        calendar=shown,
        span=span,
        columns=weekday_names(columns),
        rows=rows_of(days, columns),
        prices=sorted({day.price_cents for day in days if day.open and day.price_cents is not None}),
        has_line=any(day.full or day.waiting for day in days),
        asked=asked,
        refusal=refusal,
        siblings=_siblings(shown),
        years=configuration().calendar.years,
    )


def _siblings(shown: Calendar) -> list[access.MyChild]:
    """My children who may be booked for the same activity, this one included."""
    return [mine for mine, activity in _choices().values() if activity.id == shown.activity.id]


def _confirm_page(
    shown: Calendar, span: Span, form: CalendarForm, asked: Merge, days: Sequence[CalendarDay]
) -> str:
    """What the change would do, to be confirmed: the page of those who browse without scripts."""
    by_day = {day.day: day for day in days}
    changed = [by_day[day] for day in sorted(asked.add | asked.remove) if day in by_day]
    for day in changed:
        if not day.open:
            raise Refused(day.why or "Ce jour ne peut pas être modifié.", day.day.isoformat())
    return render_template(
        "portal/confirm.html",
        calendar=shown,
        action=shown.url(**span.query),
        form=form,
        asked=asked,
        changed=changed,
        price=_price(changed),
    )


def _price(changed: Sequence[CalendarDay]) -> int | None:
    """What changing these days adds to the bill, in cents; None when I am not told their prices."""
    cents = [day.adds_cents for day in changed]
    if None in cents:
        return None
    return sum((day.adds_cents or 0) * (-1 if day.booked else 1) for day in changed)


def _saved(receipt: models.Receipt | None, moved: Collection[date], back: str) -> Any:
    if moved:
        flash(
            f"Entre-temps, {list_days(moved)} : changé par l’autre parent ou par le service. "
            "Nous n’y avons pas touché.",
            "info",
        )
    if receipt is None:
        flash("Rien à changer : tout est déjà comme vous le demandez.", "info")
        return redirect(back, 303)
    flash("C’est enregistré. Voici votre reçu.", "success")
    waiting = [line.day for line in receipt.lines if line.waits and line.change is Change.BOOK]
    if waiting:
        told = "Si une place se libère à temps, vous recevrez un nouveau reçu."
        flash(f"Complet : en liste d’attente {list_days(waiting)}. {told}", "info")
    return redirect(url_for("portal.receipt", receipt_id=receipt.id), 303)


# -- the same days for a whole period ---------------------------------------------------


@espace.get(f"{URL}/periode")
def period(child_id: int, activity_slug: str) -> Any:
    """Show the days that a repetition would book, and those it could not; nothing is written."""
    shown = _calendar(child_id, activity_slug)
    form = _period_form(shown, request.args or None)
    if not request.args or not form.validate():
        return _period_page(shown, form)
    try:
        wanted = repeated_days(
            form.jours.data, form.semaines.data, form.du.data, form.jusquau.data or _year_end(shown)
        )
    except Refused as refusal:
        getattr(form, refusal.field or "jours").errors = [refusal.sentence]
        return _period_page(shown, form)
    return _period_confirm_page(shown, wanted)


@espace.post(f"{URL}/periode")
def book_period(child_id: int, activity_slug: str) -> Any:
    shown, form = _calendar(child_id, activity_slug), CalendarForm()
    if not form.validate_on_submit():
        flash(first_error(form), "error")
        return redirect(shown.url("portal.period"), 303)
    try:
        receipt = shown.save(form.jour.data, ())
    except Refused as refusal:
        flash(refusal.sentence, "error")
        return _period_confirm_page(shown, sorted(form.jour.data)), 422
    return _saved(receipt, (), shown.url())


def _period_form(shown: Calendar, sent: Any) -> PeriodForm:
    form = PeriodForm(formdata=sent, du=shown.first_open)
    form.offer([(weekday, weekday_name(weekday).capitalize()) for weekday in _served_weekdays(shown)])
    return form


def _served_weekdays(shown: Calendar) -> list[int]:
    """The weekdays on which the activity runs for this child, over the four weeks to come."""
    first = shown.first_open or access.today()
    place = access.my_facts()[shown.mine.id].place_on(first, shown.activity.id)
    if place is None:
        return []
    served = configuration().calendar.service_days(first, first + timedelta(days=27), place)
    return sorted({day.isoweekday() for day in served})


def _year_end(shown: Calendar) -> date:
    years = ((year.first, year.last) for year in configuration().calendar.years)
    return school_year_end(shown.first_open or access.today(), years)


def _period_page(shown: Calendar, form: PeriodForm) -> Any:
    page = render_template("portal/period.html", calendar=shown, period=form, year_end=_year_end(shown))
    return page, 422 if form.errors else 200


def _period_confirm_page(shown: Calendar, wanted: Sequence[date]) -> str:
    asked_for = frozenset(wanted)
    days = [day for day in shown.days(wanted[0], wanted[-1]) if day.day in asked_for] if wanted else []
    new = [day for day in days if day.open and not day.asked]
    add = [day.day for day in new]
    refused: dict[str, list[date]] = {}
    for day in days:
        if not day.open and not day.asked:
            refused.setdefault(day.short or "Impossible", []).append(day.day)
    return render_template(
        "portal/period_confirm.html",
        calendar=shown,
        form=CalendarForm(formdata=None),
        add=add,
        add_by_month=[list(them) for _, them in groupby(add, key=lambda day: (day.year, day.month))],
        full=[day.day for day in new if day.full],
        already=[day.day for day in days if day.booked],
        waiting=[day.day for day in days if day.waiting],
        refused=refused,
        price=_price(new),
    )


def first_error(form: CalendarForm) -> str:
    return next((text for errors in form.errors.values() for text in errors), "Rechargez la page.")
