"""Until when, and from when, days change: every kind and condition of a deadline on one form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import models
from admin import filters
from admin.base import Related, StaffView
from admin.families import FAMILY_READERS
from admin.labels import LABELS
from admin.lines import DateLinesField, WeekdayLinesField
from operations.configuration import configuration, deadline_facts
from operations.deadline_preview import days_under
from rules.deadline_rules import DeadlineRule
from rules.deadline_words import in_words
from rules.instants import paris
from rules.vocabulary import Bound, DeadlineKind, Reference, Role, WhenLate

SECTION = "Activités et prix"
# The columns that a kind uses; what another kind left there is dropped.
USED: dict[DeadlineKind, frozenset[str]] = {
    DeadlineKind.WEEKLY: frozenset({"weekday", "weeks", "minute_of_day"}),
    DeadlineKind.BY_WEEKDAY: frozenset({"weekday_rows"}),
    DeadlineKind.DAYS_BEFORE: frozenset({"amount", "unit", "reference", "minute_of_day"}),
    DeadlineKind.HOURS_BEFORE: frozenset({"amount", "unit"}),
    DeadlineKind.SAME_DAY: frozenset({"minute_of_day"}),
    DeadlineKind.MONTH_DATES: frozenset({"day_of_month", "months", "weekday", "published", "minute_of_day"}),
    DeadlineKind.NONE: frozenset(),
    DeadlineKind.ANNUAL: frozenset({"chosen_until", "minute_of_day"}),
}
EMPTY: dict[str, Any] = {
    "weekday": None, "weeks": None, "amount": None, "unit": None, "reference": Reference.DAY,
    "day_of_month": None, "months": None, "chosen_until": None, "minute_of_day": None,
}  # fmt: skip
LATE = ("late_amount", "late_unit", "late_minute_of_day")


class DeadlineView(StaffView):
    table, title, slug, section = models.DeadlineRule, "Dates limites", "dates-limites", SECTION
    new_title = "Nouvelle date limite"
    intro = (
        "Jusqu’à quand, ou à partir de quand, un jour se réserve ou s’annule. Pour un jour, la première "
        "règle par rang qui convient s’applique ; les ouvertures se cherchent à part."
    )
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    eager = ("activity", "weekday_rows", "published")
    column_list = ("activity", "in_words", "first_day", "last_day", "position")
    column_details_list = (
        "activity", "in_words", "bound", "kind", "change", "when_late", "first_day", "last_day", "position",
    )  # fmt: skip
    column_sortable_list = ("first_day", "position")
    column_default_sort = [("activity_id", False), ("position", False)]
    computed = {"in_words": lambda row: in_words(deadline_facts(row))}
    filters = (
        filters.one_of(
            "activite", "Activité", models.Activity, lambda v: models.DeadlineRule.activity_id == v
        ),
        filters.among("dit", "Dit", models.DeadlineRule.bound, Bound),
    )
    form_extra_fields = {
        "weekday_rows": WeekdayLinesField("Dernier jour pour chaque jour de service"),
        "published": DateLinesField(LABELS["published"]),
    }
    form_groups = {
        "": ("activity", "bound", "change", "position", "first_day", "last_day"),
        "Quand": ("kind", "minute_of_day", "inclusive"),
        "Jour de la semaine": ("weekday",),
        "Chaque semaine": ("weeks",),
        "Selon le jour de service": ("weekday_rows",),
        "Nombre de jours ou d’heures avant": ("amount", "unit", "reference"),
        "Dates du mois": ("day_of_month", "months", "published"),
        "Engagement à l’année": ("chosen_until",),
        "Pour quels jours et pour qui (vide : tous)": (
            "service_weekdays", "after_holidays", "levels", "school_ids", "regime", "resident",
        ),
        "Si la date tombe mal": ("bring_back", "after_start"),
        "Une fois la date limite passée": ("when_late", *LATE),
    }  # fmt: skip
    # With JavaScript, the fields of the other kinds are folded away.
    shown_for = {
        "Jour de la semaine": "weekly month_dates",
        "Chaque semaine": "weekly",
        "Selon le jour de service": "by_weekday",
        "Nombre de jours ou d’heures avant": "days_before hours_before",
        "Dates du mois": "month_dates",
        "Engagement à l’année": "annual",
    }
    form_args: Any = {
        "bound": {"default": Bound.CLOSES},
        "when_late": {"default": WhenLate.REFUSE},
        "reference": {"default": Reference.DAY},
        "change": {"blank": "Réserver et annuler"},
        "bring_back": {"blank": "Elle reste où elle est"},
        "after_holidays": {"blank": "Toute l’année"},
        "regime": {"blank": "Tous"},
        "minute_of_day": {
            "description": "« Avant 10 h » refuse à 10 h 00 ; 23:59 vaut la fin de la journée. "
            "Inutile pour des heures, un tableau par jour ou des dates publiées."
        },
        "weekday": {"description": "Dates du mois : le dernier tel jour jusqu’à la date ; vide : la date."},
        "weeks": {"description": "1 : la semaine d’avant ; 0 : la semaine même."},
        "amount": {"description": "Des jours, ou des heures avant le début de l’activité."},
        "unit": {"description": "Ouvrés : du lundi au vendredi sans férié. Francs : pleins, entre les deux."},
        "day_of_month": {"description": "31 : le dernier jour. Laissez vide pour publier des dates."},
        "months": {"description": "1 : le mois d’avant le service."},
        "published": {"description": "Pour les services d’une période, la date et l’heure publiées."},
        "weekday_rows": {"description": "Le dernier tel jour avant celui du service. Vide : pas concerné."},
        "chosen_until": {"description": "Vide : le service seul change les jours choisis à l’inscription."},
        "service_weekdays": {"description": "Rien de coché : tous les jours."},
        "after_start": {"description": "Sinon la date limite ne dépasse jamais le début."},
        "late_amount": {"description": "0 : le jour même. Vide : jusqu’au début du jour de service."},
    }
    column_labels = {
        "unit": "Comment ils se comptent",
        "amount": "Nombre",
        "reference": "Comptés depuis",
    }
    refusal_fields = {"first": "first_day", "last": "last_day", "late_minute": "late_minute_of_day"}

    def check(self, row: models.DeadlineRule, form: Any, *, is_created: bool) -> None:
        """A rule that makes no sense is refused on its field; leftovers of another kind are dropped."""
        used = USED[row.kind]
        for column, empty in EMPTY.items():
            if column not in used:
                setattr(row, column, empty)
        for lines in ("weekday_rows", "published"):
            if lines not in used:
                setattr(row, lines, [])
        if row.published:
            row.minute_of_day = row.weekday = None
        if row.when_late is WhenLate.REFUSE:
            row.late_amount = row.late_unit = row.late_minute_of_day = None
        deadline_facts(row)

    def snapshot(self, row: models.DeadlineRule) -> dict[str, Any]:
        """Its lines too: the rule in words says them."""
        return super().snapshot(row) | {"règle": in_words(deadline_facts(row))}

    def related(self, row: models.DeadlineRule) -> list[Related]:
        """What it comes to, for its next days."""
        rule = deadline_facts(row)
        first = max(paris(self.now()).date(), row.first_day)
        shown = days_under(rule, row.activity_id, first, first + timedelta(days=21), configuration())
        return [Related(_title(rule), ("Jour de service", "Instant"), shown)] if shown else []


def _title(rule: DeadlineRule) -> str:
    if rule.bound is Bound.OPENS:
        return "Ce que cela donne : les réservations ouvrent"
    return "Ce que cela donne : le dernier instant accepté"


VIEWS = (DeadlineView,)
