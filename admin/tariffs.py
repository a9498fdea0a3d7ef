"""Tariffs: a version with its rows and situations; holes, overlaps and useless rows are refused."""

from __future__ import annotations

from typing import Any

from flask_admin.model.form import InlineFormAdmin

import models
from admin import filters
from admin.base import Related, StaffView
from admin.display import text
from admin.families import MONEY_READERS
from admin.labels import LABELS
from extensions import db
from operations.configuration import tariff_facts
from rules.money import format_cents
from rules.tariff_checks import ensure_valid
from rules.vocabulary import PriceMethod, Role, SituationEffect

SECTION = "Activités et prix"
RESIDENTS = {True: "Habitants", False: "Hors commune", None: "Tous"}


class RowForm(InlineFormAdmin):
    """A row of the tariff, in the tariff's own form."""

    form_label = LABELS["rows"]
    form_columns = (
        "id", "position", "label", "method", "amount_cents", "resident", "qf_from", "qf_to", "no_quotient",
    )  # fmt: skip
    column_labels = LABELS | {"resident": "Habitants"}


class SituationForm(InlineFormAdmin):
    form_label = LABELS["situations"]
    form_columns = ("id", "situation", "effect", "amount_cents", "factor")
    column_labels = LABELS


class TariffView(StaffView):
    table, title, slug, section = models.TariffVersion, "Tarifs", "tarifs", SECTION
    new_title = "Nouveau tarif"
    intro = "Les prix votés, avec leur période. La première ligne dont tout convient donne le prix."
    audience, editors = MONEY_READERS, {Role.EDUCATION, Role.FINANCE}
    creates = edits = True
    eager = ("activity", "rows", "situations")
    column_list = ("name", "activity", "first_day", "last_day", "prices", "is_example")
    column_labels = {"prices": "Prix", "label": "Libellé"}
    column_details_list = ("name", "activity", "deliberation", "first_day", "last_day", "is_example")
    column_sortable_list = ("name", "first_day")
    column_default_sort = [("activity_id", False), ("first_day", True)]
    computed = {"prices": lambda row: prices(row)}
    filters = (
        filters.one_of(
            "activite", "Activité", models.Activity, lambda v: models.TariffVersion.activity_id == v
        ),
    )
    inline_models = (RowForm(models.TariffRow), SituationForm(models.SituationRule))
    form_groups = {
        "": ("activity", "name", "deliberation", "first_day", "last_day", "is_example"),
        "Prix": ("rows", "situations"),
    }

    def after_flush(self, row: models.TariffVersion, *, is_created: bool) -> None:
        """The tariff as the database has it, checked whole: the refusal names the culprit."""
        db.session.expire(row, ["rows", "situations"])
        ensure_valid(tariff_facts(row, row.activity.unit))

    def check(self, row: models.TariffVersion, form: Any, *, is_created: bool) -> None:
        """Positions may be swapped and reused in one go: parked first, where none collides."""
        kept = [each for each in row.rows if each not in db.session.deleted]
        for each in kept:
            if each.method is PriceMethod.FREE:
                each.amount_cents = 0
        wanted = [(each, each.position) for each in kept]
        for number, (each, _) in enumerate(wanted, start=1):
            each.position = -number
        db.session.add(row)
        db.session.flush()
        for each, position in wanted:
            each.position = position

    def snapshot(self, row: models.TariffVersion) -> dict[str, Any]:
        return super().snapshot(row) | {
            "rows": [_row_in_words(each) for each in sorted(row.rows, key=lambda r: r.position)],
            "situations": [_situation_in_words(each) for each in row.situations],
        }

    def related(self, row: models.TariffVersion) -> list[Related]:
        return [
            Related(
                "Lignes du tarif",
                ("Rang", "Libellé", "Quotient", "Habitants", "Prix"),
                [
                    (r.position, r.label, band(r), RESIDENTS[r.resident], price(r))
                    for r in sorted(row.rows, key=lambda r: r.position)
                ],
            ),
            Related(
                "Situations particulières",
                ("Situation", "Effet"),
                [(s.situation.label, _effect(s)) for s in row.situations],
            ),
        ]


def prices(row: models.TariffVersion) -> str:
    """From the cheapest to the dearest."""
    cents = sorted({each.amount_cents for each in row.rows})
    if not cents:
        return ""
    low, high = format_cents(cents[0]), format_cents(cents[-1])
    return low if low == high else f"de {low} à {high}"


def price(row: models.TariffRow) -> str:
    return row.method.label if row.method is PriceMethod.FREE else format_cents(row.amount_cents)


def band(row: models.TariffRow) -> str:
    """The quotients of a row, in words."""
    if row.no_quotient:
        return "Sans quotient"
    if row.qf_from is None and row.qf_to is None:
        return "Tous"
    if row.qf_to is None:
        return f"{text(row.qf_from)} et plus"
    return f"de {text(row.qf_from) or '0,00'} à moins de {text(row.qf_to)}"


def _effect(row: models.SituationRule) -> str:
    if row.effect in (SituationEffect.FIXED, SituationEffect.PLUS):
        return f"{row.effect.label} : {format_cents(row.amount_cents)}"
    if row.effect is SituationEffect.TIMES:
        return f"{row.effect.label} par {text(row.factor, 'factor')}"
    return row.effect.label


def _row_in_words(row: models.TariffRow) -> str:
    return f"{row.position}. {row.label} · {band(row)} · {RESIDENTS[row.resident]} · {price(row)}"


def _situation_in_words(row: models.SituationRule) -> str:
    return f"{row.situation.label} : {_effect(row)}"


VIEWS = (TariffView,)
