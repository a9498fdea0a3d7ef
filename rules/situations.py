"""Where each day of each child ends (rules.md, Situations): bookings, attendance, claims and events."""

from __future__ import annotations

from typing import NamedTuple

from rules.vocabulary import EventEffect, Presence, Situation, Timing

NOT_DUE = frozenset({Situation.EVENT})  # nothing is billed, not even a line of zero


class BookingFact(NamedTuple):
    """A booking that still stands on the day (one that was cancelled in time is no booking)."""

    timing: Timing = Timing.IN_TIME


def situation_of(
    booking: BookingFact | None,
    presence: Presence | None,
    sheet_closed: bool,
    *,
    by_attendance: bool = False,
    event: EventEffect | None = None,
    justified: bool = False,
) -> Situation | None:
    """The situation of one child, activity and day; None when there is nothing to say of it.

    No row on the sheet (`presence` None) is not an absence, and an absence counts only once
    the sheet is closed: until then a booked day is due as booked. A day booked late and then
    missed is a no-show. A late booking that staff have excused is as booked. `by_attendance`
    marks the activities without booking (garderie), where being there is all there is.

    `event` is what covers the day: EVENT is a day that nothing is due for. On a closed day or
    under a free absence, those who came are served and due; a picnic brought from home is due by
    nobody; one that the kitchen makes is a meal of its own kind, unless late or missed.
    `justified`: the commune accepted a claim for the day; it says the absence better than any
    sheet, but not against a child who was seen. A late pick-up is a charge beside the day: see
    rules.pricer.
    """
    if _is_not_due(event, presence):
        return Situation.EVENT if booking is not None or presence is Presence.PRESENT else None
    if booking is None:
        return _without_booking(presence, by_attendance)
    if justified and presence != Presence.PRESENT:
        return Situation.JUSTIFIED
    if presence == Presence.ABSENT and sheet_closed:
        return Situation.NO_SHOW
    if booking.timing == Timing.LATE:
        return Situation.LATE
    return Situation.PICNIC if event == EventEffect.PICNIC_KITCHEN else Situation.AS_BOOKED


def _is_not_due(event: EventEffect | None, presence: Presence | None) -> bool:
    if event in (EventEffect.CLOSED, EventEffect.FREE_ABSENCE):
        return presence != Presence.PRESENT
    return event == EventEffect.PICNIC_HOME


def _without_booking(presence: Presence | None, by_attendance: bool) -> Situation | None:
    if presence != Presence.PRESENT:
        return None
    return Situation.ATTENDED if by_attendance else Situation.UNBOOKED
