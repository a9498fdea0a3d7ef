"""The calendar: school years, holidays, closures, weekdays. What staff edit here is the truth."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_admin import expose

import models
from admin import filters
from admin.base import Related, RowButton, StaffView, actor
from admin.display import text
from admin.families import FAMILY_READERS
from admin.saving import committed
from admin.waiting import give_places
from operations import events, school_years
from operations.configuration import closure_facts
from rules.event_words import for_the_agent
from rules.instants import paris
from rules.refusals import Refused
from rules.school_calendar import Closure
from rules.vocabulary import EventEffect, HolidayKind, PatternPeriod, Role

SECTION = "École"


class SchoolYearView(StaffView):
    table, title, slug, section = models.SchoolYear, "Années scolaires", "annees-scolaires", SECTION
    new_title = "Nouvelle année scolaire"
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    column_list = ("name", "first_day", "last_day")
    column_sortable_list = ("first_day",)
    column_default_sort = ("first_day", True)
    form_groups = {"": ("name", "first_day", "last_day")}

    def list_warnings(self) -> list[str]:
        return school_years.warnings(paris(self.now()).date())

    def row_buttons(self, row: models.SchoolYear) -> list[RowButton]:
        return [RowButton("Ajouter les vacances officielles", ".fill")]

    @expose("/vacances-officielles/", methods=("POST",))
    def fill(self) -> Any:
        """The official calendar of the commune’s zone, without touching what staff have typed."""
        row = self.wanted()
        try:
            added = committed(lambda: school_years.fill(row, by=actor(), now=self.now()))
            flash(f"{row.name} : {added} congés et jours fériés ajoutés. Relisez-les.", "success")
        except Refused as refusal:
            flash(refusal.sentence, "error")
        return self._back()


class HolidayView(StaffView):
    table, title, slug, section = models.Holiday, "Vacances et jours fériés", "vacances", SECTION
    new_title = "Nouveau congé"
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = exports = True
    column_list = ("name", "kind", "first_day", "last_day")
    column_sortable_list = ("first_day",)
    column_default_sort = "first_day"
    filters = (
        filters.among("nature", "Nature", models.Holiday.kind, HolidayKind),
        filters.since("depuis", "Finissant après le", models.Holiday.last_day),
    )
    form_groups = {"": ("kind", "name", "first_day", "last_day")}
    column_descriptions = {
        "first_day": "Le premier jour sans école.",
        "last_day": "Le dernier jour sans école.",
    }

    def default_filters(self) -> dict[str, str]:
        return {"depuis": paris(self.now()).date().isoformat()}

    def list_warnings(self) -> list[str]:
        return school_years.warnings(paris(self.now()).date())


class ClosureView(StaffView):
    table, title, slug, section = models.Closure, "Fermetures et événements", "fermetures", SECTION
    new_title = "Nouvelle fermeture ou événement"
    intro = (
        "Un jour ou une période qui sort de l’ordinaire : fermeture, grève, sortie, pique-nique. L’effet "
        "dit ce qui est dû. Sans précision, tout le monde est concerné."
    )
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    eager = ("school", "school_class.school", "activity")
    column_list = ("name", "first_day", "last_day", "effect", "scope")
    column_details_list = column_list
    column_sortable_list = ("first_day",)
    column_default_sort = ("first_day", True)
    computed = {"scope": lambda row: _scope(row)}
    filters = (
        filters.since("depuis", "Finissant après le", models.Closure.last_day),
        filters.one_of("activite", "Activité", models.Activity, lambda v: models.Closure.activity_id == v),
        filters.among("effet", "Effet", models.Closure.effect, EventEffect),
    )
    form_groups = {
        "": ("name", "first_day", "last_day", "effect"),
        "Qui est concerné (vide : tous)": ("school", "school_class", "level", "activity", "half_day"),
    }
    column_descriptions = {"half_day": "Ce qui commence avant midi, ou à partir de midi."}

    def question(self, name: str) -> str:
        """Before it is written: what it does to the days already booked."""
        if name not in ("create_view", "edit_view") or request.method != "POST":
            return super().question(name)
        form = self.create_form() if name == "create_view" else self.edit_form(self.wanted())
        if not form.validate():
            return ""
        event = _event(form)
        said = for_the_agent(event, events.touched_by(event))
        return said and f"{said} Enregistrer ?"

    def related(self, row: models.Closure) -> list[Related]:
        touched = events.touched_by(closure_facts(row))
        return [
            Related(
                "Jours déjà réservés qu’elle touche",
                ("Activité", "Jours", "Enfants", "Déjà facturés"),
                [(each.activity, each.days, each.children, each.billed) for each in touched],
            )
        ]

    def after_flush(self, row: models.Closure, *, is_created: bool) -> None:
        """A class that stays away leaves its places to the others."""
        give_places(self.now())

    def delete(self, row: models.Closure) -> None:
        super().delete(row)
        give_places(self.now())


def _scope(row: models.Closure) -> str:
    """Who is concerned, in words."""
    named = (row.activity, row.school_class or row.school, row.level, row.half_day)
    return ", ".join(str(text(each)) for each in named if each) or "Tout le monde"


def _event(form: Any) -> Closure:
    """What the form says, before anything is written."""

    def chosen(name: str) -> int | None:
        return form[name].data.id if form[name].data else None

    return Closure(
        name=form.name.data,
        first=form.first_day.data,
        last=form.last_day.data,
        effect=form.effect.data,
        school_id=chosen("school"),
        class_id=chosen("school_class"),
        level=form.level.data,
        activity_id=chosen("activity"),
        half_day=form.half_day.data,
    )


class WeekPatternView(StaffView):
    table, title, slug, section = models.WeekPattern, "Semaines types", "semaines-types", SECTION
    new_title = "Nouvelle semaine type"
    intro = "Les jours d’école ou de service. La plus précise l’emporte : activité, puis école, puis niveau."
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    eager = ("activity", "school")
    column_list = ("weekdays", "period", "first_day", "last_day", "activity", "school", "level")
    column_sortable_list = ("first_day",)
    column_default_sort = ("first_day", True)
    column_labels = {"period": "Pendant"}
    form_args: Any = {
        "period": {
            "default": PatternPeriod.TERM,
            "description": "Une activité ne fonctionne pendant les vacances que si une semaine type le dit.",
        }
    }
    form_groups = {
        "": ("weekdays", "period", "first_day", "last_day"),
        "Pour qui (vide : tous)": ("activity", "school", "level"),
    }


VIEWS = (SchoolYearView, HolidayView, ClosureView, WeekPatternView)
