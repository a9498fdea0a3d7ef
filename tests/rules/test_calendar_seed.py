from __future__ import annotations

from datetime import date, timedelta

import pytest

from rules.calendar_seed import official_days, public_holidays, school_holidays, seed_covers
from rules.refusals import Refused
from rules.school_calendar import Holiday
from rules.vocabulary import HolidayKind


def _periods(found: list[Holiday]) -> list[tuple[str, str, str]]:
    return [(each.name, each.first.isoformat(), each.last.isoformat()) for each in found]


def test_zone_a_in_2026_2027() -> None:
    """The official dates of the académie de Lyon."""
    found = school_holidays("A", date(2026, 9, 1), date(2027, 8, 31))
    assert _periods(found) == [
        ("Vacances de la Toussaint", "2026-10-17", "2026-11-01"),
        ("Vacances de Noël", "2026-12-19", "2027-01-03"),
        ("Vacances d’hiver", "2027-02-13", "2027-02-28"),
        ("Vacances de printemps", "2027-04-10", "2027-04-25"),
        ("Pont de l’Ascension", "2027-05-06", "2027-05-08"),
        ("Vacances d’été", "2027-07-03", "2027-08-31"),
    ]


def test_zone_a_in_2027_2028() -> None:
    found = school_holidays("A", date(2027, 9, 1), date(2028, 8, 31))
    assert _periods(found) == [
        ("Vacances de la Toussaint", "2027-10-23", "2027-11-07"),
        ("Vacances de Noël", "2027-12-18", "2028-01-02"),
        ("Vacances d’hiver", "2028-02-19", "2028-03-05"),
        ("Vacances de printemps", "2028-04-22", "2028-05-08"),
        ("Pont de l’Ascension", "2028-05-26", "2028-05-27"),
        ("Vacances d’été", "2028-07-04", "2028-08-31"),
    ]


@pytest.mark.parametrize("friday", [date(2024, 5, 10), date(2025, 5, 30), date(2026, 5, 15)])
@pytest.mark.parametrize("zone", ["A", "B", "C"])
def test_the_bridges_missing_from_the_package_are_added(zone: str, friday: date) -> None:
    found = school_holidays(zone, friday.replace(day=1), friday.replace(day=31))
    bridges = [each for each in found if each.kind is HolidayKind.BRIDGE]
    saturday = friday + timedelta(days=1)
    assert bridges == [Holiday(HolidayKind.BRIDGE, "Pont de l’Ascension", friday, saturday)]


def test_a_period_is_cut_at_the_dates_asked_for() -> None:
    found = school_holidays("A", date(2026, 10, 20), date(2026, 10, 25))
    assert _periods(found) == [("Vacances de la Toussaint", "2026-10-20", "2026-10-25")]


def test_zones_differ() -> None:
    winter = (date(2027, 2, 1), date(2027, 3, 20))
    assert len({tuple(_periods(school_holidays(zone, *winter))) for zone in "ABC"}) == 3


def test_what_the_package_does_not_know_is_refused() -> None:
    assert seed_covers(date(2028, 8, 31))
    assert not seed_covers(date(2028, 9, 1))
    with pytest.raises(Refused) as refusal:
        school_holidays("A", date(2028, 9, 1), date(2029, 8, 31))
    assert "au jeudi 31 août 2028" in refusal.value.sentence


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        school_holidays("D", date(2026, 9, 1), date(2027, 8, 31))
    assert refusal.value.field == "zone"


def test_public_holidays_of_2026_2027() -> None:
    found = public_holidays(date(2026, 9, 1), date(2027, 8, 31))
    assert [(each.name, each.first.isoformat()) for each in found] == [
        ("Toussaint", "2026-11-01"),
        ("Armistice 1918", "2026-11-11"),
        ("Noël", "2026-12-25"),
        ("Jour de l’An", "2027-01-01"),
        ("Lundi de Pâques", "2027-03-29"),
        ("Fête du Travail", "2027-05-01"),
        ("Ascension", "2027-05-06"),
        ("Victoire 1945", "2027-05-08"),
        ("Lundi de Pentecôte", "2027-05-17"),
        ("Fête nationale", "2027-07-14"),
        ("Assomption", "2027-08-15"),
    ]
    assert all(each.kind is HolidayKind.PUBLIC and each.first == each.last for each in found)


@pytest.mark.parametrize(
    ("postcode", "more"),
    [
        ("42390", set()),
        ("67000", {"2027-03-26", "2027-12-26"}),
        ("57000", {"2027-03-26", "2027-12-26"}),
        ("97400", {"2027-12-20"}),
        ("97200", {"2027-05-22", "2027-07-21"}),
        ("", set()),
    ],
)
def test_some_places_have_public_holidays_of_their_own(postcode: str, more: set[str]) -> None:
    first, last = date(2027, 1, 1), date(2027, 12, 31)
    usual = {each.first.isoformat() for each in public_holidays(first, last)}
    assert {each.first.isoformat() for each in public_holidays(first, last, postcode)} - usual == more


def test_the_official_days_go_to_the_end_of_the_summer() -> None:
    found = official_days("B", date(2026, 9, 1), date(2027, 7, 2))
    assert {each.first for each in found} >= {date(2027, 7, 3), date(2027, 7, 14), date(2026, 11, 11)}
    assert max(each.last for each in found) == date(2027, 8, 31)
