"""French spaces: what stands before a high punctuation mark stays on its line."""

from __future__ import annotations

import re

from rules.money import NBSP

_BEFORE = re.compile(r' (?=[:;?!»](?:[\s<"]|$))')
_AFTER = re.compile(r"(?<=«) ")


def held(text: str) -> str:
    """No line starts with a colon, or ends with an opening quote (Imprimerie nationale)."""
    return _AFTER.sub(NBSP, _BEFORE.sub(NBSP, text))
