"""« de » before a name."""

from __future__ import annotations

import pytest

from rules.elision import of_name, the_activity


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


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Cantine", "la cantine"),
        ("Garderie du matin", "la garderie du matin"),
        ("Étude surveillée", "l’étude surveillée"),
        ("Accueil du soir", "l’accueil du soir"),
        ("Mercredi loisirs", "le mercredi loisirs"),
        ("Piscine", "«\u00a0Piscine\u00a0»"),
    ],
)
def test_an_activity_after_its_article(name, said):
    assert the_activity(name) == said
