from datetime import UTC, datetime, timedelta

import pytest

from rules.lockout import LOCK_LASTS, STRICT_FROM, counted, is_locked, locks, sentence

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "everywhere", "expected"),
    [
        (1, 1, False),
        (4, 4, False),
        (5, 5, True),
        (6, 6, False),
        (10, 10, True),
        (1, STRICT_FROM - 1, False),
        (1, STRICT_FROM, True),
        (2, STRICT_FROM + 7, True),
    ],
)
def test_each_fifth_failure_locks_and_each_one_on_a_strict_account(failures, everywhere, expected):
    assert locks(failures, everywhere) is expected


def test_a_lock_ends_at_its_instant():
    until = NOW + LOCK_LASTS
    assert is_locked(until, NOW) and is_locked(until, until - timedelta(seconds=1))
    assert not is_locked(until, until) and not is_locked(None, NOW)


def test_failures_count_for_an_hour_after_the_last():
    assert counted(4, NOW, NOW + timedelta(minutes=59, seconds=59)) == 4
    assert counted(4, NOW, NOW + timedelta(hours=1)) == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (900, "15 minutes"),
        (841, "15 minutes"),
        (840, "14 minutes"),
        (61, "2 minutes"),
        (60, "1 minute"),
        (0.5, "1 minute"),
    ],
)
def test_the_time_left_is_never_understated(seconds, words):
    assert f"bloquée encore {words}." in sentence(NOW + timedelta(seconds=seconds), NOW)
