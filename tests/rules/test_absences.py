"""Absences of real règlements, then each setting alone, then what makes no sense."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from rules.absences import (
    AbsencePolicy,
    Claim,
    judge_absence,
    judge_claim,
    limit_to_justify,
    policy_for,
)
from rules.instants import ONE_DAY
from rules.refusals import Refused
from rules.school_calendar import Place, SchoolCalendar
from rules.vocabulary import AbsenceReason, AbsenceUnit, CountedFrom, LateNotice, ProofKind
from tests.rules.villars import LUNCH, at, calendar

TOWN = calendar()
NOON = 12 * 60


def policy(**settings: Any) -> AbsencePolicy:
    return AbsencePolicy(**{"first": date(2020, 1, 1), **settings})


def claim(*days: str, at_: str = "2026-12-01T08:00", **said: Any) -> Claim:
    named = tuple(date.fromisoformat(day) for day in days)
    return Claim(
        **{
            "days": named,
            "reason": AbsenceReason.SICKNESS,
            "proof": ProofKind.CERTIFICATE,
            "received_at": at(at_),
            **said,
        }
    )


def freed(settings: AbsencePolicy, made: Claim) -> list[str]:
    return [day.isoformat() for day in judge_absence(settings, made, TOWN, LUNCH, NOON).freed]


# -- the règlements that were read -------------------------------------------------------

VILLARS = policy(proofs=frozenset({ProofKind.CERTIFICATE}), window_amount=15)
BOISEMONT = policy(notice_minute=600, carence_amount=1)
PEZILLA = policy(
    proofs=frozenset({ProofKind.SWORN, ProofKind.CERTIFICATE}), notice_minute=540, carence_amount=1
)
SAINT_LAGER = policy(carence_amount=1)
SAINT_VIVIEN = policy(proofs=frozenset({ProofKind.CERTIFICATE}), min_days=8)
JACOB = policy(
    reasons=frozenset({AbsenceReason.SICKNESS, AbsenceReason.TEACHER_ABSENT}),
    proofs=frozenset({ProofKind.CERTIFICATE, ProofKind.SCHOOL_SLIP}),
    window_amount=48,
    window_unit=AbsenceUnit.HOURS,
)
VIGNEUX = policy(reasons=frozenset({AbsenceReason.SICKNESS}))
VOULANGIS = policy(never=True)

SICK = ("2026-12-01", "2026-12-03", "2026-12-04")
CASES = [
    ("villars: in the window", VILLARS, claim("2026-12-01", at_="2026-12-16T23:59:59"), ["2026-12-01"]),
    ("villars: the sixteenth day", VILLARS, claim("2026-12-01", at_="2026-12-17T00:00:00"), []),
    ("villars: no proof", VILLARS, claim("2026-12-01", proof=ProofKind.NONE), []),
    ("villars: not a sworn statement", VILLARS, claim("2026-12-01", proof=ProofKind.SWORN), []),
    ("boisemont: told in time", BOISEMONT, claim(*SICK, at_="2026-12-01T09:30:00"), list(SICK[1:])),
    ("boisemont: told at 10 sharp", BOISEMONT, claim(*SICK, at_="2026-12-01T10:00:00"), []),
    ("boisemont: told late", BOISEMONT, claim(*SICK, at_="2026-12-01T10:30:00"), []),
    ("pezilla", PEZILLA, claim(*SICK, at_="2026-12-01T08:59:59", proof=ProofKind.SWORN), list(SICK[1:])),
    ("pezilla: told late", PEZILLA, claim(*SICK, at_="2026-12-01T09:00:00"), []),
    ("saint-lager: one of three billed", SAINT_LAGER, claim(*SICK), list(SICK[1:])),
    ("jacob: school slip", JACOB, claim("2026-12-01", proof=ProofKind.SCHOOL_SLIP), ["2026-12-01"]),
    ("jacob: 48 h less a second", JACOB, claim("2026-12-01", at_="2026-12-03T11:59:59"), ["2026-12-01"]),
    ("jacob: 48 h", JACOB, claim("2026-12-01", at_="2026-12-03T12:00:00"), []),
    ("jacob: an outing", JACOB, claim("2026-12-01", reason=AbsenceReason.SCHOOL_OUTING), []),
    ("vigneux: sickness, on the family's word", VIGNEUX, claim(*SICK, proof=ProofKind.NONE), list(SICK)),
    ("voulangis: never", VOULANGIS, claim(*SICK), []),
]


@pytest.mark.parametrize(
    ("settings", "made", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_règlements(settings: AbsencePolicy, made: Claim, expected: list[str]) -> None:
    assert freed(settings, made) == expected


@pytest.mark.parametrize(("length", "refunded"), [(7, False), (8, True)])
def test_saint_vivien_refunds_over_seven_consecutive_days(length: int, refunded: bool) -> None:
    first = date(2026, 12, 1)
    made = claim("2026-12-01", "2026-12-07", first=first, last=first + (length - 1) * ONE_DAY)
    assert bool(freed(SAINT_VIVIEN, made)) is refunded


def test_villars_last_day_to_justify() -> None:
    ruling = judge_absence(VILLARS, claim("2026-12-01", "2026-12-03"), TOWN, LUNCH)
    assert ruling.last_days == {
        date(2026, 12, 1): date(2026, 12, 16),
        date(2026, 12, 3): date(2026, 12, 18),
    }


# -- the window ----------------------------------------------------------------------------


def window(amount: int, unit: AbsenceUnit, **settings: Any) -> AbsencePolicy:
    return policy(window_amount=amount, window_unit=unit, **settings)


LIMITS = [
    # the Armistice, Wednesday 11 November 2026, is neither worked nor workable
    (window(2, AbsenceUnit.CALENDAR), "2026-11-10", "2026-11-13T00:00"),
    (window(2, AbsenceUnit.WORKING), "2026-11-10", "2026-11-14T00:00"),
    (window(2, AbsenceUnit.WORKING), "2026-11-12", "2026-11-17T00:00"),
    (window(2, AbsenceUnit.WORKABLE), "2026-11-12", "2026-11-15T00:00"),
    (window(2, AbsenceUnit.SERVICE), "2026-11-10", "2026-11-14T00:00"),
    (window(0, AbsenceUnit.CALENDAR, window_minute=540), "2026-11-10", "2026-11-10T09:00"),
    (window(1, AbsenceUnit.CALENDAR, window_minute=1439), "2026-11-10", "2026-11-12T00:00"),
    # the clocks go back in the night of 24 to 25 October: 48 hours are 48 hours
    (window(48, AbsenceUnit.HOURS), "2026-10-24", "2026-10-26T11:00"),
    (window(48, AbsenceUnit.HOURS), "2027-03-27", "2027-03-29T13:00"),
    # the 5th of the month after; before the end of the month; the Tuesday after the week
    (window(5, AbsenceUnit.CALENDAR, counted_from=CountedFrom.MONTH_END), "2026-12-01", "2027-01-06T00:00"),
    (window(0, AbsenceUnit.CALENDAR, counted_from=CountedFrom.MONTH_END), "2027-02-09", "2027-03-01T00:00"),
    (window(2, AbsenceUnit.WORKING, counted_from=CountedFrom.WEEK_END), "2026-12-01", "2026-12-09T00:00"),
    # after the last known school year, working days stand for days of service
    (window(3, AbsenceUnit.SERVICE), "2027-07-02", "2027-07-08T00:00"),
]


@pytest.mark.parametrize(("settings", "day", "expected"), LIMITS)
def test_the_first_instant_too_late(settings: AbsencePolicy, day: str, expected: str) -> None:
    assert limit_to_justify(settings, date.fromisoformat(day), TOWN, LUNCH, NOON) == at(expected)


def test_no_window_is_no_limit() -> None:
    assert limit_to_justify(policy(), date(2026, 12, 1), TOWN, LUNCH) is None
    assert judge_absence(policy(), claim("2026-09-01", at_="2027-06-30T08:00"), TOWN, LUNCH).limits == {}


ANCHORS = [
    (CountedFrom.EACH_DAY, ["2026-12-06", "2026-12-08", "2026-12-09"]),
    (CountedFrom.FIRST_DAY, ["2026-12-06"] * 3),
    (CountedFrom.LAST_DAY, ["2026-12-09"] * 3),
    (CountedFrom.RETURN, ["2026-12-12"] * 3),  # Friday 4, then back on Monday 7
]


@pytest.mark.parametrize(("counted_from", "expected"), ANCHORS)
def test_the_window_runs_from(counted_from: CountedFrom, expected: list[str]) -> None:
    settings = window(5, AbsenceUnit.CALENDAR, counted_from=counted_from)
    ruling = judge_absence(settings, claim(*SICK), TOWN, LUNCH)
    assert [day.isoformat() for day in ruling.last_days.values()] == expected


def test_each_day_has_its_own_limit() -> None:
    settings = window(2, AbsenceUnit.CALENDAR)
    made = claim(*SICK, at_="2026-12-04T08:00")
    ruling = judge_absence(settings, made, TOWN, LUNCH)
    assert ruling.freed == (date(2026, 12, 3), date(2026, 12, 4))
    assert ruling.due == {
        date(2026, 12, 1): "L’absence du mardi 1er décembre pouvait être justifiée jusqu’au "
        "jeudi 3 décembre à 23 h 59."
    }
    assert ruling.refused_because is None


# -- notice and carence ----------------------------------------------------------------------

NEXT_DAYS = {"notice_minute": 600, "late_notice": LateNotice.NEXT_DAYS}
TOLD = [
    (policy(**NEXT_DAYS), "2026-12-01T09:59:59", list(SICK)),
    (policy(**NEXT_DAYS), "2026-12-01T10:00:00", list(SICK[1:])),
    (policy(**NEXT_DAYS), "2026-12-04T10:00:00", []),
    # told late, the absence starts on the third: its first day stays due in its turn
    (policy(**NEXT_DAYS, carence_amount=1), "2026-12-01T10:00:00", ["2026-12-04"]),
    (policy(notice_minute=600, notice_days=1), "2026-11-30T09:59:59", list(SICK)),
    (policy(notice_minute=600, notice_days=1), "2026-11-30T10:00:00", []),
    (policy(notice_minute=1440, notice_days=1), "2026-11-30T23:59:59", list(SICK)),
]


@pytest.mark.parametrize(("settings", "told", "expected"), TOLD)
def test_notice(settings: AbsencePolicy, told: str, expected: list[str]) -> None:
    assert freed(settings, claim(*SICK, at_="2026-12-20T12:00", told_at=at(told))) == expected


def test_told_by_phone_before_the_certificate_came() -> None:
    made = claim(*SICK, at_="2026-12-02T12:00", told_at=at("2026-12-01T08:00"))
    assert freed(BOISEMONT, made) == list(SICK[1:])


WHOLE = {"first": date(2026, 11, 28), "last": date(2026, 12, 4)}  # from a Saturday
CARENCES = [
    (2, AbsenceUnit.BOOKED, {}, ["2026-12-04"]),
    (2, AbsenceUnit.CALENDAR, {}, ["2026-12-03", "2026-12-04"]),
    (2, AbsenceUnit.CALENDAR, WHOLE, list(SICK)),  # the week-end was the carence
    (2, AbsenceUnit.SERVICE, WHOLE, ["2026-12-03", "2026-12-04"]),  # Monday 30 was not booked
    (2, AbsenceUnit.WORKING, {}, ["2026-12-03", "2026-12-04"]),  # Wednesday counts
    (2, AbsenceUnit.SERVICE, {}, ["2026-12-04"]),  # Wednesday does not
    (9, AbsenceUnit.CALENDAR, {}, []),
]


@pytest.mark.parametrize(("amount", "unit", "span", "expected"), CARENCES)
def test_carence(amount: int, unit: AbsenceUnit, span: dict[str, date], expected: list[str]) -> None:
    settings = policy(carence_amount=amount, carence_unit=unit)
    assert freed(settings, claim(*SICK, **span)) == expected


@pytest.mark.parametrize(
    ("already", "expected"), [(0, list(SICK[1:])), (1, list(SICK[1:2])), (2, []), (7, [])]
)
def test_a_yearly_limit_frees_the_first_days_left(already: int, expected: list[str]) -> None:
    settings = policy(yearly_days=2, carence_amount=1)
    ruling = judge_absence(settings, claim(*SICK), TOWN, LUNCH, NOON, already)
    assert [day.isoformat() for day in ruling.freed] == expected
    if not expected:
        assert (
            ruling.due[date(2026, 12, 4)]
            == "Le règlement déduit 2 jours réservés au plus par année scolaire."
        )


# -- several policies ---------------------------------------------------------------------------

SHORT = policy(max_days=2, proofs=frozenset({ProofKind.SWORN}), position=1)
LONG = policy(min_days=3, proofs=frozenset({ProofKind.CERTIFICATE}), position=2)
OLD = policy(first=date(2019, 1, 1), last=date(2019, 12, 31), position=0)


def test_the_length_chooses_the_policy() -> None:
    assert policy_for([LONG, SHORT, OLD], claim("2026-12-01"), TOWN, LUNCH) is SHORT
    assert policy_for([LONG, SHORT, OLD], claim(*SICK), TOWN, LUNCH) is LONG


def test_the_order_decides_between_two() -> None:
    first, second = policy(position=1), policy(position=2, carence_amount=1)
    assert policy_for([second, first], claim(*SICK), TOWN, LUNCH) is first


REFUSALS = [
    ([], claim(*SICK), "Le règlement ne prévoit pas de déduire les absences."),
    ([OLD], claim(*SICK), "Le règlement ne prévoit pas de déduire les absences."),
    (
        [VIGNEUX],
        claim(*SICK, reason=AbsenceReason.OTHER),
        "Le règlement ne déduit pas les absences pour ce motif\u00a0: autre motif.",
    ),
    ([VOULANGIS], claim(*SICK), "Le règlement ne déduit aucune absence, quel qu’en soit le motif."),
    (
        [SAINT_VIVIEN],
        claim(*SICK),
        "Le règlement ne déduit que les absences d’au moins 8 jours calendaires.",
    ),
    ([SHORT], claim(*SICK), "Le règlement ne déduit que les absences d’au plus 2 jours calendaires."),
    (
        [JACOB],
        claim(*SICK, proof=ProofKind.NONE),
        "Il faut un justificatif\u00a0: certificat médical ou mot de l’école.",
    ),
    (
        [BOISEMONT],
        claim(*SICK, at_="2026-12-01T10:30"),
        "L’absence du mardi 1er décembre était à signaler jusqu’au mardi 1er décembre à 10 h.",
    ),
    ([BOISEMONT], claim("2026-12-01"), "Le premier jour d’absence reste dû (délai de carence)."),
    (
        [policy(carence_amount=3, carence_unit=AbsenceUnit.CALENDAR)],
        claim("2026-12-01"),
        "Les 3 premiers jours calendaires d’absence restent dus (délai de carence).",
    ),
]


@pytest.mark.parametrize(("policies", "made", "sentence"), REFUSALS)
def test_a_refusal_is_one_sentence(policies: list[AbsencePolicy], made: Claim, sentence: str) -> None:
    ruling = judge_claim(policies, made, TOWN, LUNCH)
    assert ruling.refused_because == sentence
    assert ruling.freed == ()
    assert ruling.due == dict.fromkeys(made.days, sentence)


NONSENSE = [
    ({"last": date(2019, 1, 1)}, "last"),
    ({"window_amount": -1}, "window_amount"),
    ({"window_unit": AbsenceUnit.BOOKED}, "window_unit"),
    ({"window_minute": 1441}, "window_minute"),
    ({"notice_minute": -1}, "notice_minute"),
    ({"notice_days": -1}, "notice_days"),
    ({"carence_amount": -1}, "carence_amount"),
    ({"carence_unit": AbsenceUnit.HOURS}, "carence_unit"),
    ({"length_unit": AbsenceUnit.HOURS}, "length_unit"),
    ({"yearly_days": -1}, "yearly_days"),
    ({"min_days": 0}, "min_days"),
    ({"min_days": 3, "max_days": 2}, "max_days"),
]


@pytest.mark.parametrize(("settings", "field"), NONSENSE)
def test_a_policy_that_makes_no_sense_is_refused(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        policy(**settings)
    assert refusal.value.field == field


def test_a_count_in_an_empty_calendar_ends() -> None:
    empty = SchoolCalendar([], [], [], [])
    settings = window(2, AbsenceUnit.SERVICE, counted_from=CountedFrom.RETURN)
    limit = limit_to_justify(settings, date(2026, 12, 4), empty, Place())
    assert limit == datetime.fromisoformat("2026-12-09T00:00+01:00")
