"""Paris time for people, UTC for the database; the only place that mixes days and instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
ONE_DAY = timedelta(days=1)
KNOWN_YEARS = range(1900, 2101)  # a year typed outside is a slip, and days could not be counted from it


def to_utc(instant: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError when it does not say its time zone.

    Instants are compared in UTC: two datetimes of one zone compare by their wall clock,
    which runs twice through the same hour on an autumn night.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant must say its time zone")
    return instant.astimezone(UTC)


def paris(instant: datetime) -> datetime:
    """The same instant on the clocks of Paris. Raises ValueError on a naive datetime."""
    return to_utc(instant).astimezone(PARIS)


def at_minute(day: date, minute_of_day: int) -> datetime:
    """The instant when the clocks of Paris show that minute; 1440 is the next midnight.

    On the two nights when the clocks move: a time that does not exist is read as if the clocks
    had not moved yet (2:30 becomes 3:30), one that exists twice is the first of the two.
    """
    days, minute = divmod(minute_of_day, 1440)
    shown = time(minute // 60, minute % 60)
    return paris(datetime.combine(day + days * ONE_DAY, shown, tzinfo=PARIS))


def local_midnight(day: date) -> datetime:
    """The first instant of that day in Paris."""
    return datetime.combine(day, time(), tzinfo=PARIS)


def monday_of(day: date) -> date:
    """The Monday of the ISO week that contains that day."""
    return day - timedelta(days=day.isoweekday() - 1)
