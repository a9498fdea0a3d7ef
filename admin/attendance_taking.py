"""« Prendre les présences »: the sheets that a day asks for, and the sheet itself, on a phone or a tablet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask_admin import expose

import models
from admin.attendance_hours import HourField, HourFields, read_hours, sent_hours, timed_children
from admin.guard import StaffPage, actor
from admin.saving import committed
from extensions import db
from fields import row_id
from operations import attendance, attendance_hours, attendance_lists, told_absences
from operations.attendance import Expected
from operations.configuration import configuration
from operations.day_care import booked_care
from operations.health import care_of
from operations.pickup import Collector, collectors_of
from rules import deadlines
from rules.folding import fold
from rules.instants import ONE_DAY, paris
from rules.money import NBSP
from rules.refusals import Refused
from rules.vocabulary import Presence, PriceUnit, Role, SheetState


@dataclass(frozen=True, slots=True)
class Line:
    """A child of the sheet as it is shown; `note` says the class when the sheet does not."""

    child: models.Child
    ticked: bool
    hours: Sequence[HourField]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """The children of a sheet under one heading."""

    heading: str
    lines: Sequence[Line]


class AttendanceTaking(StaffPage):
    title, slug, section = "Prendre les présences", "presences-du-jour", "Réservations"
    audience = editors = {Role.CANTEEN, Role.EDUCATION}
    shortcut = True

    def question(self, name: str) -> str:
        if name != "nobody":
            return ""
        return f"Personne n’est venu{NBSP}? Les enfants réservés seront notés absents."

    @expose("/")
    def index(self) -> str:
        today = paris(self.now()).date()
        day = _day(request.args.get("jour"), today)
        sessions = attendance_lists.sessions_of(day)
        by_activity = [(name, list(each)) for name, each in groupby(sessions, key=lambda s: s.activity.name)]
        return self.render(
            "staff/attendance/day.html",
            day=day,
            today=today,
            before=day - ONE_DAY,
            after=day + ONE_DAY,
            closed_because=attendance_lists.closed_everywhere(day),
            activities=by_activity,
            care=booked_care(day),
        )

    @expose("/ouvrir/", methods=("POST",))
    def open(self) -> Response:
        school, school_class = _row(models.School, "ecole"), _row(models.SchoolClass, "classe")
        activity, day = _row(models.Activity, "activite"), _day(request.form.get("jour"), None)
        if school is None or activity is None or (school_class and school_class.school_id != school.id):
            abort(400)
        try:
            sheet = committed(
                lambda: attendance.open_sheet(
                    activity.id, school_class, school, day, by=actor(), now=self.now()
                )
            )
        except Refused as refusal:
            flash(refusal.sentence, "error")
            return redirect(url_for(".index", jour=day.isoformat()), 303)
        return redirect(url_for(".sheet", sheet_id=sheet.id), 303)

    @expose("/<int(max=2147483647):sheet_id>/", methods=("GET", "POST"))
    def sheet(self, sheet_id: int) -> Any:
        sheet = db.session.get(models.AttendanceSheet, sheet_id) or abort(404)
        if request.method == "GET":
            return self._page(sheet)
        asked = attendance_hours.asked_on(sheet.activity_id, sheet.day)
        sent = sent_hours(request.form) if asked.sides else {}
        ticked = _ids(request.form.getlist("present")) | timed_children(sent)
        if request.form.get("action") == "chercher":
            return self._page(sheet, ticked, request.form.get("nom", ""), sent)
        return self._close(sheet, ticked, sent)

    @expose("/<int(max=2147483647):sheet_id>/aucun-enfant/", methods=("POST",))
    def nobody(self, sheet_id: int) -> Any:
        return self._close(db.session.get(models.AttendanceSheet, sheet_id) or abort(404), set(), {})

    def _clock(self, day: date) -> str:
        """Now, for the buttons that note it: on the day itself only."""
        now = paris(self.now())
        return now.isoformat() if now.date() == day else ""

    def _close(
        self, sheet: models.AttendanceSheet, present_ids: set[int], sent: Mapping[tuple[str, int], str]
    ) -> Any:
        try:
            hours = read_hours(sent)
            committed(
                lambda: attendance.close_sheet(sheet, present_ids, hours=hours, by=actor(), now=self.now())
            )
        except Refused as refusal:
            flash(refusal.sentence, "error")
            return self._page(sheet, present_ids, None, sent, refusal), 422
        flash(_said(sheet, len(present_ids)), "success")
        return redirect(url_for(".index", jour=sheet.day.isoformat()), 303)

    def _page(
        self,
        sheet: models.AttendanceSheet,
        ticked: Collection[int] | None = None,
        typed: str | None = None,
        sent: Mapping[tuple[str, int], str] | None = None,
        refused: Refused | None = None,
    ) -> str:
        expected = attendance.expected_children(sheet)
        added = _added(sheet, {one.child.id for one in expected}, ticked)
        told = told_absences.told_to(sheet.activity_id, sheet.day)
        ticked = _recorded(sheet, expected, added, told) if ticked is None else ticked
        known = {one.child.id for one in expected} | {child.id for child in added}
        found = attendance_lists.search_children(typed or "", without=known)
        asked = attendance_hours.asked_on(sheet.activity_id, sheet.day)
        noted = attendance_hours.hours_noted(sheet) if asked.sides else {}
        hours = HourFields(asked, noted, sent or {}, refused)
        return self.render(
            "staff/attendance/sheet.html",
            sheet=sheet,
            groups=[*_groups(sheet, expected, ticked, hours), *_elsewhere(sheet, added, ticked, hours)],
            found=_lines(sheet, found, (), hours),
            typed=typed,
            booked=sum(one.booked for one in expected),
            is_booked=_is_booked(sheet),
            is_closed=sheet.state is SheetState.CLOSED,
            hours=asked,
            care=care_of(known | {child.id for child in found}, sheet.day),
            told=told,
            collectors=_collectors(sheet, known | {child.id for child in found}),
            now=self._clock(sheet.day) if asked.sides else "",
        )


# -- what is asked ----------------------------------------------------------------------


def _day(text: str | None, otherwise: date | None) -> date:
    """The day that the address or the form names; a form must name one."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return otherwise or abort(400)
    return day if 2000 <= day.year < 3000 else abort(404)


