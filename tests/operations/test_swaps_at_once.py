"""Two parents, or a parent and the service, who decide of the same days at the same instant."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, families, swaps
from operations.actors import SYSTEM
from operations.children import facts_of
from rules.custody_vocabulary import SwapState
from rules.swaps import Offer
from rules.vocabulary import BookingState
from tests.conftest import START
from tests.operations.test_concurrency import at_once, said
from tests.operations.test_swaps import HERS, HIS, TUESDAY, Two, inverse, two  # noqa: F401 - the fixture


def answer(verb, swap_id: int, guardian_id: int):
    """The decision of that adult, in a thread of its own."""

    def do() -> object:
        row, who = (
            db.session.get_one(models.CustodySwap, swap_id),
            db.session.get_one(models.Guardian, guardian_id),
        )
        return verb(row, who, by=actors.parent(who.account), now=START)

    return said(do)


def settled(two: Two) -> models.CustodySwap:  # noqa: F811
    """The only swap; every open booking is its day's family's."""
    homes = facts_of([two.lea.id])[two.lea.id]
    booked = sa.select(models.Booking).filter_by(state=BookingState.BOOKED)
    assert all(row.family_id == homes.family_on(row.day) for row in db.session.scalars(booked))
    return db.session.scalars(sa.select(models.CustodySwap)).one()


@pytest.fixture
def swap_id(two: Two) -> int:  # noqa: F811
    two.book(two.sonia, TUESDAY)
    return two.propose(HERS, HIS).id


def test_accepting_and_taking_back_at_once_is_one_of_the_two(app, two, swap_id):  # noqa: F811
    accepts, withdraws = (
        answer(swaps.accept, swap_id, two.karim.id),
        answer(swaps.withdraw, swap_id, two.sonia.id),
    )
    refused = [sentence for sentence in at_once(app, accepts, withdraws) if sentence]
    assert len(refused) == 1
    assert settled(two).state in (SwapState.ACCEPTED, SwapState.CANCELLED)


def test_a_double_click_accepts_once(app, two, swap_id):  # noqa: F811
    accepts = answer(swaps.accept, swap_id, two.karim.id)
    assert at_once(app, accepts, accepts) == ["", ""]
    assert settled(two).state is SwapState.ACCEPTED
    assert (
        db.session.scalar(sa.select(sa.func.count()).select_from(models.Receipt)) == 3
    )  # booked, and both told


def test_a_custody_set_at_the_same_instant_has_the_last_word(app, two, swap_id):  # noqa: F811
    child_id, facts = two.lea.id, inverse(two)

    def change() -> object:
        child = db.session.get_one(models.Child, child_id)
        return families.set_custody(child, facts, date(2026, 9, 14), by=SYSTEM, now=START)

    told = at_once(app, answer(swaps.accept, swap_id, two.karim.id), said(change))
    assert told[1] == ""
    row = settled(two)
    assert row.state is SwapState.CANCELLED or row.void_from == date(2026, 9, 14)


def test_the_same_proposal_twice_at_once_is_one(app, two):  # noqa: F811
    child_id, sonia_id = two.lea.id, two.sonia.id

    def propose() -> object:
        child = db.session.get_one(models.Child, child_id)
        sonia = db.session.get_one(models.Guardian, sonia_id)
        offer = Offer(HERS, HIS)
        return swaps.propose(child, sonia, offer, by=actors.parent(sonia.account), now=START)

    assert at_once(app, said(propose), said(propose)) == ["", ""]
    assert settled(two).state is SwapState.PROPOSED
