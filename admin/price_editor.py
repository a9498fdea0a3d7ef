"""« Éditeur de prix »: the council's grid typed in one page, drawn, tried on the families, saved whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

import models
from admin.base import StaffView, url_of_details
from admin.conversion import rows_of
from admin.families import MONEY_READERS
from admin.guard import StaffPage, actor
from admin.price_curve import Drawing, drawing_of
from admin.price_form import (
    CONDITIONS,
    METHOD,
    Group,
    PriceForm,
    blank_row,
    changed,
    groups_of,
    new_groups,
    pasted_groups,
    row_groups,
    with_groups,
)
from admin.saving import committed
from admin.tariffs import SECTION, facts_of, prices, school_names
from extensions import db
from operations import tariffs
from operations.tariff_effects import Effect, effect_of
from operations.tariff_facts import usual_unit
from rules.instants import paris
from rules.money import NBSP
from rules.refusals import Refused
from rules.tariff_checks import check_version
from rules.tariff_curve import Cliff, cliffs
from rules.tariff_entry import taken_before
from rules.tariff_grid import TariffVersion
from rules.tariff_paste import read_pasted
from rules.tariff_words import version_in_words
from rules.vocabulary import PriceUnit, Role
from rules.wording import short_date

SHOWN_UNMATCHED = 10
SUMMER = (6, 7, 8)
FAR = date(2099, 1, 1)


@dataclass(frozen=True, slots=True)
class Edited:
    """What the page is about: a version to change, or a new one, perhaps like another."""

    subject: tariffs.Subject
    version: models.TariffVersion | None
    like: models.TariffVersion | None
    usual: PriceUnit

    @property
    def source(self) -> models.TariffVersion | None:
        return self.version or self.like

    @property
    def is_kept(self) -> bool:
        return self.version is not None


@dataclass(frozen=True, slots=True)
class Preview:
    """What the grid as typed does: what is wrong, its curve, its cliffs, who would pay what."""

    wrong: Sequence[str]
    taken: Sequence[str]
    drawing: Drawing | None
    cliffs: Sequence[Cliff]
    effect: Effect

    @property
    def state(self) -> str:
        """What stands beside the buttons, and changes as one types."""
        if self.wrong:
            return "1 point à corriger" if len(self.wrong) == 1 else f"{len(self.wrong)} points à corriger"
        if self.effect.unmatched:
            return f"{len(self.effect.unmatched)} sans prix"
        steps = "" if not self.cliffs else f", {len(self.cliffs)} marche{'s' if len(self.cliffs) > 1 else ''}"
        return f"Chaque famille a un prix{steps}"


class PriceEditorPage(StaffPage):
    title, slug, section = "Éditeur de prix", "prix", SECTION
    audience, editors = MONEY_READERS, {Role.EDUCATION, Role.FINANCE}
    shortcut = True

    @expose("/")
    def index(self) -> str:
        today = self._today()
        return self.render(
            "staff/prices/index.html",
            subjects=_subjects(),
            state=lambda row, rows: _state(row, rows, today),
            prices=prices,
            next_september=lambda row: _next_after(row, today),
        )

    @expose("/editeur/", methods=("GET", "POST"))
    def edit(self) -> Any:
        edited = self._edited()
        if request.method == "GET":
            form = PriceForm(self._initial(edited))
            return self._page(edited, form, self._preview(edited, form) if edited.source else None)
        sent, done = self._changed_rows()
        form = PriceForm(sent)
        if done:
            return self._page(edited, form, None)
        if not form.validate() or (terms := form.terms(edited.usual)) is None:
            return self._page(edited, form, None), 422
        if "enregistrer" not in request.form:
            return self._page(edited, form, self._preview(edited, form))
        return self._save(edited, form, terms)

    @expose("/apercu/", methods=("POST",))
    def preview(self) -> Any:
        """The same, for the script that follows what is typed: the fragment alone."""
        edited = self._edited()
        form = PriceForm(request.form)
        preview = self._preview(edited, form) if form.validate() else None
        return self.render("staff/prices/preview.html", preview=preview, form=form, **self._words())

    # -- saving -------------------------------------------------------------------------------

    def _save(self, edited: Edited, form: PriceForm, terms: tariffs.Terms) -> Any:
        try:
            saved = committed(
                lambda: tariffs.save_version(
                    edited.subject,
                    terms,
                    version=edited.version,
                    like=edited.like,
                    by=actor(),
                    now=self.now(),
                )
            )
        except Refused as refusal:
            edited = self._edited()  # a refusal undoes and forgets what was read
            if refusal.field in ("name", "first_day", "last_day"):
                form[refusal.field].errors = [refusal.sentence]
            else:
                flash(f"Rien n’est enregistré. {refusal.sentence}", "error")
            return self._page(edited, form, self._preview(edited, form)), 422
        flash(f"Enregistré : {saved.name}, à partir du {_date(saved.first_day)}.", "success")
        if [row.label for row in terms.rows] != [row.label for row in saved.rows]:
            flash("Les exceptions (hors commune…) sont passées avant les tranches.", "info")
        return redirect(url_for(".edit", tarif=saved.id), 303)

    # -- what is asked -------------------------------------------------------------------------

    def _edited(self) -> Edited:
        """`?tarif=` to change one, `?copie=` for the next, `?activite=` or `?service=` for a first one."""
        version, like = self._version("tarif"), self._version("copie")
        named = version or like
        subject = named.subject if named else self._subject()
        ids = (subject.id, None) if isinstance(subject, models.Activity) else (None, subject.id)
        usual = usual_unit(
            models.TariffVersion(activity_id=ids[0], service_id=ids[1]), rows_of(models.Activity)
        )
        return Edited(subject, version, None if version else like, usual)

    def _version(self, name: str) -> models.TariffVersion | None:
        if name not in request.args:
            return None
        wanted = request.args.get(name, type=int)
        if wanted is None or not 0 < wanted < 2**31:
            abort(404)
        found = db.session.get(models.TariffVersion, wanted, options=_whole())
        return found or abort(404)

    def _subject(self) -> tariffs.Subject:
        for name, table in (("activite", models.Activity), ("service", models.Service)):
            wanted = request.args.get(name, type=int)
            if wanted is not None and 0 < wanted < 2**31:
                found: tariffs.Subject | None = db.session.get(table, wanted)
                return found or abort(404)
        return abort(404)

    def _initial(self, edited: Edited) -> MultiDict[str, str]:
        """The form as it opens, written as a browser would send it."""
        today, source = self._today(), edited.source
        sent: MultiDict[str, str] = MultiDict({"step": "1,00"})
        if source is None:
            first = (
                next_september(today) if tariffs.has_versions(edited.subject) else school_year_start(today)
            )
            sent["name"] = f"{edited.subject.name} {_school_year(first)}"
            sent["first_day"] = first.isoformat()
            return with_groups(sent, new_groups())
        if edited.is_kept:
            sent["name"], sent["deliberation"] = source.name, source.deliberation
            sent["first_day"] = source.first_day.isoformat()
            sent["last_day"] = source.last_day.isoformat() if source.last_day else ""
            if source.is_example:
                sent["is_example"] = "y"
        else:
            first = _next_after(source, today)
            sent["name"], sent["first_day"] = (
                f"{edited.subject.name} {_school_year(first)}",
                first.isoformat(),
            )
        rows = facts_of(source).rows
        return with_groups(sent, row_groups(rows, edited.usual, keep_ids=edited.is_kept))

    def _changed_rows(self) -> tuple[MultiDict[str, str], bool]:
        """The form as sent, once its button has moved, removed, added or read rows; and whether it has."""
        groups = groups_of(request.form)
        for do in ("ajouter", "retirer", "monter"):
            if do in request.form:
                index = request.form.get(do, type=int)
                return with_groups(request.form, changed(groups, do, -1 if index is None else index)), True
        if "lire" in request.form or request.form.get("colle", "").strip():
            return self._pasted(groups), True  # whatever the button: a table pasted is never left unread
        return with_groups(request.form, groups), False

    def _pasted(self, groups: list[Group]) -> MultiDict[str, str]:
        """The form with the rows of the pasted table; as it was when the table cannot be read."""
        try:
            rows, said = read_pasted(request.form.get("colle", ""))
        except Refused as refusal:
            flash(refusal.sentence, "error")
            return with_groups(request.form, groups)
        flash("Tableau lu : vérifiez les lignes, rien n’est encore enregistré.", "info")
        if said:
            flash(f"Bornes comprises{NBSP}: {', '.join(said)}.", "info")
        found = pasted_groups(rows)
        without = {"hors-commune", "sans-quotient"} - {each["whom"][0] for each in found}
        kept = [_without_old_price(each) for each in groups if each.get("whom", [""])[0] in without]
        sent = with_groups(request.form, found + kept)
        sent.poplist("colle")
        return sent

    # -- what is shown -------------------------------------------------------------------------

    def _page(self, edited: Edited, form: PriceForm, preview: Preview | None) -> str:
        return self.render(
            "staff/prices/editor.html",
            form=form,
            edited=edited,
            preview=preview,
            others=_other_parts(edited.source),
            heading=_heading(edited),
            blank_row=blank_row(),
            here=_here(),
            is_in_force=edited.version is not None and edited.version.first_day <= self._today(),
            details=url_of_details(edited.version) if edited.version else None,
            **self._words(),
        )

    def _words(self) -> dict[str, Any]:
        return {
            "schools": school_names(),
            "shown_unmatched": SHOWN_UNMATCHED,
            "conditions": CONDITIONS,
            "method": METHOD,
            "child_url": "staff_enfants.details_view" if StaffView.may_read(models.Child) else None,
        }

    def _preview(self, edited: Edited, form: PriceForm) -> Preview | None:
        """What the rows as typed would do; None when they cannot be read."""
        terms = form.terms(edited.usual)
        if terms is None or not terms.rows:
            return None
        try:
            version = tariffs.checked(edited.subject, terms, like=edited.source)
            wrong: Sequence[str] = ()
        except Refused:
            version = tariffs.drafted(edited.subject, terms, like=edited.source)
            wrong = check_version(version, school_names())
        return Preview(
            wrong,
            taken_before(version.rows),
            drawing_of(version),
            cliffs(version, form.step_cents),
            effect_of(version, self._tried_on(version)),
        )

    def _tried_on(self, version: TariffVersion) -> date:
        """Today's families, whether the version is in force or to come; for a past one, its last day."""
        today = self._today()
        return min(today, version.last) if version.last else today

    def _today(self) -> date:
        return paris(self.now()).date()


