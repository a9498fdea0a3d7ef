"""A grid typed from the council's deliberation: what is left blank is understood, the rest refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rules.refusals import Refused
from rules.tariff_checks import check_version
from rules.tariff_entry import (
    NoPrice,
    TypedRow,
    arranged,
    completed,
    exceptions_first,
    narrow_holes,
    taken_before,
)
from rules.tariff_grid import TariffRow, TariffVersion
from rules.vocabulary import Level, PriceMethod


def typed(cents: int | None = None, **asked: object) -> TypedRow:
    facts = {k: Decimal(v) if k in ("qf_from", "qf_to") else v for k, v in asked.items()}
    return TypedRow(TariffRow(position=0, label=facts.pop("label", ""), **facts), cents)  # type: ignore[arg-type]


def version(rows: tuple[TariffRow, ...]) -> TariffVersion:
    return TariffVersion(None, 1, "Cantine", date(2026, 9, 1), None, rows)


SIX = [
    typed(145, qf_to="400"),
    typed(230, qf_to="622.50"),
    typed(320, qf_to="799.50"),
    typed(405, qf_to="1050"),
    typed(480, qf_to="1400"),
    typed(545),
]
ELSEWHERE, UNKNOWN = typed(690, resident=False), typed(no_quotient=True)


def test_six_bands_hors_commune_and_no_quotient_at_the_highest_are_a_whole_tariff():
    rows = completed([ELSEWHERE, *SIX, UNKNOWN])
    assert check_version(version(rows)) == []
    assert [(r.position, r.label, r.qf_from, r.amount_cents) for r in rows] == [
        (1, "Hors commune", None, 690),
        (2, "Tranche 1", None, 145),
        (3, "Tranche 2", Decimal(400), 230),
        (4, "Tranche 3", Decimal("622.50"), 320),
        (5, "Tranche 4", Decimal("799.50"), 405),
        (6, "Tranche 5", Decimal(1050), 480),
        (7, "Tranche 6", Decimal(1400), 545),
        (8, "Sans quotient", None, 545),
    ]


def test_lower_bounds_alone_say_as_much():
    lower = [typed(145), typed(230, qf_from="400"), typed(545, qf_from="622.50"), UNKNOWN]
    rows = completed(lower)
    assert [r.qf_to for r in rows] == [Decimal(400), Decimal("622.50"), None, None]
    assert check_version(version(rows)) == []


def test_an_exception_typed_after_the_rule_goes_before_it():
    rows = completed([*SIX, UNKNOWN, ELSEWHERE])
    assert "ne sert jamais" in " ".join(check_version(version(rows)))
    better = arranged(version(rows), check_version)
    assert [row.label for row in better.rows][:2] == ["Hors commune", "Tranche 1"]
    assert [row.position for row in better.rows] == list(range(1, 9))
    assert check_version(better) == []


def test_what_is_wrong_otherwise_stays_as_typed():
    hole = version(completed([typed(145, qf_to="400"), typed(230, qf_from="450"), UNKNOWN, ELSEWHERE]))
    assert arranged(hole, check_version) == hole
    fine = version(completed([ELSEWHERE, *SIX, UNKNOWN]))
    assert arranged(fine, check_version) is fine


def test_an_exception_that_still_serves_a_little_is_told_apart():
    """Hors commune after the bands, before the row without quotient: valid, and not what was voted."""
    rows = completed([*SIX, ELSEWHERE, UNKNOWN])
    assert check_version(version(rows)) == []
    (said,) = taken_before(rows)
    assert "Hors commune" in said and "Tranche 1" in said
    first = exceptions_first(rows)
    assert (first[0].label, first[0].position, taken_before(first)) == ("Hors commune", 1, [])


def test_exceptions_of_other_quotients_take_nothing_from_each_other():
    rows = completed(
        [typed(145, qf_to="400"), typed(100, qf_from="400", resident=False), typed(230), UNKNOWN]
    )
    assert taken_before(rows) == []


def test_bands_of_other_levels_are_joined_apart():
    small, big = frozenset({Level.PS, Level.MS, Level.GS}), frozenset({Level.CP})
    rows = completed(
        [typed(100, levels=small, qf_to="500"), typed(200, levels=big, qf_to="700"), typed(150, levels=small),
         typed(250, levels=big)]
    )  # fmt: skip
    assert [(r.label, r.qf_from) for r in rows] == [
        ("Tranche 1", None), ("Tranche 1", None), ("Tranche 2", Decimal(500)), ("Tranche 2", Decimal(700)),
    ]  # fmt: skip


def test_families_without_quotient_from_elsewhere_pay_the_highest_of_their_own_bands():
    rows = completed(
        [
            typed(300, resident=False, qf_to="500"),
            typed(700, resident=False),
            typed(no_quotient=True, resident=False),
            *SIX,
            UNKNOWN,
        ]
    )
    assert (rows[2].amount_cents, rows[-1].amount_cents) == (700, 545)


@pytest.mark.parametrize("rows", [[typed(label="Adulte")], [typed(145, qf_to="400"), typed()], [UNKNOWN]])
def test_a_row_without_a_price_is_named(rows):
    with pytest.raises(NoPrice) as refused:
        completed(rows)
    assert refused.value.index == len(rows) - 1


def test_one_price_for_all_takes_the_families_without_quotient_too():
    rows = completed([ELSEWHERE, typed(120), UNKNOWN])
    assert [(row.label, row.amount_cents) for row in rows] == [("Hors commune", 690), ("Tarif 2", 120)]
    assert check_version(version(rows)) == []


def test_a_row_that_was_there_for_everybody_is_not_taken_for_the_last_band():
    """« Moins de 400 : 1,45, sinon 2,30 », whether the quotient is known or not."""
    otherwise = TypedRow(TariffRow(position=0, label="Sinon"), 230, is_whole=True)
    rows = completed([typed(145, qf_to="400"), otherwise])
    assert (rows[1].qf_from, check_version(version(rows))) == (None, [])
    bounded = TypedRow(TariffRow(position=0, label="Sinon", qf_to=Decimal(900)), 230, is_whole=True)
    assert completed([typed(145, qf_to="400"), bounded])[1].qf_from == Decimal(400)


def test_a_rate_needs_no_amount():
    (row,) = completed(
        [TypedRow(TariffRow(position=0, label="", method=PriceMethod.RATE, rate=Decimal(1)), None)]
    )
    assert (row.amount_cents, row.label) == (0, "Tarif 1")


def test_a_band_said_inclusive_gets_a_hint():
    rows = completed(
        [typed(145, qf_to="400"), typed(230, qf_from="401", qf_to="622"), typed(300, qf_from="650")]
    )
    (said,) = narrow_holes(rows)
    assert "Tranche 1" in said and "401" in said


def test_refusals_are_sentences():
    with pytest.raises(Refused, match="Donnez le prix"):
        completed([typed()])
