"""The commune's own settings: one row, which its administrator edits."""

from __future__ import annotations

from typing import Any

from flask import redirect
from flask_admin import expose

import models
from admin.base import StaffView
from admin.families import ADDRESS, MONEY_READERS
from rules.mandates import ensure_ics


class CommuneView(StaffView):
    """`editors` is empty: the administration alone."""

    table, title, slug, section = models.Commune, "La commune", "commune", "Suivi"
    audience = MONEY_READERS
    edits = True
    column_list = ("name",)
    _contact = ("service_name", "phone", "email", "website", "opening_hours")
    _legal = ("siret", "mayor_name", "court", "zone")
    _treasury = ("treasury_name", "treasury_address", "payfip_number", "revenue_code", "tobacconist_url")
    _debit = ("ics", "creditor_name", "creditor_address", "debit_days", "mandate_appointment")
    _billing = (
        "carry_over_below_cents", "due_days", "billed_from", "keep_years", "health_keep_days",
        "certificate_signatory",
    )  # fmt: skip
    _quotient = (
        "quotient_start", "quotient_reference_day", "quotient_reference_month",
        "quotient_backdated_days", "quotient_expires_day", "quotient_expires_month",
        "quotient_renewed_day", "quotient_renewed_month",
    )  # fmt: skip
    column_details_list = ("name", *_contact, *ADDRESS, *_legal, *_treasury, *_debit, *_billing, *_quotient)
    form_groups = {
        "La commune": ("name", *_contact),
        "Adresse": ADDRESS,
        "Mentions légales": _legal,
        "Trésorerie": _treasury,
        "Prélèvement SEPA": _debit,
        "Facturation": _billing,
        "Quotient familial": _quotient,
    }
    form_optional = ("phone", "website")
    column_descriptions = {
        "ics": "Donné par la Banque de France. Vide : le prélèvement n’est pas proposé aux familles.",
        "creditor_name": "Comme le comptable public le demande. Vide : la commune.",
        "debit_days": "14 jours au moins : c’est le préavis légal. L’échéance ne le précède jamais.",
        "mandate_appointment": "Comment prendre rendez-vous pour déposer un mandat signé en mairie.",
        "certificate_signatory": "Nom et qualité. Vide : le maire.",
        "carry_over_below_cents": "Un total inférieur rejoint la facture suivante (CGCT, article D1611-1).",
        "quotient_reference_day": "Pour un quotient pris à une date fixe de l’année (1er janvier : 1 et 1).",
        "quotient_backdated_days": "Vide : la date d’effet compte, quelle que soit la réception.",
        "quotient_renewed_day": "Un quotient donné depuis ce jour est le nouveau : il reste.",
        "quotient_expires_day": "Un quotient d’avant ce jour de l’année ne compte plus. Vide : jamais.",
        "health_keep_days": "La santé d’un enfant s’efface tant de jours après la fin de l’année scolaire "
        "si un parent ne l’a pas confirmée pour la suivante (RGPD).",
        "keep_years": "Combien d’années les factures, les reçus et l’historique sont gardés.",
    }

    def check(self, row: models.Commune, form: Any, *, is_created: bool) -> None:
        row.ics = row.ics.replace(" ", "").upper()
        if row.ics:
            ensure_ics(row.ics)

    @expose("/")
    def index_view(self) -> Any:
        return redirect(self.get_url(".details_view", id=1))


VIEWS = (CommuneView,)
