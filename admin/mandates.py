"""Direct debit: the register of mandates; received, checked, in force or ended by their operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_admin import expose
from markupsafe import Markup
from wtforms import StringField

import models
from admin import filters
from admin.base import OperationView, Related, RowButton, StaffForm, actor, holds
from admin.display import link, text
from admin.families import MONEY_READERS
from admin.saving import committed
from extensions import db, mark_reading
from operations import mandates
from papers import mandate_response
from rules.addresses import PostalAddress
from rules.ibans import grouped, read_iban
from rules.mandate_vocabulary import MandateState
from rules.mandates import OVER
from rules.refusals import Refused
from rules.vocabulary import Channel, Role

_CLERKS = {Role.EDUCATION, Role.FINANCE}
_HOLDER = ("other_name", "other_street", "other_extra", "other_postcode", "other_city")
_FIELDS = {
    "iban": "typed_iban",
    "holder_name": "other_name",
    "street": "other_street",
    "postcode": "other_postcode",
    "city": "other_city",
}


class AccountForm(StaffForm):
    """The new account that a bank told (mobilité bancaire)."""

    typed_iban = StringField("Nouvel IBAN", description="Donné par la banque. Le mandat garde sa référence.")


class MandateView(OperationView):
    table, title, slug, section = models.Mandate, "Mandats de prélèvement", "mandats", "Facturation"
    new_title = "Nouveau mandat au guichet"
    intro = (
        "Un payeur remplit son mandat dans son espace, ou au guichet. Signé, il se vérifie (nom, IBAN, date, "
        "signature) avant d’entrer en vigueur. L’IBAN est chiffré, et masqué à l’écran : le lire en entier "
        "ou ouvrir le mandat imprimé s’écrit à l’historique."
    )
    audience, editors = MONEY_READERS, _CLERKS
    creates = edits = exports = True
    edit_label = "Vérifier et mettre en vigueur"
    search_in = ("guardian.search_text", "guardian.family.search_text", "rum")
    search_label = "Payeur, famille ou RUM"
    eager = ("guardian.family", "decided_by", "papers.document")
    column_list = ("rum", "guardian", "masked_iban", "holder_name", "received_at", "state")
    column_details_list = (
        "rum", "state", "guardian", "masked_iban", "bank", "bic", "holder_name", "address", "debtor_name",
        "creditor_name", "ics", "channel", "started_at", "edited_at", "returned_by", "received_at",
        "signed_on", "activated_at", "ended_at", "decision", "decided_by", "pdf",
    )  # fmt: skip
    column_sortable_list = ("received_at", ("guardian", "guardian.search_text"), "rum")
    column_default_sort = ("id", True)
    column_labels = {
        "guardian": "Payeur",
        "debtor_name": "Débiteur",
        "pdf": "Mandat",
        "holder_name": "Titulaire",
    }
    computed = {
        "masked_iban": lambda row: row.masked_iban,
        "address": lambda row: ", ".join(row.address_lines),
        "pdf": lambda row: _paper_link(row),
    }
    filters = (filters.among("etat", "État", models.Mandate.state, MandateState),)
    form_extra_fields = {
        "typed_iban": StringField("IBAN", description="Celui du RIB ; les espaces ne comptent pas."),
        "other_name": StringField("Nom du titulaire", description="Vide : le compte est au payeur."),
        "other_street": StringField("Numéro et rue"),
        "other_extra": StringField("Complément d’adresse"),
        "other_postcode": StringField("Code postal"),
        "other_city": StringField("Ville"),
    }  # fmt: skip
    form_groups = {"": ("guardian", "typed_iban"), "L’autre titulaire": _HOLDER}
    edit_groups = {"": ("signed_on",)}
    column_descriptions = {"signed_on": "La date écrite sur le mandat signé."}
    refusal_fields = _FIELDS
    asks = {
        "register": "Le mandat signé est là ? Il sera à vérifier, et le payeur l’apprend par courriel.",
        "read_iban": "Lire l’IBAN en entier ? Cette lecture est notée dans l’historique.",
    }
    asks_reason = {
        "refuse": "Refuser ce mandat ? La raison est écrite au payeur, qui peut le renvoyer.",
        "revoke": "Révoquer ce mandat ? Plus rien ne sera prélevé ; la raison est écrite au payeur.",
    }

    def may_edit(self, row: models.Mandate) -> bool:
        return self.can_edit and row.state is MandateState.RECEIVED

    # -- at the counter -------------------------------------------------------------------

    def create(self, form: Any) -> models.Mandate:
        """Filled in for a payer, ready to print and sign."""
        payer = form.guardian.data
        by = actor().acting_for(payer.id, Channel.COUNTER)
        mandate = mandates.fill_in(payer, _details(form, payer), by=by, now=self.now())
        mandates.edit(mandate, by=by, now=self.now())
        return mandate

    def update(self, row: models.Mandate, form: Any) -> models.Mandate:
        if form.signed_on.data is None:
            raise Refused("Donnez la date de signature, écrite sur le mandat.", "signed_on")
        mandates.activate(row, signed_on=form.signed_on.data, by=actor(), now=self.now())
        return row

    @expose("/papier/")
    def paper(self) -> Response:
        """The mandate as a PDF: it shows the whole IBAN, and that it was opened is recorded."""
        db.session.rollback()
        mark_reading(False)
        row = self.wanted()
        if row.rum is None or not self.may_change():
            abort(404)
        mandates.read_iban(row, by=actor(), now=self.now())
        response = mandate_response(row)
        db.session.commit()
        return response

    # -- its life ---------------------------------------------------------------------------

    def row_buttons(self, row: models.Mandate) -> list[RowButton]:
        buttons = []
        if row.state in (MandateState.TO_SIGN, MandateState.REFUSED):
            buttons.append(RowButton("Enregistrer le mandat signé", ".register", self.asks["register"]))
        if row.state is MandateState.RECEIVED:
            buttons.append(RowButton("Refuser", ".refuse"))
        if row.state is MandateState.ACTIVE:
            buttons.append(RowButton("Changement de banque", ".account"))
        if row.state not in OVER:
            buttons.append(RowButton("Révoquer", ".revoke"))
        if holds({Role.FINANCE}):
            buttons.append(RowButton("Lire l’IBAN", ".read_iban", self.asks["read_iban"]))
        return buttons

    @expose("/recevoir/", methods=("POST",))
    def register(self) -> Any:
        return self._do(
            lambda row: mandates.register(row, by=actor(), now=self.now()), "Le mandat signé est à vérifier."
        )

    @expose("/refuser/", methods=("POST",))
    def refuse(self) -> Any:
        reason = request.form.get("raison", "")
        return self._do(
            lambda row: mandates.refuse(row, reason, by=actor(), now=self.now()), "Le mandat est refusé."
        )

    @expose("/revoquer/", methods=("POST",))
    def revoke(self) -> Any:
        reason = request.form.get("raison", "")
        return self._do(
            lambda row: mandates.revoke(row, reason=reason, by=actor(), now=self.now()),
            "Le mandat est révoqué.",
        )

    @expose("/compte/", methods=("POST",))
    def account(self) -> Any:
        """The bank told a new account: the form first, then the change."""
        row, form = self.wanted(), AccountForm(request.form if "typed_iban" in request.form else None)
        if "typed_iban" in request.form:
            try:
                committed(
                    lambda: mandates.amend(
                        row, read_iban(form.typed_iban.data or ""), by=actor(), now=self.now()
                    )
                )
                flash("Le nouveau compte est enregistré ; le payeur l’apprend par courriel.", "success")
                return self._back()
            except Refused as refusal:
                self.show(refusal, form)
        page = self.render("staff/mandates/account.html", row=row, form=form, back=self._details_url(row))
        return page, 422 if form.errors else 200

    @expose("/iban/", methods=("POST",))
    def read_iban(self) -> str:
        if not holds({Role.FINANCE}):
            abort(403)
        row = self.wanted()
        iban = committed(lambda: mandates.read_iban(row, by=actor(), now=self.now()))
        return self.render(
            "staff/mandates/iban.html", row=row, iban=grouped(iban), back=self._details_url(row)
        )

    def _details_url(self, row: models.Mandate) -> str:
        return str(self.get_url(".details_view", id=row.id))

    def _do(self, work: Callable[[models.Mandate], object], done: str) -> Any:
        row = self.wanted()
        try:
            committed(lambda: work(row))
            flash(done, "success")
        except Refused as refusal:
            flash(refusal.sentence, "error")
        return self._back()

    def related(self, row: models.Mandate) -> list[Related]:
        papers = [(link(each.document), text(each.document.added_at)) for each in row.papers]
        return [Related("Mandat signé reçu", ("Pièce", "Déposée le"), papers)]


def _details(form: Any, payer: models.Guardian) -> mandates.BankDetails:
    account = read_iban(form.typed_iban.data or "")
    if not (form.other_name.data or "").strip():
        family = payer.family
        address = PostalAddress(
            family.street, family.postcode, family.city, family.street_extra, family.country
        )
        return mandates.BankDetails(account, payer.full_name, address)
    name, street, extra, postcode, city = ((form[each].data or "").strip() for each in _HOLDER)
    return mandates.BankDetails(account, name, PostalAddress(street, postcode, city, extra))


def _paper_link(row: models.Mandate) -> Any:
    if row.rum is None or not holds(_CLERKS):
        return row.rum or ""
    url = url_for("staff_mandats.paper", id=row.id)
    return Markup('<a href="{}">{} (PDF)</a>').format(url, row.rum)


VIEWS = (MandateView,)
