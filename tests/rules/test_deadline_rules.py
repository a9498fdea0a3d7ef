from __future__ import annotations

from datetime import date

import pytest

from rules.deadlines import DeadlineRule, in_words
from rules.refusals import Refused
from rules.vocabulary import AfterHolidays, BringBack, Change, DayUnit, DeadlineKind, WhenLate
from tests.rules.villars import FIRST_DAY

FIRST = AfterHolidays.FIRST_DAY
WEEKLY = {"kind": DeadlineKind.WEEKLY, "weekday": 3, "weeks": 1, "minute_of_day": 1439}
DAYS = {"kind": DeadlineKind.DAYS_BEFORE, "amount": 2, "unit": DayUnit.WORKING, "minute_of_day": 600}


def rule(base: dict[str, object], **values: object) -> DeadlineRule:
    return DeadlineRule(**{"change": None, "first": FIRST_DAY, **base, **values})


@pytest.mark.parametrize(
    ("base", "values", "said"),
    [
        (WEEKLY, {}, "Jusqu’au mercredi 23 h 59 pour la semaine suivante"),
        (WEEKLY, {"minute_of_day": 1440}, "Jusqu’au mercredi 23 h 59 pour la semaine suivante"),
        (
            WEEKLY,
            {"weekday": 4, "minute_of_day": 630, "weeks": 2},
            "Jusqu’au jeudi 10 h 30, 2 semaines avant la semaine de service",
        ),
        (
            WEEKLY,
            {"change": Change.CANCEL},
            "Annulation : jusqu’au mercredi 23 h 59 pour la semaine suivante",
        ),
        (DAYS, {}, "Jusqu’à 2 jours ouvrés avant, à 10 h"),
        (DAYS, {"amount": 1}, "Jusqu’à 1 jour ouvré avant, à 10 h"),
        (DAYS, {"inclusive": True}, "Jusqu’à 2 jours ouvrés avant, à 10 h inclus"),
        (DAYS, {"amount": 1, "unit": DayUnit.CALENDAR}, "Jusqu’à la veille à 10 h"),
        (DAYS, {"amount": 15, "unit": DayUnit.CLEAR}, "Jusqu’à 15 jours francs avant, à 10 h"),
        (DAYS, {"unit": DayUnit.SERVICE}, "Jusqu’à 2 jours de service avant, à 10 h"),
        (
            DAYS,
            {"change": Change.BOOK, "unit": DayUnit.WEEKDAYS, "minute_of_day": 1440},
            "Réservation : jusqu’à 2 jours hors samedi et dimanche avant, à 23 h 59",
        ),
        (
            DAYS,
            {"service_weekdays": frozenset({2, 1})},
            "Jusqu’à 2 jours ouvrés avant, à 10 h (pour le lundi et le mardi)",
        ),
        (
            WEEKLY,
            {
                "after_holidays": AfterHolidays.FIRST_DAY,
                "bring_back": BringBack.HOLIDAYS,
                "when_late": WhenLate.ACCEPT,
            },
            "Jusqu’au mercredi 23 h 59 pour la semaine suivante (premier jour après les vacances)"
            " ; pendant les vacances scolaires, avancé au dernier jour d’école"
            " ; ensuite, au tarif hors délai",
        ),
        ({"kind": DeadlineKind.NONE}, {}, "Sans réservation"),
        ({"kind": DeadlineKind.ANNUAL}, {}, "Jours choisis pour l’année à l’inscription"),
    ],
)
def test_a_rule_in_words(base: dict[str, object], values: dict[str, object], said: str) -> None:
    assert in_words(rule(base, **values)) == said


@pytest.mark.parametrize(
    ("base", "field", "value"),
    [
        (WEEKLY, "weekday", None),
        (WEEKLY, "weekday", 0),
        (WEEKLY, "weekday", 8),
        (WEEKLY, "weeks", None),
        (WEEKLY, "weeks", -1),
        (WEEKLY, "minute_of_day", None),
        (WEEKLY, "minute_of_day", 1441),
        (WEEKLY, "minute_of_day", -1),
        (WEEKLY, "last", date(2026, 8, 31)),
        (DAYS, "amount", None),
        (DAYS, "amount", 0),
        (DAYS, "unit", None),
        (DAYS, "minute_of_day", None),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(base: dict[str, object], field: str, value: object) -> None:
    with pytest.raises(Refused) as refusal:
        rule(base, **{field: value})
    assert refusal.value.field == field
    assert refusal.value.sentence.endswith(".")


@pytest.mark.parametrize(
    ("day", "concerned"),
    [
        (date(2026, 8, 31), False),
        (date(2026, 9, 1), True),
        (date(2026, 9, 2), False),
        (date(2026, 9, 29), True),
        (date(2026, 10, 6), False),
    ],
)
def test_the_days_of_service_a_rule_is_about(day: date, concerned: bool) -> None:
    tuesdays = rule(WEEKLY, last=date(2026, 9, 30), service_weekdays=frozenset({2}))
    assert tuesdays.concerns(day) is concerned


def test_no_weekday_at_all_means_every_weekday() -> None:
    assert rule(WEEKLY, service_weekdays=frozenset()).concerns(date(2026, 9, 2))
