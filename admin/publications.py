"""What the town hall publishes: news, pages, interruptions, the CGU."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from flask import render_template, request, url_for
from markupsafe import Markup

import models
from admin import filters
from admin.base import StaffView
from admin.families import FAMILY_READERS
from extensions import db
from operations.news import news_stage, page_stage
from operations.pictures import ensure_described
from rules.folding import slug as slug_of
from rules.instants import paris
from rules.pictures import addressed
from rules.refusals import Refused
from rules.vocabulary import Role

SECTION = "Publication"
MARKDOWN = (
    "Texte simple ; **gras**, titres avec ##, listes avec -, liens [texte](adresse). Une image : collez la "
    "ligne que donne l’écran « Images »."
)
_IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]*)")
# The pages that every site must have, with their title; a commune writes its own over the text proposed.
LEGAL = {
    "accessibilite": "Déclaration d’accessibilité",
    "mentions-legales": "Mentions légales",
    "confidentialite": "Confidentialité",
}


def check_images(text: str) -> None:
    """Refused when an image of the text is not ours, or does not say what it shows."""
    found = [(addressed(address), alternative) for alternative, address in _IMAGE.findall(text)]
    if found:
        ensure_described(found)


def opened(said: str, address: str) -> Markup:
    """What stands at that address, draft or not, in the words of its state."""
    return Markup('<a href="{}">{}</a>').format(address, said)


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
    eager = ("school", "school_class.school", "activity", "picture")
    column_list = ("title", "stage", "first_day", "last_day", "school", "school_class", "activity")
    column_details_list = ("title", "summary", "body", "picture", *column_list[1:], "slug")
    column_sortable_list = (("title", "search_text"), "first_day")
    column_default_sort = ("first_day", True)
    filters = (filters.yes_no("brouillon", "Brouillon", models.News.first_day.is_(None)),)
    column_labels = {"first_day": "Publiée du", "last_day": "au", "stage": "Voir la page"}
    computed = {"stage": lambda row: news_page(row)}
    form_groups = {
        "": ("title", "summary", "body", "picture", "slug"),
        "Publication": ("first_day", "last_day"),
        "Pour qui (vide : tout le monde)": ("school", "school_class", "activity"),
    }
    form_optional = ("slug",)
    column_descriptions = {
        "body": MARKDOWN,
        "picture": "À côté du titre ; elle s’ajoute d’abord dans « Images ».",
        "first_day": "Sans date, c’est un brouillon que seuls les agents ouvrent.",
        "slug": "Laissée vide, elle vient du titre.",
    }

    def check(self, row: models.News, form: Any, *, is_created: bool) -> None:
        row.slug = slug_of(row.slug or row.title)
        check_images(row.body)


class PageView(StaffView):
    table, title, slug, section = models.Page, "Pages", "pages", SECTION
    new_title = "Nouvelle page"
    intro = "Les infos pratiques de l’espace public, et les pages légales."
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = deletes = True
    search_in = ("search_text",)
    search_label = "Titre"
    column_list = ("title", "stage", "is_practical", "position", "updated_on")
    column_details_list = ("title", "body", *column_list[1:], "first_day", "last_day", "slug")
    column_sortable_list = (("title", "search_text"), "position", "updated_on")
    column_labels = {"stage": "Voir la page", "first_day": "Affichée du", "last_day": "au"}
    computed = {"stage": lambda row: page_page(row)}
    column_default_sort = "position"
    filters = (filters.yes_no("publiee", "Publiée", models.Page.is_published.is_(True)),)
    form_groups = {
        "": ("title", "body"),
        "Publication": ("is_published", "first_day", "last_day", "is_practical", "position", "slug"),
    }
    form_optional = ("slug",)
    column_descriptions = {
        "body": MARKDOWN,
        "is_published": "Sinon, c’est un brouillon que seuls les agents ouvrent.",
        "is_practical": "Décochée : une page légale, à l’adresse donnée plus bas.",
        "first_day": "Vide : dès qu’elle est publiée.",
        "last_day": "Vide : sans fin.",
        "position": "Le plus petit d’abord ; à égalité, par titre.",
        "slug": "Laissée vide, elle vient du titre.",
    }

    def list_warnings(self) -> list[Markup]:
        """A legal page that the commune has not written shows the text proposed: said, with its link."""
        written = set(db.session.scalars(sa.select(models.Page.slug).where(models.Page.slug.in_(LEGAL))))
        missing = [slug for slug in LEGAL if slug not in written] if self.can_create else []
        return [
            Markup('« {} » montre le texte proposé. <a href="{}">L’écrire à partir de lui</a>').format(
                LEGAL[slug], url_for(".create_view", modele=slug)
            )
            for slug in missing
        ]

    def create_form(self, obj: Any = None) -> Any:
        """`?modele=confidentialite` starts from the text that the portal proposes."""
        form = super().create_form(obj)
        slug = request.args.get("modele", "")
        if request.method == "GET":
            form.first_day.data = None
            form.is_practical.data = slug not in LEGAL
            if slug in LEGAL:
                form.title.data, form.slug.data, form.is_published.data = LEGAL[slug], slug, True
                form.body.data = render_template(f"public/{slug}.md").strip()
        return form

    def check(self, row: models.Page, form: Any, *, is_created: bool) -> None:
        row.slug = slug_of(row.slug or row.title)
        row.updated_on = paris(self.now()).date()
        check_images(row.body)


def news_page(row: models.News) -> Markup:
    said = news_stage(row, paris(NewsView.now()).date()).words
    return opened(said, url_for("public.news_item", slug=row.slug))


def page_page(row: models.Page) -> Markup:
    said = page_stage(row, paris(PageView.now()).date()).words
    practical = url_for("public.practical_page", slug=row.slug)
    return opened(said, practical if row.is_practical else f"/{row.slug}")


class InterruptionView(StaffView):
    table, title, slug, section = models.Interruption, "Interruptions prévues", "interruptions", SECTION
    new_title = "Nouvelle interruption"
    intro = "Dite en haut de chaque page de son annonce à sa fin, puis sur la page « État du service »."
    audience, editors = {Role.EDUCATION, Role.READER}, {Role.EDUCATION}
    creates = edits = deletes = True
    column_list = ("what", "announced_at", "starts_at", "ends_at")
    column_details_list = ("what", "details", *column_list[1:])
    column_sortable_list = ("starts_at",)
    column_default_sort = ("starts_at", True)
    form_groups = {"": ("what", "details", "announced_at", "starts_at", "ends_at")}
    form_optional = ("details",)
    column_labels = {"starts_at": "Commence le", "ends_at": "Finit le"}
    column_descriptions = {
        "what": "Par exemple « Entretien de l’espace citoyen » ; la page ajoute les dates et les heures.",
        "details": "Ce que les familles peuvent faire en attendant.",
    }


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


VIEWS = (NewsView, PageView, InterruptionView, CguView)