# -- words and dates -------------------------------------------------------------------------


def next_september(day: date) -> date:
    """The first 1 September after a day."""
    this_year = date(day.year, 9, 1)
    return this_year if day < this_year else date(day.year + 1, 9, 1)


def _next_after(row: models.TariffVersion, today: date) -> date:
    """The first day offered for the version that follows this one."""
    return next_september(max(today, min(row.first_day, FAR)))


def school_year_start(day: date) -> date:
    """The 1 September that a first tariff starts on: this school year's, or the next one in summer."""
    return next_september(day) if day.month in SUMMER else date(day.year - (day.month < 9), 9, 1)


def _school_year(first: date) -> str:
    start = first.year if first.month >= 8 else first.year - 1
    return f"{start}-{start + 1}"


def _date(day: date) -> str:
    return f"{short_date(day)} {day.year}"


def _heading(edited: Edited) -> str:
    if edited.version is not None:
        return f"Prix : {edited.version.name}"
    return f"Nouveau tarif : {edited.subject.name}"


def _here() -> str:
    """The query of this page, for its forms."""
    return "&".join(f"{name}={request.args[name]}" for name in ("tarif", "copie", "activite", "service")
                    if request.args.get(name, "").isdecimal())  # fmt: skip


def _other_parts(row: models.TariffVersion | None) -> dict[str, list[str]]:
    """What the grid does not show: reductions, caps, situations."""
    if row is None:
        return {}
    said = version_in_words(facts_of(row), school_names())
    return {name: said[name] for name in tariffs.PARTS if said[name]}


