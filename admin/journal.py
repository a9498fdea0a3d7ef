"""The history: who did what, when, before and after."""

from __future__ import annotations

from datetime import date
from typing import Any

import models
from admin import filters
from admin.base import Related, StaffView
from admin.display import text
from admin.labels import LABELS
from rules.vocabulary import Channel, Civility, CustodyKind, Labelled, Level, QuotientSource, Relation, Role


class HistoryView(StaffView):
    table, title, slug, section = models.History, "Historique", "historique", "Suivi"
    intro = "Tout ce qui a changé, hors réservations : celles-ci ont leurs reçus."
    audience = {Role.EDUCATION, Role.FINANCE}
    exports = True
    search_in = ("family.search_text", "family.guardians.search_text", "by_name", "verb")
    search_label = "Famille, agent ou action"
    eager = ("family",)
    column_list = ("at", "by_name", "verb", "subject_name", "family", "channel")
    column_details_list = ("at", "by_name", "channel", "verb", "subject_name", "family", "reason")
    column_sortable_list = ("at",)
    column_default_sort = ("id", True)
    filters = (
        filters.since_instant("depuis", "À partir du", models.History.at),
        filters.among("voie", "Demandé par", models.History.channel, Channel),
    )

    def name_of(self, row: models.History) -> str:
        return f"{row.verb} : {row.subject_name}"

    def related(self, row: models.History) -> list[Related]:
        before, after = row.before or {}, row.after or {}
        names = [*before, *(name for name in after if name not in before)]
        rows = [(_named(n), _said(before.get(n), n), _said(after.get(n), n)) for n in names]
        return [Related("Changements", ("Quoi", "Avant", "Après"), rows)]


# Operations keep the codes of these closed lists; people read their labels.
LISTS: dict[str, type[Labelled]] = {
    "kind": CustodyKind,
    "source": QuotientSource,
    "relation": Relation,
    "civility": Civility,
    "level": Level,
}


def _named(name: str) -> str:
    return LABELS.get(name, LABELS.get(name.removesuffix("_id"), name.replace("_", " ").capitalize()))


def _said(value: Any, name: str) -> str:
    """A stored value in French: dates, amounts and yes or no are told as elsewhere."""
    if value is None or value == "":
        return "–"
    if isinstance(value, list):
        return ", ".join(_said(each, name) for each in value)
    if isinstance(value, str):
        listed = {member.value: member.label for member in LISTS.get(name, ())}
        return listed.get(value) or _date_or_text(value)
    return str(text(value, name))


def _date_or_text(value: str) -> str:
    try:
        return str(text(date.fromisoformat(value)))
    except ValueError:
        return value


VIEWS = (HistoryView,)
