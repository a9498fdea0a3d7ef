"""How many places there are each day; raising them gives places to those who wait."""

from __future__ import annotations

import models
from admin import filters
from admin.base import StaffView
from admin.families import FAMILY_READERS
from admin.waiting import give_places
from rules.vocabulary import Role

SECTION = "Activités et prix"


class CapacityView(StaffView):
    table, title, slug, section = models.Capacity, "Places", "places", SECTION
    new_title = "Nouvelle limite de places"
    intro = (
        "Combien d’enfants peuvent réserver chaque jour. Si plusieurs limites concernent un enfant, chacune "
        "doit avoir de la place. Un jour complet se demande en liste d’attente ; un enfant présent est servi."
    )
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    eager = ("activity", "school")
    column_list = ("activity", "places", "school", "level", "weekdays", "first_day", "last_day")
    column_sortable_list = ("places", "first_day")
    column_default_sort = ("first_day", True)
    filters = (
        filters.one_of("activite", "Activité", models.Activity, lambda v: models.Capacity.activity_id == v),
    )
    form_groups = {
        "": ("activity", "places", "first_day", "last_day"),
        "Pour qui et quand (vide : tous, tous les jours)": ("school", "level", "weekdays"),
    }

    def after_flush(self, row: models.Capacity, *, is_created: bool) -> None:
        give_places(self.now())

    def delete(self, row: models.Capacity) -> None:
        super().delete(row)
        give_places(self.now())


VIEWS = (CapacityView,)
