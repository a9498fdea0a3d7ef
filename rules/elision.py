"""« de » before a name: `de Noé`, `d’Éloïse`."""

from __future__ import annotations

from rules.folding import fold

SILENT = "aeiouh"  # a first name's h is silent in most cases: d’Hugo, d’Hélène


def of_name(name: str) -> str:
    """The name after « de », elided before a vowel or an h, whatever its accents."""
    start = fold(name)[:1]
    return f"d’{name}" if start and start in SILENT else f"de {name}"
