"""The open pages: home, news, practical and legal pages, prices, state and map of the service."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response, abort, g, render_template, request

import models
from extensions import db
from operations import menus, news
from operations.configuration import configuration
from operations.interruptions import Interruption, announced, recently_over
from portal import access
from portal.prices import annual_fees, grids
from portal.tiles import HEADINGS
from portal.viewing import is_parent, is_staff, reader

public = Blueprint("public", __name__)

LEGAL_TITLES = {
    "accessibilite": "Déclaration d’accessibilité",
    "mentions-legales": "Mentions légales",
    "confidentialite": "Confidentialité",
}
PER_PAGE = 10
MOST_PAGES = 1000


@public.get("/")
def home() -> str:
    today = access.today()
    menu = menus.next_menu(today)
    return render_template(
        "public/home.html",
        news=news.news_for(news.EVERYBODY, today, most=4),
        pages=news.practical_pages(today),
        menu=menus.facts_of(menu) if menu else None,
        today=today,
    )


# -- news ---------------------------------------------------------------------------------


@public.get("/actualites")
def all_news() -> str:
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    items = news.news_for(reader(), access.today(), most=PER_PAGE + 1, after=(page - 1) * PER_PAGE)
    return render_template(
        "public/all_news.html", news=items[:PER_PAGE], page=page, more=len(items) > PER_PAGE
    )


@public.get("/actualites/<slug>")
def news_item(slug: str) -> str:
    today = access.today()
    item = news.news_called(slug, reader(), today) or (is_staff() and news.news_as_written(slug))
    if not item:
        abort(404)
    return render_template("public/news.html", item=item, stage=news.news_stage(item, today))


# -- pages ----------------------------------------------------------------------------------


@public.get("/infos-pratiques")
def practical_pages() -> str:
    return render_template("public/practical.html", pages=news.practical_pages(access.today()))


@public.get("/infos-pratiques/<slug>")
def practical_page(slug: str) -> str:
    page = _page(slug, practical=True) or abort(404)
    return _shown(page)


def _page(slug: str, *, practical: bool) -> models.Page | None:
    page = news.page_called(slug, access.today(), practical=practical)
    if page is None and is_staff():
        page = news.page_as_written(slug, practical=practical)
    return page


def _shown(page: models.Page) -> str:
    return render_template("public/page.html", page=page, stage=news.page_stage(page, access.today()))


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
    page = _page(slug, practical=False)
    if page is not None:
        return _shown(page)
    return render_template("public/legal.html", title=LEGAL_TITLES[slug], text=f"public/{slug}.md")


@public.get("/tarifs")
def prices() -> str:
    rules, today = configuration(), access.today()
    return render_template(
        "public/prices.html", grids=list(grids(rules, today)), fees=list(annual_fees(rules, today))
    )


# -- the service ------------------------------------------------------------------------------


@public.get("/etat-du-service")
def service_state() -> str:
    current = announced(g.now)
    return render_template(
        "public/state.html",
        running=[each for each in current if each.starts_at <= g.now],
        coming=[each for each in current if each.starts_at > g.now],
        over=recently_over(g.now),
    )


@public.get("/plan-du-site")
def site_map() -> str:
    today = access.today()
    return render_template(
        "public/site_map.html",
        pages=news.practical_pages(today),
        headings=HEADINGS,
        is_parent=is_parent(),
        children=[mine.id for mine in access.my_children()] if is_parent() else (),
    )


@public.get("/healthz")
def health() -> Response:
    """For the host's probe: the process answers and its database too."""
    db.session.execute(sa.select(models.Commune.id).limit(1))
    return Response(f"ok {g.now.isoformat(timespec='seconds')}\n", mimetype="text/plain")


def interruptions_now() -> list[Interruption]:
    """What the band at the top of every page tells."""
    return announced(g.now) if "now" in g else []
