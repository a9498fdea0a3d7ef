"""« Menus de la semaine »: pasted, read from the caterer's file, or copied from another week."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, request
from flask_admin import expose
from flask_wtf.file import FileField
from wtforms import BooleanField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

import models
from admin.base import StaffForm
from admin.conversion import rows_of
from admin.families import FAMILY_READERS
from admin.fields import RowField
from admin.guard import StaffPage, actor
from admin.menus import EDITORS
from admin.saving import committed
from admin.uploads import content_of
from fields import FrenchDateField
from operations import menus
from operations.import_files import read_rows
from rules.instants import ONE_DAY, monday_of, paris
from rules.menu_text import Problem, Read, read_week, write_week
from rules.menus import DayMenu, lacks_vegetarian_day
from rules.refusals import Refused
from rules.vocabulary import Role
from rules.wording import short_date

MOST_BYTES = 1024 * 1024
MOST_LETTERS = 30_000


class WeekForm(StaffForm):
    """A week, for whom, and its menus as text; the text may come from a file or from another week."""

    day = FrenchDateField("Semaine du", validators=[InputRequired("Donnez un jour de la semaine.")])
    school = RowField(
        "Restaurant",
        query_factory=lambda: rows_of(models.School),
        allow_blank=True,
        blank_text="Toutes les écoles",
    )
    file = FileField("Fichier du traiteur (CSV ou XLSX)")
    copied = FrenchDateField("Reprendre les menus de la semaine du", validators=[Optional()])
    text = TextAreaField("Menus", validators=[Length(max=MOST_LETTERS, message="Ce texte est trop long.")])
    allergens_given = BooleanField("Le traiteur a donné les allergènes de tous ces plats")
    is_published = BooleanField("Publier aussitôt (sinon, un brouillon que seuls les agents voient)")

    @property
    def monday(self) -> date:
        return monday_of(self.day.data)


@dataclass(frozen=True, slots=True)
class Preview:
    """The week as understood, what is wrong line by line, what should be looked at."""

    menus: Sequence[DayMenu]
    problems: Sequence[Problem]
    warnings: Sequence[str]


class WeekMenusPage(StaffPage):
    title, slug, section = "Menus de la semaine", "menus-de-la-semaine", "Publication"
    audience, editors = FAMILY_READERS | {Role.CANTEEN}, EDITORS
    shortcut = True

    @expose("/", methods=("GET", "POST"))
    def index(self) -> Any:
        if request.method == "GET":
            return self._page(self._opened())
        form = WeekForm(request.form | request.files)
        if not form.validate():
            return self._page(form), 422
        try:
            return self._done(form)
        except Refused as refusal:
            named = {each.short_name: each for each in form}.get(refusal.field or "", form.text)
            named.errors = [*named.errors, refusal.sentence]
            return self._page(form), 422

    def _opened(self) -> WeekForm:
        """The week that the address asks for, with what is written already; the next one by default."""
        form = WeekForm(request.args)
        if form.day.data is None:
            form.day.data = monday_of(paris(self.now()).date()) + timedelta(days=7)
        return _load(form, form.monday)

    def _done(self, form: WeekForm) -> Any:
        asked = request.form.get("faire", "")
        if asked == "ouvrir":
            return self._page(_load(form, form.monday))
        if asked == "copier":
            return self._page(_copy(form))
        content = content_of(form.file.data)
        if content:
            form.text.data = text_of(content)
        read = read_week(form.text.data or "", form.monday)
        preview = _preview(form, read)
        if asked != "enregistrer" or content or read.problems:
            return self._page(form, preview), 422 if read.problems else 200
        return self._saved(form, preview.menus)

    def _saved(self, form: WeekForm, week: Sequence[DayMenu]) -> Any:
        committed(
            lambda: menus.replace_week(
                week,
                form.monday,
                form.school.data,
                is_published=form.is_published.data,
                by=actor(),
                now=self.now(),
            )
        )
        state = "publiés" if form.is_published.data else "gardés en brouillon"
        flash(f"Menus de la semaine du {short_date(form.monday)} {state} : {len(week)} jours.", "success")
        school = form.school.data.id if form.school.data else None
        return redirect(self.get_url(".index", day=form.monday.isoformat(), school=school), 303)

    def _page(self, form: WeekForm, preview: Preview | None = None) -> str:
        return self.render("staff/menus/week.html", form=form, preview=preview)


def _load(form: WeekForm, monday: date) -> WeekForm:
    """What is written for that week and that restaurant, as text to correct."""
    rows = menus.own_menus(monday, form.school.data.id if form.school.data else None)
    form.text.data = write_week(map(menus.facts_of, rows))
    form.text.raw_data = None
    form.allergens_given.data = bool(rows) and all(row.allergens_given for row in rows)
    form.is_published.data = bool(rows) and all(row.is_published for row in rows)
    return form


def _copy(form: WeekForm) -> WeekForm:
    """Another week's menus, weekday by weekday, to be read then saved in this one."""
    if form.copied.data is None:
        raise Refused("Donnez un jour de la semaine à reprendre.", "copied")
    _load(form, monday_of(form.copied.data))
    if not form.text.data:
        raise Refused("Cette semaine-là n’a pas de menu.", "copied")
    form.is_published.data = False
    return form


def _preview(form: WeekForm, read: Read) -> Preview:
    """The week with what is missing from it: a day of service, the vegetarian menu of the week."""
    school = form.school.data.id if form.school.data else None
    notes = {row.day: row.note for row in menus.own_menus(form.monday, school)}
    week = read.menus(allergens_given=form.allergens_given.data, notes=notes)
    days = [form.monday + n * ONE_DAY for n in range(5)]
    closed = menus.closed_days(days, school)
    written = {menu.day for menu in week}
    missing = [day for day in days if day not in closed and day not in written]
    warnings = [f"Pas de menu le {short_date(day)}, jour de service." for day in missing]
    warnings += [
        f"Un menu est écrit le {short_date(day)}, où il n’y a pas de service ({closed[day].lower()})."
        for day in days
        if day in closed and day in written
    ]
    if lacks_vegetarian_day(week, len(days) - len(closed)):
        warnings.append("Aucun menu végétarien cette semaine : la loi en demande un (code rural, L230-5-6).")
    return Preview(week, read.problems, warnings)


def text_of(content: bytes) -> str:
    """The lines of a file, as if they had been pasted: what is wrong in them is corrected on the page."""
    if len(content) > MOST_BYTES:
        raise Refused("Ce fichier est trop gros pour une semaine de menus.", "file")
    file = io.StringIO()
    try:
        csv.writer(file, delimiter=";", lineterminator="\n").writerows(row for _, row in read_rows(content))
    except Refused as refusal:
        raise Refused(refusal.sentence, "file") from refusal
    return file.getvalue()


VIEWS = (WeekMenusPage,)
