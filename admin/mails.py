"""Mails: what left, what waits, what failed; secrets are never shown."""

from __future__ import annotations

from typing import Any

from flask import flash
from flask_admin import expose
from markupsafe import Markup

import models
from admin import filters
from admin.base import RowButton, StaffView, actor
from admin.saving import committed, record
from operations import outbox
from rules.refusals import Refused
from rules.vocabulary import MailState, Role


class MailView(StaffView):
    table, title, slug, section = models.Outbox, "Courriels", "courriels", "Suivi"
    audience, editors = {Role.EDUCATION, Role.READER}, {Role.EDUCATION}
    search_in = ("recipient", "subject")
    search_label = "Destinataire ou objet"
    column_list = ("subject", "recipient", "state", "created_at", "sent_at", "last_error")
    column_details_list = (
        "subject", "recipient", "state", "attempts", "created_at", "next_try_at", "sent_at", "last_error",
        "body",
    )  # fmt: skip
    column_sortable_list = ("created_at", "recipient")
    column_default_sort = ("id", True)
    computed = {"body": lambda row: Markup("<pre>{}</pre>").format(outbox.masked(row.body))}
    filters = (filters.among("etat", "État", models.Outbox.state, MailState),)

    def name_of(self, row: models.Outbox) -> str:
        return row.subject

    def row_buttons(self, row: models.Outbox) -> list[RowButton]:
        return [RowButton("Réessayer", ".retry")] if row.state is MailState.FAILED else []

    @expose("/reessayer/", methods=("POST",))
    def retry(self) -> Any:
        row = self.wanted()
        try:
            committed(lambda: self._again(row))
            flash(f"Le courriel pour {row.recipient} repartira dans la minute.", "success")
        except Refused as refusal:
            flash(refusal.sentence, "error")
        return self._back()

    def _again(self, row: models.Outbox) -> None:
        outbox.retry(row, now=self.now())
        record(row, "Nouvel essai d’envoi", None, {"destinataire": row.recipient}, actor(), self.now())


VIEWS = (MailView,)
