"""What each policy says of itself."""

from __future__ import annotations

import pytest

from rules.absence_words import in_words
from rules.absences import AbsencePolicy
from rules.vocabulary import AbsenceReason, AbsenceUnit, CountedFrom, LateNotice, ProofKind
from tests.rules.test_absences import (
    BOISEMONT,
    JACOB,
    PEZILLA,
    SAINT_VIVIEN,
    SHORT,
    VIGNEUX,
    VILLARS,
    VOULANGIS,
    policy,
    window,
)

SAID = [
    (
        VILLARS,
        "Toute absence : certificat médical, dans les 15 jours calendaires après chaque jour d’absence",
    ),
    (
        BOISEMONT,
        "Toute absence : sans justificatif ; signalée le premier jour avant 10 h, sinon rien n’est déduit ; "
        "le premier jour réservé reste dû",
    ),
    (
        PEZILLA,
        "Toute absence : certificat médical ou attestation sur l’honneur ou mot des parents ; signalée le "
        "premier jour avant 9 h, sinon rien n’est déduit ; le premier jour réservé reste dû",
    ),
    (SAINT_VIVIEN, "Toute absence (à partir de 8 jours calendaires) : certificat médical"),
    (
        JACOB,
        "Maladie de l’enfant et enseignant absent : certificat médical ou mot de l’école, dans les 48 heures "
        "après chaque jour d’absence",
    ),
    (VIGNEUX, "Maladie de l’enfant : sans justificatif"),
    (VOULANGIS, "Toute absence : aucune déduction"),
    (
        SHORT,
        "Toute absence (jusqu’à 2 jours calendaires) : attestation sur l’honneur ou mot des parents",
    ),
    (
        window(0, AbsenceUnit.CALENDAR, window_minute=540, counted_from=CountedFrom.RETURN),
        "Toute absence : sans justificatif, le jour du retour avant 9 h",
    ),
    (
        window(1, AbsenceUnit.WORKING, window_minute=600, counted_from=CountedFrom.LAST_DAY),
        "Toute absence : sans justificatif, dans un délai de 1 jour ouvré après le dernier jour d’absence "
        "avant 10 h",
    ),
    (
        window(5, AbsenceUnit.CALENDAR, counted_from=CountedFrom.MONTH_END, yearly_days=3),
        "Toute absence : sans justificatif, dans les 5 jours calendaires après la fin du mois ; "
        "3 jours réservés au plus par année scolaire",
    ),
    (
        window(0, AbsenceUnit.CALENDAR, counted_from=CountedFrom.WEEK_END),
        "Toute absence : sans justificatif, dans la semaine",
    ),
    (
        policy(
            reasons=frozenset({AbsenceReason.SICKNESS, AbsenceReason.HOSPITAL, AbsenceReason.OTHER}),
            proofs=frozenset({ProofKind.NONE, ProofKind.CERTIFICATE}),
            notice_minute=1440,
            notice_days=1,
            late_notice=LateNotice.NEXT_DAYS,
            carence_amount=3,
            carence_unit=AbsenceUnit.CALENDAR,
        ),
        "Maladie de l’enfant, hospitalisation et autre motif : sans justificatif ; signalée la veille du "
        "premier jour avant 23 h 59, sinon à partir du jour suivant ; les 3 premiers jours calendaires "
        "restent dus",
    ),
]


@pytest.mark.parametrize(("settings", "words"), SAID)
def test_a_policy_says_itself(settings: AbsencePolicy, words: str) -> None:
    assert in_words(settings).replace("\u00a0", " ") == words
