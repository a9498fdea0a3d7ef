"""The families' documents: opened in place by the roles that need them, marked seen; what is asked."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Response, abort, flash
from flask_admin import expose

import models
import papers
from admin import filters
from admin.base import RowButton, StaffView, actor
from admin.children import OF_CHILD
from admin.families import SECTION
from admin.saving import committed
from admin.vault import file_link, kinds_of_mine
from extensions import db, mark_reading
from operations import documents
from rules.documents import DocumentKind, size_in_words
from rules.vocabulary import PerWhom, Role

READERS = {Role.EDUCATION, Role.FINANCE, Role.CANTEEN}


class DocumentView(StaffView):
    table, title, slug, section = models.Document, "Pièces justificatives", "pieces", SECTION
    intro = (
        "Ce que les familles déposent. « Vue » dit au parent que la pièce convient, et rend définitive une "
        "inscription qui l’attendait. Ouvrir une pièce de santé, de justice ou de banque s’écrit au journal."
    )
    audience, editors = READERS, {Role.EDUCATION, Role.FINANCE}
    acts = True
    search_in = (*OF_CHILD, "family.search_text", "family.guardians.search_text")
    search_label = "Enfant, adulte ou famille"
    eager = ("family", "child", "guardian", "seen_by")
    column_list = ("kind", "file", "family", "child", "added_at", "expires_on", "seen_at")
    column_details_list = (
        "kind", "file", "guardian", "family", "child", "size_said", "added_at", "expires_on", "seen_at",
        "seen_by", "removed_at",
    )  # fmt: skip
    column_labels = {"file": "Fichier", "guardian": "Déposée par", "expires_on": "Valable jusqu’au"}
    column_sortable_list = ("added_at", "expires_on", ("family", "family.search_text"))
    column_default_sort = ("added_at", True)
    computed = {"file": lambda row: file_link(row), "size_said": lambda row: size_in_words(row.size)}
    filters = (
        filters.yes_no("vue", "Vue", models.Document.seen_at.is_not(None)),
        filters.among("nature", "Nature", models.Document.kind, DocumentKind),
        filters.yes_no("retiree", "Retirée par la famille", models.Document.removed_at.is_not(None)),
    )

    def default_filters(self) -> dict[str, str]:
        return {"vue": "non", "retiree": "non"}

    def get_query(self) -> Any:
        """Only the kinds that this agent's roles open; removed, only what a démarche still uses."""
        return super().get_query().filter(*_within_reach())

    def get_count_query(self) -> Any:
        return db.session.query(sa.func.count(models.Document.id)).filter(*_within_reach())

    def get_one(self, id: Any) -> Any:
        row = super().get_one(id)
        return row if row is not None and row.kind in kinds_of_mine() else None

    def row_buttons(self, row: models.Document) -> list[RowButton]:
        return [RowButton("Marquer vue", ".mark_seen")] if row.seen_at is None and self.may_change() else []

    @expose("/vue/", methods=("POST",))
    def mark_seen(self) -> Any:
        row = self.wanted()
        if not self.may_change():
            abort(403)
        committed(lambda: documents.seen(row, by=actor(), now=self.now()))
        flash(f"Pièce vue : {row.name}.", "success")
        return self._back()

    @expose("/<int:document_id>/fichier")
    def file(self, document_id: int) -> Response:
        """The document itself; reading a sensitive one is written down before it is shown."""
        row = self.get_one(document_id) or abort(404)
        if row.kind.is_sensitive:
            db.session.rollback()  # the transaction that read the session cannot write
            mark_reading(False)
            committed(lambda: documents.read(row, by=actor(), now=self.now()))
        return papers.document_response(row)


def _within_reach() -> tuple[Any, ...]:
    row = models.Document
    return row.kind.in_(kinds_of_mine()), sa.or_(row.removed_at.is_(None), documents.is_used())


class DocumentNeedView(StaffView):
    table, title, slug, section = models.DocumentNeed, "Pièces attendues", "pieces-attendues", SECTION
    new_title = "Nouvelle pièce attendue"
    intro = (
        "Ce que la commune demande aux familles pour une année scolaire : à tous, ou aux enfants inscrits à "
        "un service ou à une activité. Une pièce obligatoire qui manque rend l’inscription provisoire ; elle "
        "ne la fait jamais refuser."
    )
    audience, editors = {Role.EDUCATION, Role.READER}, {Role.EDUCATION}
    creates = edits = deletes = True
    eager = ("activity", "service")
    column_list = (
        "kind",
        "label",
        "per_whom",
        "service",
        "activity",
        "first_day",
        "last_day",
        "is_compulsory",
    )
    column_details_list = column_list
    column_sortable_list = ("first_day",)
    column_default_sort = ("first_day", True)
    column_labels = {"per_whom": "Une", "is_compulsory": "Obligatoire", "label": "En clair"}
    filters = (filters.since("depuis", "Jusqu’au moins le", models.DocumentNeed.last_day),)
    form_groups = {
        "": ("kind", "label", "per_whom", "is_compulsory"),
        "Pour qui (vide : tout le monde)": ("service", "activity"),
        "Quand": ("first_day", "last_day"),
    }
    form_optional = ("label",)
    form_args: Any = {"per_whom": {"default": PerWhom.CHILD}}
    column_descriptions = {
        "label": "Ce que lit la famille. Vide : la nature de la pièce.",
        "first_day": "D’ordinaire celui de l’année scolaire ; une assurance doit encore valoir ce jour-là.",
    }


VIEWS = (DocumentView, DocumentNeedView)
