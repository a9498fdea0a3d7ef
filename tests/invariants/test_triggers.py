"""What was issued stays as it was issued: no update, no deletion before its time, on both engines."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import models
from extensions import db
from tests.invariants.rows import LONG_AGO, insert, value_for

FAR = date(2199, 12, 31)
every_frozen_table = pytest.mark.parametrize("name", sorted(models.FROZEN))


@pytest.fixture
def connection(session_app):
    """Everything is rolled back: no need to put the town back before each test."""
    with session_app.app_context(), db.engine.connect() as opened:
        yield opened
        opened.rollback()


def frozen_row(connection: sa.Connection, name: str, keep_until: date) -> tuple[sa.Table, Any]:
    """The table and the condition that finds a fresh row of it."""
    table = db.metadata.tables[name]
    row = insert(connection, table, keep_until=keep_until)
    return table, table.c.id == row["id"]


def refuses(connection: sa.Connection, statement: sa.Executable) -> bool:
    try:
        with connection.begin_nested():
            connection.execute(statement)
    except sa.exc.DBAPIError as error:
        return "frozen row" in str(error.orig)
    return False


def test_every_row_that_says_it_is_kept_is_frozen():
    kept = {mapper.class_.__tablename__ for mapper in db.Model.registry.mappers
            if issubclass(mapper.class_, models.Kept)}  # fmt: skip
    assert kept == set(models.FROZEN)


@every_frozen_table
def test_no_column_of_a_frozen_row_changes(connection, name):
    table, found = frozen_row(connection, name, FAR)
    for column in table.columns:
        if column.name not in models.FROZEN[name]:
            value = value_for(column, 10_000)
            assert refuses(connection, table.update().where(found).values({column.name: value})), column


@every_frozen_table
def test_a_frozen_row_is_deleted_only_once_its_time_has_passed(connection, name):
    table, found = frozen_row(connection, name, FAR)
    assert refuses(connection, table.delete().where(found))
    table, found = frozen_row(connection, name, LONG_AGO)
    assert connection.execute(table.delete().where(found)).rowcount == 1


def test_a_billed_day_may_be_cancelled(connection):
    table, found = frozen_row(connection, "billed_day", FAR)
    cancel = table.update().where(found).values(cancelled_on=date(2026, 12, 1))
    assert connection.execute(cancel).rowcount == 1


def test_even_the_session_cannot_change_an_invoice(app):
    with db.engine.begin() as connection:
        key = insert(connection, db.metadata.tables["invoice"], keep_until=FAR)["id"]
    invoice = db.session.get(models.Invoice, key)
    invoice.total_cents += 1
    with pytest.raises(sa.exc.DBAPIError, match="frozen row"):
        db.session.flush()
    db.session.rollback()
