"""Absences: the règlement's policies as a grid; the families' claims, decided by their operations."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_admin import expose
from flask_admin.actions import action
from wtforms import SelectMultipleField, widgets

import models
from admin import filters
from admin.base import OperationView, Related, RowButton, StaffView, actor
from admin.bookings import COUNTERS
from admin.children import OF_CHILD
from admin.display import link, text
from admin.documents import file_link
from admin.families import FAMILY_READERS
from admin.fields import ChecksField, InstantField, ListField, LookupField
from admin.lookups import GuardianLookup
from admin.saving import committed
from operations import absences, claim_decisions, claimable_days
from operations.agenda import is_booked
from operations.configuration import configuration, policy_facts
from rules.absence_words import in_words
from rules.absences import AbsenceRuling
from rules.instants import paris
from rules.money import NBSP
from rules.refusals import Refused
from rules.vocabulary import AbsenceReason, AbsenceUnit, Channel, ClaimState, Role
from rules.wording import day_and_month, list_days


def _units(*left_out: AbsenceUnit) -> list[AbsenceUnit]:
    return [unit for unit in AbsenceUnit if unit not in left_out]


class AbsencePolicyView(StaffView):
    table, title, slug, section = (
        models.AbsencePolicy, "Règles d’absence", "regles-absence", "Activités et prix",
    )  # fmt: skip
    new_title = "Nouvelle règle d’absence"
    intro = (
        "Quelles absences le règlement déduit, et à quelles conditions. Pour une absence, la première règle "
        "(par rang) qui accepte son motif et sa durée s’applique. Sans règle, tout reste dû."
    )
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    eager = ("activity",)
    column_list = ("activity", "in_words", "first_day", "last_day", "position")
    column_details_list = column_list
    column_sortable_list = ("first_day", "position")
    column_default_sort = [("activity_id", False), ("position", False)]
    computed = {"in_words": lambda row: in_words(policy_facts(row))}
    filters = (
        filters.one_of(
            "activite", "Activité", models.Activity, lambda v: models.AbsencePolicy.activity_id == v
        ),
    )
    form_groups = {
        "": ("activity", "position", "first_day", "last_day"),
        "Quelles absences": ("reasons", "min_days", "max_days", "length_unit", "never"),
        "Le justificatif": ("proofs", "window_amount", "window_unit", "window_minute", "counted_from"),
        "Prévenir": ("notice_minute", "notice_days", "late_notice"),
        "Ce qui reste dû": ("carence_amount", "carence_unit", "yearly_days"),
    }
    form_args: Any = {
        "length_unit": {"members": _units(AbsenceUnit.HOURS)},
        "window_unit": {"members": _units(AbsenceUnit.BOOKED)},
        "carence_unit": {"members": _units(AbsenceUnit.HOURS)},
    }
    column_descriptions = {
        "position": "La première règle qui convient s’applique.",
        "reasons": "Rien de coché : tous les motifs.",
        "min_days": "« Plus de 7 jours consécutifs » s’écrit 8, en jours calendaires.",
        "never": "Ces absences ne sont jamais déduites, quel que soit le justificatif.",
        "proofs": "L’un des justificatifs cochés suffit. Rien de coché : la parole de la famille suffit.",
        "window_amount": "Vide : sans limite. 15 jours : le quinzième jour compte jusqu’à sa fin.",
        "window_minute": "Pour un délai en jours ; 23:59 vaut la fin de la journée.",
        "notice_minute": "Vide : il n’est pas demandé de prévenir avant une heure.",
        "notice_days": "0 : le premier jour d’absence ; 1 : la veille.",
        "carence_amount": "La carence ; 0 : aucun jour ne reste dû.",
        "yearly_days": "Vide : sans limite.",
    }
    refusal_fields = {"first": "first_day", "last": "last_day"}

    def check(self, row: models.AbsencePolicy, form: Any, *, is_created: bool) -> None:
        policy_facts(row)


class DaysField(SelectMultipleField):
    """The days of a claim, as checkboxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def populate_obj(self, obj: Any, name: str) -> None:
        """Only the operation reads it."""


