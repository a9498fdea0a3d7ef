"""Where each day of each child ends (rules.md, Situations): from bookings and attendance."""

from __future__ import annotations

from typing import NamedTuple

from rules.vocabulary import Presence, Situation, Timing


class BookingFact(NamedTuple):
    """A booking that still stands on the day (one that was cancelled in time is no booking)."""

    timing: Timing = Timing.IN_TIME


def situation_of(
    booking: BookingFact | None,
    presence: Presence | None,
    sheet_closed: bool,
    *,
    by_attendance: bool = False,
) -> Situation | None:
    """The situation of one child, activity and day; None when there is nothing to bill.

    No row on the sheet (`presence` None) is not an absence, and an absence counts only once
    the sheet is closed: until then a booked day is due as booked. A day booked late and then
    missed is a no-show. A late booking that staff have excused is as booked. `by_attendance`
    marks the activities without booking (garderie), where being there is all there is.
    """
    if booking is None:
        return _without_booking(presence, by_attendance)
    if presence == Presence.ABSENT and sheet_closed:
        return Situation.NO_SHOW
    if booking.timing == Timing.LATE:
        return Situation.LATE
    return Situation.AS_BOOKED


def _without_booking(presence: Presence | None, by_attendance: bool) -> Situation | None:
    if presence != Presence.PRESENT:
        return None
    return Situation.ATTENDED if by_attendance else Situation.UNBOOKED
