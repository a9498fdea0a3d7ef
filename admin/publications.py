"""What the town hall publishes: news, pages, the CGU."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

import models
from admin import filters
from admin.base import StaffView
from admin.families import FAMILY_READERS
from extensions import db
from rules.folding import slug as slug_of
from rules.instants import paris
from rules.refusals import Refused
from rules.vocabulary import Role

SECTION = "Publication"
MARKDOWN = "Texte simple ; **gras**, titres avec ##, listes avec -, liens [texte](adresse)."


class NewsView(StaffView):
    table, title, slug, section = models.News, "Actualités", "actualites", SECTION
    new_title = "Nouvelle actualité"
    intro = (
        "Publique, ou pour une école, une classe, une activité ; un brouillon tant qu’elle n’a pas de date."
    )
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    search_in = ("search_text",)
    search_label = "Titre ou résumé"
    eager = ("school", "school_class.school", "activity")
    column_list = ("title", "first_day", "last_day", "school", "school_class", "activity")
    column_details_list = ("title", "summary", "body", *column_list[1:], "slug")
    column_sortable_list = (("title", "search_text"), "first_day")
    column_default_sort = ("first_day", True)
    filters = (filters.yes_no("brouillon", "Brouillon", models.News.first_day.is_(None)),)
    column_labels = {"first_day": "Publiée du", "last_day": "au"}
    form_groups = {
        "": ("title", "summary", "body", "slug"),
        "Publication": ("first_day", "last_day"),
        "Pour qui (vide : tout le monde)": ("school", "school_class", "activity"),
    }
    form_optional = ("slug",)
    column_descriptions = {"body": MARKDOWN, "slug": "Laissée vide, elle vient du titre."}

    def check(self, row: models.News, form: Any, *, is_created: bool) -> None:
        row.slug = slug_of(row.slug or row.title)


class PageView(StaffView):
    table, title, slug, section = models.Page, "Pages", "pages", SECTION
    new_title = "Nouvelle page"
    intro = "Les infos pratiques de l’espace public, et les pages légales."
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    search_in = ("search_text",)
    search_label = "Titre"
    column_list = ("title", "is_published", "is_practical", "position", "updated_on")
    column_details_list = ("title", "body", *column_list[1:], "slug")
    column_sortable_list = (("title", "search_text"), "position", "updated_on")
    column_default_sort = "position"
    filters = (filters.yes_no("publiee", "Publiée", models.Page.is_published.is_(True)),)
    form_groups = {"": ("title", "body", "slug", "is_published", "is_practical", "position")}
    form_optional = ("slug",)
    column_descriptions = {"body": MARKDOWN, "slug": "Laissée vide, elle vient du titre."}

    def check(self, row: models.Page, form: Any, *, is_created: bool) -> None:
        row.slug = slug_of(row.slug or row.title)
        row.updated_on = paris(self.now()).date()


class CguView(StaffView):
    table, title, slug, section = models.CguVersion, "Versions des CGU", "cgu", SECTION
    new_title = "Nouvelle version"
    intro = "La dernière version publiée est demandée à chaque parent ; une version publiée ne change plus."
    audience, editors = {Role.EDUCATION, Role.READER}, {Role.EDUCATION}
    creates = edits = deletes = True
    column_list = ("name", "published_at")
    column_labels = {"accepted": "Acceptée par"}
    computed = {"accepted": lambda row: acceptances(row)}
    column_details_list = ("name", "published_at", "accepted", "body")
    column_sortable_list = ("published_at",)
    column_default_sort = ("id", True)
    form_groups = {"": ("name", "body", "published_at")}
    column_descriptions = {
        "body": MARKDOWN,
        "published_at": "Vide : un brouillon. À partir de cet instant, elle est demandée à tous les parents.",
    }

    def may_edit(self, row: models.CguVersion) -> bool:
        return self.can_edit and not self._is_published(row)

    def may_delete(self, row: models.CguVersion) -> bool:
        return self.can_delete and not self._is_published(row)

    def _is_published(self, row: models.CguVersion) -> bool:
        return row.published_at is not None and row.published_at <= self.now()

    def check(self, row: models.CguVersion, form: Any, *, is_created: bool) -> None:
        if row.published_at is not None and row.published_at < self.now().replace(second=0, microsecond=0):
            raise Refused("Une version ne se publie pas dans le passé.", "published_at")


def acceptances(row: models.CguVersion) -> int:
    query = sa.select(sa.func.count()).select_from(models.CguAcceptance).filter_by(version_id=row.id)
    return db.session.scalar(query) or 0


VIEWS = (NewsView, PageView, CguView)
