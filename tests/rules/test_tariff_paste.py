"""Tables pasted from a spreadsheet, or copied from a deliberation."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rules.refusals import Refused
from rules.tariff_paste import MOST_LINES, read_pasted

SPREADSHEET = """Tranche\tQF mini\tQF maxi\tPrix
Tranche 1\t0\t400\t1,45 €
Tranche 2\t400\t622,50\t2,30 €
Tranche 3\t622,50\t\t3,20 €
Hors commune\t\t\t6,90 €
Sans quotient\t\t\t3,20 €"""
IN_WORDS = """Quotient inférieur à 400 : 1,45 €
De 400 à moins de 1 250,50 : 2,30 €
1 250,50 et plus : 3,20 €
Extérieurs : 6,90 €
Quotient non communiqué : 3,20 €"""


def said(text: str) -> list[tuple[object, ...]]:
    return [
        (r.qf_from and str(r.qf_from), r.qf_to and str(r.qf_to), r.resident, r.no_quotient, r.amount_cents)
        for r in read_pasted(text)[0]
    ]


def test_a_spreadsheet():
    assert said(SPREADSHEET) == [
        (None, "400", None, False, 145),
        ("400", "622.50", None, False, 230),
        ("622.50", None, None, False, 320),
        (None, None, False, False, 690),
        (None, None, None, True, 320),
    ]
    assert [row.label for row in read_pasted(SPREADSHEET)[0]][:2] == ["Tranche 1", "Tranche 2"]


def test_sentences():
    assert said(IN_WORDS) == [
        (None, "400", None, False, 145),
        ("400", "1250.50", None, False, 230),
        ("1250.50", None, None, False, 320),
        (None, None, False, False, 690),
        (None, None, None, True, 320),
    ]


def test_an_upper_bound_included_becomes_the_next_lower_bound_and_is_told():
    rows, told = read_pasted("0;400;1,45\n401;622;2,30\n623;;3,20")
    assert [(row.qf_from, row.qf_to) for row in rows] == [
        (None, Decimal(401)), (Decimal(401), Decimal(623)), (Decimal(623), None),
    ]  # fmt: skip
    assert len(told) == 2


def test_a_page_copied_with_spaces_alone():
    text = "Tranche 1   0   400   1,45 €\nTranche 2 400 1 050 2,30 €\nTranche 3 plus de 1 050 3,20 €"
    assert [(low, high, cents) for low, high, _, _, cents in said(text)] == [
        (None, "400", 145), ("400", "1050", 230), ("1050", None, 320),
    ]  # fmt: skip


def test_several_columns_of_prices_are_refused():
    with pytest.raises(Refused, match="une colonne de prix à la fois"):
        read_pasted("Tranche 1;0;400;2,00;2,50")


def test_one_bound_a_line_is_its_end_unless_the_first_is_zero():
    assert [(low, high) for low, high, *_ in said("400;1,45\n622,50;2,30")] == [
        (None, "400"), (None, "622.50"),
    ]  # fmt: skip
    assert [(low, high) for low, high, *_ in said("0;1,45\n400;2,30\n622,50;3")] == [
        (None, None), ("400", None), ("622.50", None),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "bonjour", "Tranche\tPrix", "\n".join(["1;2"] * (MOST_LINES + 1))])
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(Refused):
        read_pasted(text)
