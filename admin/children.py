"""Children: who is responsible for them, whose day it is, whom to call."""

from __future__ import annotations

from typing import Any

from flask import flash, url_for
from markupsafe import Markup
from wtforms import DateField, validators

import models
from admin import filters
from admin.base import OperationView, Related, StaffView, actor, add_url, holds
from admin.cancelled import tell
from admin.conversion import rows_of
from admin.custodies import asked_by_parents
from admin.display import link, shown, text
from admin.families import FAMILY_READERS, SECTION
from admin.fields import ChecksField, ListField, LookupField, RowField
from admin.lookups import FamilyLookup
from operations import departures, families, guardians
from operations.families import NewChild
from operations.guardians import Rights
from rules.instants import paris
from rules.phones import format_phone
from rules.vocabulary import Formula, Level, Relation, Role
from rules.wording import weekday_name

OF_CHILD = ("child.search_text", "child.guardianships.guardian.search_text")


def at_school(school_id: int) -> Any:
    """Children with a schooling in that school."""
    in_school = models.Schooling.school_class.has(models.SchoolClass.school_id == school_id)
    return models.Child.schoolings.any(in_school)


class ChildView(OperationView):
    table, title, slug, section = models.Child, "Enfants", "enfants", SECTION
    new_title = "Nouvel enfant"
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = exports = True
    search_in = ("search_text", "guardianships.guardian.search_text")
    search_label = "Nom de l’enfant ou d’un adulte"
    eager = ("schoolings.school_class.school", "custodies.family", "custodies.other_family")
    column_list = ("last_name", "first_name", "birth_date", "school_class", "families")
    column_sortable_list = (("last_name", "search_text"), "birth_date")
    column_default_sort = "search_text"
    column_details_list = (
        "last_name", "first_name", "birth_date", "school_class", "families", "former_number", "left_on",
    )  # fmt: skip
    computed = {
        "school_class": lambda row: class_on(row, paris(ChildView.now()).date()),
        "families": lambda row: households(row),
    }
    filters = (
        filters.one_of("ecole", "École", models.School, at_school),
        filters.one_of(
            "classe",
            "Classe",
            models.SchoolClass,
            lambda v: models.Child.schoolings.any(models.Schooling.class_id == v),
        ),
        filters.yes_no("parti", "Parti", models.Child.left_on.is_not(None)),
    )
    form_extra_fields = {
        "family": LookupField(
            FamilyLookup("family"), "Famille", description="La famille qui l’accueille et qui paie."
        ),
        "first_day": DateField("À partir du", [validators.InputRequired("Ce champ est obligatoire.")]),
        "school_class": RowField(
            "Classe", query_factory=lambda: rows_of(models.SchoolClass), allow_blank=True, blank_text="—"
        ),
        "level": ListField("Niveau", members=list(Level), allow_blank=True),
        "activities": ChecksField("Activités", rows=lambda: rows_of(models.Activity)),
    }
    form_lookups = {"family": models.Family}
    _who = ("last_name", "first_name", "birth_date", "former_number")
    form_groups = {
        "Identité": ("family", *_who),
        "École et activités": ("first_day", "school_class", "level", "activities"),
    }
    edit_groups = {"Identité": (*_who, "left_on")}
    column_descriptions = {
        "left_on": "Son dernier jour : la scolarité et les inscriptions finissent avec lui, "
        "les réservations suivantes encore annulables sont annulées."
    }
    refusal_fields = {"last_day": "left_on"}

    def create(self, form: Any) -> models.Child:
        chosen = form.school_class.data
        facts = NewChild(
            last_name=form.last_name.data,
            first_name=form.first_name.data,
            birth_date=form.birth_date.data,
            class_id=chosen.id if chosen else None,
            level=form.level.data,
            activity_ids=form.activities.data,
            former_number=form.former_number.data,
        )
        options = {"first_day": form.first_day.data, "by": actor(), "now": self.now()}
        return families.add_child(form.family.data, facts, {}, **options)

    def update(self, row: models.Child, form: Any) -> models.Child:
        left_on = form.left_on.data
        if left_on is not None:
            tell(departures.leave(row, left_on, by=actor(), now=self.now()))
        elif row.left_on is not None:
            flash("La scolarité et les inscriptions restent finies : rouvrez-les s’il revient.", "info")
        return StaffView.update(self, row, form)

    def related(self, row: models.Child) -> list[Related]:
        return [
            self._responsible(row),
            self._custody(row),
            *asked_by_parents(row),
            Related(
                "Scolarité",
                ("Classe", "Niveau", "Du", "Au"),
                [
                    (link(s, str(s.school_class)), s.level.label, text(s.first_day), text(s.last_day))
                    for s in sorted(row.schoolings, key=lambda s: s.first_day, reverse=True)
                ],
                add_url(models.Schooling, child=row.id),
            ),
            Related(
                "Inscriptions",
                ("Activité", "Du", "Au", "Comment"),
                [
                    (link(e, e.activity.name), text(e.first_day), text(e.last_day) or "sans fin", _how(e))
                    for e in sorted(row.enrolments, key=lambda e: e.first_day)
                ],
                add_url(models.Enrolment, child=row.id),
            ),
            self._contacts(row),
            *self._health(row),
        ]

    def _health(self, row: models.Child) -> list[Related]:
        """The way to the child's health, for the education service alone."""
        if not holds({Role.EDUCATION}):
            return []
        url = url_for("staff_sante.file", child_id=row.id)
        told = Markup('<a href="{}">Ouvrir la fiche santé</a>').format(url)
        return [Related("Santé", ("Chaque ouverture est enregistrée",), [(told,)])]

    def _responsible(self, row: models.Child) -> Related:
        return Related(
            "Responsables",
            ("Adulte", "Lien", "Téléphone", "Voit et réserve", "Jusqu’au"),
            [
                (
                    link(g.guardian),
                    link(g, g.relation.label),
                    format_phone(g.guardian.mobile_phone or g.guardian.home_phone) or "–",
                    shown(g.can_book),
                    text(g.last_day),
                )
                for g in sorted(row.guardianships, key=lambda g: g.call_order)
            ],
            add_url(models.Guardianship, child=row.id),
        )

    def _custody(self, row: models.Child) -> Related:
        return Related(
            "Garde",
            ("À partir du", "Garde", "Famille", "Autre famille"),
            [
                (text(c.first_day), link(c, c.kind.label), link(c.family), shown(c.other_family))
                for c in sorted(row.custodies, key=lambda c: c.first_day, reverse=True)
            ],
            add_url(models.Custody, child=row.id),
        )

    def _contacts(self, row: models.Child) -> Related:
        return Related(
            "Contacts",
            ("Nom", "Lien", "Téléphone", "Peut venir chercher", "Donné par"),
            [
                (link(c), c.relation, format_phone(c.phone), shown(c.may_collect), link(c.family))
                for c in sorted(row.contacts, key=lambda c: c.call_order)
            ],
            add_url(models.Contact, child=row.id),
        )


