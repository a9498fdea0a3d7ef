"""Cells as people type them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import import_cells as cells
from rules.refusals import Refused
from rules.vocabulary import Civility, Level, QuotientSource, Relation


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("04/05/2018", date(2018, 5, 4)),
        ("4/5/2018", date(2018, 5, 4)),
        ("04.05.2018", date(2018, 5, 4)),
        ("04-05-2018", date(2018, 5, 4)),
        ("2018-05-04", date(2018, 5, 4)),
        ("2018-05-04 00:00:00", date(2018, 5, 4)),
        ("29/02/2020", date(2020, 2, 29)),
        ("", None),
    ],
)
def test_dates(text: str, day: date | None):
    assert cells.read_date(text, "depuis") == day


@pytest.mark.parametrize(
    "text", ["29/02/2021", "31/04/2020", "04/05/18", "2018/05/04", "mai 2018", "00/01/2018"]
)
def test_what_is_not_a_date(text: str):
    with pytest.raises(Refused, match="n’est pas une date") as refusal:
        cells.read_date(text, "depuis")
    assert refusal.value.field == "depuis"


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_every_date_is_read_in_both_forms(day: date):
    assert cells.read_date(day.isoformat(), "depuis") == cells.read_date(f"{day:%d/%m/%Y}", "depuis") == day


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("512,50", "512.50"),
        ("512.5", "512.5"),
        ("1 250", "1250"),
        ("1\u202f250,5", "1250.5"),
        ("0", "0"),
    ],
)
def test_quotients(text: str, value: str):
    assert cells.read_quotient(text, "quotient") == Decimal(value)


@pytest.mark.parametrize("text", ["5O2", "512,505", "-3", "512 €", "QF 3", "1e3", "12,"])
def test_what_is_not_a_quotient(text: str):
    with pytest.raises(Refused, match="n’est pas un quotient : des chiffres"):
        cells.read_quotient(text, "quotient")


def test_words_forgive_case_accents_and_points():
    assert cells.read_civility("MADAME", "c") is Civility.MME
    assert cells.read_civility("M.", "c") is Civility.M
    assert cells.read_relation("Belle-Mère", "l") is Relation.STEP_PARENT
    assert cells.read_relation("", "l") is Relation.OTHER
    assert cells.read_level("Petite section", "n") is Level.PS
    assert cells.read_source("impôts", "o") is QuotientSource.TAX
    assert cells.read_yes("OUI", "p") is True
    assert cells.read_yes("", "p") is None


def test_an_unknown_word_is_refused_with_what_is_expected():
    with pytest.raises(Refused) as refusal:
        cells.read_yes("peut-être", "resp1_payeur")
    assert refusal.value.sentence == "« peut-être » n’est pas prévu ici : oui ou non."
    assert refusal.value.field == "resp1_payeur"


def test_a_class_of_two_levels_is_named_after_none():
    assert cells.known_level("CP") is Level.CP
    assert cells.known_level("CE1-CE2") is None


def test_several_names_stand_in_one_cell():
    assert cells.read_names("Cantine, Garderie du soir ; Étude") == ("Cantine", "Garderie du soir", "Étude")
    assert cells.read_names("") == ()
