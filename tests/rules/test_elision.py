"""« de » before a name."""

from __future__ import annotations

import pytest

from rules.elision import of_name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Noé", "de Noé"),
        ("Éloïse", "d’Éloïse"),
        ("Œdipe", "d’Œdipe"),
        ("Hugo", "d’Hugo"),
        ("Yanis", "de Yanis"),
        ("Ismaël", "d’Ismaël"),
        ("", "de "),
    ],
)
def test_of_name(name: str, said: str) -> None:
    assert of_name(name) == said
