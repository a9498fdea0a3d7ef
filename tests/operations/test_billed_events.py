"""An event in the month: what is due by who came and by who did not, whenever it was entered."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors
from operations.attendance import close_sheet, open_sheet
from rules.vocabulary import (
    EventEffect,
    Situation,
)
from tests import factories
from tests.operations.sickness import (
    LATER,
    TUESDAY,
    bill,
    event,
    rule,
    sick_child,
)


@pytest.fixture
def family(app):
    return factories.family("Martin", qf="712.00")


@pytest.fixture
def lea(family):
    return sick_child(family)


@pytest.fixture
def claire(family, lea):
    return factories.parent(family, lea, payer=True, email="claire@villars.example")


# What is due by a child who did not come, and by one who did.
DUE = [
    (EventEffect.CLOSED, False, True),
    (EventEffect.FREE_ABSENCE, False, True),
    (EventEffect.PICNIC_HOME, False, False),
    (EventEffect.PICNIC_KITCHEN, True, True),
]


@pytest.mark.parametrize("came", [False, True])
@pytest.mark.parametrize(("effect", "absent_pay", "present_pay"), DUE)
def test_an_event_entered_after_the_day_says_what_is_due(lea, claire, effect, absent_pay, present_pay, came):
    for day in (22, 24, 25, 28, 29):
        factories.booking(lea, date(2026, 9, day))
    in_class = lea.schoolings[0].school_class
    sheet = open_sheet(
        factories.activity().id, in_class, in_class.school, TUESDAY, by=actors.SYSTEM, now=LATER
    )
    close_sheet(sheet, {lea.id} if came else set(), by=actors.SYSTEM, now=LATER)
    event(effect, school_id=in_class.school_id)
    due = present_pay if came else absent_pay
    assert bill() == (7 + due) * 380


def test_a_picnic_from_the_kitchen_is_a_line_of_its_own(lea, claire):
    for day in (22, 24, 25, 28, 29):
        factories.booking(lea, date(2026, 9, day))
    version = db.session.scalars(
        sa.select(models.TariffVersion).filter_by(activity_id=factories.activity().id)
    ).one()
    version.situations.append(rule(Situation.PICNIC, 300))
    event(EventEffect.PICNIC_KITCHEN)
    assert bill() == 7 * 380 + 300
    lines = db.session.scalars(sa.select(models.InvoiceLine).order_by(models.InvoiceLine.position)).all()
    assert [(line.situation, line.quantity, line.amount_cents) for line in lines] == [
        ("picnic", 1, 300),
        ("as_booked", 7, 7 * 380),
    ]


def test_an_event_of_another_school_changes_nothing(lea, claire):
    for day in (22, 24, 25, 28, 29):
        factories.booking(lea, date(2026, 9, day))
    elsewhere = db.session.scalars(sa.select(models.School).filter_by(name="Maternelle des Lilas")).one()
    event(EventEffect.PICNIC_HOME, school_id=elsewhere.id)
    assert bill() == 8 * 380
