"""The documents of the town hall: for everybody, and for a parent who sends a form back."""

from __future__ import annotations

from flask import Response, abort, current_app, render_template, request

import models
from operations.town_documents import document_called, document_stage, documents_on_show
from portal import access
from portal.public import public
from portal.room import espace
from portal.viewing import is_staff


@public.get("/documents")
def documents() -> str:
    return render_template("public/documents.html", headings=documents_on_show(access.today()))


@public.get("/documents/<document_slug>.pdf")
def document(document_slug: str) -> Response:
    """The version in force: the address that a link, a letter or a poster may keep."""
    row = _wanted(document_slug)
    return _sent(row, row.current or abort(404))


@public.get("/documents/<document_slug>/<int:version_number>.pdf")
def document_version(document_slug: str, version_number: int) -> Response:
    """A version for good, even once replaced."""
    row = _wanted(document_slug)
    found = (each for each in row.versions if each.number == version_number)
    return _sent(row, next(found, None) or abort(404))


def _wanted(slug: str) -> models.TownDocument:
    row = document_called(slug) or abort(404)
    if not (document_stage(row, access.today()).is_on_show or is_staff()):
        abort(404)
    return row


def _sent(row: models.TownDocument, version: models.TownDocumentVersion) -> Response:
    """Asked again at each opening, sent again only when it has changed."""
    content = current_app.extensions["storage"].get(version.storage_key)
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{row.slug}.pdf"'
    on_show = document_stage(row, access.today()).is_on_show
    response.headers["Cache-Control"] = "public, no-cache" if on_show else "private, no-store"
    response.set_etag(version.sha256)
    return response.make_conditional(request)


@espace.get("/documents-mairie")
def town_documents() -> str:
    return render_template("portal/town_documents.html", headings=documents_on_show(access.today()))
