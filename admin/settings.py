"""The commune's own settings: one row, which its administrator edits."""

from __future__ import annotations

from typing import Any

from flask import redirect
from flask_admin import expose

import models
from admin.base import StaffView
from admin.families import ADDRESS, MONEY_READERS


class CommuneView(StaffView):
    """`editors` is empty: the administration alone."""

    table, title, slug, section = models.Commune, "La commune", "commune", "Suivi"
    audience = MONEY_READERS
    edits = True
    column_list = ("name",)
    _contact = ("service_name", "phone", "email", "website", "opening_hours")
    _legal = ("siret", "mayor_name", "court", "zone")
    _treasury = ("treasury_name", "treasury_address", "payfip_number", "revenue_code", "tobacconist_url")
    _billing = ("carry_over_below_cents", "due_days", "billed_from", "keep_years")
    _quotient = (
        "quotient_start", "quotient_reference_day", "quotient_reference_month",
        "quotient_backdated_days", "quotient_expires_day", "quotient_expires_month",
        "quotient_renewed_day", "quotient_renewed_month",
    )  # fmt: skip
    column_details_list = ("name", *_contact, *ADDRESS, *_legal, *_treasury, *_billing, *_quotient)
    form_groups = {
        "La commune": ("name", *_contact),
        "Adresse": ADDRESS,
        "Mentions légales": _legal,
        "Trésorerie": _treasury,
        "Facturation": _billing,
        "Quotient familial": _quotient,
    }
    form_optional = ("phone", "website")
    column_descriptions = {
        "carry_over_below_cents": "Un total inférieur rejoint la facture suivante (CGCT, article D1611-1).",
        "quotient_reference_day": "Pour un quotient pris à une date fixe de l’année (1er janvier : 1 et 1).",
        "quotient_backdated_days": "Vide : la date d’effet compte, quelle que soit la réception.",
        "quotient_renewed_day": "Un quotient donné depuis ce jour est le nouveau : il reste.",
        "quotient_expires_day": "Un quotient d’avant ce jour de l’année ne compte plus. Vide : jamais.",
        "keep_years": "Combien d’années les factures, les reçus et l’historique sont gardés.",
    }

    @expose("/")
    def index_view(self) -> Any:
        return redirect(self.get_url(".details_view", id=1))


VIEWS = (CommuneView,)
