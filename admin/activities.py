"""Services, activities, who is enrolled, and until when a day may change."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import flash
from flask_admin.actions import action
from wtforms import DateField, validators

import models
from admin import filters
from admin.base import OperationView, StaffView, actor
from admin.children import OF_CHILD
from admin.families import FAMILY_READERS
from admin.saving import committed
from extensions import db
from operations import enrolments, provisional
from operations.commitments import REASON as YEAR
from operations.commitments import EnrolmentTerms
from rules.folding import slug as slug_of
from rules.instants import paris
from rules.vocabulary import BookingState, Formula, Role
from rules.wording import list_days

SECTION = "Activités et prix"
NONE_SENT = (
    "Aucun courriel : rien ne manque, la famille n’a pas de courriel, ou elle en a reçu un aujourd’hui."
)


class ServiceView(StaffView):
    table, title, slug, section = models.Service, "Services", "services", SECTION
    new_title = "Nouveau service"
    intro = "Un service réunit des activités dont les prix vont ensemble : la cantine, la garderie."
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    column_list = ("name",)
    column_sortable_list = ("name",)
    column_default_sort = "name"
    form_groups = {"": ("name",)}


class ActivityView(StaffView):
    table, title, slug, section = models.Activity, "Activités", "activites", SECTION
    new_title = "Nouvelle activité"
    intro = "Une activité est un moment de la journée qui se réserve ou se pointe."
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = True
    eager = ("service",)
    column_list = ("name", "service", "unit", "starts_at_minute", "is_open", "position")
    column_sortable_list = ("name", "position")
    column_default_sort = "position"
    form_groups = {
        "": (
            "service", "name", "noun", "unit", "starts_at_minute", "ends_at_minute", "grace_days",
            "position", "is_open", "slug",
        ),
        "Engagement à l’année": ("days_without_choice",),
        "Attestation fiscale": ("childcare_share",),
    }  # fmt: skip
    form_optional = ("slug",)
    form_args = {
        "is_open": {"default": True},
        "position": {"default": 10},
        "grace_days": {"default": 0},
        "childcare_share": {"default": 0},
    }
    column_descriptions = {
        "noun": "Pour commencer une phrase : « Les repas », « Les garderies ».",
        "ends_at_minute": "Ce qui est venu chercher plus tard est un retard.",
        "grace_days": "À l’arrivée d’un enfant, autant de jours de service sans date limite que le début.",
        "slug": "Dans les adresses du portail ; laissée vide, elle vient du nom.",
        "position": "L’ordre d’affichage, du plus petit au plus grand.",
        "days_without_choice": "Une inscription sans jours choisis en réserve autant par semaine. "
        "Vide : la famille réserve elle-même.",
        "childcare_share": "Ce qui, dans le prix, est de la garde : 100 pour une garderie, 0 pour un repas.",
    }

    def check(self, row: models.Activity, form: Any, *, is_created: bool) -> None:
        row.slug = slug_of(row.slug or row.name)


class EnrolmentView(OperationView):
    table, title, slug, section = models.Enrolment, "Inscriptions", "inscriptions", SECTION
    new_title = "Nouvelle inscription"
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = exports = True
    search_in = OF_CHILD
    search_label = "Nom de l’enfant ou d’un adulte"
    eager = ("child", "activity")
    intro = (
        "Une inscription provisoire attend une pièce obligatoire ; elle vaut en attendant (Code de "
        "l’éducation, L131-13) et devient définitive d’elle-même quand la pièce est là et vue."
    )
    acts = True
    column_list = (
        "child", "activity", "first_day", "last_day", "regime", "formula", "usual_weekdays",
        "provisional_for", "provisional_until",
    )  # fmt: skip
    column_sortable_list = (("child", "child.search_text"), "first_day", "provisional_until")
    column_default_sort = "child.search_text"
    filters = (
        filters.one_of("activite", "Activité", models.Activity, lambda v: models.Enrolment.activity_id == v),
        filters.yes_no("finie", "Terminée", models.Enrolment.last_day.is_not(None)),
        filters.yes_no("provisoire", "Provisoire", models.Enrolment.provisional_until.is_not(None)),
    )
    form_extra_fields = {
        "from_day": DateField(
            "Changé à partir du",
            [validators.Optional()],
            description="Ce qui précède reste tel quel. Vide : aujourd’hui.",
        )
    }
    _terms = ("regime", "formula", "usual_weekdays")
    form_groups = {"": ("child", "activity", "first_day", "last_day"), "Comment il vient": _terms}
    edit_groups = {"Fin": ("last_day",), "Comment il vient": (*_terms, "from_day")}
    form_args = {
        "last_day": {"description": "Les réservations suivantes encore annulables le seront."},
        "formula": {"default": Formula.MEAL},
        "regime": {"description": "Seulement si le règlement distingue les deux."},
        "usual_weekdays": {
            "description": "Réservés aussitôt jusqu’à la fin de l’année scolaire, la famille reçoit un reçu. "
            "Rien de coché : la famille réserve elle-même, ou le nombre de jours dit par l’activité."
        },
    }
    refusal_fields = {"activity_id": "activity"}

    @action("remind", "Rappeler les pièces aux familles", "Écrire aux familles de ces inscriptions ?")
    def remind_action(self, ids: list[str]) -> None:
        rows = list(filter(None, map(self.get_one, ids)))
        sent = committed(lambda: provisional.remind(rows, by=actor(), now=self.now()))
        flash(f"Courriels pour rappeler les pièces : {sent}." if sent else NONE_SENT, "info")

    def create(self, form: Any) -> models.Enrolment:
        chosen, days = form.activity.data.id, (form.first_day.data, form.last_day.data)
        row = enrolments.enrol(
            form.child.data, chosen, *days, terms=_terms_of(form), by=actor(), now=self.now()
        )
        _tell_booked(row)
        return row

    def update(self, row: models.Enrolment, form: Any) -> models.Enrolment:
        since = form.from_day.data or paris(self.now()).date()
        row = enrolments.change_terms(row, _terms_of(form), since, by=actor(), now=self.now())
        if form.last_day.data is None and row.last_day is None:
            return row
        if form.last_day.data is None:
            return enrolments.reopen(row, by=actor(), now=self.now())
        done = enrolments.end_enrolment(row, form.last_day.data, by=actor(), now=self.now())
        if done.kept:
            flash(f"Hors délai, ces jours restent réservés : {list_days(done.kept)}.", "info")
        return row


def _tell_booked(row: models.Enrolment) -> None:
    """How many days the choice for the year has booked, and how many wait on full days."""
    states = sa.select(models.Booking.state, sa.func.count()).where(
        models.Booking.child_id == row.child_id,
        models.Booking.activity_id == row.activity_id,
        models.Booking.day >= row.first_day,
        models.Booking.reason == YEAR,
    )
    found = {state: count for state, count in db.session.execute(states.group_by(models.Booking.state))}
    for state, said in ((BookingState.BOOKED, "réservé"), (BookingState.WAITING, "en liste d’attente")):
        if count := found.get(state):
            plural = "s" if count > 1 else ""
            flash(f"Pour l’année : {count} jour{plural} {said}{plural if said == 'réservé' else ''}.", "info")


def _terms_of(form: Any) -> EnrolmentTerms:
    weekdays = form.usual_weekdays.data
    return EnrolmentTerms(
        regime=form.regime.data,
        formula=form.formula.data,
        usual_weekdays=frozenset(weekdays) if weekdays else None,
    )


VIEWS = (ServiceView, ActivityView, EnrolmentView)