class ClaimView(OperationView):
    table, title, slug, section = models.AbsenceClaim, "Absences déclarées", "absences", "Réservations"
    new_title = "Déclarer une absence"
    intro = (
        "Les familles demandent que des jours réservés ne soient pas dus. Accepter ne change ni la "
        "réservation ni la présence : le jour devient une absence justifiée."
    )
    audience = editors = {Role.EDUCATION}
    creates = edits = acts = True
    edit_label = "Choisir les jours"
    search_in = (*OF_CHILD, "family.search_text")
    search_label = "Enfant, adulte ou famille"
    eager = ("child", "family", "guardian", "days.activity", "days.adjustment", "recorded_by", "decided_by")
    column_list = ("number", "child", "claimed_days", "reason", "proof", "received_at", "state")
    column_details_list = (
        "number", "child", "family", "guardian", "channel", "reason", "details", "proof", "first_day",
        "last_day", "told_at", "received_at", "recorded_by", "state", "decision", "decided_at", "decided_by",
    )  # fmt: skip
    column_sortable_list = ("received_at", ("child", "child.search_text"))
    column_default_sort = ("received_at", True)
    column_labels = {"reason": "Motif", "first_day": "Absent du", "last_day": "Absent jusqu’au"}
    computed = {"claimed_days": lambda row: list_days(day.day for day in row.days) if row.days else ""}
    filters = (
        filters.among("etat", "État", models.AbsenceClaim.state, ClaimState),
        filters.among("motif", "Motif", models.AbsenceClaim.reason, AbsenceReason),
        filters.since("depuis", "Absence depuis le", models.AbsenceClaim.last_day),
    )
    form_extra_fields = {
        "activities": ChecksField(
            "Activités", rows=lambda: _booked_activities(), description="Rien de coché : toutes."
        ),
        "for_guardian": LookupField(
            GuardianLookup("for_guardian"),
            "Demandé par",
            allow_blank=True,
            description="L’adulte qui demande ; il reçoit une confirmation.",
        ),
        "channel": ListField("Comment", members=COUNTERS, default=Channel.COUNTER),
        "told_at": InstantField("Prévenu le", description="Vide : à la réception."),
        "received_at": InstantField("Reçu le", description="Vide : maintenant."),
        "chosen": DaysField("Jours à déduire"),
    }
    form_lookups = {"for_guardian": models.Guardian}
    form_optional = ("details", "decision")
    form_groups = {
        "": ("child", "first_day", "last_day", "activities"),
        "Pourquoi": ("reason", "proof", "details"),
        "Qui le demande": ("for_guardian", "channel", "told_at", "received_at"),
    }
    edit_groups = {"": ("chosen", "decision")}
    form_args: Any = {
        "details": {"description": "Seulement ce qui est utile à la décision."},
        "decision": {"description": "Obligatoire si ces jours ne sont pas ceux du règlement."},
    }
    refusal_fields = {"days": "first_day", "family": "for_guardian", "reason": "decision"}
    asks = {
        "accept": "Accepter selon le règlement ? Les jours déduits ne sont plus dus ; la famille l’apprend.",
        "reopen": "Reprendre cette décision ? La demande sera de nouveau à examiner.",
        "withdraw": "La famille retire sa demande ?",
    }
    asks_reason = {"refuse": "Refuser cette absence ? La raison est écrite à la famille."}

    def default_filters(self) -> dict[str, str]:
        return {"etat": ClaimState.WAITING.value}

    def may_edit(self, row: models.AbsenceClaim) -> bool:
        return self.can_edit and row.state is ClaimState.WAITING

    def create_form(self, obj: Any = None) -> Any:
        form = super().create_form(obj)
        if request.method == "GET" and form.last_day.data is None:
            form.last_day.data = paris(self.now()).date()
        return form

    def create(self, form: Any) -> models.AbsenceClaim:
        child, first, last = form.child.data, form.first_day.data, form.last_day.data
        guardian = form.for_guardian.data
        days, left = claimable_days.days_to_claim(
            child, first, last, form.activities.data or None,
            family_id=guardian.family_id if guardian else None, now=self.now(),
        )  # fmt: skip
        facts = absences.ClaimFacts(
            reason=form.reason.data, days=days, proof=form.proof.data, details=form.details.data or "",
            first=first, last=last, told_at=form.told_at.data, received_at=form.received_at.data,
        )  # fmt: skip
        by = actor().acting_for(guardian.id if guardian else None, form.channel.data)
        claim = absences.record_claim(child, facts, by=by, now=self.now())
        for each in left:
            flash(f"{each.why} Ce jour n’est pas dans la demande.", "info")
        return claim

    def edit_form(self, obj: Any = None) -> Any:
        """Ticked as the règlement says, until the agent chooses."""
        form = super().edit_form(obj)
        rulings = absences.rulings_of(obj)
        form.chosen.choices = [
            (_key(row), f"{row.activity.name}, {day_and_month(row.day)}") for row in obj.days
        ]
        if request.method == "GET":
            form.chosen.data = [_key(row) for row in obj.days if row.day in rulings[row.activity_id].freed]
        return form

    def update(self, row: models.AbsenceClaim, form: Any) -> models.AbsenceClaim:
        days = {(day.activity_id, day.day) for day in row.days if _key(day) in (form.chosen.data or ())}
        claim_decisions.accept(row, days=days, reason=form.decision.data or "", by=actor(), now=self.now())
        return row

    # -- deciding ---------------------------------------------------------------------

    def row_buttons(self, row: models.AbsenceClaim) -> list[RowButton]:
        if row.state is ClaimState.WAITING:
            return [
                RowButton("Accepter", ".accept", self.asks["accept"]),
                RowButton("Refuser", ".refuse"),
                RowButton("Retirer", ".withdraw", self.asks["withdraw"]),
            ]
        if row.state is ClaimState.WITHDRAWN:
            return []
        return [RowButton("Reprendre la décision", ".reopen", self.asks["reopen"])]

    @action(
        "accept",
        "Accepter selon le règlement",
        "Accepter ces demandes selon le règlement ? Celles qu’il refuse resteront à examiner.",
    )
    def accept_several(self, ids: list[str]) -> None:
        done = 0
        for row in filter(None, map(self.get_one, ids)):
            try:
                committed(lambda row=row: claim_decisions.accept(row, by=actor(), now=self.now()))
                done += 1
            except Refused as refusal:
                flash(f"{row.number}{NBSP}: {refusal.sentence}", "error")
        if done:
            flash("1 absence acceptée." if done == 1 else f"{done} absences acceptées.", "success")

    @expose("/accepter/", methods=("POST",))
    def accept(self) -> Any:
        return self._decide(
            lambda row: claim_decisions.accept(row, by=actor(), now=self.now()), "L’absence est acceptée."
        )

    @expose("/refuser/", methods=("POST",))
    def refuse(self) -> Any:
        reason = request.form.get("raison", "")
        return self._decide(
            lambda row: claim_decisions.refuse(row, reason, by=actor(), now=self.now()),
            "L’absence est refusée.",
        )

    @expose("/reprendre/", methods=("POST",))
    def reopen(self) -> Any:
        return self._decide(
            lambda row: claim_decisions.reopen(row, by=actor(), now=self.now()),
            "La demande est de nouveau à examiner.",
        )

    @expose("/retirer/", methods=("POST",))
    def withdraw(self) -> Any:
        return self._decide(
            lambda row: absences.withdraw(row, by=actor(), now=self.now()), "La demande est retirée."
        )

    def _decide(self, work: Any, done: str) -> Any:
        row = self.wanted()
        try:
            committed(lambda: work(row))
            flash(done, "success")
        except Refused as refusal:
            flash(refusal.sentence, "error")
        return self._back()

    def related(self, row: models.AbsenceClaim) -> list[Related]:
        rulings = absences.rulings_of(row)
        joined = [
            (piece.kind.label, file_link(piece), text(piece.added_at), "Oui" if piece.seen_at else "")
            for piece in row.documents
        ]
        return [
            Related("Documents joints", ("Nature", "Fichier", "Déposé le", "Vu"), joined),
            Related(
                "Jours demandés",
                ("Jour", "Activité", "Selon le règlement", "Décision", "Avoir"),
                [
                    (
                        day_and_month(day.day),
                        day.activity.name,
                        _ruled(rulings[day.activity_id], day),
                        _decided(day),
                        link(day.adjustment) if day.adjustment else "",
                    )
                    for day in row.days
                ],
            ),
        ]


def _booked_activities() -> list[models.Activity]:
    """Those that are booked: where one just comes, nobody is absent."""
    today, known = paris(StaffView.now()).date(), configuration().activities
    return [
        row for row in filters.rows_of(models.Activity) if row.id in known and is_booked(known[row.id], today)
    ]


def _key(day: models.AbsenceClaimDay) -> str:
    return f"{day.activity_id}-{day.day.isoformat()}"


def _ruled(ruling: AbsenceRuling, day: models.AbsenceClaimDay) -> str:
    limit = ruling.last_days.get(day.day)
    until = f" (à justifier jusqu’au {text(limit)})" if limit else ""
    return "À déduire" + until if day.day in ruling.freed else f"Reste dû. {ruling.due[day.day]}"


def _decided(day: models.AbsenceClaimDay) -> str:
    if day.accepted is None:
        return ""
    return "Déduit" if day.accepted else f"Reste dû. {day.why}".strip()


VIEWS = (AbsencePolicyView, ClaimView)
