"""« de » before a name (`de Noé`, `d’Éloïse`), the article before an activity (`la cantine`)."""

from __future__ import annotations

from rules.folding import fold

FEMININE = ("cantine", "garderie", "pause", "restauration", "ludotheque", "navette")
MASCULINE = (
    "centre",
    "club",
    "gouter",
    "mercredi",
    "midi",
    "periscolaire",
    "repas",
    "service",
    "soir",
    "stage",
)
ELIDED = ("accompagnement", "accueil", "aide", "alsh", "atelier", "ecole", "etude")

SILENT = "aeiouh"  # a first name's h is silent in most cases: d’Hugo, d’Hélène


def of_name(name: str) -> str:
    """The name after « de », elided before a vowel or an h, whatever its accents."""
    start = fold(name)[:1]
    return f"d’{name}" if start and start in SILENT else f"de {name}"


def the_activity(name: str) -> str:
    """An activity after its article, as said in a sentence: `la cantine`, `l’étude surveillée`.

    A name that begins otherwise is quoted: `« Piscine »`.
    """
    start, said = fold(name).split(" ", 1)[0], name[:1].lower() + name[1:]
    if start in FEMININE:
        return f"la {said}"
    if start in MASCULINE:
        return f"le {said}"
    return f"l’{said}" if start in ELIDED else f"«\u00a0{name}\u00a0»"
