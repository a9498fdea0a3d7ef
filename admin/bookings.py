"""Bookings through their one operation, and the receipts that are their journal."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import flash
from wtforms import BooleanField, StringField

import models
from admin import filters
from admin.base import OperationView, Related, StaffView, actor
from admin.children import OF_CHILD
from admin.display import link, shown, text
from admin.families import FAMILY_READERS
from admin.fields import ListField, LookupField
from admin.lookups import GuardianLookup
from extensions import db
from operations import journal
from operations.changes import BEYOND, Late, change_days
from operations.configuration import configuration
from operations.waiting import is_asked, is_waiting
from rules.capacity import rank_in_words
from rules.instants import paris
from rules.refusals import Refused
from rules.vocabulary import BookingState, Change, Channel, Labelled, Role, Timing

SECTION = "Réservations"


class LateChoice(Labelled):
    """What staff decide when the cut-off has passed."""

    LATE = "late", "Au tarif hors délai"
    EXCUSED = "excused", "Excusé : au prix habituel"


COUNTERS = (Channel.COUNTER, Channel.PHONE, Channel.PAPER)


class BookingView(OperationView):
    table, title, slug, section = models.Booking, "Réservations", "reservations", SECTION
    new_title = "Nouvelle réservation"
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = exports = True
    delete_label, deleted = "Annuler la réservation", "Annulé"
    asks = {"delete_view": "Annuler cette réservation ? La famille recevra un reçu."}
    search_in = (*OF_CHILD, "family.search_text")
    search_label = "Enfant, adulte ou famille"
    eager = ("child", "activity", "family")
    column_list = ("day", "child", "activity", "family", "state", "timing", "reason")
    column_sortable_list = ("day", ("child", "child.search_text"))
    column_default_sort = "day"
    column_details_list = (
        "child", "activity", "day", "family", "state", "waiting_since", "timing", "reason", "changed_at",
    )  # fmt: skip
    filters = (
        filters.since("depuis", "À partir du", models.Booking.day),
        filters.until("jusque", "Jusqu’au", models.Booking.day),
        filters.one_of("activite", "Activité", models.Activity, lambda v: models.Booking.activity_id == v),
        filters.among("etat", "État", models.Booking.state, BookingState),
        filters.among("delai", "Délai", models.Booking.timing, Timing),
    )
    form_extra_fields = {
        "for_guardian": LookupField(
            GuardianLookup("for_guardian"),
            "Demandé par",
            allow_blank=True,
            description="L’adulte pour qui vous agissez ; son nom sera sur le reçu.",
        ),
        "channel": ListField("Comment", members=COUNTERS, default=Channel.COUNTER),
        "late": ListField(
            "Si la date limite est passée", members=list(LateChoice), allow_blank=True, blank="Refuser"
        ),
        "beyond": BooleanField(
            "Au-delà des places", description="Si le jour est complet ; sinon, en liste d’attente."
        ),
        "why": StringField("Raison", description="Obligatoire hors délai ou au-delà des places."),
    }
    form_lookups = {"for_guardian": models.Guardian}
    _asked = {
        "Qui le demande": ("for_guardian", "channel"),
        "Hors délai ou complet": ("late", "beyond", "why"),
    }
    form_groups = {"": ("child", "activity", "day"), **_asked}
    edit_groups = {"": ("state",), **_asked}
    refusal_fields = {"child_id": "child"}

    def default_filters(self) -> dict[str, str]:
        return {"depuis": paris(self.now()).date().isoformat(), "etat": BookingState.BOOKED.value}

    def may_delete(self, row: models.Booking) -> bool:
        return self.can_delete and is_asked(row)

    def create(self, form: Any) -> models.Booking:
        child, activity, day = form.child.data, form.activity.data, form.day.data
        if self._change(child, activity.id, form, add={day}) is None:
            raise Refused("Ce jour est déjà réservé pour cet enfant.", "day")
        query = sa.select(models.Booking).filter_by(child_id=child.id, activity_id=activity.id, day=day)
        return db.session.scalars(query).one()

    def update(self, row: models.Booking, form: Any) -> models.Booking:
        wanted = form.state.data
        if wanted is BookingState.WAITING and row.state is not wanted:
            raise Refused("Réservez : si le jour est complet, l’enfant ira en liste d’attente.", "state")
        if wanted is BookingState.BOOKED and is_waiting(row) and not form.beyond.data:
            raise Refused(f"Ce jour est en liste d’attente. {BEYOND}", "beyond")
        days = {"remove": {row.day}} if wanted is BookingState.CANCELLED else {"add": {row.day}}
        self._change(row.child, row.activity_id, form, **days)
        return row

    def delete(self, row: models.Booking) -> None:
        """Cancelling in time needs no more words; late, the form asks for them."""
        self._change(row.child, row.activity_id, None, remove={row.day})

    def _change(
        self,
        child: models.Child,
        activity_id: int,
        form: Any,
        *,
        add: Collection[date] = (),
        remove: Collection[date] = (),
    ) -> models.Receipt | None:
        by, late, beyond = actor(), None, None
        if form is not None:
            guardian = form.for_guardian.data
            by = by.acting_for(guardian.id if guardian else None, form.channel.data)
            late = _late(form)
            beyond = (form.why.data or "") if form.beyond.data else None
        activity = configuration().activities[activity_id]
        try:
            receipt = change_days(
                child, activity, add, remove, by=by, now=self.now(), late=late, beyond=beyond
            )
        except Refused as refusal:
            raise _on_its_field(refusal, form) from refusal
        _tell_rank(receipt)
        return receipt


def _late(form: Any) -> Late | None:
    if form.late.data is None:
        return None
    return Late(excused=form.late.data is LateChoice.EXCUSED, reason=form.why.data or "")


def _tell_rank(receipt: models.Receipt | None) -> None:
    """A full day is not refused: the agent is told that the family waits, and where in line."""
    for line in receipt.lines if receipt is not None else ():
        if line.waits and line.change is Change.BOOK:
            flash(f"Complet : en liste d’attente, {rank_in_words(line.waiting_rank or 1)}.", "warning")


def _on_its_field(refusal: Refused, form: Any) -> Refused:
    """The operation names the day; the form has one day, or asks about the delay."""
    if form is None:
        return Refused(f"{refusal.sentence} Passez par « Modifier » pour le préciser.")
    if "indiquez" in refusal.sentence:
        return Refused(refusal.sentence, "why" if form.late.data else "late")
    if BEYOND in refusal.sentence:
        return Refused(refusal.sentence, "why" if form.beyond.data else "beyond")
    return Refused(refusal.sentence, "day" if "day" in form else "state")


class ReceiptView(StaffView):
    table, title, slug, section = models.Receipt, "Reçus", "recus", SECTION
    intro = "Le journal des réservations : chaque changement y reste, tel qu’il a été fait."
    audience = FAMILY_READERS
    exports = True
    search_in = ("family.search_text", "family.guardians.search_text", "lines.child.search_text")
    search_label = "Famille, adulte ou enfant"
    eager = ("family", "for_guardian")
    column_list = ("number", "at", "family", "by_name", "for_guardian", "channel")
    column_details_list = ("number", "at", "family", "by_name", "for_guardian", "channel")
    column_sortable_list = ("at",)
    column_default_sort = ("id", True)
    filters = (filters.among("voie", "Demandé par", models.Receipt.channel, Channel),)

    def related(self, row: models.Receipt) -> list[Related]:
        [summary] = journal.summaries([row])
        return [
            Related(
                "Jours",
                ("Jour", "Enfant", "Activité", "Changement", "Délai", "Attente", "Prix", "Raison"),
                [
                    (
                        text(line.day),
                        link(line.child),
                        line.activity.name,
                        line.change.label,
                        shown(line.timing),
                        rank_in_words(line.waiting_rank) if line.waiting_rank else "–",
                        text(line.price_cents, "price_cents"),
                        line.reason,
                    )
                    for line in summary.lines
                ],
            )
        ]


VIEWS = (BookingView, ReceiptView)
