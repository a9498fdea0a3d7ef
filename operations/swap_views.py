"""Swaps of days as one of their two households reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

import models
from extensions import db
from operations.agenda import bookable_activities
from operations.bookings import judge_day
from operations.children import ChildFacts
from operations.configuration import ActivityFacts, configuration
from rules.custody_vocabulary import SwapState
from rules.instants import ONE_DAY
from rules.swaps import Days, Offer
from rules.vocabulary import BookingState, Change


@dataclass(frozen=True, slots=True)
class Seen:
    """A swap through the eyes of one of its two households."""

    row: models.CustodySwap
    family_id: int
    today: date

    @property
    def offer(self) -> Offer:
        return offer_of(self.row, self.family_id)

    @property
    def is_ours(self) -> bool:
        """Whether this household proposed it; one recorded by the service was proposed by both."""
        return self.row.proposed_by is not None and self.row.proposed_by.family_id == self.family_id

    @property
    def proposed_by(self) -> str:
        if self.row.proposed_by is None:
            return "enregistré par le service"
        return "proposé par votre foyer" if self.is_ours else "proposé par l’autre parent"

    @property
    def is_waiting(self) -> bool:
        return self.row.state is SwapState.PROPOSED and not lapsed(self.row, self.today)

    @property
    def state(self) -> str:
        if self.row.state is SwapState.PROPOSED and lapsed(self.row, self.today):
            return "Sans réponse à temps"
        if self.row.state is SwapState.ACCEPTED and self.row.void_from is not None:
            return "Accepté, puis remplacé par une nouvelle garde"
        return self.row.state.label

    @property
    def first_day(self) -> date:
        return first_day_of(self.row)

    @property
    def last_day_to_answer(self) -> date:
        return self.first_day - ONE_DAY


def first_day_of(row: models.CustodySwap) -> date:
    return offer_of(row, row.family_id).first


def offer_of(row: models.CustodySwap, family_id: int) -> Offer:
    """What that household gives and takes."""
    there = Days(row.first_day, row.last_day)
    back = None
    if row.back_first_day is not None and row.back_last_day is not None:
        back = Days(row.back_first_day, row.back_last_day)
    return Offer(gives=back, takes=there) if row.family_id == family_id else Offer(gives=there, takes=back)


def lapsed(row: models.CustodySwap, today: date) -> bool:
    """A proposal may be answered until the eve of its first day."""
    return first_day_of(row) <= today


def swaps_of(child_id: int, family_id: int, today: date, swap_id: int | None = None) -> list[Seen]:
    """The swaps of a child that this household proposed or was proposed (or one of them), newest first."""
    row = models.CustodySwap
    query = sa.select(row).where(
        row.child_id == child_id, sa.or_(row.family_id == family_id, row.from_family_id == family_id)
    )
    if swap_id is not None:
        query = query.where(row.id == swap_id)
    return [Seen(each, family_id, today) for each in db.session.scalars(query.order_by(row.id.desc()))]


def to_answer(child_ids: Collection[int], family_id: int, today: date) -> list[Seen]:
    """The proposals that wait for this household's answer, about these children; one query."""
    row = models.CustodySwap
    query = sa.select(row).where(
        row.child_id.in_(child_ids),
        row.state == SwapState.PROPOSED,
        sa.or_(row.family_id == family_id, row.from_family_id == family_id),
    )
    loaded = query.options(joinedload(row.proposed_by)).order_by(row.id)
    found = [Seen(each, family_id, today) for each in db.session.scalars(loaded)]
    return [each for each in found if each.is_waiting and not each.is_ours]


@dataclass(frozen=True, slots=True)
class Effects:
    """What accepting would do, told to one household and of its own bookings only."""

    cancelled: list[tuple[str, list[date]]]
    late: list[date]


def effects_of(seen: Seen, facts: ChildFacts, *, now: datetime) -> Effects:
    """Its bookings that would be cancelled, by activity; the days whose cut-off has passed for either."""
    offer, activities = seen.offer, configuration().activities
    cancelled: dict[str, list[date]] = defaultdict(list)
    for row in _booked(seen.row.child_id, seen.family_id, offer.gives):
        activity = activities[row.activity_id]
        ruling = judge_day(facts, activity, Change.CANCEL, row.day, now)
        if ruling.allowed and not ruling.late:
            cancelled[activity.name].append(row.day)
    late = [
        day
        for span in offer.spans
        for day in span
        if any(_past_cutoff(facts, activity, day, now) for activity in bookable_activities(facts, day))
    ]
    return Effects(list(cancelled.items()), sorted(late))


def _booked(child_id: int, family_id: int, days: Days | None) -> list[models.Booking]:
    if days is None:
        return []
    row = models.Booking
    query = sa.select(row).where(
        row.child_id == child_id,
        row.family_id == family_id,
        row.state == BookingState.BOOKED,
        row.day.between(days.first, days.last),
    )
    return list(db.session.scalars(query.order_by(row.day)))


def _past_cutoff(facts: ChildFacts, activity: ActivityFacts, day: date, now: datetime) -> bool:
    ruling = judge_day(facts, activity, Change.CANCEL, day, now)
    return ruling.late and ruling.cutoff is not None
