"""Schools, classes, and where each child goes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import flash

import models
from admin import filters
from admin.base import OperationView, Related, StaffView, actor
from admin.cancelled import tell
from admin.children import OF_CHILD
from admin.display import link
from admin.families import ADDRESS, FAMILY_READERS
from extensions import db
from operations import departures, enrolments
from rules.vocabulary import Level, Role, SchoolKind
from rules.wording import list_days

SECTION = "École"


class SchoolView(StaffView):
    table, title, slug, section = models.School, "Écoles", "ecoles", SECTION
    new_title = "Nouvelle école"
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = exports = True
    search_in = ("search_text",)
    eager = ("classes",)
    column_list = ("name", "kind", "classes", "city", "phone")
    column_details_list = ("name", "kind", "phone", "street", "street_extra", "postcode", "city")
    column_sortable_list = (("name", "search_text"),)
    column_default_sort = "search_text"
    computed = {"classes": lambda row: ", ".join(each.name for each in row.classes)}
    filters = (filters.among("nature", "Nature", models.School.kind, SchoolKind),)
    form_groups = {"": ("name", "kind", "phone"), "Adresse": ADDRESS}

    def related(self, row: models.School) -> list[Related]:
        rows = [(link(each, each.name), each.teacher) for each in row.classes]
        return [Related("Classes", ("Classe", "Enseignant(e)"), rows)]


class ClassView(StaffView):
    table, title, slug, section = models.SchoolClass, "Classes", "classes", SECTION
    new_title = "Nouvelle classe"
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    search_in = ("school.search_text", "name", "teacher")
    search_label = "École, classe ou enseignant(e)"
    eager = ("school", "school_year")
    column_list = ("name", "school", "school_year", "teacher")
    column_sortable_list = (("school", "school.search_text"), "name")
    column_default_sort = [("school.search_text", False), ("name", False)]
    filters = (
        filters.one_of("ecole", "École", models.School, lambda v: models.SchoolClass.school_id == v),
        filters.one_of("annee", "Année", models.SchoolYear, lambda v: models.SchoolClass.school_year_id == v),
    )
    form_groups = {"": ("school", "school_year", "name", "teacher")}


class SchoolingView(OperationView):
    table, title, slug, section = models.Schooling, "Scolarités", "scolarites", SECTION
    new_title = "Nouvelle scolarité"
    intro = "Dans quelle classe est chaque enfant, et depuis quand ; le niveau est celui de l’enfant."
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = exports = True
    search_in = OF_CHILD
    search_label = "Nom de l’enfant ou d’un adulte"
    eager = ("child", "school_class.school")
    column_list = ("child", "school_class", "level", "first_day", "last_day")
    column_sortable_list = (("child", "child.search_text"), "first_day")
    column_default_sort = "child.search_text"
    filters = (
        filters.one_of(
            "ecole",
            "École",
            models.School,
            lambda v: models.Schooling.school_class.has(models.SchoolClass.school_id == v),
        ),
        filters.one_of("classe", "Classe", models.SchoolClass, lambda v: models.Schooling.class_id == v),
        filters.among("niveau", "Niveau", models.Schooling.level, Level),
    )
    form_groups = {"": ("child", "school_class", "level", "first_day")}
    edit_groups = {"": ("level", "last_day")}
    form_args = {"last_day": {"description": "Les réservations suivantes encore annulables le seront."}}

    def create(self, form: Any) -> models.Schooling:
        child, since = form.child.data, form.first_day.data
        options = {"by": actor(), "now": self.now()}
        chosen = form.school_class.data.id
        closed = enrolments.change_class(child, chosen, form.level.data, since, **options)
        if closed:
            days = list_days(booking.day for booking in closed)
            flash(f"La nouvelle école n’ouvre pas ces jours réservés : {days}.", "warning")
        query = (
            sa.select(models.Schooling)
            .filter_by(child_id=child.id)
            .where(models.Schooling.first_day <= since)
        )
        return db.session.scalars(query.order_by(models.Schooling.first_day.desc())).first()

    def update(self, row: models.Schooling, form: Any) -> models.Schooling:
        tell(departures.end_schooling(row, form.last_day.data, by=actor(), now=self.now()))
        return StaffView.update(self, row, form)


VIEWS = (SchoolView, ClassView, SchoolingView)
