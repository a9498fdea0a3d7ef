"""The month's drafts, lines by hand and families set aside; issued invoices, to read only."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import url_for
from markupsafe import Markup

import models
from admin import filters
from admin.base import OperationView, Related, StaffView, actor, add_url
from admin.display import link, text
from admin.families import MONEY_READERS
from extensions import db
from operations import adjustments, invoices
from rules.instants import paris
from rules.invoices import invoice_state
from rules.vocabulary import AdjustmentKind, AnomalyKind, InvoiceKind, Role, Situation
from rules.wording import list_days

SECTION = "Facturation"
WRITERS = {Role.EDUCATION, Role.FINANCE}
OF_FAMILY = ("family.search_text", "family.guardians.search_text")
LINE_HEADINGS = ("Enfant", "Ligne", "Situation", "Jours", "Quantité", "Prix", "Montant")


class DraftView(StaffView):
    table, title, slug, section = models.Draft, "Brouillons de factures", "brouillons", SECTION
    intro = "Ce que chaque famille recevra si le mois est émis tel quel. Préparer le mois les remplace."
    audience, editors = MONEY_READERS, WRITERS
    exports = True
    search_in = OF_FAMILY
    search_label = "Famille"
    eager = ("family", "payer", "prepared_by")
    column_list = ("family", "month", "payer", "day_count", "total_cents", "carried_over")
    column_details_list = (
        "family", "month", "payer", "day_count", "total_cents", "carried_over", "prepared_at", "prepared_by",
    )  # fmt: skip
    column_sortable_list = (("family", "family.search_text"), "month", "total_cents")
    column_default_sort = [("month", True), ("family.search_text", False)]
    filters = (
        filters.month("mois", "Mois", models.Draft.month),
        filters.yes_no("report", "Reporté sous le seuil", models.Draft.carried_over.is_(True)),
    )

    def related(self, row: models.Draft) -> list[Related]:
        anomalies = sa.select(models.Anomaly).filter_by(month=row.month, family_id=row.family_id)
        waiting = sa.select(models.Adjustment).where(
            models.Adjustment.family_id == row.family_id, ~models.Adjustment.invoice_line.has()
        )
        return [
            Related("À vérifier", ("Constat",), [(a.sentence,) for a in db.session.scalars(anomalies)]),
            Related("Lignes", LINE_HEADINGS, _draft_lines(row)),
            Related(
                "Lignes manuelles en attente",
                ("Libellé", "Montant", "Raison"),
                [
                    (link(a), text(a.amount_cents, "amount_cents"), a.reason)
                    for a in db.session.scalars(waiting)
                ],
                add_url(models.Adjustment, family=row.family_id),
            ),
        ]


class AnomalyView(StaffView):
    table, title, slug, section = models.Anomaly, "Points à vérifier", "a-verifier", SECTION
    intro = "Ce que la préparation d’un mois a remarqué ; à regarder avant d’émettre."
    audience = MONEY_READERS
    can_view_details = False
    exports = True
    search_in = OF_FAMILY
    search_label = "Famille"
    eager = ("family",)
    column_list = ("sentence", "family", "month", "kind")
    column_sortable_list = ("month",)
    column_default_sort = ("month", True)
    computed = {"kind": lambda row: AnomalyKind(row.kind).label}
    filters = (
        filters.month("mois", "Mois", models.Anomaly.month),
        filters.among("nature", "Nature", models.Anomaly.kind, AnomalyKind),
    )


class AdjustmentView(OperationView):
    table, title, slug, section = models.Adjustment, "Lignes manuelles", "lignes-manuelles", SECTION
    new_title = "Nouvelle ligne"
    intro = "Une ligne ajoutée à la main, ou un avoir, sur la prochaine facture d’une famille."
    audience, editors = MONEY_READERS, WRITERS
    creates = edits = deletes = exports = True
    search_in = OF_FAMILY
    search_label = "Famille"
    eager = ("family", "child", "activity", "created_by", "invoice_line.invoice")
    column_list = ("label", "family", "month", "kind", "amount_cents", "reason", "billed_on")
    column_details_list = (
        "label", "family", "child", "activity", "month", "kind", "amount_cents", "reason", "billed_on",
        "created_at", "created_by",
    )  # fmt: skip
    column_sortable_list = (("family", "family.search_text"), "month")
    column_default_sort = [("month", True), ("id", True)]
    computed = {"billed_on": lambda row: row.invoice_line.invoice if row.invoice_line else None}
    filters = (
        filters.month("mois", "Mois", models.Adjustment.month),
        filters.yes_no("facturee", "Facturée", models.Adjustment.invoice_line.has()),
    )
    _facts = ("child", "activity", "month", "kind", "label", "amount_cents", "reason")
    form_groups = {"": ("family", *_facts)}
    edit_groups = {"": _facts}
    form_args = {
        "amount_cents": {"description": "Négatif en faveur de la famille : -12,50."},
        "kind": {"default": AdjustmentKind.MANUAL},
    }

    def may_edit(self, row: models.Adjustment) -> bool:
        return self.can_edit and row.invoice_line is None

    def may_delete(self, row: models.Adjustment) -> bool:
        return self.can_delete and row.invoice_line is None

    def create(self, form: Any) -> models.Adjustment:
        facts = {name: form[name].data for name in self._facts}
        return adjustments.add_adjustment(form.family.data, **facts, by=actor(), now=self.now())

    def update(self, row: models.Adjustment, form: Any) -> models.Adjustment:
        return StaffView.update(self, row, form)

    def delete(self, row: models.Adjustment) -> None:
        adjustments.delete_adjustment(row, by=actor(), now=self.now())


class ExclusionView(OperationView):
    table, title, slug, section = models.Exclusion, "Familles mises de côté", "mises-de-cote", SECTION
    new_title = "Mettre une famille de côté"
    intro = "Une famille laissée hors de l’émission d’un mois : ses jours restent à facturer."
    audience, editors = MONEY_READERS, WRITERS
    creates = edits = deletes = True
    delete_label, deleted = "Remettre dans le mois", "Remise dans le mois"
    asks = {"delete_view": "Remettre cette famille dans le mois ?"}
    search_in = OF_FAMILY
    search_label = "Famille"
    eager = ("family", "created_by")
    column_list = ("family", "month", "reason", "created_by")
    column_sortable_list = (("family", "family.search_text"), "month")
    column_default_sort = ("month", True)
    filters = (filters.month("mois", "Mois", models.Exclusion.month),)
    form_groups = {"": ("family", "month", "reason")}
    edit_groups = {"": ("reason",)}

    def name_of(self, row: models.Exclusion) -> str:
        return f"{row.family} · {text(row.month, 'month')}"

    def create(self, form: Any) -> models.Exclusion:
        month, reason = form.month.data, form.reason.data
        return adjustments.exclude(form.family.data, month, reason, by=actor(), now=self.now())

    def update(self, row: models.Exclusion, form: Any) -> models.Exclusion:
        return StaffView.update(self, row, form)

    def delete(self, row: models.Exclusion) -> None:
        adjustments.include(row, by=actor(), now=self.now())


class InvoiceView(StaffView):
    table, title, slug, section = models.Invoice, "Factures", "factures", SECTION
    intro = "Une facture émise ne change plus : une correction est un autre document."
    audience = MONEY_READERS
    exports = True
    search_in = ("number", "family.search_text", "family.guardians.search_text")
    search_label = "Numéro, famille ou adulte"
    eager = ("family", "payments")
    column_list = (
        "number",
        "month",
        "payer_name",
        "family",
        "total_cents",
        "balance_cents",
        "state",
        "due_on",
    )
    column_details_list = (
        "number", "kind", "month", "payer_name", "payer_address", "family", "total_cents", "paid_cents",
        "balance_cents", "state", "announced_on", "due_on", "issued_at", "issued_by", "origin", "pdf",
    )  # fmt: skip
    column_sortable_list = ("number", "month", "total_cents", "due_on")
    column_default_sort = ("id", True)
    computed = {
        "paid_cents": lambda row: _paid(row),
        "balance_cents": lambda row: row.total_cents - _paid(row),
        "state": lambda row: state_of(row),
        "pdf": lambda row: Markup('<a href="{}">{} (PDF)</a>').format(
            url_for("staff_factures_imprimees.pdf", number=row.number), row.number
        ),
    }
    column_labels = {"pdf": "Document"}
    filters = (
        filters.month("mois", "Mois", models.Invoice.month),
        filters.among("nature", "Nature", models.Invoice.kind, InvoiceKind),
        filters.yes_no(
            "soldee",
            "Soldée",
            sa.select(sa.func.coalesce(sa.func.sum(models.Payment.amount_cents), 0))
            .where(models.Payment.invoice_id == models.Invoice.id)
            .scalar_subquery()
            >= models.Invoice.total_cents,
        ),
    )

    def related(self, row: models.Invoice) -> list[Related]:
        why = [
            (line.child_name, line.label, " ".join(told.sentences()))
            for line in row.lines
            if (told := invoices.explanation_of(line)) is not None
        ]
        return [
            Related("Lignes", LINE_HEADINGS, [_line(line) for line in row.lines]),
            Related("Pourquoi ces prix", ("Enfant", "Ligne", "Explication"), why),
            Related(
                "Paiements",
                ("Reçu le", "Montant", "Moyen", "Référence"),
                [
                    (
                        link(p, text(p.received_on)),
                        text(p.amount_cents, "x_cents"),
                        p.method.label,
                        p.reference,
                    )
                    for p in sorted(row.payments, key=lambda p: p.id)
                ],
                add_url(models.Payment, invoice=row.id),
            ),
        ]


def _paid(row: models.Invoice) -> int:
    return sum(payment.amount_cents for payment in row.payments)


def state_of(row: models.Invoice) -> Any:
    """Where an invoice stands today."""
    return invoice_state(row.total_cents, _paid(row), row.due_on, paris(InvoiceView.now()).date())


def _line(line: models.InvoiceLine) -> tuple[Any, ...]:
    return (
        line.child_name,
        line.label,
        text(line.situation),
        _days(line.days),
        line.quantity,
        text(line.unit_price_cents, "x_cents"),
        text(line.amount_cents, "x_cents"),
    )


def _draft_lines(row: models.Draft) -> list[tuple[Any, ...]]:
    ids = {line["child_id"] for line in row.lines}
    children = db.session.scalars(sa.select(models.Child).where(models.Child.id.in_(ids)))
    names = {child.id: child.full_name for child in children}
    return [_draft_line(line, names.get(line["child_id"], "")) for line in row.lines]


def _draft_line(line: dict[str, Any], child_name: str) -> tuple[Any, ...]:
    return (
        child_name,
        line["label"],
        Situation(line["situation"]).label if line["situation"] else "",
        _days(line["days"]),
        line["quantity"],
        text(line["unit_price_cents"], "x_cents"),
        text(line["amount_cents"], "x_cents"),
    )


def _days(days: list[str]) -> str:
    return list_days(date.fromisoformat(day) for day in days) if days else ""


VIEWS = (DraftView, AnomalyView, AdjustmentView, ExclusionView, InvoiceView)
