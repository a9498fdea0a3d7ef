"""A valid row of any table, made from its columns' types: constraint and trigger tests start from it."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from extensions import Hundredths, Millionths, Sealed, UtcInstant, Values, Weekdays, db

_count = itertools.count(1)
INSTANT = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
LONG_AGO = date(2001, 1, 1)

# What the types alone cannot guess: values that the table's own CHECKs ask for.
SUITABLE: dict[str, dict[str, Any]] = {
    "custody_swap": {"last_day": date(2099, 1, 1)},
    "deadline_rule": {"kind": "none"},
    "interruption": {"ends_at": INSTANT + timedelta(hours=2)},
    "outbox": {"state": "due"},
    "payment": {"method": "cheque"},
    "request": {"kind": "question", "asked": {}, "before": {}},
    "school_year": {"last_day": date(2099, 1, 1)},
    "picture": {"alternative": "Une image"},
    "sending": {"channel": "paper"},
    "tariff_cap": {"max_cents": 220},
}
# Tables whose row is of one of several parents, none of them required by its column.
ONE_OF = {"tariff_version": ("activity_id", "service_id")}


def insert(connection: sa.Connection, table: sa.Table, **values: Any) -> dict[str, Any]:
    """Insert a row that the database accepts, its parents first; `values` wins. Returns what was written."""
    row = suitable(connection, table, values)
    result = connection.execute(table.insert().values(row))
    row = {**result.last_inserted_params(), **row}
    for column, value in zip(table.primary_key.columns, result.inserted_primary_key, strict=True):
        row[column.name] = value
    return row


def suitable(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> dict[str, Any]:
    """The row that `insert` writes; its parents are in the database, itself not yet."""
    number = next(_count)
    row = {**SUITABLE.get(table.name, {}), **values}
    if table.name in ONE_OF and not row.keys() & set(ONE_OF[table.name]):
        first = ONE_OF[table.name][0]
        row[first] = parent(connection, table.c[first])
    for column in table.columns:
        if column.name in row or column.nullable or column.default is not None:
            continue
        if column.foreign_keys:
            row[column.name] = parent(connection, column)
        elif not _given_by_the_database(column):
            row[column.name] = value_for(column, number)
    return row


def parent(connection: sa.Connection, column: sa.Column[Any]) -> Any:
    """The key of a new row of the table that this column refers to."""
    (foreign_key,) = column.foreign_keys
    return insert(connection, foreign_key.column.table)[foreign_key.column.name]


def _given_by_the_database(column: sa.Column[Any]) -> bool:
    return column.primary_key and column.autoincrement is not False


def value_for(column: sa.Column[Any], number: int) -> Any:
    """A value fit for the column, different for each `number` where the type leaves room."""
    kind = column.type
    if column.name == "keep_until":
        return LONG_AGO
    if isinstance(kind, sa.Enum):
        return kind.enums[0]
    if isinstance(kind, UtcInstant):
        return INSTANT
    if isinstance(kind, (Hundredths, Millionths)):
        return Decimal(1)
    if isinstance(kind, Weekdays):
        return frozenset({1})
    if isinstance(kind, Sealed):
        return "scellé"
    if isinstance(kind, Values):
        return frozenset({1} if kind.of is int else [next(iter(kind.of))])
    return _plain_value(column, kind, number)


def _plain_value(column: sa.Column[Any], kind: sa.types.TypeEngine[Any], number: int) -> Any:
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer):
        return number if column.name in {"exercice", "sequence"} else 1
    if isinstance(kind, sa.Date):
        return date(2040, 1, 1) + timedelta(days=number)
    if isinstance(kind, sa.JSON):
        return []
    if isinstance(kind, sa.String):
        return f"{number}x"[: kind.length]
    raise NotImplementedError(f"{column}: {kind!r}")


def tables() -> list[sa.Table]:
    return list(db.metadata.sorted_tables)
