"""Children of a full day, who asks, who waits: what the waiting list's tests share."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

import models
from extensions import db
from operations import actors
from operations.bookings import Viewer, calendar_of
from operations.changes import change_days
from operations.configuration import ActivityFacts, configuration
from rules.vocabulary import BookingState, Channel
from tests import factories
from tests.operations.test_bookings import MONDAY, NOW, by
from tests.town import FIRST_DAY

AGENT = actors.Actor(None, "Agent", Channel.COUNTER, is_staff=True)
LATER = NOW + timedelta(hours=1)


def places(count: int, **scope) -> models.Capacity:
    row = models.Capacity(activity=factories.activity(), places=count, first_day=FIRST_DAY, **scope)
    db.session.add(row)
    db.session.flush()
    return row


def child(name: str, **options) -> models.Child:
    """A child of its own family, with a parent who books and pays."""
    family = factories.family(name, qf="712.00")
    row = factories.child(family, f"Petit-{name}", **options)
    factories.parent(family, row, email=f"{name.lower()}@villars.example", payer=True)
    return row


def parent_of(row: models.Child) -> models.Guardian:
    return row.guardianships[0].guardian


def ask(row: models.Child, *days: date, now=NOW, **options) -> models.Receipt | None:
    return change_days(
        row, configuration().activity("cantine"), set(days), set(), by=_by(row), now=now, **options
    )


def cancel(row: models.Child, *days: date, now=LATER, **options) -> models.Receipt | None:
    return change_days(
        row, configuration().activity("cantine"), set(), set(days), by=_by(row), now=now, **options
    )


def meals() -> ActivityFacts:
    return configuration().activity("cantine")


def _by(row: models.Child) -> actors.Actor:
    return by(parent_of(row))


def line(day: date = MONDAY) -> list[str]:
    """The waiting list of a day, in order."""
    query = (
        sa.select(models.Booking)
        .filter_by(day=day, state=BookingState.WAITING)
        .order_by(models.Booking.waiting_since)
    )
    return [row.child.last_name for row in db.session.scalars(query)]


def inside(day: date = MONDAY) -> set[str]:
    query = sa.select(models.Booking).filter_by(day=day, state=BookingState.BOOKED)
    return {row.child.last_name for row in db.session.scalars(query)}


def mails() -> list[models.Outbox]:
    return list(db.session.scalars(sa.select(models.Outbox).order_by(models.Outbox.id)))


def calendar_day(row: models.Child, day: date = MONDAY, now=LATER):
    viewer = Viewer(row.custodies[0].family_id)
    [found] = calendar_of(row, configuration().activity("cantine"), day, day, now=now, viewer=viewer)
    return found
