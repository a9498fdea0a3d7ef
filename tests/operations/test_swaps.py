"""Swaps of days: proposed by one household, accepted by the other, followed by bookings and bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import models
from extensions import db
from operations import actors, billing, families, guardians, swaps
from operations.actors import SYSTEM
from operations.bookings import viewer_of
from operations.changes import change_days
from operations.children import facts_of
from operations.configuration import configuration
from operations.custodies import CustodyFacts
from operations.swap_views import Seen
from rules.custody_vocabulary import SwapState
from rules.refusals import Refused
from rules.swaps import Days, Offer
from rules.vocabulary import BookingState, CustodyKind
from tests import factories
from tests.conftest import START

HERS = Days(date(2026, 9, 14), date(2026, 9, 20))  # week 38, even: Sonia's
HIS = Days(date(2026, 9, 21), date(2026, 9, 27))  # week 39, odd: Karim's
TUESDAY, HIS_TUESDAY = date(2026, 9, 15), date(2026, 9, 22)


@dataclass
class Two:
    """Léa, her parents' two households, even weeks her mother's."""

    lea: models.Child
    sonia: models.Guardian
    karim: models.Guardian

    def propose(self, gives: Days | None, takes: Days | None, **when: object) -> models.CustodySwap:
        """By Sonia."""
        by = actors.parent(self.sonia.account)
        return swaps.propose(self.lea, self.sonia, Offer(gives, takes), by=by, now=when.get("now", START))

    def accept(self, row: models.CustodySwap, now: object = START) -> object:
        return swaps.accept(row, self.karim, by=actors.parent(self.karim.account), now=now)

    def owner(self, day: date) -> int | None:
        return facts_of([self.lea.id])[self.lea.id].family_on(day)

    def book(self, who: models.Guardian, *days: date) -> None:
        canteen = configuration().activity("cantine")
        viewer = viewer_of(facts_of([self.lea.id])[self.lea.id], who)
        change_days(self.lea, canteen, set(days), (), by=actors.parent(who.account), now=START, viewer=viewer)


@pytest.fixture
def two(app: Flask) -> Two:
    hers, his = factories.family("Bernard", qf="300"), factories.family("Haddad", qf="1500")
    lea = factories.child(hers)
    sonia = factories.parent(hers, lea, first_name="Sonia", email="sonia@villars.example", payer=True)
    karim = factories.parent(his, lea, first_name="Karim", email="karim@villars.example", payer=True)
    factories.alternate(lea, hers, his)
    return Two(lea, sonia, karim)


def mails() -> list[models.Outbox]:
    return list(db.session.scalars(sa.select(models.Outbox).order_by(models.Outbox.id)))


def states(two: Two) -> dict[date, BookingState]:
    return {
        row.day: row.state
        for row in db.session.scalars(sa.select(models.Booking).order_by(models.Booking.day))
    }


def test_a_proposal_changes_nothing_until_it_is_accepted(app, two):
    row = two.propose(HERS, HIS)
    assert row.state is SwapState.PROPOSED
    assert two.owner(TUESDAY) == two.sonia.family_id
    (mail,) = mails()
    assert mail.recipient == "karim@villars.example"
    assert f"/espace/enfants/{two.lea.id}/echanges/{row.id}" in mail.body
    assert "dimanche 13 septembre 2026" in mail.body  # the eve of the first day
    assert "Sonia" not in mail.body and "Bernard" not in mail.body


def test_once_accepted_the_days_change_hands_and_open_bookings_are_cancelled(app, two):
    two.book(two.sonia, TUESDAY)
    two.book(two.karim, HIS_TUESDAY)
    done = two.accept(two.propose(HERS, HIS))
    assert (two.owner(TUESDAY), two.owner(HIS_TUESDAY)) == (two.karim.family_id, two.sonia.family_id)
    assert set(states(two).values()) == {BookingState.CANCELLED}
    assert {(row.family_id, line.day) for row in done.receipts for line in row.lines} == {
        (family_id, day)
        for family_id in (two.sonia.family_id, two.karim.family_id)
        for day in (TUESDAY, HIS_TUESDAY)
    }
    assert {row.by_name for row in done.receipts} == {"les deux parents"}
    two.book(two.karim, TUESDAY)  # the day is now his to book


def test_a_day_past_its_cut_off_stays_booked_and_billed_where_it_was(app, two):
    two.book(two.sonia, TUESDAY)
    row = two.propose(HERS, None)
    thursday = START + timedelta(days=3)  # past Wednesday's cut-off, before the week begins
    done = two.accept(row, thursday)
    assert done.kept == [TUESDAY]
    booking = db.session.scalars(sa.select(models.Booking)).one()
    assert (booking.state, booking.family_id) == (BookingState.BOOKED, two.sonia.family_id)
    assert two.owner(TUESDAY) == two.karim.family_id


def test_accepting_twice_is_accepting_once(app, two):
    row = two.propose(HERS, HIS)
    two.accept(row)
    written = len(mails())
    assert two.accept(row) is None
    assert len(mails()) == written


def test_the_same_proposal_twice_is_one_and_an_overlapping_one_is_refused(app, two):
    row = two.propose(HERS, HIS)
    assert two.propose(HERS, HIS) is row
    assert len(mails()) == 1
    with pytest.raises(Refused, match="attend déjà une réponse"):
        two.propose(Days(TUESDAY, TUESDAY), None)


def test_the_one_who_proposes_cannot_accept_for_the_other(app, two):
    row = two.propose(HERS, HIS)
    by = actors.parent(two.sonia.account)
    with pytest.raises(Refused, match="à l’autre parent de répondre"):
        swaps.accept(row, two.sonia, by=by, now=START)
    with pytest.raises(Refused, match="le foyer qui a proposé"):
        swaps.withdraw(row, two.karim, by=actors.parent(two.karim.account), now=START)
    swaps.withdraw(row, two.sonia, by=by, now=START)
    with pytest.raises(Refused, match="retirée"):
        two.accept(row)


def test_declining_is_told_to_its_proposer(app, two):
    row = two.propose(None, HIS)
    swaps.decline(row, two.karim, by=actors.parent(two.karim.account), now=START)
    assert mails()[-1].recipient == "sonia@villars.example"
    assert "Karim" not in mails()[-1].body
    with pytest.raises(Refused, match="déjà été refusé"):
        two.accept(row)


def test_after_acceptance_only_a_new_swap_changes_it(app, two):
    row = two.propose(HERS, HIS)
    two.accept(row)
    for verb, who in ((swaps.withdraw, two.sonia), (swaps.decline, two.karim)):
        with pytest.raises(Refused, match="seul un nouvel échange"):
            verb(row, who, by=actors.parent(who.account), now=START)
    back = two.propose(HIS, HERS)  # they are hers and his the other way round now
    two.accept(back)
    assert (two.owner(TUESDAY), two.owner(HIS_TUESDAY)) == (two.sonia.family_id, two.karim.family_id)


def test_a_proposal_lapses_when_its_first_day_begins(app, two):
    row = two.propose(HERS, HIS)
    eve = START.replace(day=13, hour=23, minute=59, second=59)
    with pytest.raises(Refused, match="déjà là"):
        two.accept(row, eve + timedelta(seconds=1))
    assert Seen(row, two.karim.family_id, date(2026, 9, 14)).state == "Sans réponse à temps"
    assert two.accept(row, eve) is not None


@pytest.mark.parametrize(
    ("gives", "takes", "sentence"),
    [
        (None, None, "Choisissez les jours"),
        (HIS, None, "n’est pas un de vos jours"),
        (None, HERS, "est déjà un de vos jours"),
        (Days(date(2026, 9, 7), date(2026, 9, 7)), None, "à venir"),
        (Days(date(2026, 9, 18), date(2026, 9, 14)), None, "ne peut pas précéder"),
        (Days(date(2028, 9, 14), date(2028, 9, 14)), None, "un an"),
        (Days(date(2026, 9, 14), date(2026, 12, 14)), None, "au plus"),
    ],
)
def test_what_cannot_be_swapped_is_refused(app, two, gives, takes, sentence):
    with pytest.raises(Refused, match=sentence):
        two.propose(gives, takes)


def test_separated_parents_without_alternation_have_nothing_to_swap(app):
    hers, his = factories.family("Petit"), factories.family("Roux")
    child = factories.child(hers)
    mother = factories.parent(hers, child, first_name="Nathalie")
    factories.parent(his, child, first_name="Olivier")
    with pytest.raises(Refused, match="ne sont pas partagés"):
        swaps.propose(child, mother, Offer(HERS, None), by=actors.parent(mother.account), now=START)


def test_without_parental_authority_nobody_swaps(app, two):
    for each in two.sonia.guardianships:
        each.has_authority = False
    db.session.flush()
    with pytest.raises(Refused, match="autorité parentale"):
        two.propose(HERS, HIS)


def test_an_ended_guardianship_no_longer_answers(app, two):
    row = two.propose(HERS, HIS)
    guardians.end_guardianship(
        two.karim.guardianships[0], START.date() - timedelta(days=1), by=SYSTEM, now=START
    )
    with pytest.raises(Refused, match="autorité parentale"):
        two.accept(row)


# -- a custody set meanwhile ----------------------------------------------------------------


def inverse(two: Two) -> CustodyFacts:
    return CustodyFacts(
        kind=CustodyKind.PARITY, family_id=two.karim.family_id, other_family_id=two.sonia.family_id
    )


def test_a_new_custody_ends_the_swaps_from_its_day_on(app, two):
    agreed = two.propose(HERS, HIS)
    two.accept(agreed)
    waiting = two.propose(Days(date(2026, 10, 12), date(2026, 10, 18)), None)
    families.set_custody(two.lea, inverse(two), date(2026, 9, 21), by=SYSTEM, now=START)
    assert (agreed.void_from, waiting.state) == (date(2026, 9, 21), SwapState.CANCELLED)
    assert two.owner(TUESDAY) == two.karim.family_id  # before it: the swap
    assert two.owner(HIS_TUESDAY) == two.sonia.family_id  # from it on: the new pattern
    with pytest.raises(Refused, match="retirée"):
        two.accept(waiting)


def test_each_household_reads_its_own_weeks_of_a_new_custody(app, two):
    families.set_custody(two.lea, inverse(two), date(2026, 9, 21), by=SYSTEM, now=START)
    told = {mail.recipient: mail.body for mail in mails()}
    assert set(told) == {"sonia@villars.example", "karim@villars.example"}
    assert "du lundi 21 septembre au dimanche 27 septembre 2026" in told["sonia@villars.example"]
    assert "du lundi 21 septembre au" not in told["karim@villars.example"]
    assert "Haddad" not in told["sonia@villars.example"]


def test_a_proposal_whose_days_are_no_longer_shared_is_refused(app, two):
    row = two.propose(HERS, None)
    custody = db.session.scalars(sa.select(models.Custody)).one()
    custody.family_id, custody.other_family_id = custody.other_family_id, custody.family_id
    db.session.flush()
    with pytest.raises(Refused, match="a changé"):
        two.accept(row)


def test_staff_record_a_swap_agreed_on_paper(app, two):
    two.book(two.sonia, TUESDAY)
    waiting = two.propose(HERS, None)
    agent = actors.agent(factories.staff())
    with pytest.raises(Refused, match="papier"):
        swaps.record(two.lea, two.sonia.family_id, Offer(HERS, HIS), " ", by=agent, now=START)
    row, done = swaps.record(
        two.lea, two.sonia.family_id, Offer(HERS, HIS), "Accord signé du 5/09", by=agent, now=START
    )
    assert (row.state, len(done.receipts)) == (SwapState.ACCEPTED, 2)
    assert two.owner(TUESDAY) == two.karim.family_id
    assert waiting.state is SwapState.CANCELLED


# -- bills ------------------------------------------------------------------------------------


def test_the_bills_follow_the_days(app, two):
    two.accept(two.propose(HERS, HIS))
    two.book(two.karim, TUESDAY)
    two.book(two.sonia, HIS_TUESDAY)
    october = START.replace(month=10, day=1)
    billing.prepare_month(date(2026, 9, 1), by=SYSTEM, now=october)
    drafts = {row.family_id: row.total_cents for row in db.session.scalars(sa.select(models.Draft))}
    assert set(drafts) == {two.sonia.family_id, two.karim.family_id}
    assert drafts[two.sonia.family_id] < drafts[two.karim.family_id]  # each at their own quotient


WEEKS = [
    Days(date(2026, 9, 14) + timedelta(weeks=n), date(2026, 9, 20) + timedelta(weeks=n)) for n in range(4)
]
HER_WEEKS, HIS_WEEKS = WEEKS[::2], WEEKS[1::2]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    booked=st.sets(st.sampled_from([week.first for week in WEEKS]), min_size=1),
    gives=st.none() | st.sampled_from(HER_WEEKS),
    takes=st.none() | st.sampled_from(HIS_WEEKS),
    waits=st.integers(0, 6),
)
def test_every_open_day_is_its_family_s_and_nobody_is_billed_twice(app, two, booked, gives, takes, waits):
    if gives is None and takes is None:
        return
    nested = db.session.begin_nested()
    try:
        for day in sorted(booked):
            two.book(two.sonia if two.owner(day) == two.sonia.family_id else two.karim, day)
        done = two.accept(two.propose(gives, takes), START + timedelta(days=waits))
        rows = [
            row for row in db.session.scalars(sa.select(models.Booking)) if row.state is BookingState.BOOKED
        ]
        for row in rows:
            assert row.family_id == two.owner(row.day) or row.day in done.kept
        for row in rows:
            twice = [other for other in rows if (other.child_id, other.day) == (row.child_id, row.day)]
            assert twice == [row]
        moved = {line.day for receipt in done.receipts for line in receipt.lines}
        assert moved.isdisjoint(row.day for row in rows)
        given_or_taken = [span for span in (gives, takes) if span is not None]
        assert all(any(day in span for span in given_or_taken) for day in moved)
    finally:
        nested.rollback()
