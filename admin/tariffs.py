"""Tariffs: a version with its rows and situations; holes, overlaps and useless rows are refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import g, url_for
from flask_admin.model.form import InlineFormAdmin
from markupsafe import Markup

import models
from admin import filters
from admin.base import Related, StaffForm, StaffView
from admin.conversion import rows_of
from admin.families import MONEY_READERS
from admin.labels import LABELS
from extensions import db
from operations.tariff_facts import fee_facts, tariff_facts, usual_unit
from rules import tariff_grid
from rules.instants import paris
from rules.money import format_cents
from rules.tariff_checks import ensure_valid
from rules.tariff_words import (
    amount_in_words,
    cap_in_words,
    fee_in_words,
    modifier_in_words,
    situation_in_words,
    unit_in_words,
    version_in_words,
    whom,
)
from rules.vocabulary import PriceMethod, Role

SECTION = "Activités et prix"
# Asked by a row, a modifier or a cap; what most communes never ask is folded under each of them.
BAND = ("resident", "qf_from", "qf_to", "no_quotient")
OTHER_CONDITIONS = (
    "category", "levels", "school_ids", "regime", "formula", "eater", "rank_from", "rank_to",
    "children_from", "children_to", "days_from", "days_to", "month_from", "month_to", "weekdays",
    "holidays", "slot_from", "slot_to", "situations",
)  # fmt: skip
OTHER_METHODS = (
    "unit", "slice_minutes", "tolerance_minutes", "rate", "basis", "to_cents", "floor_cents", "ceiling_cents",
)  # fmt: skip
COLUMN_LABELS = LABELS | {"resident": "Habitants", "situations": "Situations concernées"}


class Folding(StaffForm):
    """What most communes never ask is folded under « Autres conditions » (templates/admin/lib.html)."""

    folded = frozenset((*OTHER_METHODS, *OTHER_CONDITIONS))


class RowForm(InlineFormAdmin):
    """A row of the tariff, in the tariff's own form."""

    form_label = LABELS["rows"]
    form_base_class = Folding
    form_columns = (
        "id", "position", "label", "method", "amount_cents", *BAND, *OTHER_METHODS, *OTHER_CONDITIONS,
    )  # fmt: skip
    column_labels = COLUMN_LABELS | {"unit": "Unité (vide : celle de l’activité)"}


class ModifierForm(InlineFormAdmin):
    form_label = LABELS["modifiers"]
    form_base_class = Folding
    form_columns = ("id", "position", "label", "effect", "amount_cents", "factor", *BAND, *OTHER_CONDITIONS)
    column_labels = COLUMN_LABELS | {"amount_cents": "Somme (€, négative pour retirer)"}


class CapForm(InlineFormAdmin):
    form_label = LABELS["caps"]
    form_base_class = Folding
    form_columns = (
        "id", "label", "max_cents", "max_units", "period", "per_whom", "whole_service",
        *BAND, *OTHER_CONDITIONS,
    )  # fmt: skip
    column_labels = COLUMN_LABELS | {"period": "Sur quelle durée"}


class SituationForm(InlineFormAdmin):
    form_label = LABELS["situations"]
    form_columns = (
        "id", "situation", "effect", "amount_cents", "factor", "from_nth", "nth_period", "counted_per",
        "once", "tolerance_minutes", "slice_minutes",
    )  # fmt: skip
    column_labels = LABELS | {
        "slice_minutes": "Par tranche de (minutes ; 0 : une fois)",
        "counted_per": "Fois comptées",
    }


