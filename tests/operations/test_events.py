"""An event entered after the bookings: what it touches, by scope, and what the calendar says of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors
from operations.bookings import calendar_of
from operations.changes import change_days
from operations.configuration import closure_facts, configuration
from operations.events import touched_by
from rules.event_words import Touched
from rules.instants import PARIS
from rules.vocabulary import EventEffect, HalfDay, Level
from tests import factories
from tests.queries import count_queries

TUESDAY = date(2026, 9, 15)
NOW = datetime(2026, 9, 7, 9, 0, tzinfo=PARIS)


@pytest.fixture
def town(app):
    """Léa in CP, Tom in CE2, Zoé in PS of the other school; Léa also books the study."""
    family = factories.family("Martin", qf="712.00")
    lea = factories.child(family, activities=("cantine", "etude"))
    tom = factories.child(family, "Tom", in_class="CE2", level=Level.CE2)
    zoe = factories.child(family, "Zoé", in_class="PS", level=Level.PS)
    for child in (lea, tom, zoe):
        factories.booking(child, TUESDAY)
    factories.booking(lea, TUESDAY, slug="etude")
    factories.booking(tom, date(2026, 9, 17))
    return lea


def closure(effect: EventEffect = EventEffect.PICNIC_KITCHEN, **scope: Any) -> models.Closure:
    row = models.Closure(name="Sortie", first_day=TUESDAY, last_day=TUESDAY, effect=effect, **scope)
    db.session.add(row)
    db.session.flush()
    return row


def touched(**scope: Any) -> dict[str, tuple[int, int]]:
    found = touched_by(closure_facts(closure(**scope)))
    return {each.activity: (each.days, each.children) for each in found}


def test_it_counts_the_booked_days_in_its_scope(town):
    school = db.session.scalars(sa.select(models.School).filter_by(name="École Jules Ferry")).one()
    assert touched() == {"Cantine": (3, 3), "Étude": (1, 1)}
    assert touched(school_id=school.id) == {"Cantine": (2, 2), "Étude": (1, 1)}
    assert touched(class_id=factories.school_class("CP").id) == {"Cantine": (1, 1), "Étude": (1, 1)}
    assert touched(level=Level.PS) == {"Cantine": (1, 1)}
    assert touched(activity_id=factories.activity("etude").id) == {"Étude": (1, 1)}
    assert touched(half_day=HalfDay.MORNING) == {"Cantine": (3, 3)}  # starts at 11:30
    assert touched(half_day=HalfDay.AFTERNOON) == {"Étude": (1, 1)}
    assert touched(level=Level.CE1) == {}


def test_it_asks_as_much_whatever_is_booked(town):
    row = closure_facts(closure())
    configuration()
    with count_queries() as queries:
        assert touched_by(row)[0] == Touched("Cantine", 3, 3, 0)
    assert len(queries) == 1


def shown(child: models.Child) -> Any:
    activity = configuration().activities[factories.activity().id]
    [day] = calendar_of(child, activity, TUESDAY, TUESDAY, now=NOW, viewer=None)
    return day


CALENDAR = [
    (EventEffect.PICNIC_KITCHEN, "Sortie : pique-nique fourni", 380, True),
    (EventEffect.PICNIC_HOME, "Sortie : pique-nique à apporter, rien n’est dû", None, True),
    (EventEffect.FREE_ABSENCE, "Sortie : seuls les présents paient", 380, True),
    (EventEffect.CLOSED, "Sortie : rien n’est dû", None, False),
]


@pytest.mark.parametrize(("effect", "note", "cents", "is_open"), CALENDAR)
def test_the_parents_calendar_says_it(town, effect, note, cents, is_open):
    assert shown(town).note is None
    closure(effect)
    day = shown(town)
    assert (day.booked, day.note.replace("\u00a0", " "), day.price_cents, day.open) == (
        True,
        note,
        cents,
        is_open,
    )


def test_the_receipt_tells_the_price_of_the_calendar(town):
    activity = configuration().activities[factories.activity().id]
    closure(EventEffect.PICNIC_HOME)
    receipt = change_days(town, activity, (), {TUESDAY}, by=actors.SYSTEM, now=NOW)
    assert [line.price_cents for line in receipt.lines] == [None]
