"""The images of the town hall: sent once, made light, described, then shown by news and pages."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_wtf.file import FileField
from markupsafe import Markup, escape
from wtforms.validators import InputRequired

import models
from admin import saving
from admin.base import OperationView
from admin.families import FAMILY_READERS
from admin.guard import actor
from admin.uploads import content_of
from extensions import db
from gateways import pictures as pillow
from operations import pictures
from rules.documents import size_in_words
from rules.vocabulary import Role

SECTION = "Publication"


class PictureView(OperationView):
    table, title, slug, section = models.Picture, "Images", "images", SECTION
    new_title = "Nouvelle image"
    intro = (
        "JPEG, PNG ou WebP, d’un téléphone si l’on veut : elle est redressée, réduite, allégée, et ne dit "
        "plus où ni avec quoi elle a été prise. Une actualité la choisit ; un texte la reçoit par la ligne "
        "à copier."
    )
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    search_in = ("search_text",)
    search_label = "Nom ou description"
    column_list = ("name", "preview", "alternative", "is_decorative", "to_copy")
    column_details_list = (*column_list, "dimensions", "weight", "added_on")
    column_sortable_list = (("name", "search_text"), "added_on")
    column_default_sort = ("id", True)
    computed = {
        "preview": lambda row: preview(row),
        "to_copy": lambda row: to_copy(row),
        "dimensions": lambda row: f"{row.width} × {row.height} pixels",
        "weight": lambda row: size_in_words(row.size),
    }
    column_labels = {"added_on": "Ajoutée le"}
    form_groups = {"": ("name", "file", "alternative", "is_decorative")}
    edit_groups = {"": ("name", "alternative", "is_decorative")}
    form_optional = ("alternative",)
    form_extra_fields = {
        "file": FileField(
            "Fichier",
            validators=[InputRequired("Choisissez une image.")],
            description="JPEG, PNG ou WebP, 10 Mo au plus.",
        )
    }
    column_descriptions = {
        "name": "Pour la retrouver dans les listes.",
        "alternative": "Ce que l’image apporte, pour qui ne la voit pas : « Enfants au self de l’école ».",
        "is_decorative": "Elle n’apporte rien au texte : elle n’est pas annoncée aux lecteurs d’écran.",
    }

    def create(self, form: Any) -> models.Picture:
        pictures.describe(form.alternative.data or "", is_decorative=form.is_decorative.data)
        made = pillow.prepared(content_of(form.file.data))
        storage = current_app.extensions["storage"]
        stored = pictures.Stored(
            storage.put(made.large, ".webp"),
            storage.put(made.small, ".webp"),
            made.width,
            made.height,
            len(made.large),
        )
        return pictures.add(
            form.name.data,
            form.alternative.data or "",
            stored,
            is_decorative=form.is_decorative.data,
            by=actor(),
            now=self.now(),
        )

    def update(self, row: models.Picture, form: Any) -> models.Picture:
        before = self.snapshot(row)
        row.alternative = pictures.describe(
            form.alternative.data or "", is_decorative=form.is_decorative.data
        )
        row.name, row.is_decorative = form.name.data, form.is_decorative.data
        db.session.flush()
        self.keep_history(row, before)
        return row

    def delete(self, row: models.Picture) -> None:
        """Its files are left to the backups: an address already given keeps no text from showing."""
        pictures.ensure_unused(row)
        saving.record(row, "Suppression", self.snapshot(row), None, actor(), self.now())
        db.session.delete(row)
        db.session.flush()


def preview(row: models.Picture) -> Markup:
    small = row.sized.small
    return Markup('<img class="thumb" src="{}" width="{}" height="{}" alt="" loading="lazy">').format(
        small.address, small.width, small.height
    )


def to_copy(row: models.Picture) -> Markup:
    """The line that puts the image in a text, with its alternative."""
    return Markup("<code>{}</code>").format(escape(f"![{row.alternative}]({row.sized.address})"))


VIEWS = (PictureView,)