class TariffView(StaffView):
    table, title, slug, section = models.TariffVersion, "Tarifs", "tarifs", SECTION
    new_title = "Nouveau tarif"
    intro = "Les prix votés, avec leur période. La première ligne dont tout convient donne le prix."
    audience, editors = MONEY_READERS, {Role.EDUCATION, Role.FINANCE}
    creates = edits = deletes = True
    asks = {"delete_view": "Supprimer ce tarif préparé ? Il n’a encore servi à rien."}
    eager = ("activity", "service", "rows", "modifiers", "caps", "situations")
    column_list = ("name", "subject", "first_day", "last_day", "prices", "is_example")
    column_labels = {
        "prices": "Prix", "label": "Libellé", "subject": "Pour", "editor": "Éditeur de prix",
        "floor_cents": "Prix plancher (€)", "ceiling_cents": "Prix plafond (€)",
    }  # fmt: skip
    _settings = (
        "rounding", "rounding_step_cents", "floor_cents", "ceiling_cents", "quotient_rounding", "count_in",
        "eldest_first",
        "regular_share", "regular_days", "regular_without_weekdays",
    )  # fmt: skip
    column_details_list = (
        "name", "subject", "deliberation", "first_day", "last_day", "is_example", "editor", *_settings,
    )  # fmt: skip
    column_sortable_list = ("name", "first_day")
    column_default_sort = [("activity_id", False), ("service_id", False), ("first_day", True)]
    computed = {
        "prices": lambda row: prices(row),
        "subject": lambda row: row.subject,
        "editor": lambda row: editor_link(row),
    }
    filters = (
        filters.one_of(
            "activite", "Activité", models.Activity, lambda v: models.TariffVersion.activity_id == v
        ),
        filters.one_of("service", "Service", models.Service, lambda v: models.TariffVersion.service_id == v),
    )
    inline_models = (
        RowForm(models.TariffRow),
        ModifierForm(models.TariffModifier),
        CapForm(models.TariffCap),
        SituationForm(models.SituationRule),
    )
    form_groups = {
        "": ("activity", "service", "name", "deliberation", "first_day", "last_day", "is_example"),
        "Prix": ("rows", "modifiers", "caps", "situations"),
        "Réglages": _settings,
    }
    column_descriptions = {
        "activity": "Ou un service, pour des prix communs à toutes ses activités.",
        "rounding_step_cents": "0,01 : au centime ; 0,05 : aux cinq centimes.",
        "floor_cents": "Jamais moins, une fois les réductions faites ; les situations s’appliquent après.",
        "ceiling_cents": "Jamais plus, une fois les suppléments ajoutés ; les situations s’appliquent après.",
        "regular_share": "0,5 : la moitié des jours de service du mois. Vide : l’inscription le dit.",
        "eldest_first": "Sinon le plus jeune est le premier enfant.",
    }

    def may_delete(self, row: models.TariffVersion) -> bool:
        """Only a tariff to come: the others have priced days."""
        return self.can_delete and row.first_day > paris(self.now()).date()

    def after_flush(self, row: models.TariffVersion, *, is_created: bool) -> None:
        """The tariff as the database has it, checked whole: the refusal names the culprit."""
        db.session.expire(row)
        ensure_valid(facts_of(row), school_names().keys())

    def check(self, row: models.TariffVersion, form: Any, *, is_created: bool) -> None:
        """Positions may be swapped and reused in one go: parked first, where none collides."""
        wanted = []
        for each in (*row.rows, *row.modifiers):
            if each not in db.session.deleted:
                wanted.append((each, each.position))
        for each in row.rows:
            if each.method is PriceMethod.FREE:
                each.amount_cents = 0
        for number, (each, _) in enumerate(wanted, start=1):
            each.position = -number
        db.session.add(row)
        db.session.flush()
        for each, position in wanted:
            each.position = position

    def snapshot(self, row: models.TariffVersion) -> dict[str, Any]:
        return super().snapshot(row) | version_in_words(facts_of(row), school_names())

    def related(self, row: models.TariffVersion) -> list[Related]:
        facts, schools = facts_of(row), school_names()
        modifiers = [(m.position, m.label, whom(m, schools), modifier_in_words(m)) for m in facts.modifiers]
        caps = [(c.label, whom(c, schools), cap_in_words(c)) for c in facts.caps]
        situations = [(s.situation.label, situation_in_words(s)) for s in facts.situations]
        rows = [
            (r.position, r.label, whom(r, schools), f"{amount_in_words(r)} {unit_in_words(r)}")
            for r in facts.rows
        ]
        return [
            Related("Lignes du tarif", ("Rang", "Libellé", "Pour", "Prix"), rows),
            Related("Réductions et suppléments", ("Rang", "Libellé", "Pour", "Effet"), modifiers),
            Related("Plafonds", ("Libellé", "Pour", "Plafond"), caps),
            Related("Situations particulières", ("Situation", "Effet"), situations),
        ]


class FeeView(StaffView):
    table, title, slug, section = models.Fee, "Droits annuels", "droits", SECTION
    new_title = "Nouveau droit"
    intro = "Ce qui se paie une fois par année scolaire : une adhésion, une inscription tardive."
    audience, editors = MONEY_READERS, {Role.EDUCATION, Role.FINANCE}
    creates = edits = deletes = True
    eager = ("activity", "service")
    column_list = ("name", "in_words", "activity", "service", "first_day", "last_day")
    column_labels = {"in_words": "Montant"}
    column_sortable_list = ("name", "first_day")
    column_default_sort = "name"
    computed = {"in_words": lambda row: fee_in_words(fee_facts(row))}
    form_groups = {
        "": (
            "name",
            "amount_cents",
            "per_whom",
            "occasion",
            "activity",
            "service",
            "resident",
            "rank_from",
            "rank_to",
            "family_max_cents",
            "first_day",
            "last_day",
        )
    }
    column_descriptions = {
        "activity": "Ni activité ni service : pour toutes les familles facturées.",
        "rank_from": "Pour un droit par enfant : 1 est l’aîné du foyer. Vide : tous les enfants.",
        "family_max_cents": "Pour un droit par enfant : au plus, dans l’année scolaire, sous ce nom.",
    }


# -- in words ------------------------------------------------------------------------------


def facts_of(row: models.TariffVersion) -> tariff_grid.TariffVersion:
    """The version as rules take it; a row that names no unit has its activity's."""
    return tariff_facts(row, usual_unit(row, _activities()))


def _activities() -> list[models.Activity]:
    """The activities, read once for a page that shows several tariffs."""
    if "tariff_activities" not in g:
        g.tariff_activities = list(rows_of(models.Activity))
    found: list[models.Activity] = g.tariff_activities
    return found


def school_names() -> dict[int, str]:
    return {school.id: school.name for school in rows_of(models.School)}


def editor_link(row: models.TariffVersion) -> Markup:
    """The page where the grid is typed and drawn."""
    url = url_for("staff_prix.edit", tarif=row.id)
    return Markup('<a href="{}">Les tranches et la courbe</a>').format(url)


def prices(row: models.TariffVersion) -> str:
    """From the cheapest to the dearest, when they are plain amounts."""
    others = _other_methods(row.rows)
    if others:
        return ", ".join(others)
    cents = sorted({each.amount_cents for each in row.rows})
    if not cents:
        return ""
    low, high = format_cents(cents[0]), format_cents(cents[-1])
    return low if low == high else f"de {low} à {high}"


def _other_methods(rows: Iterable[models.TariffRow]) -> list[str]:
    plain = (PriceMethod.FIXED, PriceMethod.FREE)
    return list(dict.fromkeys(each.method.label for each in rows if each.method not in plain))


VIEWS = (TariffView, FeeView)
