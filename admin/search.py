"""Search on the stored folded columns: no case, no accents, every word must match somewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from rules.folding import fold

LONGEST = 100
# A dotted path to a column, or what makes a condition from a word when no relationship leads there.
Path = str | Callable[[str], Any]
_PHONE = re.compile(r"[\s.\-/]*(?:\d[\s.\-/]*){4,}")


def criteria(table: Any, paths: Sequence[Path], typed: str) -> list[Any]:
    """One condition per word typed, each looking in every path: `search_text`, `guardians.search_text`.

    A telephone or an invoice number is found with or without its spaces and dashes.
    """
    typed = typed[:LONGEST]
    if _PHONE.fullmatch(typed):
        digits = re.sub(r"\D", "", typed)
        return [sa.or_(*(_condition(table, path, digits, spaceless=True) for path in paths))]
    return [
        sa.or_(*(_condition(table, path, word, spaceless=False) for path in paths))
        for word in fold(typed).split()
    ]


def _condition(table: Any, path: Path, word: str, *, spaceless: bool) -> Any:
    if callable(path):
        return path(word)
    return _reach(table, path.split("."), word, spaceless=spaceless)


def _reach(table: Any, path: Sequence[str], word: str, *, spaceless: bool) -> Any:
    """The condition on a column, through as many relationships as the path names (EXISTS, no joins)."""
    attribute = getattr(table, path[0])
    if len(path) == 1:
        column = sa.func.lower(attribute) if path[0] != "search_text" else attribute
        column = sa.func.replace(sa.func.replace(column, " ", ""), "-", "") if spaceless else column
        return column.contains(word, autoescape=True)
    inner = _reach(attribute.property.mapper.class_, path[1:], word, spaceless=spaceless)
    return attribute.any(inner) if attribute.property.uselist else attribute.has(inner)
