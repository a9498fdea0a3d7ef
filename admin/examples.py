"""« Exemples du règlement »: what the rules must answer, put to them before the règlement changes."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request, url_for
from flask_admin import expose

import models
from admin.base import StaffView
from admin.families import FAMILY_READERS
from admin.guard import StaffPage
from operations import examples
from rules.instants import paris
from rules.vocabulary import Role
from rules.wording import long_date

SECTION = "Activités et prix"
BODY = (
    "Des faits, puis ce qui est attendu, comme dans le fichier d’une commune (docs/configuration.md) : "
    "« activité: Cantine », « quotient: 622,50 », « attendu: {prix: 3.30} »."
)


class ExampleView(StaffView):
    table, title, slug, section = models.ConfigurationExample, "Exemples du règlement", "exemples", SECTION
    new_title = "Nouvel exemple"
    intro = (
        "Ce que les délais, les prix et les absences doivent répondre. Les rejouer avant de changer le "
        "règlement, ou avant la rentrée, montre ce qui ne dirait plus la même chose."
    )
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    column_list = ("name", "position")
    column_details_list = ("name", "body", "position")
    column_sortable_list = ("name", "position")
    column_default_sort = "position"
    column_labels = {"body": "Faits et attendu"}
    column_descriptions = {"name": "Ce que l’exemple prouve.", "body": BODY}
    form_groups = {"": ("name", "body", "position")}

    def create_form(self, obj: Any = None) -> Any:
        """A new example starts from one that only needs its own figures."""
        form = super().create_form(obj)
        if request.method == "GET" and not form.body.data:
            form.body.data = examples.pattern()
        return form

    def check(self, row: models.ConfigurationExample, form: Any, *, is_created: bool) -> None:
        examples.check_body(row.body)


class ReplayPage(StaffPage):
    title, slug, section = "Rejouer les exemples", "rejouer-exemples", SECTION
    audience = FAMILY_READERS

    @expose("/")
    def index(self) -> str:
        today = paris(self.now()).date()
        ahead = examples.versions_ahead(today)
        day = _day(request.args.get("du"), [day for day, _ in ahead], today)
        replayed = examples.replay(day)
        failed = sum(not each.outcome.passed for each in replayed)
        return self.render(
            "staff/examples/replay.html",
            replayed=replayed,
            passed=len(replayed) - failed,
            failed=failed,
            day=day,
            days=[(today, "Aujourd’hui"), *((day, f"{long_date(day)} : {names}") for day, names in ahead)],
            examples_url=url_for("staff_exemples.index_view"),
        )


def _day(text: str | None, known: list[date], today: date) -> date:
    """Today, or the first day of a tariff prepared for later."""
    return next((day for day in known if day.isoformat() == text), today)


VIEWS = (ExampleView,)
PAGES = (ReplayPage,)
