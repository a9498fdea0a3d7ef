"""The open pages: home, news, practical and legal pages, prices, health of the service."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response, abort, g, render_template
from flask_login import current_user

import models
from extensions import db
from operations.configuration import configuration
from operations.news import EVERYBODY, Audience, news_called, news_for, page_called, practical_pages
from portal import access
from portal.prices import annual_fees, grids

public = Blueprint("public", __name__)

LEGAL_TITLES = {
    "accessibilite": "Déclaration d’accessibilité",
    "mentions-legales": "Mentions légales",
    "confidentialite": "Confidentialité",
}


@public.get("/")
def home() -> str:
    return render_template(
        "public/home.html",
        news=news_for(EVERYBODY, access.today(), most=6),
        pages=practical_pages(),
    )


@public.get("/actualites/<slug>")
def news_item(slug: str) -> str:
    item = news_called(slug, _reader(), access.today()) or abort(404)
    return render_template("public/news.html", item=item)


def _reader() -> Audience:
    """News for a class is read by the parents of its children, and by nobody else."""
    if not current_user.is_authenticated or current_user.guardian is None:
        return EVERYBODY
    return access.my_audience()


@public.get("/infos-pratiques/<slug>")
def practical_page(slug: str) -> str:
    return render_template("public/page.html", page=page_called(slug, practical=True) or abort(404))


@public.get("/accessibilite")
def accessibility() -> str:
    return _legal_page("accessibilite")


@public.get("/mentions-legales")
def legal_notice() -> str:
    return _legal_page("mentions-legales")


@public.get("/confidentialite")
def privacy() -> str:
    return _legal_page("confidentialite")


def _legal_page(slug: str) -> str:
    """The commune's own text once it is published; until then, one that holds for every commune."""
    page = page_called(slug, practical=False)
    if page is not None:
        return render_template("public/page.html", page=page)
    return render_template(f"public/{slug}.html", title=LEGAL_TITLES[slug])


@public.get("/tarifs")
def prices() -> str:
    rules, today = configuration(), access.today()
    return render_template(
        "public/prices.html", grids=list(grids(rules, today)), fees=list(annual_fees(rules, today))
    )


@public.get("/healthz")
def health() -> Response:
    """For the host's probe: the process answers and its database too."""
    db.session.execute(sa.select(models.Commune.id).limit(1))
    return Response(f"ok {g.now.isoformat(timespec='seconds')}\n", mimetype="text/plain")
