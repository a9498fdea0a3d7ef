"""The calendar: school years, holidays, closures, weekdays. What staff edit here is the truth."""

from __future__ import annotations

from typing import Any

import models
from admin import filters
from admin.base import StaffView
from admin.families import FAMILY_READERS
from admin.waiting import give_places
from rules.instants import paris
from rules.vocabulary import EventEffect, HolidayKind, Role

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


class ClosureView(StaffView):
    table, title, slug, section = models.Closure, "Fermetures", "fermetures", SECTION
    new_title = "Nouvelle fermeture"
    intro = "Un jour ou une période où quelque chose ne fonctionne pas. Sans précision, tout est fermé."
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    eager = ("school", "school_class.school", "activity")
    column_list = ("name", "first_day", "last_day", "effect", "school", "school_class", "level", "activity")
    column_sortable_list = ("first_day",)
    column_default_sort = ("first_day", True)
    filters = (
        filters.since("depuis", "Finissant après le", models.Closure.last_day),
        filters.one_of("activite", "Activité", models.Activity, lambda v: models.Closure.activity_id == v),
    )
    form_args: Any = {"effect": {"members": [EventEffect.CLOSED]}}
    form_groups = {
        "": ("name", "first_day", "last_day", "effect"),
        "Ce qui est fermé (vide : tout)": ("school", "school_class", "level", "activity"),
    }

    def after_flush(self, row: models.Closure, *, is_created: bool) -> None:
        """A class that stays away leaves its places to the others."""
        give_places(self.now())

    def delete(self, row: models.Closure) -> None:
        super().delete(row)
        give_places(self.now())


class WeekPatternView(StaffView):
    table, title, slug, section = models.WeekPattern, "Semaines types", "semaines-types", SECTION
    new_title = "Nouvelle semaine type"
    intro = "Les jours d’école ou de service. La plus précise l’emporte : activité, puis école, puis niveau."
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    eager = ("activity", "school")
    column_list = ("weekdays", "first_day", "last_day", "activity", "school", "level")
    column_sortable_list = ("first_day",)
    column_default_sort = ("first_day", True)
    form_groups = {
        "": ("weekdays", "first_day", "last_day"),
        "Pour qui (vide : tous)": ("activity", "school", "level"),
    }


VIEWS = (SchoolYearView, HolidayView, ClosureView, WeekPatternView)
