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
    column_details_list = ("name", *_contact, *ADDRESS, *_legal, *_treasury, *_billing)
    form_groups = {
        "La commune": ("name", *_contact),
        "Adresse": ADDRESS,
        "Mentions légales": _legal,
        "Trésorerie": _treasury,
        "Facturation": _billing,
    }
    form_optional = ("phone", "website")
    column_descriptions = {
        "carry_over_below_cents": "Un total inférieur rejoint la facture suivante (CGCT, article D1611-1).",
        "keep_years": "Combien d’années les factures, les reçus et l’historique sont gardés.",
    }

    @expose("/")
    def index_view(self) -> Any:
        return redirect(self.get_url(".details_view", id=1))


VIEWS = (CommuneView,)
