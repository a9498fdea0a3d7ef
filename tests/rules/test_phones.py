"""Telephone numbers as people write them."""

from __future__ import annotations

import pytest

from rules.phones import format_phone, parse_phone
from rules.refusals import Refused


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("06 12 34 56 78", "0612345678", "06 12 34 56 78"),
        ("06.12.34.56.78", "0612345678", "06 12 34 56 78"),
        (" 0612345678 ", "0612345678", "06 12 34 56 78"),
        ("+33 6 12 34 56 78", "0612345678", "06 12 34 56 78"),
        ("0033612345678", "0612345678", "06 12 34 56 78"),
        ("04-77-00-00-01", "0477000001", "04 77 00 00 01"),
        ("06 39 98 00 12", "0639980012", "06 39 98 00 12"),  # kept by Arcep for fiction
        ("+41 79 123 45 67", "+41791234567", "+41 79 123 45 67"),
        ("+39 06 6982 1234", "+390669821234", "+39 06 6982 1234"),
    ],
)
def test_a_number_is_kept_in_one_form(typed: str, kept: str, shown: str):
    assert parse_phone(typed) == kept
    assert format_phone(kept) == shown
    assert parse_phone(shown) == kept


@pytest.mark.parametrize("typed", ["", "   ", None])
def test_nothing_stays_nothing(typed: str | None):
    assert parse_phone(typed) is None
    assert format_phone(None) == ""


@pytest.mark.parametrize(
    "typed", ["12345", "0000000000", "06 12 34 56", "06O1234567", "bureau", "061234567899"]
)
def test_anything_else_is_refused_on_its_field(typed: str):
    with pytest.raises(Refused) as refusal:
        parse_phone(typed, "mobile_phone")
    assert (
        refusal.value.sentence == f"« {typed} » n’est pas un numéro de téléphone. Exemple : 06 12 34 56 78."
    )
    assert refusal.value.field == "mobile_phone"
