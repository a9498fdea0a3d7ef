"""When the reminder of a cut-off leaves."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from rules.copying import onto_week
from rules.reminders import is_forgotten, is_time, reminder_day

PARIS = ZoneInfo("Europe/Paris")
AUTUMN = (date(2026, 10, 17), date(2026, 11, 1))  # zone A
SUMMER = (date(2026, 7, 4), date(2026, 8, 31))


def in_holidays(day: date) -> bool:
    return any(first <= day <= last for first, last in (AUTUMN, SUMMER))


@pytest.mark.parametrize(
    ("first_refused", "leaves"),
    [
        # mercredi 23 h 59 : la veille
        (datetime(2026, 11, 26, 0, 0), date(2026, 11, 24)),
        # à 10 h le jour même n’est déjà plus accepté : le dernier jour accepté est ce jour-là
        (datetime(2026, 11, 26, 10, 0), date(2026, 11, 25)),
        # au milieu des vacances : le dernier jour avant qu’elles commencent
        (datetime(2026, 10, 29, 0, 0), date(2026, 10, 16)),
        # le premier jour des vacances
        (datetime(2026, 10, 18, 0, 0), date(2026, 10, 16)),
        # le lendemain des vacances : la veille en serait, donc avant
        (datetime(2026, 11, 3, 0, 0), date(2026, 10, 16)),
        # l’été est trop long : la veille, tout simplement
        (datetime(2026, 8, 27, 0, 0), date(2026, 8, 25)),
    ],
)
def test_the_reminder_leaves_while_parents_are_around(first_refused: datetime, leaves: date) -> None:
    assert reminder_day(first_refused.replace(tzinfo=PARIS), in_holidays) == leaves


def test_a_night_missed_is_caught_up_and_no_more() -> None:
    cutoff = datetime(2026, 11, 26, 0, 0, tzinfo=PARIS)
    leaves = date(2026, 11, 24)
    nights = [datetime(2026, 11, day, 3, 10, tzinfo=PARIS) for day in range(23, 27)]
    assert [is_time(at.date(), leaves, cutoff, at) for at in nights] == [False, True, True, False]
    passed = datetime(2026, 11, 25, 3, 0, tzinfo=PARIS)
    assert not is_time(date(2026, 11, 25), leaves, passed, nights[2])


def test_a_habit_is_moved_to_the_same_weekdays() -> None:
    assert onto_week([date(2026, 11, 16), date(2026, 11, 19)], date(2026, 11, 30)) == {
        date(2026, 11, 30),
        date(2026, 12, 3),
    }


def test_only_an_empty_week_that_can_still_be_booked_is_forgotten() -> None:
    monday, tuesday = date(2026, 11, 30), date(2026, 12, 1)
    assert is_forgotten({monday, tuesday}, set(), {tuesday})
    assert not is_forgotten({monday}, {tuesday}, {monday})  # something is asked for: the family thought of it
    assert not is_forgotten({monday}, set(), {tuesday})  # closed on their only day
    assert not is_forgotten(set(), set(), {monday})
