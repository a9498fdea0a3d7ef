"""Tariffs with holes, overlaps or useless rows are refused, and the hole is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.money import NBSP
from rules.refusals import Refused
from rules.tariff_conditions import matches
from rules.tariff_grid import Facts, SituationRule, TariffRow, TariffVersion
from rules.tariffs import check_version, ensure_valid, price
from rules.vocabulary import Situation, SituationEffect

SEPTEMBER = date(2026, 9, 1)


def version(*rows: TariffRow, situations: tuple[SituationRule, ...] = ()) -> TariffVersion:
    return TariffVersion(1, 1, "Cantine", SEPTEMBER, None, rows, situations, is_example=False)


def band(
    position: int, start: str | Decimal | None, end: str | Decimal | None, resident: bool | None = None
) -> TariffRow:
    qf_from, qf_to = (None if bound is None else Decimal(bound) for bound in (start, end))
    label = f"T{position}"
    return TariffRow(
        position=position, label=label, qf_from=qf_from, qf_to=qf_to, resident=resident, amount_cents=100
    )


def flat(position: int, resident: bool | None = None) -> TariffRow:
    return TariffRow(position=position, label=f"T{position}", resident=resident, amount_cents=100)


def unknown(position: int = 9, resident: bool | None = None) -> TariffRow:
    return replace(flat(position, resident), no_quotient=True)


def said(tariff: TariffVersion) -> list[str]:
    return [sentence.replace(NBSP, " ") for sentence in check_version(tariff)]


@pytest.mark.parametrize(
    "rows",
    [
        [flat(1)],
        [band(1, "0", "600"), band(2, "600", None), unknown()],
        [band(1, None, "622.01"), band(2, "622.01", "799.5"), band(3, "799.5", None), unknown()],
        [unknown(1), band(2, "600", None), band(3, "0", "600")],
        [flat(1, resident=True), flat(2, resident=False)],
        [flat(1, resident=False), band(2, "0", "600"), band(3, "600", None), unknown()],
        # an exception before the rule, and a catch-all after it, are what the order is for
        [band(1, "0", "600", resident=False), band(2, "0", None), unknown()],
        [band(1, "0", "600"), flat(2)],
    ],
)
def test_sound_tariffs_are_accepted(rows: list[TariffRow]) -> None:
    assert said(version(*rows)) == []


@pytest.mark.parametrize(
    ("rows", "complaints"),
    [
        (
            [band(1, "0", "622"), band(2, "623", None), unknown()],
            ["Aucune ligne ne couvre un quotient de 622 à moins de 623 (par exemple 622,50)."],
        ),
        (
            [band(1, None, "799"), band(2, "800", None), unknown()],
            ["Aucune ligne ne couvre un quotient de 799 à moins de 800 (par exemple 799,50)."],
        ),
        (
            [band(1, "0", "899.99"), band(2, "900", None), unknown()],
            ["Aucune ligne ne couvre un quotient de 899,99 à moins de 900 (par exemple 899,99)."],
        ),
        (
            [band(1, "100", "200"), band(2, "300", "1200"), unknown()],
            [
                "Aucune ligne ne couvre un quotient de 0 à moins de 100 (par exemple 50,00).",
                "Aucune ligne ne couvre un quotient de 200 à moins de 300 (par exemple 250,00).",
                "Aucune ligne ne couvre un quotient de 1 200 ou plus (par exemple 1 300,00).",
            ],
        ),
        ([band(1, "0", None)], ["Aucune ligne ne couvre les familles sans quotient connu."]),
        (
            [flat(1, resident=True)],
            ["Aucune ligne ne couvre les familles domiciliées hors de la commune."],
        ),
        (
            [band(1, "0", "600"), band(2, "600", None, resident=True), unknown(3, resident=True)],
            [
                "Aucune ligne ne couvre un quotient de 600 ou plus (par exemple 700,00),"
                " pour les familles domiciliées hors de la commune.",
                "Aucune ligne ne couvre les familles domiciliées hors de la commune sans quotient connu.",
            ],
        ),
        # two neighbouring stretches of one hole are named once
        (
            [band(1, "0", "600"), band(2, "700", "800", resident=True), band(3, "900", None), unknown()],
            [
                "Aucune ligne ne couvre un quotient de 600 à moins de 700 (par exemple 650,00),"
                " pour les familles domiciliées dans la commune.",
                "Aucune ligne ne couvre un quotient de 800 à moins de 900 (par exemple 850,00),"
                " pour les familles domiciliées dans la commune.",
                "Aucune ligne ne couvre un quotient de 600 à moins de 900 (par exemple 750,00),"
                " pour les familles domiciliées hors de la commune.",
            ],
        ),
        ([], ["Ce tarif n’a aucune ligne."]),
    ],
)
def test_holes_are_named(rows: list[TariffRow], complaints: list[str]) -> None:
    assert said(version(*rows)) == complaints


def test_overlapping_bands_are_named() -> None:
    assert said(version(band(1, "0", "700"), band(2, "600", None), unknown())) == [
        "Les lignes 1 « T1 » et 2 « T2 » couvrent toutes les deux"
        " un quotient de 600 à moins de 700 (par exemple 650,00)."
    ]
    narrower = band(2, "600", None, resident=True)
    assert len(said(version(band(1, "0", "700"), narrower, band(3, "700", None), unknown()))) == 1


@pytest.mark.parametrize(
    ("rows", "useless"),
    [
        ([flat(1), band(2, "0", "600")], "2 « T2 »"),
        ([flat(1), flat(2)], "2 « T2 »"),
        ([band(1, "0", None), band(2, "10", "20"), unknown()], "2 « T2 »"),
        ([flat(1, resident=True), flat(2, resident=False), unknown(3)], "3 « T3 »"),
        ([band(1, "0", "600"), band(2, "600", None), unknown(3), flat(4)], "4 « T4 »"),
    ],
)
def test_rows_never_reached_are_named(rows: list[TariffRow], useless: str) -> None:
    assert said(version(*rows)) == [
        f"La ligne {useless} ne sert jamais : les lignes qui la précèdent couvrent déjà tous ses cas."
        " Placez-la avant elles."
    ]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (replace(flat(1), amount_cents=-1), "La ligne 1 « T1 » porte un montant négatif."),
        (band(1, "-5", "600"), "La ligne 1 « T1 » commence à un quotient négatif."),
        (
            band(1, "600", "600"),
            "La ligne 1 « T1 » doit finir à un quotient plus grand que celui où elle commence.",
        ),
        (
            band(1, None, "0"),
            "La ligne 1 « T1 » doit finir à un quotient plus grand que celui où elle commence.",
        ),
        (
            replace(band(1, "0", "600"), no_quotient=True),
            "La ligne 1 « T1 » ne peut pas être à la fois « sans quotient » et une tranche de quotient.",
        ),
    ],
)
def test_values_that_make_no_sense_are_named_alone(row: TariffRow, complaint: str) -> None:
    assert said(version(row, flat(2))) == [complaint]


def test_situations_are_checked_too() -> None:
    plus = SituationRule(Situation.LATE, SituationEffect.PLUS, 100)
    negative = SituationRule(Situation.NO_SHOW, SituationEffect.FIXED, -1)
    assert said(version(flat(1), situations=(plus, plus, negative))) == [
        "La situation « Réservé hors délai » est réglée deux fois.",
        "La situation « Absence non justifiée » porte un montant négatif.",
    ]


def test_the_dates_are_checked_too() -> None:
    assert said(replace(version(flat(1)), last=date(2026, 8, 31))) == [
        "La fin de validité du tarif précède son début."
    ]
    assert said(replace(version(flat(1)), last=SEPTEMBER)) == []


def test_a_refusal_says_everything_at_once() -> None:
    ensure_valid(version(flat(1)))
    with pytest.raises(Refused) as refused:
        ensure_valid(version(band(1, "0", "622"), band(2, "623", None)))
    assert "622,50" in refused.value.sentence
    assert "sans quotient connu" in refused.value.sentence


# -- laws ---------------------------------------------------------------------------

QUOTIENTS = st.decimals(0, 3000, places=2)
BOUNDS = st.lists(st.decimals("0.01", 2500, places=2), min_size=1, max_size=6, unique=True).map(sorted)


def partition(bounds: list[Decimal]) -> list[TariffRow]:
    starts, ends = [None, *bounds], [*bounds, None]
    return [band(i, start, end) for i, (start, end) in enumerate(zip(starts, ends, strict=True), 1)]


def facts(quotient: Decimal | None, resident: bool = True) -> Facts:
    return Facts(SEPTEMBER, quotient, "", resident)


@given(BOUNDS, st.lists(QUOTIENTS, max_size=8), st.randoms())
def test_a_partition_is_accepted_and_each_quotient_matches_one_row(bounds, quotients, random) -> None:  # type: ignore[no-untyped-def]
    rows = [*partition(bounds), unknown()]
    random.shuffle(rows)
    assert check_version(version(*rows)) == []
    for quotient in [*quotients, *bounds, Decimal(0), None]:
        assert sum(matches(row, facts(quotient)) for row in rows) == 1


@given(BOUNDS, st.data())
def test_dropping_a_row_leaves_a_hole(bounds, data) -> None:  # type: ignore[no-untyped-def]
    rows = [*partition(bounds), unknown()]
    del rows[data.draw(st.integers(0, len(rows) - 1))]
    assert any("Aucune ligne ne couvre" in sentence for sentence in check_version(version(*rows)))


@given(BOUNDS, st.decimals(-50, 50, places=2).filter(bool), st.data())
def test_moving_one_side_of_a_boundary_gives_a_complaint(bounds, move, data) -> None:  # type: ignore[no-untyped-def]
    rows = partition(bounds)
    index = data.draw(st.integers(0, len(bounds) - 1))
    moved = bounds[index] + move
    assume(moved > 0)
    rows[index] = replace(rows[index], qf_to=moved)
    assert check_version(version(*rows, unknown())) != []


ROWS = st.lists(
    st.builds(
        lambda start, length, no_quotient, resident: TariffRow(
            position=1,
            label="x",
            qf_from=None if no_quotient or start is None else Decimal(start),
            qf_to=None if no_quotient or length is None else Decimal((start or 0) + length),
            no_quotient=no_quotient,
            resident=resident,
            amount_cents=100,
        ),
        st.none() | st.integers(0, 4),
        st.none() | st.integers(1, 3),
        st.booleans(),
        st.none() | st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@given(ROWS, st.none() | st.decimals(0, 8, places=2), st.booleans())
def test_the_check_agrees_with_the_engine(rows, quotient, resident) -> None:  # type: ignore[no-untyped-def]
    """Without a named hole every family finds a row; with one, the example given finds none."""
    tariff = version(*rows)
    if any("Aucune ligne" in sentence for sentence in check_version(tariff)):
        candidates = [None, *(Decimal(n) / 2 for n in range(220))]
        uncovered = [q for q in candidates for home in (True, False) if not _covered(rows, q, home)]
        assert uncovered
    else:
        assert price(tariff, facts(quotient, resident)).row in rows


def _covered(rows: list[TariffRow], quotient: Decimal | None, resident: bool) -> bool:
    return any(matches(row, facts(quotient, resident)) for row in rows)


def test_a_tariff_of_thousands_of_rows_is_refused_at_once():
    assert said(version(*(flat(position) for position in range(10_000)))) == [
        "Ce tarif a 10000 lignes : 200 au plus."
    ]
