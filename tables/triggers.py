"""Triggers that keep issued facts as they were issued, the same on both engines.

Batch migrations on SQLite rebuild a table and drop its triggers silently, so they are all
recreated by `recreate` after each upgrade (migrations/env.py).
"""

from __future__ import annotations

import sqlalchemy as sa

# What may never be updated, and columns that alone may change.
FROZEN: dict[str, tuple[str, ...]] = {
    "invoice": (),
    "invoice_line": (),
    "billed_day": ("cancelled_on",),
    "payment": (),
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


def recreate(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Drop and create every trigger on the tables that exist."""
    sqlite = connection.dialect.name == "sqlite"
    present = set(sa.inspect(connection).get_table_names())
    if not sqlite:
        connection.exec_driver_sql(_PG_FUNCTION)
    for name in FROZEN.keys() & present:
        columns = [c.name for c in metadata.tables[name].columns if c.name not in FROZEN[name]]
        for statement in (_sqlite if sqlite else _postgresql)(name, columns):
            connection.exec_driver_sql(statement)


def _sqlite(table: str, columns: list[str]) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    return [
        f"DROP TRIGGER IF EXISTS trg_{table}_no_update",
        f"CREATE TRIGGER trg_{table}_no_update BEFORE UPDATE OF {', '.join(columns)} ON {table} {refuse}",
        f"DROP TRIGGER IF EXISTS trg_{table}_no_delete",
        f"CREATE TRIGGER trg_{table}_no_delete BEFORE DELETE ON {table} "
        f"WHEN OLD.keep_until >= date('now') {refuse}",
    ]


def _postgresql(table: str, columns: list[str]) -> list[str]:
    refuse = "FOR EACH ROW {when} EXECUTE FUNCTION portail_refuse()"
    return [
        f"DROP TRIGGER IF EXISTS trg_{table}_no_update ON {table}",
        f"CREATE TRIGGER trg_{table}_no_update BEFORE UPDATE OF {', '.join(columns)} ON {table} "
        + refuse.format(when=""),
        f"DROP TRIGGER IF EXISTS trg_{table}_no_delete ON {table}",
        f"CREATE TRIGGER trg_{table}_no_delete BEFORE DELETE ON {table} "
        + refuse.format(when="WHEN (OLD.keep_until >= CURRENT_DATE)"),
    ]
