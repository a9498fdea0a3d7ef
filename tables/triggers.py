"""Triggers that keep issued facts as they were issued, the same on both engines.

Batch migrations on SQLite rebuild a table and drop its triggers silently, and PostgreSQL keeps a
column that a trigger names: they are all dropped before the migrations, and made anew after
(migrations/env.py).
"""

from __future__ import annotations

import sqlalchemy as sa

# What may never be updated, and columns that alone may change.
FROZEN: dict[str, tuple[str, ...]] = {
    "invoice": (),
    "invoice_line": (),
    "billed_day": ("cancelled_on",),
    "billed_charge": ("cancelled_on",),
    "payment": (),
    "tax_certificate": (),
    "receipt": (),
    "receipt_line": (),
    "history": (),
}
MESSAGE = "frozen row"

_PG_FUNCTION = f"""
CREATE OR REPLACE FUNCTION portail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$
"""


def trigger_names() -> set[str]:
    return {f"trg_{table}_no_{verb}" for table in FROZEN for verb in ("update", "delete")}


def recreate_triggers(connection: sa.Connection) -> None:
    """Create every trigger anew on the tables that exist, over the columns that they have."""
    drop_triggers(connection)
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        connection.exec_driver_sql(_PG_FUNCTION)
    for table, columns in _frozen_columns(connection).items():
        for statement in (_sqlite if sqlite else _postgresql)(table, columns):
            connection.exec_driver_sql(statement)


def drop_triggers(connection: sa.Connection) -> None:
    """Take every trigger away: a column that a trigger names cannot be dropped (PostgreSQL)."""
    of_table = "" if connection.dialect.name == "sqlite" else " ON {table}"
    for table in _frozen_columns(connection):
        for verb in ("update", "delete"):
            connection.exec_driver_sql(
                f"DROP TRIGGER IF EXISTS trg_{table}_no_{verb}" + of_table.format(table=table)
            )


def _frozen_columns(connection: sa.Connection) -> dict[str, list[str]]:
    """The columns that may never change, of each table that exists at this step of the migrations."""
    inspector = sa.inspect(connection)
    return {
        table: sorted(c["name"] for c in inspector.get_columns(table) if c["name"] not in free)
        for table, free in FROZEN.items()
        if inspector.has_table(table)
    }


def _sqlite(table: str, columns: list[str]) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    return [
        f"CREATE TRIGGER trg_{table}_no_update BEFORE UPDATE OF {', '.join(columns)} ON {table} {refuse}",
        f"CREATE TRIGGER trg_{table}_no_delete BEFORE DELETE ON {table} "
        f"WHEN OLD.keep_until >= date('now') {refuse}",
    ]


def _postgresql(table: str, columns: list[str]) -> list[str]:
    refuse = "FOR EACH ROW {when} EXECUTE FUNCTION portail_refuse()"
    return [
        f"CREATE TRIGGER trg_{table}_no_update BEFORE UPDATE OF {', '.join(columns)} ON {table} "
        + refuse.format(when=""),
        f"CREATE TRIGGER trg_{table}_no_delete BEFORE DELETE ON {table} "
        + refuse.format(when="WHEN (OLD.keep_until >= CURRENT_DATE)"),
    ]
