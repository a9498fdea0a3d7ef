"""The waiting list of full days: who enters it, what the calendar says, what staff may do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import billing
from operations.agenda import coming_days
from operations.attendance import close_sheet, expected_children, open_sheet
from operations.bookings import Viewer, calendar_of, judge_day
from operations.changes import Late, change_days
from operations.children import facts_of
from operations.configuration import commune_settings, configuration
from rules.refusals import Refused
from rules.vocabulary import Change, Level, Situation, Timing
from tests import factories
from tests.operations.lines import (
    AGENT,
    LATER,
    ask,
    calendar_day,
    cancel,
    child,
    inside,
    line,
    mails,
    places,
)
from tests.operations.test_bookings import CUTOFF, LAST_SECOND, MONDAY, NOW, TUESDAY, booked_days
from tests.queries import count_queries

OCTOBER = NOW + timedelta(days=27)


@pytest.fixture
def canteen(app):
    return configuration().activity("cantine")


# -- entering the line ---------------------------------------------------------------------


def test_the_last_place_is_booked_and_the_next_request_waits_at_its_rank(app):
    places(1)
    one, two, three = child("Un"), child("Deux"), child("Trois")
    assert [each.waiting_rank for each in ask(one, MONDAY).lines] == [None]
    assert [(each.waiting_rank, each.price_cents) for each in ask(two, MONDAY).lines] == [(1, None)]
    assert [each.waiting_rank for each in ask(three, MONDAY).lines] == [2]
    assert (inside(), line()) == ({"Un"}, ["Deux", "Trois"])


def test_the_mail_says_that_it_waits_and_that_nothing_is_due(app):
    places(0)
    ask(child("Un"), MONDAY)
    [mail] = mails()
    assert "lundi 14 septembre 2026 : complet, en liste d’attente (1re)" in mail.body
    assert "n’est pas réservé et rien n’est à payer" in mail.body
    assert "€" not in mail.body


def test_a_day_with_room_is_booked_while_another_waits_on_the_same_receipt(app):
    places(1, weekdays={1})
    ask(child("Un"), MONDAY)
    two = child("Deux")
    receipt = ask(two, MONDAY, TUESDAY)
    assert [(each.day, each.waiting_rank) for each in receipt.lines] == [(MONDAY, 1), (TUESDAY, None)]
    assert booked_days(two) == {TUESDAY}


def test_asking_twice_changes_nothing(app):
    """A double click, two tabs: one receipt, one place in line."""
    places(0)
    one = child("Un")
    assert ask(one, MONDAY) is not None
    assert ask(one, MONDAY, now=LATER) is None
    assert line() == ["Un"]


def test_places_are_counted_by_school_and_level(app):
    places(1, level=Level.CP)
    ask(child("Un"), MONDAY)
    ask(child("Deux", in_class="CE2", level=Level.CE2), MONDAY)
    ask(child("Trois"), MONDAY)
    assert (inside(), line()) == ({"Un", "Deux"}, ["Trois"])


def test_the_level_is_the_one_of_the_day(app):
    """Un is in CE2 from the Tuesday on: its place in CP is free from then on."""
    places(1, level=Level.CP)
    one = child("Un")
    row = one.schoolings[0]
    row.last_day = MONDAY
    factories.school_class("CE2")
    db.session.add(
        models.Schooling(
            child=one, school_class=factories.school_class("CE2"), level=Level.CE2, first_day=TUESDAY
        )
    )
    db.session.flush()
    ask(one, MONDAY, TUESDAY)
    ask(child("Deux"), MONDAY, TUESDAY)
    assert (line(MONDAY), line(TUESDAY)) == (["Deux"], [])


def test_past_its_cutoff_a_full_day_is_refused_as_any_other(app):
    places(0)
    with pytest.raises(Refused, match="mercredi 9 septembre"):
        ask(child("Un"), MONDAY, now=CUTOFF)
    assert line() == []


def test_the_calendar_says_that_it_is_full_then_that_one_waits(app):
    places(1)
    one, two, three = child("Un"), child("Deux"), child("Trois")
    ask(one, MONDAY)
    ask(two, MONDAY)
    full, waits, booked = calendar_day(three), calendar_day(two), calendar_day(one)
    assert (full.full, full.rank, full.open, full.adds_cents) == (True, 2, True, 0)
    assert (waits.waiting, waits.rank, waits.open, waits.booked, waits.adds_cents) == (
        True,
        1,
        True,
        False,
        0,
    )
    assert (booked.booked, booked.full, booked.waiting, booked.adds_cents) == (True, False, False, 380)


def test_a_day_waited_for_is_not_a_coming_day(app):
    places(0)
    one = child("Un")
    ask(one, MONDAY)
    assert coming_days({one.id: Viewer(one.custodies[0].family_id)}, date(2026, 9, 7), most=10) == []


def test_who_waits_is_neither_expected_nor_billed_and_who_comes_is_served(app):
    """Capacity limits booking, never attendance: a child who waited and ate is an unbooked meal."""
    places(1)
    one, two, three = child("Un"), child("Deux"), child("Trois")
    for each in (one, two, three):
        ask(each, MONDAY)
    commune_settings().carry_over_below_cents = 0
    room = factories.school_class()
    sheet = open_sheet(factories.activity().id, room, room.school, MONDAY, by=AGENT, now=OCTOBER)
    assert [each.child.id for each in expected_children(sheet) if each.booked] == [one.id]
    close_sheet(sheet, {one.id, two.id}, by=AGENT, now=OCTOBER)
    billing.prepare_month(date(2026, 9, 1), by=AGENT, now=OCTOBER)
    billing.issue_month(date(2026, 9, 1), OCTOBER.date(), by=AGENT, now=OCTOBER)
    billed = {line.child_id: line.situation for line in db.session.scalars(sa.select(models.InvoiceLine))}
    assert billed == {one.id: Situation.AS_BOOKED, two.id: Situation.UNBOOKED}


# -- staff ----------------------------------------------------------------------------------


def test_staff_book_beyond_the_places_with_a_reason(app, canteen):
    places(1)
    one, two = child("Un"), child("Deux")
    ask(one, MONDAY)
    with pytest.raises(Refused, match="complet"):
        change_days(two, canteen, {MONDAY}, (), by=AGENT, now=NOW, beyond=" ")
    receipt = change_days(two, canteen, {MONDAY}, (), by=AGENT, now=NOW, beyond="Urgence sociale")
    assert [(each.waiting_rank, each.reason, each.price_cents) for each in receipt.lines] == [
        (None, "Urgence sociale", 380)
    ]
    assert inside() == {"Un", "Deux"}


def test_staff_give_a_place_to_one_who_waits(app, canteen):
    places(0)
    one = child("Un")
    ask(one, MONDAY)
    assert change_days(one, canteen, {MONDAY}, (), by=AGENT, now=NOW) is None
    change_days(one, canteen, {MONDAY}, (), by=AGENT, now=NOW, beyond="Fratrie")
    assert (inside(), line()) == ({"Un"}, [])


def test_a_place_beyond_the_limit_is_not_given_again(app, canteen):
    """Two children for one place: when one leaves, the day is still full."""
    places(1)
    one, two, three = child("Un"), child("Deux"), child("Trois")
    ask(one, MONDAY)
    change_days(two, canteen, {MONDAY}, (), by=AGENT, now=NOW, beyond="Urgence")
    ask(three, MONDAY)
    cancel(one, MONDAY)
    assert (inside(), line()) == ({"Deux"}, ["Trois"])


def test_a_parent_never_books_beyond_the_places(app):
    places(0)
    with pytest.raises(Refused, match="complet"):
        ask(child("Un"), MONDAY, beyond="Moi")


def test_past_the_cutoff_staff_are_told_that_it_is_full(app, canteen):
    """Waiting for a place that nobody will be given would be a false hope."""
    places(0)
    one, late = child("Un"), Late(True, "Oubli")
    with pytest.raises(Refused, match="complet"):
        change_days(one, canteen, {MONDAY}, (), by=AGENT, now=CUTOFF, late=late)
    change_days(one, canteen, {MONDAY}, (), by=AGENT, now=CUTOFF, late=late, beyond="Oubli")
    assert db.session.scalars(sa.select(models.Booking.timing)).one() is Timing.EXCUSED


# -- page and POST, cost --------------------------------------------------------------------


def test_what_the_page_opens_the_change_takes(app):
    """Waiting days included: open exactly when leaving the line is accepted."""
    places(0)
    for now in (NOW, LAST_SECOND, CUTOFF):
        row = child(f"Enfant{now.timestamp():.0f}")
        if now is not CUTOFF:
            ask(row, MONDAY, now=NOW)
            assert calendar_day(row, now=now).open
            assert cancel(row, MONDAY, now=now)
        else:
            ask(row, MONDAY, now=NOW)
            assert not calendar_day(row, now=now).open
            with pytest.raises(Refused):
                cancel(row, MONDAY, now=now)
    facts = facts_of([row.id])[row.id]
    assert not judge_day(facts, configuration().activity("cantine"), Change.BOOK, MONDAY, CUTOFF).allowed


def test_a_month_costs_as_many_queries_however_many_book_and_wait(app, canteen):
    places(2)
    one = child("Un")
    october = (date(2026, 10, 1), date(2026, 10, 31))

    def month() -> int:
        db.session.flush()
        with count_queries() as queries:
            calendar_of(one, canteen, *october, now=NOW, viewer=Viewer(one.custodies[0].family_id))
        return len(queries)

    month()
    before = month()
    for n in range(5):
        ask(child(f"Enfant{n}"), date(2026, 10, 5), date(2026, 10, 6))
    assert month() == before


def test_an_activity_without_limit_asks_nothing_more(app):
    """Neither the lock of the activity nor the count of its places."""
    one = child("Un")
    with count_queries() as queries:
        ask(one, MONDAY)
    assert not [each for each in queries if "GROUP BY booking.day" in each]
    places(1, weekdays={2})
    ask(one, TUESDAY)
    with count_queries() as queries:
        ask(one, MONDAY + timedelta(days=14), MONDAY + timedelta(days=15))
    assert len([each for each in queries if "GROUP BY booking.day" in each]) == 1
