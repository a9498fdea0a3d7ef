"""Two people at once on full days: nobody is let in beyond the places, nobody waits beside a free one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

import models
from extensions import db
from operations import actors, departures
from operations.actors import SYSTEM
from operations.changes import change_days
from operations.configuration import configuration
from rules.vocabulary import BookingState
from tests import factories
from tests.operations.lines import inside, line, places
from tests.operations.test_bookings import MONDAY, NOW
from tests.operations.test_concurrency import at_once, said, sound

WEEKS = [MONDAY + timedelta(weeks=n) for n in range(4)]


@pytest.fixture
def children(app: Flask) -> list[int]:
    """Six children of six families, for two places a day; their numbers (threads have their own sessions)."""
    places(2)
    made = []
    for n in range(6):
        family = factories.family(f"Famille{n}", qf="500")
        child = factories.child(family)
        factories.parent(family, child, email=f"parent{n}@villars.example", payer=True)
        made.append(child.id)
    db.session.commit()
    configuration()
    return made


def changing(
    child_id: int, *, add: set[date] = frozenset(), remove: set[date] = frozenset()
) -> Callable[[], str]:
    def work() -> object:
        child = db.session.get_one(models.Child, child_id)
        by = actors.parent(child.guardianships[0].guardian.account)
        return change_days(child, configuration().activity("cantine"), add, remove, by=by, now=NOW)

    return said(work)


def asking(child_id: int, *days: date) -> Callable[[], str]:
    return changing(child_id, add=set(days))


def cancelling(child_id: int, *days: date) -> Callable[[], str]:
    return changing(child_id, remove=set(days))


def ranks(day: date) -> list[int]:
    """The ranks told for that day, in the order of the waiting list."""
    told, row = models.ReceiptLine, models.Booking
    query = (
        sa.select(told.waiting_rank)
        .join(row, (row.child_id == told.child_id) & (row.day == told.day))
        .where(told.day == day, row.state == BookingState.WAITING)
        .order_by(row.waiting_since)
    )
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def test_six_families_ask_for_two_places_at_once(app, children):
    """Each is told one rank, its own."""
    for day in WEEKS:
        assert at_once(app, *(asking(child, day) for child in children)) == [""] * 6
        assert (len(inside(day)), len(line(day))) == (2, 4)
        assert ranks(day) == [1, 2, 3, 4]
        assert sound()


def test_several_days_asked_at_once_in_any_order_do_not_block_one_another(app, children):
    forwards, backwards = tuple(WEEKS), tuple(reversed(WEEKS))
    works = [asking(child, *(forwards if n % 2 else backwards)) for n, child in enumerate(children)]
    assert at_once(app, *works) == [""] * 6
    assert all((len(inside(day)), len(line(day))) == (2, 4) for day in WEEKS)


def test_places_freed_at_once_are_given_once(app, children):
    one, two, *others = children
    for day in WEEKS:
        for child in children:
            asking(child, day)()
        assert at_once(app, cancelling(one, day), cancelling(two, day)) == ["", ""]
        assert (len(inside(day)), len(line(day))) == (2, 2)
        assert inside(day) == {"Famille2", "Famille3"}
        assert sound()
    assert len(others) == 4


def test_a_place_is_freed_while_another_asks(app, children):
    """Whoever comes first, the day ends full and nobody waits beside a free place."""
    one, two, three, *_ = children
    for day in WEEKS:
        asking(one, day)()
        asking(two, day)()
        assert at_once(app, cancelling(one, day), asking(three, day)) == ["", ""]
        assert (len(inside(day)), line(day)) == (2, [])
        assert sound()


def test_who_leaves_the_line_while_a_place_is_freed_leaves_no_hole(app, children):
    """Given then left, or left before: the place goes to the next."""
    one, two, three, four, *_ = children
    for day in WEEKS:
        for child in (one, two, three, four):
            asking(child, day)()
        assert at_once(app, cancelling(one, day), cancelling(three, day)) == ["", ""]
        assert (inside(day), line(day)) == ({"Famille1", "Famille3"}, [])
        assert sound()


def test_a_departure_and_requests_at_once(app, children):
    """The one who leaves holds several days of several activities; nobody is blocked."""
    one, two, three, *_ = children
    for child in (one, two, three):
        asking(child, *WEEKS)()

    def leave() -> object:
        return departures.leave(db.session.get_one(models.Child, one), date(2026, 9, 11), by=SYSTEM, now=NOW)

    assert at_once(app, said(leave), cancelling(two, WEEKS[0]), asking(children[3], *WEEKS)) == ["", "", ""]
    for day in WEEKS:
        assert len(inside(day)) == 2
    assert line(WEEKS[0]) == []
    assert sound()


def test_the_same_request_sent_four_times_waits_once(app, children):
    one, two, three, *_ = children
    asking(one, MONDAY)()
    asking(two, MONDAY)()
    assert at_once(app, *[asking(three, MONDAY)] * 4) == [""] * 4
    assert line() == ["Famille2"]
    count = sa.select(sa.func.count()).select_from(models.ReceiptLine).filter_by(child_id=three)
    assert db.session.scalar(count) == 1
