"""A place freed goes to the first in line, who is told, whatever freed it."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

import models
from extensions import db
from operations import custodies, departures, enrolments
from operations.changes import Late, change_days
from operations.configuration import configuration
from operations.waiting import give_every_place
from rules.vocabulary import Change, Channel, Level
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
from tests.operations.test_bookings import CUTOFF, LAST_SECOND, MONDAY, TUESDAY, booked_days

# -- a place freed --------------------------------------------------------------------------


def test_a_cancelled_place_goes_to_the_first_in_line_with_a_receipt_and_a_mail(app):
    places(1)
    one, two, three = child("Un"), child("Deux"), child("Trois")
    for each in (one, two, three):
        ask(each, MONDAY)
    cancel(one, MONDAY)
    assert (inside(), line()) == ({"Deux"}, ["Trois"])
    receipt = db.session.scalars(sa.select(models.Receipt).order_by(models.Receipt.id.desc())).first()
    assert (receipt.family_id, receipt.channel) == (two.custodies[0].family_id, Channel.SYSTEM)
    assert [(each.day, each.change, each.price_cents) for each in receipt.lines] == [
        (MONDAY, Change.BOOK, 380)
    ]
    mail = mails()[-1]
    assert (mail.recipient, receipt.number in mail.subject) == ("deux@villars.example", True)
    assert "Une place s’est libérée" in mail.body
    assert "lundi 14 septembre 2026 : réservé, 3,80" in mail.body
    assert calendar_day(three).rank == 1


def test_several_days_freed_for_one_family_make_one_receipt(app):
    places(1)
    one, two = child("Un"), child("Deux")
    ask(one, MONDAY, TUESDAY)
    ask(two, MONDAY, TUESDAY)
    before = len(mails())
    cancel(one, MONDAY, TUESDAY)
    assert booked_days(two) == {MONDAY, TUESDAY}
    assert len(mails()) == before + 2


def test_a_place_freed_past_the_cutoff_goes_to_nobody(app):
    places(1)
    one, two = child("Un"), child("Deux")
    ask(one, MONDAY)
    ask(two, MONDAY, now=LAST_SECOND)
    change_days(
        one,
        configuration().activity("cantine"),
        (),
        {MONDAY},
        by=AGENT,
        now=CUTOFF,
        late=Late(True, "Malade"),
    )
    assert (inside(), line()) == (set(), ["Deux"])
    day = calendar_day(two, now=CUTOFF)
    assert (day.open, day.waiting) == (False, True)


def test_a_child_stopped_by_its_own_limit_does_not_stop_those_behind(app):
    places(2)
    places(1, level=Level.CP)
    cp, other, behind = child("Cp"), child("Autre", in_class="CE2", level=Level.CE2), child("Derriere")
    late = child("Tard", in_class="CE2", level=Level.CE2)
    ask(cp, MONDAY)
    ask(other, MONDAY)
    ask(behind, MONDAY)
    ask(late, MONDAY)
    cancel(other, MONDAY)
    assert (inside(), line()) == ({"Cp", "Tard"}, ["Derriere"])


def test_leaving_the_line_moves_the_others_up_and_its_receipt_says_so(app):
    places(0)
    one, two = child("Un"), child("Deux")
    ask(one, MONDAY)
    ask(two, MONDAY)
    [left] = cancel(one, MONDAY).lines
    assert (left.change, left.waiting_rank, left.price_cents) == (Change.CANCEL, 1, None)
    assert line() == ["Deux"]
    assert calendar_day(two).rank == 1


def test_a_child_comes_back_at_the_end_of_the_line(app):
    places(0)
    one, two = child("Un"), child("Deux")
    ask(one, MONDAY)
    ask(two, MONDAY)
    cancel(one, MONDAY)
    ask(one, MONDAY, now=LATER)
    assert line() == ["Deux", "Un"]


def test_a_departure_frees_its_places_and_leaves_its_lines(app):
    places(1)
    one, two, three = child("Un"), child("Deux"), child("Trois")
    ask(one, MONDAY)
    ask(two, MONDAY, TUESDAY)
    ask(one, TUESDAY)
    ask(three, TUESDAY)
    done = departures.leave(one, date(2026, 9, 11), by=AGENT, now=LATER)
    assert (inside(MONDAY), line(MONDAY)) == ({"Deux"}, [])
    assert (inside(TUESDAY), line(TUESDAY)) == ({"Deux"}, ["Trois"])
    [line_left] = [each for receipt in done.receipts for each in receipt.lines if each.waits]
    assert (line_left.day, line_left.waiting_rank) == (TUESDAY, 1)


def test_the_end_of_an_enrolment_frees_places_too(app):
    places(1)
    one, two = child("Un"), child("Deux")
    ask(one, MONDAY)
    ask(two, MONDAY)
    row = next(each for each in one.enrolments if each.activity.slug == "cantine")
    enrolments.end_enrolment(row, date(2026, 9, 11), by=AGENT, now=LATER)
    assert inside() == {"Deux"}


def test_a_child_whose_custody_moves_leaves_the_line(app):
    places(0)
    one = child("Un")
    ask(one, MONDAY)
    other = factories.family("Autre")
    custodies.set_custody(one, custodies.single(other), date(2026, 9, 12), by=AGENT, now=LATER)
    assert line() == []


def test_a_class_on_an_outing_leaves_its_places(app):
    places(1)
    one, two = child("Un"), child("Deux", in_class="CE2", level=Level.CE2)
    ask(one, MONDAY)
    ask(two, MONDAY)
    db.session.add(
        models.Closure(
            name="Sortie",
            first_day=MONDAY,
            last_day=MONDAY,
            effect="closed",
            school_class=factories.school_class("CP"),
        )
    )
    db.session.flush()
    assert [len(receipt.lines) for receipt in give_every_place(now=LATER)] == [1]
    assert line() == []
    assert give_every_place(now=LATER) == []


def test_nobody_gets_a_place_on_a_closed_day(app):
    row = places(0)
    one = child("Un")
    ask(one, MONDAY)
    db.session.add(models.Closure(name="Grève", first_day=MONDAY, last_day=MONDAY, effect="closed"))
    row.places = 5
    db.session.flush()
    assert give_every_place(now=LATER) == []
    assert line() == ["Un"]


def test_more_places_go_to_those_who_wait_before_whoever_asks(app):
    row = places(0)
    one, two = child("Un"), child("Deux")
    ask(one, MONDAY)
    row.places = 1
    db.session.flush()
    ask(two, MONDAY, now=LATER)
    assert (inside(), line()) == ({"Un"}, ["Deux"])


def test_without_any_limit_left_everybody_is_served(app):
    row = places(0)
    ask(child("Un"), MONDAY)
    db.session.delete(row)
    db.session.flush()
    give_every_place(now=LATER)
    assert (inside(), line()) == ({"Un"}, [])


def test_a_change_of_class_frees_the_place_of_the_old_one(app):
    places(1, level=Level.CP)
    one, two = child("Un"), child("Deux")
    ask(one, MONDAY)
    ask(two, MONDAY)
    ce2 = factories.school_class("CE2")
    enrolments.change_class(one, ce2.id, Level.CE2, date(2026, 9, 14), by=AGENT, now=LATER)
    assert inside() == {"Un", "Deux"}
