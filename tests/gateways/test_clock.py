from datetime import UTC, datetime, timedelta

import pytest

from gateways.clock import PARIS, FixedClock, RunningClock, SystemClock


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)


def test_system_clock_is_aware_and_in_paris():
    now = SystemClock().now()
    assert now.tzinfo is PARIS
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


def test_fixed_clock_stays_where_it_is_put():
    clock = FixedClock(paris(2026, 9, 16, 23, 59, 59))
    assert clock.now() == clock.now() == paris(2026, 9, 16, 23, 59, 59)
    clock.set(datetime(2026, 9, 16, 22, 0, tzinfo=UTC))
    assert clock.now().isoformat() == "2026-09-17T00:00:00+02:00"


@pytest.mark.parametrize(
    ("start", "by", "shown"),
    [
        (paris(2026, 9, 16, 23, 59, 59), timedelta(seconds=1), "2026-09-17T00:00:00+02:00"),
        # the clocks go back on 25 October 2026: 24 hours later it is an hour earlier on the wall
        (paris(2026, 10, 24, 12, 0), timedelta(days=1), "2026-10-25T11:00:00+01:00"),
        (paris(2027, 3, 28, 1, 59), timedelta(minutes=1), "2027-03-28T03:00:00+02:00"),
    ],
)
def test_advance_counts_elapsed_time(start, by, shown):
    assert FixedClock(start).advance(by).isoformat() == shown


def test_running_clock_starts_where_asked_and_runs_on():
    start = paris(2026, 11, 23, 10, 0)
    clock = RunningClock(start)
    first = clock.now()
    assert start <= first < start + timedelta(minutes=1)
    assert first.tzinfo is PARIS
    assert clock.now() >= first


def test_running_clocks_given_the_same_beginning_agree():
    started = datetime.now(UTC) - timedelta(hours=2)
    clock = RunningClock(paris(2026, 10, 25, 1, 30), started)
    # two hours of real time over the change of hour: 1:30 summer time becomes 2:30 winter time
    assert clock.now().isoformat().startswith("2026-10-25T02:3")
    assert clock.now().utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize("build", [RunningClock, FixedClock])
def test_an_instant_without_a_zone_is_refused(build):
    with pytest.raises(ValueError, match="zone"):
        build(datetime(2026, 1, 1))
