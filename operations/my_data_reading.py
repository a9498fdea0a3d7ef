"""Reading for « Mes données »: whose they are, and how a row is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations.bookings import Viewer
from rules.instants import paris
from rules.labelled import Labelled

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose data: the adult, the children he sees and how, and what of the rest is his."""

    guardian: models.Guardian
    viewers: Mapping[int, Viewer]
    receipts: sa.Select[tuple[models.Receipt]]
    invoices: sa.Select[tuple[models.Invoice]]
    claims: sa.Select[tuple[models.AbsenceClaim]]
    documents: sa.Select[tuple[models.Document]]

    @property
    def children(self) -> sa.ColumnElement[bool]:
        return models.Child.id.in_(self.viewers)

    def days(self, row: Any) -> sa.ColumnElement[bool]:
        """The rows of a table of days (child, family, day) that are his to see."""
        seen = [
            sa.and_(row.child_id == child_id, viewer.seen(row.family_id.expression, row.day.expression))
            for child_id, viewer in self.viewers.items()
        ]
        return sa.or_(sa.false(), *seen)


def plain(value: Any) -> Any:
    """A value as a person reads it in a JSON file: labels, Paris time, amounts as exact text."""
    if isinstance(value, Labelled):
        return value.label
    if isinstance(value, datetime):
        return f"{paris(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return [plain(each) for each in sorted(value)]
    return value


def told(**values: Any) -> Row:
    """One row: `nom_de_naissance=…` is told as « nom de naissance »."""
    return {name.replace("_", " "): plain(value) for name, value in values.items()}


def rows(query: sa.Select[Any], tell: Callable[[Any], Row]) -> list[Row]:
    return [tell(row) for row in db.session.scalars(query)]
