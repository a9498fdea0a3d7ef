"""Prices: which row, which amount, and why."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.money import NBSP
from rules.refusals import Refused
from rules.tariffs import (
    Explanation,
    Facts,
    QuotientFact,
    SituationRule,
    TariffRow,
    TariffVersion,
    format_quotient,
    price,
    quotient_on,
    recompute,
    version_for,
)
from rules.vocabulary import PriceMethod, PriceUnit, Situation, SituationEffect

SEPTEMBER = date(2026, 9, 1)
CAF = "attestation CAF en vigueur depuis le 1er septembre 2026"


def band(position: int, start: str | None, end: str | None, cents: int, **more: object) -> TariffRow:
    label = str(more.pop("label", f"tranche {position}"))
    qf_from, qf_to = (None if bound is None else Decimal(bound) for bound in (start, end))
    values = {"qf_from": qf_from, "qf_to": qf_to, "amount_cents": cents, **more}
    return TariffRow(position=position, label=label, **values)  # type: ignore[arg-type]


def version(
    *rows: TariffRow,
    situations: tuple[SituationRule, ...] = (),
    first: date = SEPTEMBER,
    last: date | None = None,
) -> TariffVersion:
    return TariffVersion(1, 1, "Cantine 2026-2027", first, last, rows, situations, is_example=False)


UNKNOWN = TariffRow(position=9, label="sans quotient", no_quotient=True, amount_cents=520)
BANDS = (
    band(1, "0", "600", 120, label="moins de 600"),
    band(2, "600", "900", 380, label="de 600 à 899,99"),
    band(3, "900", None, 520, label="900 et plus"),
    UNKNOWN,
)


def facts(
    quotient: str | None = "712", resident: bool = True, situation: Situation = Situation.AS_BOOKED
) -> Facts:
    value = None if quotient is None else Decimal(quotient)
    return Facts(date(2026, 10, 6), value, "" if value is None else CAF, resident, situation)


@pytest.mark.parametrize(
    ("quotient", "cents"),
    [
        ("0", 120),
        ("599.99", 120),
        ("600", 380),
        ("600.00", 380),
        ("899.99", 380),
        ("900", 520),
        ("99999", 520),
        (None, 520),
    ],
)
def test_bands_are_half_open(quotient: str | None, cents: int) -> None:
    assert price(version(*BANDS), facts(quotient)).amount_cents == cents


def test_the_first_row_that_matches_wins() -> None:
    outside = TariffRow(position=1, label="hors commune", resident=False, amount_cents=700)
    tariff = version(outside, *BANDS)
    assert price(tariff, facts(resident=False)).row == outside
    assert price(tariff, facts(resident=True)).amount_cents == 380


def test_a_flat_price_takes_every_family() -> None:
    flat = version(TariffRow(position=1, label="unique", amount_cents=200, unit=PriceUnit.SESSION))
    assert price(flat, facts(None, resident=False)).amount_cents == 200
    assert price(flat, facts("0")).amount_cents == 200


def test_a_free_row_costs_nothing() -> None:
    free = TariffRow(position=1, label="gratuit", method=PriceMethod.FREE, amount_cents=380)
    assert price(version(free), facts()).amount_cents == 0


@pytest.mark.parametrize(
    ("effect", "amount", "factor", "cents"),
    [
        (SituationEffect.SAME, 0, "1", 380),
        (SituationEffect.FIXED, 1000, "1", 1000),
        (SituationEffect.PLUS, 100, "1", 480),
        (SituationEffect.TIMES, 0, "1.5", 570),
        (SituationEffect.TIMES, 0, "1.3333", 507),  # 506.654
        (SituationEffect.FREE, 0, "1", 0),
    ],
)
def test_a_situation_acts_on_the_ordinary_price(
    effect: SituationEffect, amount: int, factor: str, cents: int
) -> None:
    rule = SituationRule(Situation.UNBOOKED, effect, amount, Decimal(factor))
    tariff = version(*BANDS, situations=(rule,))
    assert price(tariff, facts(situation=Situation.UNBOOKED)).amount_cents == cents
    assert price(tariff, facts(situation=Situation.AS_BOOKED)).amount_cents == 380


def test_half_a_cent_rounds_up() -> None:
    rule = SituationRule(Situation.LATE, SituationEffect.TIMES, factor=Decimal("1.5"))
    tariff = version(TariffRow(position=1, label="unique", amount_cents=333), situations=(rule,))
    assert price(tariff, facts(situation=Situation.LATE)).amount_cents == 500  # 499.5


@pytest.mark.parametrize("situation", list(Situation))
def test_a_tariff_that_says_nothing_only_forgives_a_justified_absence(situation: Situation) -> None:
    forgiven = (Situation.JUSTIFIED, Situation.LATE_PICKUP)
    expected = 0 if situation in forgiven else 380
    assert price(version(*BANDS), facts(situation=situation)).amount_cents == expected


def test_no_row_is_a_refusal_that_says_the_case() -> None:
    tariff = version(band(1, "0", "622", 100), band(2, "623", None, 330))
    with pytest.raises(Refused) as refused:
        price(tariff, facts("622.50", resident=False))
    assert refused.value.sentence == (
        f"Aucune ligne du tarif «{NBSP}Cantine 2026-2027{NBSP}» ne correspond à un quotient de 622,50"
        " pour les familles domiciliées hors de la commune."
    )


# -- explanations -------------------------------------------------------------------


def why(tariff: TariffVersion, day: Facts) -> list[str]:
    return [sentence.replace(NBSP, " ") for sentence in price(tariff, day).explanation.sentences()]


def test_the_explanation_names_quotient_document_row_and_price() -> None:
    assert why(version(*BANDS), facts()) == [
        "Votre quotient familial est de 712,00 (attestation CAF en vigueur depuis le 1er septembre 2026) :"
        " tranche « de 600 à 899,99 », 3,80 € le repas.",
        "Grille tarifaire appliquée : Cantine 2026-2027.",
    ]


def test_an_unknown_quotient_is_said() -> None:
    assert why(version(*BANDS), facts(None))[0] == (
        "Nous n’avons pas de quotient familial pour ces jours : tarif « sans quotient », 5,20 € le repas."
    )


def test_a_flat_price_says_nothing_of_the_quotient() -> None:
    flat = TariffRow(position=1, label="garderie du soir", amount_cents=200, unit=PriceUnit.SESSION)
    assert why(version(flat), facts())[0] == "Tarif « garderie du soir », 2,00 € la séance."


def test_a_free_row_is_said_to_be_free() -> None:
    free = TariffRow(position=1, label="étude", method=PriceMethod.FREE)
    assert why(version(free), facts())[0] == "Tarif « étude », gratuit."


def test_residence_is_said_when_the_tariff_depends_on_it() -> None:
    rows = (
        TariffRow(position=1, label="commune", resident=True, amount_cents=300),
        TariffRow(position=2, label="hors commune", amount_cents=500),
    )
    assert "Votre famille est domiciliée dans la commune." in why(version(*rows), facts())
    assert "Votre famille est domiciliée hors de la commune." in why(version(*rows), facts(resident=False))


def test_an_example_grid_says_that_it_is_one() -> None:
    example = TariffVersion(1, 1, "Grille 2026", SEPTEMBER, None, BANDS, (), is_example=True)
    assert why(example, facts())[-1] == "Grille tarifaire appliquée : Grille 2026 (grille donnée en exemple)."


@pytest.mark.parametrize(
    ("situation", "rule", "sentence"),
    [
        (Situation.NO_SHOW, None, "Absence non justifiée : le repas réservé reste dû."),
        (Situation.JUSTIFIED, None, "Absence justifiée : rien n’est dû."),
        (Situation.UNBOOKED, None, "Présent sans réservation : prix habituel, 3,80 €."),
        (
            Situation.UNBOOKED,
            (SituationEffect.PLUS, 100, "1"),
            "Présent sans réservation : prix habituel plus un supplément, 3,80 € + 1,00 € = 4,80 €.",
        ),
        (
            Situation.LATE,
            (SituationEffect.TIMES, 0, "1.5"),
            "Réservé hors délai : prix habituel multiplié, 3,80 € × 1,5 = 5,70 €.",
        ),
        (Situation.LATE, (SituationEffect.FIXED, 800, "1"), "Réservé hors délai : prix fixe, 8,00 €."),
    ],
)
def test_the_situation_is_explained_with_its_arithmetic(
    situation: Situation, rule: tuple[SituationEffect, int, str] | None, sentence: str
) -> None:
    rules = (SituationRule(situation, rule[0], rule[1], Decimal(rule[2])),) if rule else ()
    assert why(version(*BANDS, situations=rules), facts(situation=situation))[1] == sentence


QUOTIENTS = st.none() | st.decimals(0, 5000, places=2)
RULES = st.builds(
    SituationRule,
    st.sampled_from(Situation),
    st.sampled_from(SituationEffect),
    st.integers(0, 5000),
    st.decimals(0, 5, places=4),
)
PRICES = st.builds(
    lambda quotient, resident, rule: price(
        version(*BANDS, situations=(rule,)),
        Facts(date(2026, 10, 6), quotient, CAF if quotient is not None else "", resident, rule.situation),
    ),
    QUOTIENTS,
    st.booleans(),
    RULES,
)


@given(PRICES)
def test_an_explanation_survives_storage_and_gives_the_same_cents(found) -> None:  # type: ignore[no-untyped-def]
    stored = json.loads(json.dumps(found.explanation.to_json()))
    assert Explanation.from_json(stored) == found.explanation
    assert Explanation.from_json(stored).sentences() == found.explanation.sentences()
    assert recompute(stored) == stored["amount_cents"] == found.amount_cents


def test_an_explanation_stays_small() -> None:
    stored = json.dumps(price(version(*BANDS), facts()).explanation.to_json(), ensure_ascii=False)
    assert len(stored) < 700
    assert "." not in "".join(str(v) for v in json.loads(stored).values() if isinstance(v, float))


# -- which version, which quotient --------------------------------------------------


def test_the_version_is_the_one_in_force_that_day_bounds_included() -> None:
    old = version(*BANDS, first=date(2025, 9, 1), last=date(2026, 8, 31))
    new = version(*BANDS, first=SEPTEMBER)
    tariffs = [new, old]
    assert version_for(tariffs, date(2025, 8, 31)) is None
    assert version_for(tariffs, date(2025, 9, 1)) is old
    assert version_for(tariffs, date(2026, 8, 31)) is old
    assert version_for(tariffs, SEPTEMBER) is new


def test_of_two_versions_that_cover_a_day_the_latest_counts() -> None:
    open_ended, later = version(*BANDS, first=date(2025, 9, 1)), version(*BANDS, first=SEPTEMBER)
    assert version_for([later, open_ended], SEPTEMBER) is later
    assert version_for([open_ended, later], SEPTEMBER) is later


def quotient(value: int, since: date, until: date | None = None) -> QuotientFact:
    return QuotientFact(Decimal(value), since, until, "attestation CAF")


def test_the_quotient_is_the_one_in_force_on_the_day() -> None:
    history = [quotient(800, date(2026, 10, 15)), quotient(500, date(2026, 1, 1), date(2026, 12, 31))]
    expected = {date(2025, 12, 31): None, date(2026, 10, 14): 500, date(2026, 10, 15): 800}
    for day, value in expected.items():
        found = quotient_on(history, day)
        assert (found and found.value) == value


def test_a_quotient_ends_at_the_end_of_its_last_day_and_older_ones_do_not_come_back() -> None:
    history = [quotient(500, date(2026, 1, 1)), quotient(300, date(2026, 9, 1), date(2026, 9, 30))]
    assert quotient_on(history, date(2026, 9, 30)) == history[1]
    assert quotient_on(history, date(2026, 10, 1)) is None


def test_of_two_quotients_of_one_date_the_last_given_counts() -> None:
    history = [quotient(500, SEPTEMBER), quotient(450, SEPTEMBER)]
    assert quotient_on(history, SEPTEMBER) == history[1]


def test_a_quotient_names_its_document_and_date() -> None:
    assert quotient(712, SEPTEMBER).source == CAF


@pytest.mark.parametrize(
    ("value", "written"), [("712", "712,00"), ("1250.5", "1\u00a0250,50"), ("0", "0,00")]
)
def test_quotients_are_written_with_their_hundredths(value: str, written: str) -> None:
    assert format_quotient(Decimal(value)) == written
