"""The documents of the town hall: put online, replaced, dated; every version keeps its address."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for
from flask_wtf.file import FileField
from markupsafe import Markup

import models
from admin import filters, saving
from admin.base import OperationView, Related
from admin.families import FAMILY_READERS
from admin.guard import actor
from admin.uploads import content_of
from extensions import db
from gateways import uploads
from operations import town_documents
from rules.documents import size_in_words
from rules.folding import slug as slug_of
from rules.instants import paris
from rules.publication_vocabulary import DocumentCategory
from rules.refusals import Refused
from rules.vocabulary import Role

SECTION = "Publication"


class TownDocumentView(OperationView):
    table, title, slug, section = models.TownDocument, "Documents en ligne", "documents-en-ligne", SECTION
    new_title = "Nouveau document"
    intro = (
        "Dossiers, formulaires, règlements à télécharger. L’adresse d’un document ne change pas quand son "
        "fichier est remplacé : un lien, un courrier, une affiche restent bons."
    )
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    search_in = ("search_text",)
    search_label = "Titre ou description"
    eager = ("versions", "school_year")
    column_list = ("title", "category", "stage", "file", "is_returned", "school_year")
    column_details_list = (
        "title", "description", "category", "stage", "first_day", "last_day", "file", "is_returned",
        "school_year", "position", "slug",
    )  # fmt: skip
    column_sortable_list = (("title", "search_text"), "category", "first_day")
    column_default_sort = ("search_text", False)
    column_labels = {"first_day": "Publié du", "last_day": "au", "category": "Rubrique"}
    computed = {"stage": lambda row: stage(row), "file": lambda row: current_file(row)}
    filters = (
        filters.among("rubrique", "Rubrique", models.TownDocument.category, DocumentCategory),
        filters.yes_no("brouillon", "Brouillon", models.TownDocument.first_day.is_(None)),
    )
    form_groups = {
        "": ("title", "description", "file", "category", "school_year", "is_returned"),
        "Publication": ("first_day", "last_day", "position", "slug"),
    }
    form_optional = ("slug", "description")
    form_extra_fields = {
        "file": FileField("Fichier PDF", description="10 Mo au plus. Sans fichier, celui en ligne reste.")
    }
    column_descriptions = {
        "is_returned": "Les familles le renvoient rempli depuis leur espace.",
        "first_day": "Sans date, c’est un brouillon que seuls les agents ouvrent.",
        "slug": "Laissée vide, elle vient du titre.",
        "position": "Le plus petit d’abord ; à égalité, par titre.",
    }

    def create(self, form: Any) -> models.TownDocument:
        row = models.TownDocument()
        self._fill(row, form)
        db.session.add(row)
        db.session.flush()
        saving.record(row, "Création", None, self.snapshot(row), actor(), self.now())
        self._put_online(row, form, is_needed=True)
        return row

    def update(self, row: models.TownDocument, form: Any) -> models.TownDocument:
        before = self.snapshot(row)
        self._fill(row, form)
        db.session.flush()
        self.keep_history(row, before)
        self._put_online(row, form, is_needed=False)
        return row

    def _fill(self, row: models.TownDocument, form: Any) -> None:
        for field in form:
            if field.short_name != "file":
                field.populate_obj(row, field.short_name)
        row.slug = slug_of(row.slug or row.title)

    def _put_online(self, row: models.TownDocument, form: Any, *, is_needed: bool) -> None:
        sent = form.file.data
        content = content_of(sent)
        if not content and not is_needed:
            return
        clean = pdf_of(getattr(sent, "filename", ""), content)
        key = current_app.extensions["storage"].put(clean, ".pdf")
        town_documents.put_online(row, clean, key, by=actor(), now=self.now())

    def delete(self, row: models.TownDocument) -> None:
        saving.record(row, "Suppression", self.snapshot(row), None, actor(), self.now())
        db.session.delete(row)
        db.session.flush()

    def related(self, row: models.TownDocument) -> list[Related]:
        rows = [
            (version.number, link_to(version), version.added_at, version.added_by)
            for version in reversed(row.versions)
        ]
        return [Related("Versions", ("Version", "Fichier", "Mise en ligne", "Par"), rows)]


def pdf_of(name: str, content: bytes) -> bytes:
    """The file as it may be kept. Refused unless it is a whole PDF, whatever its name says."""
    if not content:
        raise Refused("Choisissez le fichier PDF.", "file")
    try:
        clean = uploads.clean(name, content)
    except Refused as refusal:
        raise Refused(refusal.sentence, "file") from refusal
    if clean.media_type != uploads.PDF:
        raise Refused("Ce fichier n’est pas un PDF : enregistrez-le au format PDF.", "file")
    return clean.data


def stage(row: models.TownDocument) -> str:
    return town_documents.document_stage(row, paris(TownDocumentView.now()).date()).words


def current_file(row: models.TownDocument) -> Markup | str:
    return link_to(row.current, current=True) if row.current else "Aucun fichier"


def link_to(version: models.TownDocumentVersion, *, current: bool = False) -> Markup:
    row = version.document
    address = (
        url_for("public.document", document_slug=row.slug)
        if current
        else url_for("public.document_version", document_slug=row.slug, version_number=version.number)
    )
    return Markup('<a href="{}">PDF, {}</a>').format(address, size_in_words(version.size))


VIEWS = (TownDocumentView,)
