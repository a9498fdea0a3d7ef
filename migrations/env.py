"""Alembic's entry: the application's own engine and models; triggers are recreated after each upgrade."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from flask import current_app

import models
from extensions import db


def _ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith("sqlite_"))


def _plain_type(kind: str, thing: object, _context: object) -> str | bool:
    """Write our column types as what the database stores: a migration must not need today's code."""
    if kind == "type" and isinstance(thing, sa.types.TypeDecorator):
        return f"sa.{thing.impl_instance!r}"
    return False


def _check_references(connection: sa.Connection, state: str) -> None:
    """SQLite rebuilds a table by dropping it: with references on, ON DELETE CASCADE would empty its children.

    The driver is told directly: within a transaction, which the engine begins by itself, SQLite ignores it.
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={state}")
    (found,) = driver.execute("PRAGMA foreign_keys").fetchone()
    assert found == (state == "ON"), "the references of SQLite could not be set aside"


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:
            _check_references(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            include_object=_ours,
            render_item=_plain_type,
        )
        with context.begin_transaction():
            models.drop_triggers(connection)
            context.run_migrations()
            models.recreate_triggers(connection)
        if sqlite:
            connection.commit()
            _check_references(connection, "ON")


run()
