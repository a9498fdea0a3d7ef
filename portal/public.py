"""The open pages: home, news, practical and legal pages, prices, health of the service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from flask import Blueprint, Response, abort, g, render_template
from flask_login import current_user

import models
from extensions import db
from operations.configuration import ActivityFacts, Configuration, configuration
from operations.news import EVERYBODY, Audience, news_called, news_for, page_called, practical_pages
from portal import access
from rules.deadlines import in_words
from rules.money import format_cents
from rules.tariff_grid import SituationRule, TariffRow, TariffVersion, format_quotient
from rules.tariffs import version_for
from rules.vocabulary import SituationEffect

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
    return render_template("public/prices.html", grids=list(_grids(configuration(), access.today())))


@dataclass(frozen=True, slots=True)
class Grid:
    """The tariff of an activity in force on a day, in words and cents, with its deadlines."""

    activity: ActivityFacts
    version: TariffVersion
    deadlines: list[str]

    @property
    def rows(self) -> list[tuple[str, str, int]]:
        return [(row.label, _band(row), row.amount_cents) for row in self.version.rows]

    @property
    def situations(self) -> list[tuple[str, str]]:
        return [(rule.situation.label, EFFECTS[rule.effect](rule)) for rule in self.version.situations]


EFFECTS: dict[SituationEffect, Callable[[SituationRule], str]] = {
    SituationEffect.SAME: lambda _: "prix habituel",
    SituationEffect.FIXED: lambda rule: format_cents(rule.amount_cents),
    SituationEffect.PLUS: lambda rule: f"prix habituel + {format_cents(rule.amount_cents)}",
    SituationEffect.TIMES: lambda rule: f"prix habituel × {str(rule.factor.normalize()).replace('.', ',')}",
    SituationEffect.FREE: lambda _: "gratuit",
    SituationEffect.REFUND: lambda rule: f"{format_cents(rule.amount_cents)} déduits",
    SituationEffect.HIGHEST: lambda _: "prix le plus élevé de la grille",
}


def _grids(rules: Configuration, day: date) -> Iterator[Grid]:
    for activity in rules.activities.values():
        version = version_for(rules.tariffs.get(activity.id, ()), day)
        if activity.is_open and version is not None:
            said = [in_words(rule) for rule in rules.deadlines.get(activity.id, ()) if rule.concerns(day)]
            yield Grid(activity, version, said)


def _band(row: TariffRow) -> str:
    """Whom a row of a tariff is for, in words: the band is half-open."""
    if row.no_quotient:
        return "Quotient inconnu"
    if row.qf_from is None and row.qf_to is None:
        return "Sans condition de quotient"
    if row.qf_from is None:
        return f"Moins de {_number(row.qf_to)}"
    if row.qf_to is None:
        return f"{_number(row.qf_from)} et plus"
    return f"De {_number(row.qf_from)} à moins de {_number(row.qf_to)}"


def _number(quotient: Decimal | None) -> str:
    return format_quotient(quotient or Decimal(0)).removesuffix(",00")


@public.get("/healthz")
def health() -> Response:
    """For the host's probe: the process answers and its database too."""
    db.session.execute(sa.select(models.Commune.id).limit(1))
    return Response(f"ok {g.now.isoformat(timespec='seconds')}\n", mimetype="text/plain")
