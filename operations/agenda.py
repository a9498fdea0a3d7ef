"""What is coming for some children: the next booked days, and the next cut-off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

import models
from extensions import db
from operations.bookings import Viewer, judge_day
from operations.children import ChildFacts
from operations.configuration import ActivityFacts, configuration
from operations.invoices import Account
from rules.deadlines import needs_booking
from rules.instants import monday_of, to_utc
from rules.invoices import invoice_state
from rules.vocabulary import BookingState, Bound, Change, DeadlineKind

HORIZON = timedelta(days=62)  # over the longest holidays within a school year


@dataclass(frozen=True, slots=True)
class ComingDay:
    """A booked day to come."""

    day: date
    child_id: int
    activity: ActivityFacts


@dataclass(frozen=True, slots=True)
class NextCutoff:
    """The first cut-off to come: until `until` (first refused), `day` may change, or its whole week."""

    activity: ActivityFacts
    day: date
    until: datetime
    whole_week: bool
    child_ids: tuple[int, ...]

    @property
    def monday(self) -> date:
        return monday_of(self.day)


def coming_days(viewers: Mapping[int, Viewer], first: date, *, most: int) -> list[ComingDay]:
    """The next booked days of these children from `first` on, each as its viewer may see it; one query."""
    seen = [
        sa.and_(
            models.Booking.child_id == child_id,
            viewer.seen(models.Booking.family_id.expression, models.Booking.day.expression),
        )
        for child_id, viewer in viewers.items()
    ]
    query = (
        sa.select(models.Booking.day, models.Booking.child_id, models.Booking.activity_id)
        .where(
            sa.or_(sa.false(), *seen),
            models.Booking.day >= first,
            models.Booking.state == BookingState.BOOKED,
        )
        .order_by(models.Booking.day, models.Booking.child_id)
        .limit(most)
    )
    activities = configuration().activities
    return [ComingDay(day, child_id, activities[which]) for day, child_id, which in db.session.execute(query)]


def bookable_activities(facts: ChildFacts, day: date) -> list[ActivityFacts]:
    """The open activities that this child is enrolled in that day and that are booked, in their order."""
    return [each for each in activities_of(facts, day) if is_booked(each, day)]


def activities_of(facts: ChildFacts, day: date) -> list[ActivityFacts]:
    """The open activities that this child is enrolled in that day or later in its enrolments."""
    enrolled = {e.activity_id for e in facts.enrolments if e.last is None or e.last >= day}
    return [each for each in configuration().activities.values() if each.is_open and each.id in enrolled]


def is_booked(activity: ActivityFacts, day: date) -> bool:
    """Whether the activity is booked at all (a garderie is not: one just comes)."""
    return needs_booking(configuration().deadlines.get(activity.id, ()), day)


def next_cutoff(
    facts: Mapping[int, ChildFacts], viewers: Mapping[int, Viewer], today: date, now: datetime
) -> NextCutoff | None:
    """The earliest cut-off still to come for these children, over what they book; no query."""
    found: dict[tuple[datetime, int], NextCutoff] = {}
    for child_id, child in facts.items():
        for activity in bookable_activities(child, today):
            first = first_open_day(child, activity, viewers[child_id], today, now)
            if first is None:
                continue
            day, until = first
            key = (to_utc(until), activity.id)
            others = found[key].child_ids if key in found else ()
            found[key] = NextCutoff(activity, day, until, _is_weekly(activity, day), (*others, child_id))
    return found[min(found)] if found else None


def _is_weekly(activity: ActivityFacts, day: date) -> bool:
    rules = configuration().deadlines.get(activity.id, ())
    closing = [rule for rule in rules if rule.bound is Bound.CLOSES and rule.concerns(day)]
    return all(rule.kind is DeadlineKind.WEEKLY for rule in closing)


def first_open_day(
    child: ChildFacts, activity: ActivityFacts, viewer: Viewer, today: date, now: datetime
) -> tuple[date, datetime] | None:
    """The first day from `today` that this viewer may still change, and until when."""
    for n in range(HORIZON.days):
        day = today + timedelta(days=n)
        if not viewer.sees(child.family_on(day), day):
            continue
        ruling = judge_day(child, activity, Change.BOOK, day, now)
        if ruling.allowed and not ruling.late and ruling.cutoff is not None:
            return day, ruling.cutoff
    return None


def unpaid(invoices: sa.Select[tuple[models.Invoice]], today: date) -> list[Account]:
    """Those of these invoices that still ask for money, oldest due first; one query."""
    payment = models.Payment
    paid = (
        sa.select(sa.func.coalesce(sa.func.sum(payment.amount_cents), 0))
        .where(payment.invoice_id == models.Invoice.id)
        .scalar_subquery()
    )
    query = invoices.add_columns(paid).where(models.Invoice.total_cents > paid)
    return [
        Account(invoice, received, invoice_state(invoice.total_cents, received, invoice.due_on, today))
        for invoice, received in db.session.execute(query.order_by(models.Invoice.due_on))
    ]
