"""Accounts: states and roles; no password is ever shown or chosen here."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_admin import expose

import models
from admin import filters
from admin.base import OperationView, RowButton, actor
from admin.conversion import rows_of
from admin.fields import ChecksField
from admin.saving import committed
from extensions import db
from operations import accounts
from rules.refusals import Refused
from rules.vocabulary import Role


class AccountView(OperationView):
    """For administrators alone: an empty audience."""

    table, title, slug, section = models.Account, "Comptes", "comptes", "Suivi"
    new_title = "Nouveau compte d’agent"
    intro = (
        "Le portail choisit le mot de passe provisoire et l’envoie : personne ici ne le voit ni ne le "
        "choisit. Le compte d’un parent s’active depuis sa fiche d’adulte."
    )
    creates = edits = True
    search_in = ("email", "display_name", "guardian.search_text")
    search_label = "Nom ou courriel"
    column_list = ("display_name", "email", "roles", "guardian", "activation", "last_signed_in_at", "active")
    column_details_list = (
        "display_name", "email", "roles", "guardian", "active", "activation", "provisional_sent_at",
        "provisional_expires_at", "first_signed_in_at", "last_signed_in_at", "created_at",
    )  # fmt: skip
    column_sortable_list = ("display_name", "email", "last_signed_in_at")
    column_default_sort = "email"
    computed = {
        "roles": lambda row: [Role(role.name).label for role in row.roles],
        "activation": lambda row: accounts.activation_state(row, AccountView.now()).label,
    }
    filters = (
        filters.yes_no("agent", "Agent", models.Account.roles.any()),
        filters.yes_no("parent", "Parent", models.Account.guardian.has()),
        filters.yes_no("actif", "Actif", models.Account.active.is_(True)),
    )
    form_extra_fields = {"staff_roles": ChecksField("Rôles", rows=lambda: rows_of(models.Role))}
    form_groups = {"": ("email", "display_name", "staff_roles")}
    edit_groups = {"": ("display_name", "staff_roles", "active")}
    column_descriptions = {"active": "Un compte inactif ne peut plus se connecter, et sa session s’arrête."}
    refusal_fields = {"roles": "staff_roles"}
    asks = {
        "reset_factor": "Retirer le second facteur de ce compte ? Ses sessions s’arrêtent aussitôt ; "
        "assurez-vous d’abord de qui le demande."
    }

    def row_buttons(self, row: models.Account) -> list[RowButton]:
        """For an agent who lost both their telephone and their recovery codes."""
        if row.tf_totp_secret is None:
            return []
        return [RowButton("Réinitialiser le second facteur", ".reset_factor", self.asks["reset_factor"])]

    @expose("/second-facteur/", methods=("POST",))
    def reset_factor(self) -> Any:
        row = self.wanted()
        committed(lambda: accounts.reset_second_factor(row, by=actor(), now=self.now()))
        flash(f"{row.display_name} installera un nouveau second facteur à sa prochaine connexion.", "success")
        return self._back()

    def edit_form(self, obj: Any = None) -> Any:
        form = super().edit_form(obj)
        if request.method == "GET":
            form.staff_roles.data = [role.id for role in obj.roles]
        return form

    def create(self, form: Any) -> models.Account:
        roles = [Role(role.name) for role in _chosen(form)]
        email, name = form.email.data or "", form.display_name.data
        return accounts.create_staff(email, name, roles, by=actor(), now=self.now())

    def update(self, row: models.Account, form: Any) -> models.Account:
        self._keep_oneself(row, form)
        before = self.snapshot(row)
        row.roles = _chosen(form)
        row.display_name, row.active = form.display_name.data, form.active.data
        db.session.flush()
        self.keep_history(row, before)
        return row

    def snapshot(self, row: models.Account) -> dict[str, Any]:
        return super().snapshot(row) | {"roles": sorted(role.description for role in row.roles)}

    def _keep_oneself(self, row: models.Account, form: Any) -> None:
        """An administrator cannot lock themselves out by mistake."""
        if row.id != actor().account_id:
            return
        if not form.active.data:
            raise Refused("Vous ne pouvez pas désactiver votre propre compte.", "active")
        if Role.ADMINISTRATOR.value not in [role.name for role in _chosen(form)]:
            raise Refused("Vous ne pouvez pas vous retirer l’administration.", "staff_roles")


def _chosen(form: Any) -> list[models.Role]:
    return [role for role in rows_of(models.Role) if role.id in form.staff_roles.data]


VIEWS = (AccountView,)
