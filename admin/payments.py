"""Payments: recorded or reversed, never edited."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_admin import expose

import models
from admin import filters
from admin.base import OperationView, RowButton, actor
from admin.display import text
from admin.families import MONEY_READERS
from admin.saving import committed
from operations import payments
from rules.instants import paris
from rules.refusals import Refused
from rules.vocabulary import PaymentMethod, Role

TYPED = [method for method in PaymentMethod if method is not PaymentMethod.REVERSAL]


class PaymentView(OperationView):
    table, title, slug, section = models.Payment, "Paiements", "paiements", "Facturation"
    new_title = "Nouveau paiement"
    intro = "Un paiement ne se modifie pas : une erreur s’annule par une ligne contraire, avec sa raison."
    audience, editors = MONEY_READERS, {Role.FINANCE}
    creates = exports = True
    search_in = ("invoice.number", "invoice.family.search_text", "invoice.payer.search_text", "reference")
    search_label = "Facture, famille ou référence"
    eager = ("invoice.family", "recorded_by")
    column_list = ("received_on", "invoice", "amount_cents", "method", "reference", "recorded_by")
    column_details_list = (
        "invoice", "amount_cents", "received_on", "method", "reference", "recorded_at", "recorded_by",
    )  # fmt: skip
    column_sortable_list = ("received_on", "amount_cents")
    column_default_sort = ("id", True)
    filters = (
        filters.since("depuis", "À partir du", models.Payment.received_on),
        filters.until("jusque", "Jusqu’au", models.Payment.received_on),
        filters.among("moyen", "Moyen", models.Payment.method, PaymentMethod),
    )
    form_groups = {"": ("invoice", "amount_cents", "received_on", "method", "reference")}
    form_args: Any = {"method": {"members": TYPED}}
    asks_reason = {"reverse": "Annuler ce paiement ? Une ligne contraire sera ajoutée."}

    def name_of(self, row: models.Payment) -> str:
        amount = text(row.amount_cents, "amount_cents")
        return f"Paiement de {amount} du {text(row.received_on)}"

    def create_form(self, obj: Any = None) -> Any:
        form = super().create_form(obj)
        if request.method == "GET" and form.received_on.data is None:
            form.received_on.data = paris(self.now()).date()
        return form

    def create(self, form: Any) -> models.Payment:
        names = ("amount_cents", "received_on", "method", "reference")
        facts = {name: form[name].data for name in names}
        return payments.record_payment(form.invoice.data, **facts, by=actor(), now=self.now())

    def row_buttons(self, row: models.Payment) -> list[RowButton]:
        return [] if row.reverses_id else [RowButton("Annuler ce paiement", ".reverse")]

    @expose("/annuler/", methods=("POST",))
    def reverse(self) -> Any:
        row, reason = self.wanted(), request.form.get("raison", "")
        try:
            committed(lambda: payments.reverse(row, reason=reason, by=actor(), now=self.now()))
            flash("Le paiement est annulé.", "success")
        except Refused as refusal:
            flash(refusal.sentence, "error")
        return self._back()


VIEWS = (PaymentView,)
