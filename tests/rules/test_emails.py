"""E-mail addresses as they are kept."""

from __future__ import annotations

import pytest

from rules.emails import parse_email
from rules.refusals import Refused


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Claire.Martin@Villars.Example ", "claire.martin@villars.example"),
        ("o'neil+ecole@mairie.villars.fr", "o'neil+ecole@mairie.villars.fr"),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_kept_in_lower_case(typed: str | None, kept: str | None):
    assert parse_email(typed) == kept


@pytest.mark.parametrize(
    "typed", ["claire", "claire@", "claire@villars", "a b@villars.fr", "x@" + "a" * 250 + ".fr"]
)
def test_anything_else_is_refused(typed: str):
    with pytest.raises(Refused, match="n’est pas une adresse de courriel") as refusal:
        parse_email(typed, "email")
    assert refusal.value.field == "email"
