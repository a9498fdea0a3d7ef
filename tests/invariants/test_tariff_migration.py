"""Tariffs written before every condition existed keep their meaning after the migration."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

import models
from app import create_app
from extensions import db
from operations.tariff_facts import tariff_facts
from rules.tariff_grid import Conditions
from rules.vocabulary import CountIn, PriceMethod, PriceUnit, Rounding, Situation
from tests import databases
from tests.conftest import settings_for
from tests.postgresql import server

BEFORE = "0005"  # the revision that the tariffs of 0006 came after
OLD = (
    "INSERT INTO service (id, name) VALUES (1, 'Restauration')",
    "INSERT INTO tariff_version (id, activity_id, name, deliberation, is_example, first_day) "
    "VALUES (1, 1, 'Cantine', '', false, '2026-09-01')",
    "INSERT INTO tariff_row (id, version_id, position, label, qf_to, no_quotient, method, amount_cents) "
    "VALUES (1, 1, 1, 'Tranche 1', 62250, false, 'fixed', 320)",
    "INSERT INTO situation_rule (id, version_id, situation, effect, amount_cents, factor) "
    "VALUES (1, 1, 'late', 'plus', 100, 1000000)",
)


@pytest.fixture
def empty(database, tmp_path: Path) -> Iterator[str]:
    if database.url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'before.sqlite'}"
        return
    with server() as url:
        yield url


def test_a_tariff_of_before_prices_as_before(empty, tmp_path):
    app = create_app(settings_for(empty, tmp_path))
    with app.app_context():
        upgrade(revision=BEFORE)
        with db.engine.begin() as connection:
            connection.exec_driver_sql(OLD[0])
            connection.execute(_activity(connection))
            for statement in OLD[1:]:
                connection.exec_driver_sql(statement)
        upgrade()
        row = db.session.get(models.TariffVersion, 1)
        facts = tariff_facts(row, PriceUnit.MEAL)
        db.session.rollback()
        downgrade(revision=BEFORE)
        kept = db.session.execute(sa.text("SELECT label, amount_cents FROM tariff_row")).all()
        db.session.rollback()
    databases.close(app)
    (only,) = facts.rows
    assert (only.qf_to, only.method, only.amount_cents) == (Decimal("622.50"), PriceMethod.FIXED, 320)
    assert {getattr(only, name) for name in Conditions.__dataclass_fields__ if name != "qf_to"} <= {
        None,
        False,
    }
    assert (facts.rounding, facts.rounding_step_cents, facts.count_in) == (
        Rounding.HALF_UP,
        1,
        CountIn.HOUSEHOLD,
    )
    assert [(s.situation, s.amount_cents, s.from_nth, s.once) for s in facts.situations] == [
        (Situation.LATE, 100, 1, None)
    ]
    assert [tuple(each) for each in kept] == [("Tranche 1", 320)]


def _activity(connection: sa.Connection) -> sa.Insert:
    """An activity as the table was then, whatever columns came since."""
    table = sa.Table("activity", sa.MetaData(), autoload_with=connection)
    known = {
        "id": 1, "service_id": 1, "name": "Cantine", "slug": "cantine", "noun": "Les repas", "unit": "meal",
        "starts_at_minute": 690, "position": 1, "is_open": True,
    }  # fmt: skip
    missing = {c.name: 0 for c in table.columns if not c.nullable and c.name not in known}
    return table.insert().values({**known, **missing})
