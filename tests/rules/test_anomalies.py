"""What the agent is told before issuing a month."""

from __future__ import annotations

from datetime import date

import pytest

from rules.anomalies import (
    Anomaly,
    BookedWithoutSchool,
    ClaimWaiting,
    SessionWithoutSheet,
    anomalies,
    is_unusual,
)
from rules.billing import Bill, adjustment_line, lines_of
from rules.money import NBSP
from rules.vocabulary import AnomalyKind
from tests.rules.one_october import EVENING, HADDAD, LEA, MARTIN, adjustment, booked, october, priced

NAMES = {MARTIN: "Famille Martin", HADDAD: "Famille Haddad"}


def told(found: list[Anomaly]) -> list[tuple[AnomalyKind, int | None, str]]:
    return [(a.kind, a.family_id, a.sentence.replace(NBSP, " ")) for a in found]


def bill_of(family: int, total: int) -> Bill:
    return Bill(family, (adjustment_line(adjustment(total, family)),), total)


def test_an_ordinary_month_has_no_anomaly() -> None:
    lines = tuple(lines_of(priced([booked(LEA, october(5))])))
    assert anomalies([Bill(MARTIN, lines, 380)], {MARTIN: 380}, family_names=NAMES) == []


def test_a_family_billed_without_its_quotient_is_named_once() -> None:
    lines = tuple(lines_of(priced([booked(c, october(5), HADDAD) for c in (1, 2)])))
    assert told(anomalies([Bill(HADDAD, lines, 1040)], {}, family_names=NAMES)) == [
        (
            AnomalyKind.NO_QUOTIENT,
            HADDAD,
            "Famille Haddad : quotient familial inconnu, le tarif sans quotient s’applique.",
        )
    ]


def test_an_unknown_quotient_does_not_matter_where_no_price_depends_on_it() -> None:
    attended = booked(LEA, october(5), HADDAD, activity_id=EVENING)
    lines = tuple(lines_of(priced([attended])))
    assert anomalies([Bill(HADDAD, lines, 300)], {}, family_names=NAMES) == []


@pytest.mark.parametrize(
    ("total", "previous", "unusual"),
    [
        (5001, 2500, True),
        (5000, 100, False),  # up to 50 € is never unusual
        (8000, 4000, False),  # exactly double is not more than double
        (8001, 4000, True),
        (9000, None, False),  # nothing to compare with
        (9000, 0, True),
    ],
)
def test_unusual_is_more_than_fifty_euros_and_more_than_double(
    total: int, previous: int | None, unusual: bool
) -> None:
    assert is_unusual(total, previous) is unusual


def test_an_unusual_amount_says_both_amounts() -> None:
    assert told(anomalies([bill_of(MARTIN, 9150)], {MARTIN: 3800}, family_names=NAMES)) == [
        (
            AnomalyKind.UNUSUAL_AMOUNT,
            MARTIN,
            "Famille Martin : 91,50 €, plus du double du mois précédent (38,00 €).",
        )
    ]


def test_a_negative_total_and_a_missing_payer_are_said() -> None:
    found = anomalies([bill_of(MARTIN, -380)], {}, family_names=NAMES, without_payer={MARTIN, HADDAD})
    assert told(found) == [
        (
            AnomalyKind.NO_PAYER,
            MARTIN,
            "Famille Martin : aucun payeur n’est désigné, la facture ne peut pas être émise.",
        ),
        (
            AnomalyKind.NEGATIVE_TOTAL,
            MARTIN,
            "Famille Martin : total négatif (\u22123,80 €), à déduire de la facture suivante.",
        ),
    ]


def test_sessions_without_a_closed_sheet_are_told_group_by_group() -> None:
    sessions = [
        SessionWithoutSheet("Garderie du soir", "École du Bourg", date(2026, 10, 1)),
        SessionWithoutSheet("Cantine", "CP de Mme Roux", date(2026, 10, 6)),
        SessionWithoutSheet("Cantine", "CP de Mme Roux", date(2026, 10, 5)),
    ]
    assert told(anomalies([], {}, family_names={}, sessions_without_sheet=sessions)) == [
        (
            AnomalyKind.NO_SHEET,
            None,
            "Cantine, CP de Mme Roux : aucune feuille de présence close les 5 et 6 octobre.",
        ),
        (
            AnomalyKind.NO_SHEET,
            None,
            "Garderie du soir, École du Bourg : aucune feuille de présence close le 1er octobre.",
        ),
    ]


def test_a_month_of_missing_sheets_with_long_names_still_fits_its_column() -> None:
    missing = [SessionWithoutSheet("A" * 80, "B" * 122, date(2026, 10, day)) for day in range(1, 31)]
    (found,) = anomalies([], {}, family_names={}, sessions_without_sheet=missing)
    assert found.sentence.endswith(", 30 jours.")
    assert len(found.sentence) <= 300


def test_a_family_without_a_name_is_still_told_apart() -> None:
    (found,) = anomalies([bill_of(5, -1)], {}, family_names={})
    assert found.sentence.startswith(f"Famille n°{NBSP}5")


def test_days_booked_without_a_school_are_told_child_by_child_to_the_family_billed() -> None:
    days = [
        BookedWithoutSchool(MARTIN, "Léa Martin", "Cantine", date(2026, 10, 6)),
        BookedWithoutSchool(MARTIN, "Léa Martin", "Cantine", date(2026, 10, 5)),
        BookedWithoutSchool(MARTIN, "Tom Martin", "Cantine", date(2026, 10, 5)),
        BookedWithoutSchool(HADDAD, "Inès Haddad", "Cantine", date(2026, 10, 5)),  # not billed this month
    ]
    found = anomalies([bill_of(MARTIN, 380)], {}, family_names=NAMES, booked_without_school=days)
    assert told(found) == [
        (
            AnomalyKind.NO_SCHOOL,
            MARTIN,
            "Famille Martin : Léa Martin, Cantine, réservé sans école les 5 et 6 octobre.",
        ),
        (
            AnomalyKind.NO_SCHOOL,
            MARTIN,
            "Famille Martin : Tom Martin, Cantine, réservé sans école le 5 octobre.",
        ),
    ]


def test_a_whole_month_without_a_school_fits_its_column_whatever_the_names() -> None:
    days = [BookedWithoutSchool(MARTIN, "É" * 161, "A" * 80, date(2026, 10, day)) for day in range(1, 31)]
    names = {MARTIN: f"Famille {'M' * 80}"}
    (found,) = anomalies([bill_of(MARTIN, 380)], {}, family_names=names, booked_without_school=days)
    assert len(found.sentence) <= 300


def test_a_claim_that_waits_is_said_once_whether_its_family_is_billed_or_not() -> None:
    waiting = ClaimWaiting(HADDAD, "J-00012", "Tom Haddad", (october(5), october(6)))
    assert told(anomalies([], {}, family_names=NAMES, claims_waiting=[waiting])) == [
        (
            AnomalyKind.CLAIM_WAITING,
            HADDAD,
            "Famille Haddad : Tom Haddad, absence à examiner (J-00012), les 5 et 6 octobre.",
        )
    ]
