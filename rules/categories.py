"""Family categories: dated tags that a tariff's conditions may ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CategoryFact:
    """A family has this tag (« commune conventionnée ») from a day to a day, both included."""

    name: str
    first: date
    last: date | None = None


def categories_on(facts: Iterable[CategoryFact], day: date) -> frozenset[str]:
    """The names of the tags in force on that day."""
    return frozenset(
        fact.name for fact in facts if fact.first <= day and (fact.last is None or day <= fact.last)
    )
