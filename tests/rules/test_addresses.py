"""Postal addresses."""

from __future__ import annotations

import pytest

from rules.addresses import PostalAddress
from rules.refusals import Refused


def test_a_foreign_postcode_is_free():
    assert PostalAddress("Rue du Lac 3", "1204", "Genève", country="Suisse").postcode == "1204"


@pytest.mark.parametrize(
    ("parts", "field", "sentence"),
    [
        ((" ", "42390", "Villars"), "street", "Indiquez le numéro et la rue."),
        (("3 rue des Acacias", "", "Villars"), "postcode", "Indiquez le code postal."),
        (("3 rue des Acacias", "42390", ""), "city", "Indiquez la commune de l’adresse."),
        (
            ("3 rue des Acacias", "4239", "Villars"),
            "postcode",
            "Le code postal « 4239 » doit avoir cinq chiffres.",
        ),
    ],
)
def test_an_address_lacks_nothing(parts: tuple[str, str, str], field: str, sentence: str):
    with pytest.raises(Refused) as refusal:
        PostalAddress(*parts)
    assert (refusal.value.field, refusal.value.sentence) == (field, sentence)
