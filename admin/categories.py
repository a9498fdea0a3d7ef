"""Tags of families that tariffs may ask for, dated."""

from __future__ import annotations

from typing import Any

import models
from admin.base import StaffView
from admin.families import MONEY_READERS, SECTION
from extensions import db
from operations import categories
from rules.vocabulary import Role


class FamilyCategoryView(StaffView):
    table, title, slug, section = models.FamilyCategory, "Catégories", "categories", SECTION
    new_title = "Nouvelle catégorie de famille"
    intro = "Ce qu’un tarif demande d’une famille : « commune conventionnée », « agent communal »."
    audience, editors = MONEY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    search_in = ("family.search_text", "family.guardians.search_text")
    search_label = "Famille"
    eager = ("family",)
    column_list = ("family", "name", "first_day", "last_day")
    column_sortable_list = (("family", "family.search_text"), "name", "first_day")
    column_default_sort = ("first_day", True)
    column_labels = {"name": "Catégorie"}
    form_groups = {"": ("family", "name", "first_day", "last_day")}
    edit_groups = {"": ("name", "first_day", "last_day")}
    column_descriptions = {
        "name": "Une catégorie déjà connue garde son écriture : accents et majuscules suivent."
    }

    def check(self, row: models.FamilyCategory, form: Any, *, is_created: bool) -> None:
        with db.session.no_autoflush:  # the family already holds the row, which is not written yet
            row.name = categories.as_known(row.name)

    def after_flush(self, row: models.FamilyCategory, *, is_created: bool) -> None:
        categories.refuse_overlap(row)


VIEWS = (FamilyCategoryView,)
