"""The documents of the town hall: a PDF by its content, and a link that says what will be downloaded."""

from __future__ import annotations

from rules.refusals import Refused

MOST_BYTES = 10 * 1024 * 1024
_KILO = 1024


def ensure_pdf(content: bytes) -> None:
    """Refused unless this is a whole PDF of at most 10 MB, whatever its name says."""
    if not content:
        raise Refused("Ce fichier est vide.", "file")
    if len(content) > MOST_BYTES:
        raise Refused(f"Ce fichier pèse {size_in_words(len(content))} : 10 Mo au plus.", "file")
    if not content.startswith(b"%PDF-"):
        raise Refused("Ce fichier n’est pas un PDF : enregistrez-le au format PDF, puis recommencez.", "file")
    if b"%%EOF" not in content[-2048:]:
        raise Refused("Ce PDF est incomplet : il s’est coupé en route. Envoyez-le de nouveau.", "file")
    if b"/Encrypt" in content:
        raise Refused(
            "Ce PDF est protégé par un mot de passe : un lecteur d’écran ne pourrait pas le lire. "
            "Enregistrez-le sans protection.",
            "file",
        )


def size_in_words(size: int) -> str:
    """`87 Ko`, `1,4 Mo`: what RGAA 13.3 asks a link to a file to say, with its format."""
    kilos = max(1, (size + _KILO // 2) // _KILO)
    if kilos < _KILO:
        return f"{kilos} Ko"
    tenths = (kilos * 10 + _KILO // 2) // _KILO
    return f"{tenths // 10},{tenths % 10} Mo" if tenths % 10 else f"{tenths // 10} Mo"
