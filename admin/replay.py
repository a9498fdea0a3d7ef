"""« Rejouer une période »: what other prices would have changed, before the council votes them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Response, request
from flask_admin import expose
from flask_wtf.file import FileField
from wtforms.validators import InputRequired

from admin.base import StaffForm
from admin.guard import StaffPage
from admin.spreadsheets import TYPES
from extensions import db, mark_reading
from fields import FrenchDateField
from operations import commune_files, replay_plans, replays
from operations.configuration import configuration
from operations.replay_plans import Plan
from rules.instants import paris
from rules.periods import period_start
from rules.refusals import Refused
from rules.replay import Replay
from rules.replay_words import rows_of, signed
from rules.vocabulary import Per, Role

SECTION = "Activités et prix"
MOST_DAYS = 250_000  # what a page can wait for: about half a minute
MOST_BYTES = 400_000
EXTREMES = 10


class ReplayForm(StaffForm):
    """A period, and the file of a commune; without a file, the last tariffs prepared."""

    first = FrenchDateField("Du", validators=[InputRequired("Donnez le premier jour.")])
    last = FrenchDateField("Au", validators=[InputRequired("Donnez le dernier jour.")])
    file = FileField("Fichier de la commune (facultatif)")


class ReplayPage(StaffPage):
    title, slug, section = "Rejouer une période", "rejeu", SECTION
    audience = editors = {Role.FINANCE, Role.EDUCATION}

    @expose("/", methods=("GET", "POST"))
    def index(self) -> Any:
        today = paris(self.now()).date()
        if request.method == "GET":
            first, last = _last_period(today)
            return self._page(ReplayForm(data={"first": first, "last": last}))
        form = ReplayForm(request.form | request.files)
        if not form.validate():
            return self._page(form), 422
        db.session.rollback()
        mark_reading(True)  # nothing is written: bookings go on meanwhile
        try:
            plan, told = _replay(form, today)
        except Refused as refusal:
            _show(form, refusal)
            return self._page(form), 422
        if "classeur" in request.form:
            return _workbook(plan, told)
        return self._page(form, plan, told)

    def _page(self, form: ReplayForm, plan: Plan | None = None, told: Replay | None = None) -> str:
        falls, rises = told.extremes(EXTREMES) if told else ([], [])
        return self.render(
            "staff/replay/page.html",
            form=form,
            plan=plan,
            told=told,
            extremes=[("Les plus fortes baisses", falls), ("Les plus fortes hausses", rises)],
            activities=_activity_names(),
            families=replays.family_names() if told else {},
            rows_of=rows_of,
            signed=signed,
        )


def _last_period(today: date) -> tuple[date, date]:
    """The school year under way, up to yesterday; the one before while it has hardly begun."""
    yesterday = today - timedelta(days=1)
    start = period_start(Per.YEAR, yesterday)
    if yesterday - start >= timedelta(days=31):
        return start, yesterday
    return start.replace(year=start.year - 1), start - timedelta(days=1)


def _replay(form: ReplayForm, today: date) -> tuple[Plan, Replay]:
    first, last = form.first.data, form.last.data
    replays.ensure_period(first, last, today)
    if replays.count_days(first, last) > MOST_DAYS:
        raise Refused(
            "Cette période compte trop de jours pour une page : lancez « flask commune replay » "
            "sur le serveur, ou choisissez une période plus courte.",
            "last",
        )
    plan = _plan(form, first)
    return plan, replays.replay(first, last, plan)


def _plan(form: ReplayForm, first: date) -> Plan:
    sent = form.file.data
    if not sent or not sent.filename:
        return replay_plans.prepared(first)
    with sent.stream:
        content = sent.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refused("Ce fichier est trop gros pour la configuration d’une commune.", "file")
    try:
        checked = commune_files.check(content)
    except Refused as refusal:
        raise Refused(refusal.sentence, "file") from refusal
    if checked.reglement is None:
        raise Refused(" ".join(str(problem) for problem in checked.problems[:5]), "file")
    return replay_plans.of_file(checked.reglement, sent.filename, first)


def _show(form: ReplayForm, refusal: Refused) -> None:
    """The sentence on its field; one without a field is about the file."""
    named = {"first": form.first, "last": form.last}.get(refusal.field or "", form.file)
    named.errors = [*named.errors, refusal.sentence]


def _workbook(plan: Plan, told: Replay) -> Response:
    from gateways.workbooks import replay_workbook  # openpyxl is heavy: only for an export

    content = replay_workbook(told, plan.name, _activity_names(), replays.family_names())
    name = f"rejeu-{told.first:%Y-%m-%d}-{told.last:%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=TYPES["xlsx"], headers=headers)


def _activity_names() -> dict[int, str]:
    return {each.id: each.name for each in configuration().activities.values()}


VIEWS = (ReplayPage,)
