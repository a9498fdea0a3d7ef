"""A database per engine for the test session, put back to its first state before each test."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from extensions import db
from tests.postgresql import server

ENGINES = tuple(os.environ.get("TEST_ENGINES", "sqlite,postgresql").split(","))


class Database(Protocol):
    url: str

    def prepare(self, app: Flask, now: datetime) -> None: ...

    def reset(self, app: Flask) -> None: ...


@contextmanager
def start(engine: str, folder: Path) -> Iterator[Database]:
    if engine == "sqlite":
        yield SqliteDatabase(folder)
        return
    with server() as url:
        yield PostgresqlDatabase(url)


def _install(app: Flask, now: datetime) -> None:
    """Schema by the migrations, then the base town, as a first installation would."""
    from tests import town

    with app.app_context():
        upgrade()
        town.build(now)
        db.session.commit()
        db.session.remove()


def close(app: Flask) -> None:
    """Give back every connection while the engine still exists: one collected later is a warning."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class SqliteDatabase:
    """One file; its first state is kept aside and copied back page by page."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "test.sqlite"
        self.kept = folder / "kept.sqlite"
        self.url = f"sqlite:///{self.path}"

    def prepare(self, app: Flask, now: datetime) -> None:
        _install(app, now)
        self.copy(self.path, self.kept)

    def reset(self, app: Flask) -> None:
        close(app)
        self.copy(self.kept, self.path)

    @staticmethod
    def copy(source: Path, target: Path) -> None:
        with sqlite3.connect(source) as origin, sqlite3.connect(target) as copy:
            origin.backup(copy)
        origin.close()
        copy.close()


class PostgresqlDatabase:
    """A server of our own; what a test wrote is deleted and the first state's rows put back."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.rows: dict[str, list[dict[str, object]]] = {}

    def prepare(self, app: Flask, now: datetime) -> None:
        _install(app, now)
        with app.app_context(), db.engine.connect() as connection:
            for table in db.metadata.sorted_tables:
                self.rows[table.name] = [dict(row) for row in connection.execute(table.select()).mappings()]

    def reset(self, app: Flask) -> None:
        with app.app_context():
            db.session.remove()
            with db.engine.begin() as connection:
                # As a replica, neither triggers nor foreign keys stand in the way of wiping.
                connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
                wipe = "; ".join(f"DELETE FROM {table.name}" for table in db.metadata.sorted_tables)
                connection.exec_driver_sql(wipe)
                for table in db.metadata.sorted_tables:
                    if self.rows[table.name]:
                        connection.execute(table.insert(), self.rows[table.name])
