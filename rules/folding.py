"""Folding text so that a search ignores case, accents, ligatures and punctuation."""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"}
)
_NOT_WORD = re.compile(r"[^0-9a-z@.]+")


def fold(text: str) -> str:
    """`"Éloïse N’Guyen-Œuf"` becomes `"eloise n guyen oeuf"`."""
    bare = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    bare = "".join(c for c in bare if not unicodedata.combining(c)).lower()
    return _NOT_WORD.sub(" ", bare).strip()


def slug(text: str) -> str:
    """The same, fit for a URL: `"Garderie du soir"` becomes `"garderie-du-soir"`."""
    return re.sub(r"[^0-9a-z]+", "-", fold(text)).strip("-")
