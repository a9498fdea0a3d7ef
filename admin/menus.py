"""The menus day by day: published or not, with a word of the day. Their dishes are written by the week."""

from __future__ import annotations

from typing import Any

import models
from admin import filters
from admin.base import Related, StaffView
from admin.families import FAMILY_READERS
from operations.menus import facts_of
from rules.labelled import in_order
from rules.vocabulary import Role

EDITORS = {Role.EDUCATION, Role.CANTEEN}


class MenuView(StaffView):
    table, title, slug, section = models.Menu, "Menus du jour", "menus-du-jour", "Publication"
    new_title = "Nouveau menu"
    intro = (
        "Les plats s’écrivent par semaine, dans « Menus de la semaine ». Ici : publier, dire un mot du jour."
    )
    audience, editors = FAMILY_READERS | {Role.CANTEEN}, EDITORS
    edits = deletes = True
    eager = ("dishes", "school")
    column_list = ("day", "school", "dishes", "is_vegetarian", "allergens_given", "is_published")
    column_details_list = ("day", "school", "note", "is_vegetarian", "allergens_given", "is_published")
    column_sortable_list = ("day",)
    column_default_sort = ("day", True)
    column_labels = {"is_published": "Publié"}
    computed = {
        "dishes": lambda row: ", ".join(dish.name for dish in row.dishes),
        "is_vegetarian": lambda row: facts_of(row).is_vegetarian,
    }
    filters = (
        filters.yes_no("publie", "Publié", models.Menu.is_published.is_(True)),
        filters.since("depuis", "Depuis le", models.Menu.day),
    )
    form_groups = {"": ("note", "allergens_given", "is_published")}
    form_optional = ("note",)
    column_descriptions = {
        "note": "Par exemple « Repas de Noël ».",
        "allergens_given": "Le traiteur a donné les allergènes de tous les plats de ce jour.",
    }

    def related(self, row: models.Menu) -> list[Related]:
        headings = ("Partie", "Plat", "Allergènes", "Contient", "Labels", "Origine")
        return [Related("Plats", headings, [_dish(dish) for dish in row.dishes])]


def _dish(dish: models.Dish) -> tuple[Any, ...]:
    sets = (dish.allergens, dish.contents, dish.labels)
    said = (", ".join(each.label for each in in_order(values or ())) for values in sets)
    course = "Remplacement" if dish.is_substitute else dish.course.label
    return (course, dish.name, *said, dish.origin)


VIEWS = (MenuView,)
