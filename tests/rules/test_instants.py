from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rules.instants import at_minute, local_midnight, monday_of, paris, to_utc


@pytest.mark.parametrize(
    ("day", "minute", "utc"),
    [
        (date(2026, 9, 9), 600, "2026-09-09T08:00"),
        (date(2026, 9, 9), 1440, "2026-09-09T22:00"),
        (date(2026, 11, 25), 1440, "2026-11-25T23:00"),
        # Summer time ends on 25 October 2026 at 3:00: the day lasts 25 hours.
        (date(2026, 10, 25), 0, "2026-10-24T22:00"),
        (date(2026, 10, 25), 150, "2026-10-25T00:30"),
        (date(2026, 10, 25), 180, "2026-10-25T02:00"),
        (date(2026, 10, 25), 1440, "2026-10-25T23:00"),
        # It starts on 28 March 2027 at 2:00: 2:30 does not exist, the day lasts 23 hours.
        (date(2027, 3, 28), 119, "2027-03-28T00:59"),
        (date(2027, 3, 28), 150, "2027-03-28T01:30"),
        (date(2027, 3, 28), 180, "2027-03-28T01:00"),
        (date(2027, 3, 28), 1440, "2027-03-28T22:00"),
    ],
)
def test_at_minute(day: date, minute: int, utc: str) -> None:
    assert to_utc(at_minute(day, minute)) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_time_that_does_not_exist_is_shown_as_the_clocks_will_show_it() -> None:
    assert at_minute(date(2027, 3, 28), 150).isoformat() == "2027-03-28T03:30:00+02:00"


def test_the_two_days_when_the_clocks_move() -> None:
    autumn = to_utc(local_midnight(date(2026, 10, 26))) - to_utc(local_midnight(date(2026, 10, 25)))
    spring = to_utc(local_midnight(date(2027, 3, 29))) - to_utc(local_midnight(date(2027, 3, 28)))
    assert (autumn, spring) == (timedelta(hours=25), timedelta(hours=23))


def test_the_day_in_paris_is_not_the_day_in_utc() -> None:
    assert paris(datetime(2026, 9, 9, 22, 30, tzinfo=UTC)).date() == date(2026, 9, 10)


def test_an_instant_without_a_time_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_utc(datetime(2026, 9, 9, 10))
    with pytest.raises(ValueError, match="time zone"):
        paris(datetime(2026, 9, 9, 10))


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2026, 9, 7), date(2026, 9, 7)),
        (date(2026, 9, 13), date(2026, 9, 7)),
        (date(2027, 1, 3), date(2026, 12, 28)),
    ],
)
def test_monday_of(day: date, monday: date) -> None:
    assert monday_of(day) == monday
