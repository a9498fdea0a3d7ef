"""docs/accessibilite.md: the 106 criteria of the RGAA are counted; the contrasts that axe leaves out."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "accessibilite.md"
COLOUR = re.compile(r"--([\w-]+): #([0-9a-f]{6});")
CRITERIA = {1: 9, 2: 2, 3: 3, 4: 13, 5: 8, 6: 2, 7: 5, 8: 10, 9: 4, 10: 14, 11: 13, 12: 11, 13: 12}


def test_the_count_is_that_of_the_rows():
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+)\.(\d+) \|.*\| (C|P|A|NA) \|", text, re.MULTILINE)
    expected = [(theme, number + 1) for theme, most in CRITERIA.items() for number in range(most)]
    assert [(int(theme), int(number)) for theme, number, _ in rows] == expected
    counts = Counter(state for *_, state in rows)
    assert f"{counts['C']} C, {counts['P']} P, {counts['A']} A, {counts['NA']} NA." in text


def test_what_is_not_text_stands_out_too():
    """RGAA 3.3: 3:1 for the edge of a field, the outline of what has the focus, the line of an error."""
    light, dark = (dict(COLOUR.findall(half)) for half in _halves())
    for palette in (light, {**light, **dark}):
        for line in ("focus", "line-strong", "accent", "danger-line", "changed-line"):
            for ground in ("page", "surface"):
                assert _contrast(palette[line], palette[ground]) >= 3, (line, ground, palette[line])
        assert _contrast(_on_bands(), palette["brand"]) >= 3


def _halves() -> list[str]:
    text = (ROOT / "static" / "tokens.css").read_text(encoding="utf-8")
    halves = re.sub(r"\.site-header.*", "", text).split("@media (prefers-color-scheme: dark)")
    assert len(halves) == 2
    return halves


def _on_bands() -> str:
    text = (ROOT / "static" / "tokens.css").read_text(encoding="utf-8")
    return COLOUR.findall(text[text.index(".site-header") :])[0][1]


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """As WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
