"""Attendance, to read: sheets are taken and closed on their own page."""

from __future__ import annotations

from datetime import datetime

import models
from admin import filters
from admin.base import Related, StaffView
from admin.children import OF_CHILD
from admin.display import link, text
from admin.families import FAMILY_READERS
from operations.day_facts import minute_of
from rules.vocabulary import Presence, SheetState
from rules.wording import clock_time

SECTION = "Réservations"


def _clock(instant: datetime | None) -> str:
    """The hour alone: the day is told beside it."""
    minute = minute_of(instant)
    return "" if minute is None else clock_time(minute)


class SheetView(StaffView):
    table, title, slug, section = models.AttendanceSheet, "Feuilles de présence", "feuilles", SECTION
    audience = FAMILY_READERS
    exports = True
    search_in = ("school.search_text",)
    search_label = "École"
    eager = ("activity", "school", "school_class.school", "closed_by")
    column_list = ("day", "activity", "school", "school_class", "state", "no_child", "closed_at")
    column_details_list = (
        "day", "activity", "school", "school_class", "state", "no_child", "opened_at", "opened_by",
        "closed_at", "closed_by",
    )  # fmt: skip
    column_sortable_list = ("day",)
    column_default_sort = ("day", True)
    filters = (
        filters.since("depuis", "À partir du", models.AttendanceSheet.day),
        filters.until("jusque", "Jusqu’au", models.AttendanceSheet.day),
        filters.among("etat", "État", models.AttendanceSheet.state, SheetState),
        filters.one_of(
            "activite", "Activité", models.Activity, lambda v: models.AttendanceSheet.activity_id == v
        ),
        filters.one_of("ecole", "École", models.School, lambda v: models.AttendanceSheet.school_id == v),
    )

    def related(self, row: models.AttendanceSheet) -> list[Related]:
        seen = sorted(row.attendances, key=lambda each: each.child.search_text)
        rows = [
            (link(a.child), a.presence.label, _clock(a.arrived_at), _clock(a.left_at), text(a.recorded_at))
            for a in seen
        ]
        return [Related("Enfants", ("Enfant", "Présence", "Arrivée", "Départ", "Noté le"), rows)]


class AttendanceView(StaffView):
    table, title, slug, section = models.Attendance, "Présences", "presences", SECTION
    audience = FAMILY_READERS
    exports = True
    search_in = (*OF_CHILD, "family.search_text")
    search_label = "Enfant, adulte ou famille"
    eager = ("child", "activity", "family", "sheet.activity", "sheet.school", "sheet.school_class.school")
    column_list = ("day", "child", "activity", "presence", "arrived_at", "left_at", "family")
    column_details_list = (
        "day", "child", "activity", "presence", "arrived_at", "left_at", "family", "sheet", "recorded_at",
    )  # fmt: skip
    computed = {"arrived_at": lambda row: _clock(row.arrived_at), "left_at": lambda row: _clock(row.left_at)}
    column_sortable_list = ("day", ("child", "child.search_text"))
    column_default_sort = ("day", True)
    filters = (
        filters.since("depuis", "À partir du", models.Attendance.day),
        filters.until("jusque", "Jusqu’au", models.Attendance.day),
        filters.among("presence", "Présence", models.Attendance.presence, Presence),
        filters.one_of("activite", "Activité", models.Activity, lambda v: models.Attendance.activity_id == v),
    )


VIEWS = (SheetView, AttendanceView)
