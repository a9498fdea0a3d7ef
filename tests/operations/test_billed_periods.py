"""Prices of a whole period through several issues: billed once, and never lost."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, adjustments, billing
from rules.instants import PARIS
from rules.vocabulary import Per, PerWhom, PriceMethod, PriceUnit, Regime
from tests import factories

SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (9, 10, 11))


def bill(month: date) -> int:
    now = datetime(month.year, month.month + 1, 2, 9, tzinfo=PARIS)
    billing.prepare_month(month, by=actors.SYSTEM, now=now)
    issued = billing.issue_month(month, now.date(), by=actors.SYSTEM, now=now)
    db.session.commit()
    return issued.total_cents


def grid(cents: int, unit: PriceUnit) -> models.TariffVersion:
    """The canteen's only price."""
    version = db.session.scalars(
        sa.select(models.TariffVersion).filter_by(activity_id=factories.activity().id)
    ).one()
    version.rows, version.situations = [], []
    db.session.flush()
    version.rows = [
        models.TariffRow(position=1, label="Forfait", method=PriceMethod.FIXED, amount_cents=cents, unit=unit)
    ]
    db.session.flush()
    return version


@pytest.fixture
def lea(app) -> models.Child:
    family = factories.family("Martin", qf="712")
    child = factories.child(family, activities=("cantine",))
    factories.parent(family, child, payer=True)
    return child


def regular(child: models.Child) -> models.Child:
    for each in child.enrolments:
        each.regime = Regime.REGULAR
    db.session.flush()
    return child


def test_a_month_owed_without_a_day_waits_for_its_family(lea):
    """Left out in September, a child enrolled as regular owes September with October."""
    grid(40_00, PriceUnit.MONTH)
    family = regular(lea).custodies[0].family
    adjustments.exclude(
        family, SEPTEMBER, "Litige", by=actors.SYSTEM, now=datetime(2026, 10, 1, tzinfo=PARIS)
    )
    assert bill(OCTOBER) == 80_00
    assert bill(NOVEMBER) == 40_00


def test_a_month_owed_without_a_day_under_the_threshold_joins_the_next(lea):
    grid(9_00, PriceUnit.MONTH)
    regular(lea)
    assert (bill(SEPTEMBER), bill(OCTOBER), bill(NOVEMBER)) == (0, 18_00, 0)


def test_a_week_that_starts_in_august_is_billed_once(lea):
    """Its Monday is of the school year before: a day added to it later is paid all the same."""
    grid(20_00, PriceUnit.WEEK)
    factories.booking(lea, date(2026, 9, 1))
    assert bill(SEPTEMBER) == 20_00
    factories.booking(lea, date(2026, 9, 4))
    assert bill(SEPTEMBER) == 0
    factories.booking(lea, date(2026, 10, 1))
    assert bill(OCTOBER) == 20_00


def test_a_cap_of_a_week_that_starts_in_august_counts_what_it_took(lea):
    grid(10_00, PriceUnit.MEAL).caps.append(
        models.TariffCap(label="Semaine", period=Per.WEEK, per_whom=PerWhom.CHILD, max_cents=15_00)
    )
    for day in (1, 3):
        factories.booking(lea, date(2026, 9, day))
    assert bill(SEPTEMBER) == 15_00
    factories.booking(lea, date(2026, 9, 4))
    factories.booking(lea, date(2026, 9, 8))
    factories.booking(lea, date(2026, 9, 10))
    assert bill(OCTOBER) == 15_00
