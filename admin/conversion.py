"""From a column to its field: what Flask-Admin asks when it generates a form."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import g
from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.contrib.sqla.validators import Unique
from flask_admin.model.form import converts
from sqlalchemy.orm import joinedload
from wtforms import fields, validators

import models
from admin.fields import (
    NOTHING,
    CentsField,
    DecimalField,
    IdsField,
    InstantField,
    ListField,
    LookupField,
    MailField,
    MaybeField,
    MembersField,
    MinuteField,
    MonthField,
    RowField,
    WeekdayField,
    WeekdaysField,
)
from admin.labels import label_of
from extensions import db
from fields import FrenchDateField

REQUIRED = "Ce champ est obligatoire."
# Whole numbers that mean something else than a number, by the end of their column's name.
BY_NAME = {
    "_cents": CentsField,
    "minute_of_day": MinuteField,
    "_minute": MinuteField,
    "slot_from": MinuteField,
    "slot_to": MinuteField,
    "weekday": WeekdayField,
}


class Converter(AdminModelConverter):
    """Native, French and accessible fields; uniqueness is left to the named constraints."""

    def convert(self, *args: Any, **options: Any) -> Any:
        unbound = super().convert(*args, **options)
        checks = unbound.kwargs.get("validators", []) if unbound is not None else []
        checks[:] = [_in_french(each) for each in checks if not isinstance(each, Unique)]
        return unbound

    def _get_label(self, name: str, field_args: Any) -> str:
        own = getattr(self.view, "column_labels", None) or {}
        return field_args.get("label") or own.get(name) or label_of(name)

    def _get_description(self, name: str, field_args: Any) -> str | None:
        own = getattr(self.view, "column_descriptions", None) or {}
        return field_args.get("description") or own.get(name)

    def _model_select_field(self, prop: Any, multiple: Any, remote_model: Any, **options: Any) -> Any:
        loader = getattr(self.view, "_form_ajax_refs", {}).get(prop.key)
        if loader:
            return LookupField(loader, **options)
        options.setdefault("query_factory", lambda: rows_of(remote_model))
        return RowField(blank_text=NOTHING, **options)

    # -- columns ------------------------------------------------------------------

    @converts("String")
    def conv_String(self, column: Any, field_args: Any, **extra: Any) -> Any:  # noqa: N802
        may_be_empty = column.nullable or column.name in getattr(self.view, "form_optional", ())
        _require_text(field_args, not may_be_empty)
        if column.type.length:
            field_args["validators"].append(validators.Length(max=column.type.length))
        field_args["filters"] = [_none_if_empty if column.nullable else _stripped]
        if column.name == "email":
            return MailField(**field_args)
        return fields.StringField(**field_args)

    @converts("Text")
    def conv_Text(self, column: Any, field_args: Any, **extra: Any) -> Any:  # noqa: N802
        _require_text(field_args, column.default is None and not column.nullable)
        field_args["filters"] = [_stripped]
        return fields.TextAreaField(render_kw={"rows": 14 if column.name == "body" else 4}, **field_args)

    @converts("sqlalchemy.sql.sqltypes.Enum")
    def convert_enum(self, column: Any, field_args: Any, **extra: Any) -> Any:
        members = field_args.pop("members", None) or list(column.type.enum_class)
        blank = {"blank": field_args.pop("blank")} if "blank" in field_args else {}
        return ListField(members=members, allow_blank=column.nullable, **blank, **field_args)

    @converts("Boolean")
    def conv_Boolean(self, column: Any, field_args: Any, **extra: Any) -> Any:  # noqa: N802
        if column.nullable:
            return MaybeField(**field_args)
        return fields.BooleanField(**field_args)

    @converts("Date")
    def convert_date(self, column: Any, field_args: Any, **extra: Any) -> Any:
        if column.name == "month":
            return MonthField(**field_args)
        return FrenchDateField(**field_args)

    @converts("extensions.UtcInstant")
    def convert_instant(self, field_args: Any, **extra: Any) -> Any:
        return InstantField(**field_args)

    @converts("Integer")
    def handle_integer_types(self, column: Any, field_args: Any, **extra: Any) -> Any:
        _require(column, field_args)
        for end, kind in BY_NAME.items():
            if column.name.endswith(end):
                blank = {"allow_blank": column.nullable} if kind is WeekdayField else {}
                return kind(**blank, **field_args)
        field_args["validators"].append(validators.NumberRange(-(2**31), 2**31 - 1))
        return fields.IntegerField(**field_args)

    @converts("extensions.Hundredths")
    def convert_hundredths(self, column: Any, field_args: Any, **extra: Any) -> Any:
        _require(column, field_args)
        return DecimalField(places=2, **field_args)

    @converts("extensions.Millionths")
    def convert_millionths(self, column: Any, field_args: Any, **extra: Any) -> Any:
        _require(column, field_args)
        return DecimalField(places=6, **field_args)

    @converts("extensions.Weekdays")
    def convert_weekdays(self, field_args: Any, **extra: Any) -> Any:
        return WeekdaysField(**field_args)

    @converts("extensions.Values")
    def convert_values(self, column: Any, field_args: Any, **extra: Any) -> Any:
        if column.type.of is int:
            return IdsField(rows=lambda: listed_once(ROWS_BY_ID[column.name]), **field_args)
        return MembersField(members=list(column.type.of), **field_args)


# What the numbers of a set are: the rows of a short table.
ROWS_BY_ID = {"school_ids": models.School}
# What a row of a short table is called needs its parent: loaded together, so that a list is one query.
_WITH = {models.SchoolClass: lambda: (joinedload(models.SchoolClass.school),)}
_ORDER = {
    models.SchoolClass: lambda: (models.SchoolClass.school_id, models.SchoolClass.id),
    models.Activity: lambda: (models.Activity.position, models.Activity.id),
    models.School: lambda: (models.School.search_text,),
}


def rows_of(table: Any) -> Any:
    """The rows of a short table, in the order in which a person looks for them."""
    query = sa.select(table).options(*_WITH.get(table, tuple)())
    return db.session.scalars(query.order_by(*_ORDER.get(table, lambda: (table.id,))())).all()


def listed_once(table: Any) -> Any:
    """The same, read once for a form that asks it for each of its inline rows."""
    known = g.setdefault("listed_rows", {})
    if table not in known:
        known[table] = rows_of(table)
    return known[table]


def _in_french(check: Any) -> Any:
    if isinstance(check, validators.InputRequired) and check.message is None:
        check.message = REQUIRED
    return check


def _require(column: Any, field_args: Any) -> None:
    """A number with a default is still a number: emptied, it is missing."""
    known = any(isinstance(each, validators.InputRequired) for each in field_args["validators"])
    if not column.nullable and not known:
        field_args["validators"].append(validators.InputRequired())


def _require_text(field_args: Any, required: bool) -> None:
    """Spaces are not a text: what was asked for is asked of what is left once trimmed."""
    asked = [each for each in field_args["validators"] if isinstance(each, validators.InputRequired)]
    kept = [each for each in field_args["validators"] if each not in asked]
    field_args["validators"] = kept + ([validators.DataRequired(REQUIRED)] if asked and required else [])


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _none_if_empty(text: str | None) -> str | None:
    return (text or "").strip() or None