class GuardianshipView(OperationView):
    table, title, slug, section = models.Guardianship, "Responsabilités", "responsabilites", SECTION
    new_title = "Nouvelle responsabilité"
    intro = "Ce que chaque adulte peut faire pour chaque enfant : c’est cela seul qui lui ouvre sa fiche."
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = True
    search_in = ("child.search_text", "guardian.search_text")
    search_label = "Nom de l’enfant ou de l’adulte"
    eager = ("child", "guardian")
    column_list = ("child", "guardian", "relation", "can_book", "may_collect", "first_day", "last_day")
    column_sortable_list = (("child", "child.search_text"), ("guardian", "guardian.search_text"), "first_day")
    column_default_sort = "child.search_text"
    column_details_list = (
        "child", "guardian", "relation", "has_authority", "can_book", "sees_invoices", "may_collect",
        "is_mailed", "call_order", "first_day", "last_day", "judgment",
    )  # fmt: skip
    filters = (
        filters.among("lien", "Lien", models.Guardianship.relation, Relation),
        filters.yes_no("finie", "Terminée", models.Guardianship.last_day.is_not(None)),
    )
    _rights = (
        "relation",
        "has_authority",
        "can_book",
        "sees_invoices",
        "may_collect",
        "is_mailed",
        "judgment",
    )
    form_groups = {
        "": ("child", "guardian", "first_day"),
        "Droits": _rights,
    }
    edit_groups = {"Droits": (*_rights, "call_order", "last_day")}
    form_args = {
        name: {"default": True}
        for name in ("has_authority", "can_book", "sees_invoices", "may_collect", "is_mailed")
    }
    column_descriptions = {"last_day": "Le lendemain, tout lui est fermé aussitôt."}

    def create(self, form: Any) -> models.Guardianship:
        rights = Rights(**{name: form[name].data for name in self._rights})
        child, guardian, since = form.child.data, form.guardian.data, form.first_day.data
        return guardians.give_guardianship(
            guardian, child, rights, first_day=since, by=actor(), now=self.now()
        )

    def update(self, row: models.Guardianship, form: Any) -> models.Guardianship:
        ends = form.last_day.data
        if ends is not None:
            guardians.end_guardianship(row, ends, by=actor(), now=self.now())
        return StaffView.update(self, row, form)


class ContactView(StaffView):
    table, title, slug, section = models.Contact, "Contacts", "contacts", SECTION
    new_title = "Nouveau contact"
    intro = "Qui appeler et qui peut venir chercher l’enfant, hors de ses responsables."
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = exports = True
    search_in = OF_CHILD
    search_label = "Nom de l’enfant ou d’un adulte"
    eager = ("child", "family")
    column_list = (
        "last_name",
        "first_name",
        "child",
        "family",
        "relation",
        "phone",
        "may_collect",
        "call_order",
    )
    column_sortable_list = (("child", "child.search_text"),)
    column_default_sort = "child.search_text"
    filters = (filters.yes_no("cherche", "Peut venir chercher", models.Contact.may_collect.is_(True)),)
    form_groups = {
        "": ("child", "family", "last_name", "first_name", "relation", "phone", "may_collect", "call_order"),
    }
    column_descriptions = {
        "family": "Le foyer qui le donne : lui seul le voit. En garde alternée, il ne compte que ses jours.",
    }


def class_on(child: models.Child, day: Any) -> str | None:
    """The child's class that day, with its level."""
    for row in sorted(child.schoolings, key=lambda s: s.first_day, reverse=True):
        if row.first_day <= day and (row.last_day is None or row.last_day >= day):
            return f"{row.school_class} ({row.level.label})"
    return None


def _how(row: models.Enrolment) -> str:
    """Its regime, its formula when it is not the ordinary one, its days when they are chosen for the year."""
    said = [
        row.regime.label if row.regime else "",
        row.formula.label if row.formula is not Formula.MEAL else "",
        ", ".join(weekday_name(day) for day in sorted(row.usual_weekdays or ())),
    ]
    return " · ".join(text for text in said if text) or "–"


def households(child: models.Child) -> list[models.Family]:
    """The families of the child's latest custody."""
    if not child.custodies:
        return []
    latest = max(child.custodies, key=lambda c: c.first_day)
    return [each for each in (latest.family, latest.other_family) if each is not None]


VIEWS = (ChildView, GuardianshipView, ContactView)
