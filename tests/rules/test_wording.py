from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rules import wording
from tests.rules.villars import at


def test_dates() -> None:
    assert wording.long_date(date(2026, 9, 9)) == "mercredi 9 septembre 2026"
    assert wording.long_date(date(2026, 11, 1)) == "dimanche 1er novembre 2026"
    assert wording.day_and_month(date(2027, 2, 22)) == "lundi 22 février"
    assert wording.short_date(date(2027, 8, 1)) == "1er août"
    assert wording.month_name(date(2026, 12, 1)) == "décembre 2026"


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (4, "d’avril 2027"),
        (8, "d’août 2027"),
        (10, "d’octobre 2027"),
        (9, "de septembre 2027"),
        (11, "de novembre 2027"),
    ],
)
def test_of_month(month: int, expected: str) -> None:
    assert wording.of_month(date(2027, month, 15)) == expected


@pytest.mark.parametrize(
    ("minute", "expected"),
    [(0, "0 h"), (600, "10 h"), (605, "10 h 05"), (630, "10 h 30"), (1439, "23 h 59")],
)
def test_clock_time(minute: int, expected: str) -> None:
    assert wording.clock_time(minute) == expected


@pytest.mark.parametrize(
    ("first_refused", "expected"),
    [
        (at("2026-09-10T00:00"), "mercredi 9 septembre à 23 h 59"),
        (datetime(2026, 9, 9, 22, tzinfo=UTC), "mercredi 9 septembre à 23 h 59"),
        (at("2026-11-01T00:00"), "samedi 31 octobre à 23 h 59"),
        (at("2027-01-01T00:00"), "jeudi 31 décembre à 23 h 59"),
        (at("2026-10-26T00:00"), "dimanche 25 octobre à 23 h 59"),
        (at("2026-11-27T10:00"), "vendredi 27 novembre à 10 h"),
        (at("2026-12-01T08:30"), "mardi 1er décembre à 8 h 30"),
    ],
)
def test_long_instant(first_refused: datetime, expected: str) -> None:
    assert wording.long_instant(first_refused) == expected


def test_a_moment_is_said_as_it_was() -> None:
    assert wording.moment(datetime(2026, 11, 23, 9, 5, tzinfo=UTC)) == "lundi 23 novembre 2026 à 10 h 05"
    assert wording.moment(at("2026-09-10T00:00")) == "jeudi 10 septembre 2026 à 0 h"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["2026-09-03"], "le 3 septembre"),
        (["2026-09-10", "2026-09-03", "2026-09-05", "2026-09-03"], "les 3, 5 et 10 septembre"),
        (["2026-09-30", "2026-10-01", "2026-10-02"], "le 30 septembre et les 1er et 2 octobre"),
        (["2026-09-29", "2026-10-01", "2026-11-02"], "le 29 septembre, le 1er octobre et le 2 novembre"),
        (["2026-12-17", "2026-12-18", "2027-01-04"], "les 17 et 18 décembre 2026 et le 4 janvier 2027"),
    ],
)
def test_list_days(days: list[str], expected: str) -> None:
    assert wording.list_days(date.fromisoformat(day) for day in days) == expected
