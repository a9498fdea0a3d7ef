"""The only reader of time: everything else receives `now`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


class Clock(Protocol):
    """What tells the time; `now()` is aware, in Europe/Paris."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, for production."""

    def now(self) -> datetime:
        """Return the present instant, Europe/Paris."""
        return datetime.now(PARIS)


class RunningClock:
    """A clock that showed `start` at the real instant `started`, and runs on from there.

    For demo and test modes (`PORTAIL_NOW`). Processes given the same `started` agree; without it
    the clock starts when it is built. Raises ValueError when an instant carries no zone.
    """

    def __init__(self, start: datetime, started: datetime | None = None) -> None:
        self._shift = _utc(start) - _utc(started or datetime.now(UTC))

    def now(self) -> datetime:
        """Return the shifted instant, Europe/Paris."""
        return (datetime.now(UTC) + self._shift).astimezone(PARIS)


class FixedClock:
    """A clock that only tests move. Raises ValueError when an instant carries no zone."""

    def __init__(self, at: datetime) -> None:
        self.set(at)

    def now(self) -> datetime:
        """Return the instant last set, Europe/Paris."""
        return self._at.astimezone(PARIS)

    def set(self, at: datetime) -> None:
        """Put the clock at this aware instant."""
        self._at = _utc(at)

    def advance(self, by: timedelta) -> datetime:
        """Move by an elapsed time (a day is 24 hours, even when the hour changes); return the new instant."""
        self._at += by
        return self.now()


def _utc(instant: datetime) -> datetime:
    # Sums on Paris times would be sums on wall clocks: elapsed time is counted in UTC.
    if instant.tzinfo is None:
        raise ValueError("an instant must carry its zone")
    return instant.astimezone(UTC)