# -- the list of all the prices -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SubjectPrices:
    """An activity or a service, with its versions, the latest first; `shared`: its service has prices too."""

    subject: tariffs.Subject
    kind: str
    versions: list[models.TariffVersion]
    shared: models.Service | None = None


def _subjects() -> list[SubjectPrices]:
    query = sa.select(models.TariffVersion).options(*_whole()).order_by(models.TariffVersion.first_day.desc())
    versions = list(db.session.scalars(query))
    services = [
        SubjectPrices(each, "service", [v for v in versions if v.service_id == each.id])
        for each in rows_of(models.Service)
    ]
    shared = {each.subject.id: each.subject for each in services if each.versions}
    activities = [
        SubjectPrices(
            each,
            "activite",
            [v for v in versions if v.activity_id == each.id],
            shared.get(each.service_id),
        )
        for each in rows_of(models.Activity)
    ]
    return activities + services


def _whole() -> tuple[Any, ...]:
    version = models.TariffVersion
    return (joinedload(version.activity), joinedload(version.service), *map(_selected, _PARTS))


_PARTS = ("rows", "modifiers", "caps", "situations")


def _selected(name: str) -> Any:
    return sa.orm.selectinload(getattr(models.TariffVersion, name))


def _state(row: models.TariffVersion, rows: Sequence[models.TariffVersion], today: date) -> str:
    """« En vigueur », « À venir » or « Passé »."""
    if row.first_day > today:
        return "À venir"
    started = [each for each in rows if each.first_day <= today]
    is_latest = max(started, key=lambda each: each.first_day) is row
    return "En vigueur" if is_latest and (row.last_day is None or row.last_day >= today) else "Passé"


def _without_old_price(group: Group) -> Group:
    """« Sans quotient » of another grid: left blank, it takes the dearest band of the one just pasted."""
    return group | {"amount_cents": [""]} if group["whom"][0] == "sans-quotient" else group


VIEWS = (PriceEditorPage,)
