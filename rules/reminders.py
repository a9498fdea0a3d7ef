"""When a family is reminded that a cut-off comes, and of which week."""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import date, datetime, timedelta

from rules.instants import ONE_DAY, paris

WINDOW = timedelta(days=1)  # a night missed is caught up the next one
LONG_HOLIDAYS = timedelta(days=21)  # nobody books September before the summer


def reminder_day(cutoff: datetime, in_holidays: Callable[[date], bool]) -> date:
    """The day on which the reminder of a cut-off (its first refused instant) leaves.

    The day before the last one that is accepted: for « mercredi 23 h 59 », Tuesday. When either falls
    in the school holidays, the last day before they start, while parents are still around; the summer
    is too long for that.
    """
    last_accepted = paris(cutoff - timedelta(microseconds=1)).date()
    usual = before = last_accepted - ONE_DAY
    if in_holidays(last_accepted):
        before = last_accepted
    while in_holidays(before):
        before -= ONE_DAY
    return before if usual - before <= LONG_HOLIDAYS else usual


def is_time(today: date, leaves_on: date, cutoff: datetime, now: datetime) -> bool:
    """Whether the reminder leaves tonight: its day, or the next when a night was missed; never too late."""
    return leaves_on <= today <= leaves_on + WINDOW and now < cutoff


def is_forgotten(usual: Set[date], asked: Set[date], open_days: Set[date]) -> bool:
    """Whether a usual week is empty: nothing asked for in it, though some usual day may still be booked."""
    return not asked and bool(usual & open_days)
