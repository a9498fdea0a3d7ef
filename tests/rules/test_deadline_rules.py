from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rules.deadline_rules import PublishedDate, WeekdayRow
from rules.deadlines import DeadlineRule, in_words
from rules.refusals import Refused
from rules.vocabulary import (
    AfterHolidays,
    Bound,
    BringBack,
    Change,
    DayUnit,
    DeadlineKind,
    Level,
    Reference,
    Regime,
    WhenLate,
)
from tests.rules.villars import FIRST_DAY

FIRST = AfterHolidays.FIRST_DAY
WEEKLY = {"kind": DeadlineKind.WEEKLY, "weekday": 3, "weeks": 1, "minute_of_day": 1439}
DAYS = {"kind": DeadlineKind.DAYS_BEFORE, "amount": 2, "unit": DayUnit.WORKING, "minute_of_day": 600}
HOURS = {"kind": DeadlineKind.HOURS_BEFORE, "amount": 48, "unit": DayUnit.CALENDAR}
SAME = {"kind": DeadlineKind.SAME_DAY, "minute_of_day": 540}
MONTH = {"kind": DeadlineKind.MONTH_DATES, "day_of_month": 20, "months": 1, "minute_of_day": 720}
AUTUMN = PublishedDate(date(2026, 9, 1), date(2026, 10, 16), date(2026, 8, 17), 1439)
DATES = {"kind": DeadlineKind.MONTH_DATES, "published": (AUTUMN,)}
LATE = {**SAME, "when_late": WhenLate.ACCEPT}
LINES = (WeekdayRow(4, 3, 660, 1), WeekdayRow(1, 5, 660))
ROWS = {"kind": DeadlineKind.BY_WEEKDAY, "weekday_rows": LINES}


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
        (WEEKLY, {"weeks": 0}, "Jusqu’au mercredi 23 h 59 de la semaine même"),
        (
            WEEKLY,
            {"bound": Bound.OPENS, "weeks": 3, "minute_of_day": 480},
            "Ouverture des réservations : à partir du mercredi 8 h, 3 semaines avant la semaine de service",
        ),
        (
            ROWS,
            {},
            "Jusqu’au vendredi 11 h pour le lundi et mercredi 11 h (1 semaine plus tôt) pour le jeudi",
        ),
        (HOURS, {}, "Jusqu’à 48 h avant le début"),
        (HOURS, {"unit": DayUnit.WORKING}, "Jusqu’à 48 h avant le début (jours ouvrés seulement)"),
        (HOURS, {"bound": Bound.OPENS}, "Ouverture des réservations : à partir de 48 h avant le début"),
        (SAME, {"change": Change.CANCEL}, "Annulation : jusqu’au jour même à 9 h"),
        (SAME, {"after_start": True}, "Jusqu’au jour même à 9 h ; même après le début"),
        (MONTH, {}, "Jusqu’au 20 du mois précédent à 12 h"),
        (MONTH, {"day_of_month": 31, "weekday": 5}, "Jusqu’au dernier vendredi du mois précédent à 12 h"),
        (MONTH, {"day_of_month": 7, "weekday": 1}, "Jusqu’au premier lundi du mois précédent à 12 h"),
        (MONTH, {"weekday": 3}, "Jusqu’au dernier mercredi (au plus tard le 20) du mois précédent à 12 h"),
        (MONTH, {"months": 0, "day_of_month": 1}, "Jusqu’au 1er du mois de service à 12 h"),
        (MONTH, {"months": 2, "day_of_month": 31}, "Jusqu’au dernier jour du 2e mois précédent à 12 h"),
        (
            DATES,
            {},
            "Jusqu’au lundi 17 août 2026 à 23 h 59 (du mardi 1er septembre au vendredi 16 octobre)",
        ),
        (
            DAYS,
            {"reference": Reference.MONTH},
            "Jusqu’à 2 jours ouvrés avant le 1er du mois de service, à 10 h",
        ),
        (
            DAYS,
            {"reference": Reference.PERIOD, "amount": 0},
            "Jusqu’au premier jour de la période à 10 h",
        ),
        (DAYS, {"unit": DayUnit.WORKABLE}, "Jusqu’à 2 jours ouvrables avant, à 10 h"),
        (DAYS, {"unit": DayUnit.SCHOOL, "amount": 1}, "Jusqu’à 1 jour d’école avant, à 10 h"),
        (
            SAME,
            {
                "levels": frozenset({Level.CE1, Level.PS}),
                "school_ids": frozenset({1}),
                "regime": Regime.REGULAR,
                "resident": False,
            },
            "Jusqu’au jour même à 9 h (PS et CE1) (pour certaines écoles) (régime régulier) (hors commune)",
        ),
        (
            WEEKLY,
            {
                "after_holidays": AfterHolidays.FIRST_WEEK,
                "bring_back": BringBack.SAME_WEEKDAY,
                "resident": True,
            },
            "Jusqu’au mercredi 23 h 59 pour la semaine suivante (première semaine après les vacances)"
            " (habitants) ; pendant les vacances scolaires, avancé de semaines entières avant elles",
        ),
        (
            SAME,
            {"when_late": WhenLate.ACCEPT, "late_amount": 0, "late_minute": 600},
            "Jusqu’au jour même à 9 h ; ensuite, au tarif hors délai jusqu’au jour même à 10 h",
        ),
        (
            WEEKLY,
            {
                "when_late": WhenLate.ACCEPT,
                "late_amount": 2,
                "late_unit": DayUnit.WORKING,
                "late_minute": 1440,
                "bring_back": BringBack.WORKING,
            },
            "Jusqu’au mercredi 23 h 59 pour la semaine suivante"
            " ; un samedi, un dimanche ou un jour férié, avancé au dernier jour ouvré"
            " ; ensuite, au tarif hors délai jusqu’à 2 jours ouvrés avant, à 23 h 59",
        ),
        (
            {"kind": DeadlineKind.ANNUAL},
            {"chosen_until": date(2026, 9, 11)},
            "Jours choisis pour l’année, jusqu’au vendredi 11 septembre 2026 à 23 h 59",
        ),
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
        (DAYS, "amount", 401),
        (WEEKLY, "weeks", 53),
        (WEEKLY, "service_weekdays", frozenset({0})),
        (HOURS, "amount", None),
        (HOURS, "amount", 0),
        (HOURS, "unit", None),
        (HOURS, "unit", DayUnit.CLEAR),
        (SAME, "minute_of_day", None),
        (MONTH, "day_of_month", None),
        (MONTH, "day_of_month", 32),
        (MONTH, "months", None),
        (MONTH, "months", 13),
        (MONTH, "weekday", 8),
        (MONTH, "minute_of_day", None),
        (MONTH, "published", (AUTUMN,)),
        (DATES, "published", (AUTUMN, replace(AUTUMN, first=date(2026, 10, 16), last=date(2026, 11, 3)))),
        (DATES, "published", (replace(AUTUMN, last=date(2026, 8, 31)),)),
        (DATES, "published", (replace(AUTUMN, on=date(2026, 10, 17)),)),
        (DATES, "published", (replace(AUTUMN, minute_of_day=1441),)),
        (ROWS, "weekday_rows", ()),
        (ROWS, "weekday_rows", (*LINES, WeekdayRow(1, 4, 600))),
        (ROWS, "weekday_rows", (WeekdayRow(1, 8, 600),)),
        (ROWS, "weekday_rows", (WeekdayRow(1, 5, -1),)),
        (ROWS, "weekday_rows", (WeekdayRow(1, 5, 600, -1),)),
        ({**WEEKLY, "bound": Bound.OPENS}, "kind", DeadlineKind.ANNUAL),
        ({**WEEKLY, "bound": Bound.OPENS}, "change", Change.CANCEL),
        ({**WEEKLY, "bound": Bound.OPENS}, "when_late", WhenLate.ACCEPT),
        ({**LATE, "late_amount": 0, "late_minute": 600}, "when_late", WhenLate.REFUSE),
        ({**LATE, "late_minute": 600}, "late_amount", None),
        ({**LATE, "late_minute": 600}, "late_amount", -1),
        ({**LATE, "late_minute": 600, "late_amount": 2}, "late_unit", None),
        ({**LATE, "late_amount": 0}, "late_minute", None),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(base: dict[str, object], field: str, value: object) -> None:
    with pytest.raises(Refused) as refusal:
        rule({**base, field: value})
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
