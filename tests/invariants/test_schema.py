"""The schema that the migrations make is the one that the models describe, on both engines.

Alembic compares tables, columns, types and indexes; CHECKs, partial indexes and triggers are read back from
the database, once after the migrations and once after `create_all`, and compared as the engine prints them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

import models
from app import create_app
from config import ROOT
from extensions import db
from tests import databases, town
from tests.conftest import START, settings_for
from tests.postgresql import server

SQLITE_SCHEMA = (
    "SELECT type || ' ' || name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql <> ''"
)
POSTGRESQL_SCHEMA = (
    "SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'constraint ' || conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) "
    "FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
)
ALEMBIC_OWN = "alembic_version"
REBUILDS_TARIFFS = "0006"  # 0006: one of the migrations that rebuild a table others refer to


@pytest.fixture
def empty(database, tmp_path) -> Iterator[str]:
    """The address of an empty database of the same engine, for this test alone."""
    if database.url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    with server() as url:
        yield url


@pytest.fixture
def described(empty) -> Iterator[sa.Engine]:
    """That database, filled by `create_all` and the triggers' function."""
    engine = sa.create_engine(empty.replace("postgresql://", "postgresql+psycopg://"))
    db.metadata.create_all(engine)
    with engine.begin() as connection:
        models.recreate_triggers(connection)
    yield engine
    engine.dispose()


def schema_of(connection: sa.Connection) -> dict[str, object]:
    """Everything named in a database, with its definition as the engine prints it."""
    if connection.dialect.name == "postgresql":
        rows = [row for query in POSTGRESQL_SCHEMA for row in connection.exec_driver_sql(query)]
        found: dict[str, object] = {key: _flat(sql) for key, sql in rows}
    else:
        found = {key: _flat(sql) for key, sql in connection.exec_driver_sql(SQLITE_SCHEMA)}
        found.update(_constraints(connection))
    return {key: value for key, value in found.items() if ALEMBIC_OWN not in key}


def _flat(sql: str) -> str:
    return " ".join(sql.replace('"', "").split())


def _constraints(connection: sa.Connection) -> dict[str, object]:
    """SQLite prints them only inside the table's own text: SQLAlchemy reads them out of it."""
    inspector, found = sa.inspect(connection), {}
    for table in inspector.get_table_names():
        named = [
            *inspector.get_check_constraints(table),
            *inspector.get_unique_constraints(table),
            *inspector.get_foreign_keys(table),
            inspector.get_pk_constraint(table),
        ]
        for each in named:
            text = {k: _flat(v) if isinstance(v, str) else v for k, v in each.items() if k != "comment"}
            found[f"constraint {table} {each['name']}"] = text
    return found


def test_nothing_is_left_for_a_migration_to_do(app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, db.metadata) == []


def test_constraints_indexes_and_triggers_are_the_same(app, described):
    with db.engine.connect() as migrated, described.connect() as written:
        ours, theirs = schema_of(migrated), schema_of(written)
    assert ours.keys() == theirs.keys()
    different = {key: (ours[key], theirs[key]) for key in ours if ours[key] != theirs[key]}
    assert not different


def test_every_constraint_and_trigger_of_the_models_is_there(app):
    with db.engine.connect() as connection:
        names = {key.split(" ")[-1] for key in schema_of(connection)}
    expected = {str(c.name) for t in db.metadata.tables.values() for c in t.constraints}
    expected |= {str(i.name) for t in db.metadata.tables.values() for i in t.indexes} | models.trigger_names()
    assert not expected - names
    assert "None" not in expected


def test_going_back_to_nothing_and_up_again_gives_the_same(empty, tmp_path):
    """The downgrades work, and triggers come back after each upgrade."""
    app = create_app(settings_for(empty, tmp_path))
    with app.app_context():
        upgrade()
        before = _schema_now()
        for _ in ScriptDirectory(str(ROOT / "migrations")).walk_revisions():
            downgrade(revision="-1")  # one at a time: the triggers follow the columns of each step
        left = set(sa.inspect(db.engine).get_table_names()) - {ALEMBIC_OWN}
        upgrade()
        after = _schema_now()
    databases.close(app)
    assert before == after
    assert left == set()


def test_a_migration_loses_no_row(empty, tmp_path):
    """A table rebuilt is dropped on the way: what refers to it with ON DELETE CASCADE must not follow it."""
    app = create_app(settings_for(empty, tmp_path))
    with app.app_context():
        upgrade()
        town.build(START)
        db.session.commit()
        before = _rows_now()
        downgrade(revision=REBUILDS_TARIFFS)
        downgrade(revision="-1")
        upgrade()
        after = _rows_now()
    databases.close(app)
    assert before == after
    assert before["tariff_row"] and before["deadline_rule"] and before["school_class"]


def _rows_now() -> dict[str, int]:
    with db.engine.connect() as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in db.metadata.tables.items()
        }


def _schema_now() -> dict[str, object]:
    with db.engine.connect() as connection:
        return schema_of(connection)
