"""Counting what a page asks of the database: constant whatever the rows, and within its budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from extensions import db


@contextmanager
def count_queries() -> Iterator[list[str]]:
    """The statements sent meanwhile, in order (BEGIN, COMMIT and PRAGMA left out); needs an app context.

    with count_queries() as queries:
        client.get("/espace/")
    assert len(queries) <= 10, "\\n".join(queries)
    """
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")):
            statements.append(statement)

    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def queries_of(client: FlaskClient, path: str) -> list[str]:
    """The statements of one page. Opened twice: the first time fills the caches."""
    first = client.get(path)
    assert first.status_code == 200, f"{path} answered {first.status_code}"
    db.session.expire_all()
    with count_queries() as statements:
        client.get(path)
    return statements


def assert_constant(client: FlaskClient, path: str, add_rows: Callable[[], object], *, times: int = 4) -> int:
    """Fail when a page sends more statements once `add_rows` has run `times` times; returns how many."""
    before = queries_of(client, path)
    for _ in range(times):
        add_rows()
    db.session.commit()
    after = queries_of(client, path)
    assert len(after) <= len(before), (
        f"{path}: {len(before)} statements, then {len(after)} with more rows:\n" + "\n".join(after)
    )
    return len(after)
