"""Yearly enrolment: when it opens, the règlement of each service and who has accepted it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import g

import models
from admin.base import Related, StaffView
from admin.display import link, text
from admin.publications import MARKDOWN
from extensions import db
from operations import year_enrolments
from rules.vocabulary import Role

SECTION = "École"
MOST_SHOWN = 200


class CampaignView(StaffView):
    table, title, slug, section = (
        models.EnrolmentCampaign, "Ouverture des inscriptions", "ouverture-inscriptions", SECTION,
    )  # fmt: skip
    new_title = "Ouvrir une année aux inscriptions"
    intro = (
        "Du premier au dernier jour, les parents demandent l’inscription aux services d’une année scolaire "
        "depuis le dossier de chaque enfant ; les demandes arrivent dans les démarches."
    )
    audience, editors = {Role.EDUCATION, Role.READER}, {Role.EDUCATION}
    creates = edits = deletes = True
    eager = ("school_year",)
    column_list = ("school_year", "opens_on", "closes_on", "documents_by")
    column_details_list = (*column_list, "words")
    column_sortable_list = ("opens_on",)
    column_default_sort = ("opens_on", True)
    form_groups = {"": ("school_year", "opens_on", "closes_on", "documents_by", "words")}
    form_optional = ("words",)
    column_descriptions = {
        "closes_on": "Ce jour-là compris, jusqu’à minuit.",
        "documents_by": "Passé ce jour, rien n’est refusé : l’inscription reste provisoire.",
        "words": MARKDOWN,
    }


class ServiceRulesView(StaffView):
    table, title, slug, section = models.ServiceRules, "Règlements des services", "reglements", SECTION
    new_title = "Nouvelle version d’un règlement"
    intro = (
        "Ce que les parents acceptent en inscrivant un enfant. Une version acceptée par une famille ne "
        "change plus : pour la suite, créez-en une autre, avec sa date."
    )
    audience, editors = {Role.EDUCATION, Role.READER}, {Role.EDUCATION}
    creates = edits = deletes = True
    eager = ("service",)
    column_list = ("service", "name", "first_day")
    column_details_list = (*column_list, "body")
    column_sortable_list = ("first_day",)
    column_default_sort = ("first_day", True)
    column_labels = {"name": "Version", "first_day": "En vigueur depuis"}
    form_groups = {"": ("service", "name", "first_day", "body")}
    column_descriptions = {
        "name": "Par exemple : délibération du 12 juin 2026.",
        "first_day": "Elle vaut pour les années scolaires qui commencent ce jour-là ou après.",
        "body": MARKDOWN,
    }

    def may_edit(self, row: models.ServiceRules) -> bool:
        return self.can_edit and row.id not in _accepted()

    def may_delete(self, row: models.ServiceRules) -> bool:
        return self.can_delete and row.id not in _accepted()

    def related(self, row: models.ServiceRules) -> list[Related]:
        accepted = models.RulesAcceptance
        query = sa.select(accepted).filter_by(rules_id=row.id).order_by(accepted.id.desc()).limit(MOST_SHOWN)
        loaded = query.options(sa.orm.joinedload(accepted.guardian), sa.orm.joinedload(accepted.child))
        return [
            Related(
                "Acceptée par",
                ("Adulte", "Pour", "Le"),
                [
                    (link(each.guardian), link(each.child), text(each.accepted_at))
                    for each in db.session.scalars(loaded)
                ],
            )
        ]


def _accepted() -> frozenset[int]:
    """The versions that no longer change; kept for the request."""
    if "accepted_rules" not in g:
        g.accepted_rules = year_enrolments.versions_accepted()
    found: frozenset[int] = g.accepted_rules
    return found


VIEWS = (CampaignView, ServiceRulesView)
