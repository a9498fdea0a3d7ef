"""On a phone, no line starts with a colon: the space before it does not break."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from app import FrenchSpaces
from rules.typography import held


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Contacts : tout est-il exact ?", "Contacts\u00a0: tout est-il exact\u00a0?"),
        ("Pas d’imprimante ?<br>", "Pas d’imprimante\u00a0?<br>"),
        ("dites « Oui » à la question", "dites «\u00a0Oui\u00a0» à la question"),
        ('data-confirm="Retirer ?"', 'data-confirm="Retirer\u00a0?"'),
        ("à 23:59, le <!-- mot -->", "à 23:59, le <!-- mot -->"),
        ("a ; b", "a\u00a0; b"),
    ],
)
def test_what_stands_before_a_high_mark_does_not_break(typed: str, read: str) -> None:
    assert held(typed) == read


def test_templates_are_held_when_compiled_and_values_are_left_alone() -> None:
    page = Environment(extensions=[FrenchSpaces]).from_string("{{ name }} : {% if name %}oui ?{% endif %}")
    assert page.render(name="a : b") == "a : b\u00a0: oui\u00a0?"
