"""Issue a month in a process of its own, killed at a chosen instant: `python -m tests.killed URL FOLDER AT`.

`AT` is the beginning of the statement before which the process dies, `COMMIT` (just before it) or
`AFTER` (just after it, before anything is answered).
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app import create_app
from extensions import db
from operations import actors, billing
from tests.conftest import settings_for

NOW = datetime(2026, 10, 1, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))
MONTH = date(2026, 9, 1)


def main(url: str, folder: str, at: str) -> None:
    with create_app(settings_for(url, Path(folder))).app_context():
        die_at(at)
        billing.issue_month(MONTH, NOW.date(), by=actors.SYSTEM, now=NOW)
        db.session.commit()
        if at == "AFTER":
            die()


def die_at(point: str) -> None:
    if point == "COMMIT":
        sa.event.listen(db.engine, "commit", lambda _connection: die())

    @sa.event.listens_for(db.engine, "before_cursor_execute")
    def _watch(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(point):
            die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
