"""Events in, an iCalendar file out (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.instants import at_minute, to_utc

NAME = "Réservations des enfants"


@dataclass(frozen=True, slots=True)
class Event:
    """One day of a child: at its hours when both are known (minutes of the day), else the whole day."""

    uid: str
    day: date
    starts: int
    ends: int | None
    title: str


def calendar_bytes(events: Iterable[Event], now: datetime) -> bytes:
    """The calendar as telephones read it; instants in UTC, whole days as dates."""
    from icalendar import Calendar, vDuration  # only the feed needs it

    calendar = Calendar()
    calendar.add("prodid", "-//Espace citoyen//Reservations//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", NAME)
    calendar.add("refresh-interval", vDuration(timedelta(hours=6)), parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(_event(event, now))
    return bytes(calendar.to_ical())


def _event(event: Event, now: datetime) -> object:
    from icalendar import Event as IcsEvent

    row = IcsEvent()
    row.add("uid", f"{event.uid}@espace-citoyen")
    row.add("dtstamp", to_utc(now))
    row.add("summary", event.title)
    if event.ends is None:
        row.add("dtstart", event.day)
        row.add("dtend", event.day + timedelta(days=1))
    else:
        row.add("dtstart", to_utc(at_minute(event.day, event.starts)))
        row.add("dtend", to_utc(at_minute(event.day, event.ends)))
    row.add("transp", "TRANSPARENT")
    return row
