"""A month killed while it is being issued is issued whole or not at all; `make endure` does it at random."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa
from flask import Flask

import models
from config import ROOT
from extensions import db
from operations import actors, billing
from rules.refusals import Refused
from tests import factories, ledger
from tests.killed import MONTH, NOW

# PostgreSQL's own server outlives ours and undoes what was not committed: only SQLite's file is ours.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

FAMILIES, MEALS = 5, [MONTH.replace(day=day) for day in (1, 3, 4, 7, 8)]


@pytest.fixture
def prepared(app: Flask) -> Flask:
    for number in range(FAMILIES):
        family = factories.family(f"Durand {number}", qf="700")
        child = factories.child(family)
        factories.parent(family, child, payer=True)
        for day in MEALS:
            factories.booking(child, day)
    billing.prepare_month(MONTH, by=actors.SYSTEM, now=NOW)
    db.session.commit()
    db.session.remove()  # another process writes: nothing here may keep the database
    return app


def issue_and_die(app: Flask, at: str) -> None:
    settings = app.extensions["portail"]
    words = ["-m", "tests.killed", settings.database_url, str(settings.data_dir), at]
    process = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.returncode == -signal.SIGKILL, process.stderr


def count(table: type[object]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.mark.parametrize(("at", "kept"), [("INSERT INTO billed_day", 0), ("COMMIT", 0), ("AFTER", FAMILIES)])
def test_a_killed_issue_is_whole_or_nothing(prepared: Flask, at: str, kept: int) -> None:
    issue_and_die(prepared, at)
    assert db.session.scalar(sa.text("PRAGMA integrity_check")) == "ok"
    assert [count(table) for table in (models.Invoice, models.Sending, models.Outbox)] == [kept] * 3
    assert count(models.BilledDay) == kept * len(MEALS)
    assert count(models.Draft) == FAMILIES - kept
    issue_again(kept)
    assert count(models.Invoice) == FAMILIES
    assert ledger.problems(db.session.connection()) == []


def issue_again(kept: int) -> None:
    """What was not issued still can be, with the same numbers; what was is not issued twice."""
    if kept:
        with pytest.raises(Refused, match="Aucun brouillon"):
            billing.issue_month(MONTH, NOW.date(), by=actors.SYSTEM, now=NOW)
        db.session.rollback()
    else:
        issued = billing.issue_month(MONTH, NOW.date(), by=actors.SYSTEM, now=NOW)
        assert (issued.first_number, issued.last_number) == ("F2026-000001", f"F2026-{FAMILIES:06d}")
        db.session.commit()