def _row(table: Any, name: str) -> Any:
    number = request.form.get(name, type=row_id)
    return None if number is None else db.session.get(table, number) or abort(400)


def _ids(texts: Sequence[str]) -> set[int]:
    if not all(text.isdecimal() and len(text) < 10 for text in texts):
        abort(400)
    return {int(text) for text in texts}


# -- what is shown ----------------------------------------------------------------------


def _added(
    sheet: models.AttendanceSheet, known: Collection[int], ticked: Collection[int] | None
) -> list[models.Child]:
    """The children of elsewhere: those of the form when it comes back, those recorded otherwise."""
    if ticked is None:
        return attendance_lists.others_on(sheet, known)
    return attendance_lists.children_named(set(ticked) - set(known))


def _recorded(
    sheet: models.AttendanceSheet,
    expected: Sequence[Expected],
    added: Sequence[models.Child],
    told: Collection[int],
) -> set[int]:
    """Who is ticked when the sheet opens: the booked that nobody told absent, then those who were there."""
    coming = {one.child.id for one in expected if one.booked} - set(told)
    still_open = sheet.state is SheetState.OPEN
    there = {
        one.child.id
        for one in expected
        if one.presence is Presence.PRESENT
        or (one.presence is None and still_open and one.child.id in coming)
    }
    return there | {child.id for child in added}


def _groups(
    sheet: models.AttendanceSheet, expected: Sequence[Expected], ticked: Collection[int], hours: HourFields
) -> list[Lines]:
    if not _is_booked(sheet):
        return [_group(sheet, "Enfants inscrits", expected, ticked, hours)]
    booked = [one for one in expected if one.booked]
    others = [one for one in expected if not one.booked]
    return [
        _group(sheet, "Enfants réservés", booked, ticked, hours),
        _group(sheet, "Inscrits, sans réservation ce jour", others, ticked, hours),
    ]


def _is_booked(sheet: models.AttendanceSheet) -> bool:
    rules = configuration().deadlines.get(sheet.activity_id, ())
    return deadlines.needs_booking(rules, sheet.day)


def _group(
    sheet: models.AttendanceSheet,
    heading: str,
    expected: Sequence[Expected],
    ticked: Collection[int],
    hours: HourFields,
) -> Lines:
    ordered = sorted(expected, key=lambda one: (fold(one.child.last_name), fold(one.child.first_name)))
    return Lines(
        heading,
        [
            Line(
                one.child,
                one.child.id in ticked,
                hours.of(one.child),
                "" if sheet.class_id else one.class_name,
            )
            for one in ordered
        ],
    )


def _elsewhere(
    sheet: models.AttendanceSheet,
    added: Sequence[models.Child],
    ticked: Collection[int],
    hours: HourFields,
) -> list[Lines]:
    return [Lines("Ajoutés à cette feuille", _lines(sheet, added, ticked, hours))] if added else []


def _lines(
    sheet: models.AttendanceSheet,
    children: Sequence[models.Child],
    ticked: Collection[int],
    hours: HourFields,
) -> list[Line]:
    if not children:
        return []
    classes = attendance_lists.classes_on(sheet.day, [child.id for child in children])
    return [
        Line(child, child.id in ticked, hours.of(child), classes.get(child.id, "sans classe ce jour"))
        for child in children
    ]


def _collectors(
    sheet: models.AttendanceSheet, child_ids: Collection[int]
) -> Mapping[int, Sequence[Collector]]:
    """Who may collect each child of the sheet; nobody leaves from the table."""
    return {} if sheet.activity.unit is PriceUnit.MEAL else collectors_of(child_ids, sheet.day)


def _said(sheet: models.AttendanceSheet, present: int) -> str:
    what = f"{sheet.activity.name}, {sheet.school_class.name if sheet.school_class else sheet.school.name}"
    if not present:
        return f"{what}{NBSP}: feuille close, aucun enfant."
    return f"{what}{NBSP}: feuille close, {present} présent{'s' if present > 1 else ''}."


VIEWS = (AttendanceTaking,)
