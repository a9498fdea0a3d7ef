"""Filters of the lists: drawn by the server in one plain form, each with its name in the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from flask_admin.model.filters import BaseFilter

from admin.conversion import rows_of
from rules.instants import local_midnight

YES_NO = (("oui", "Oui"), ("non", "Non"))


class Filter(BaseFilter):
    """`criterion` turns the value chosen into a condition; `choices` lists the values, if they are few."""

    def __init__(
        self,
        slug: str,
        label: str,
        criterion: Callable[[Any], Any],
        *,
        clean: Callable[[str], Any] = str,
        choices: Callable[[], Sequence[tuple[str, str]]] | None = None,
        kind: str = "select",
    ) -> None:
        super().__init__(label)
        self.slug, self.kind = slug, kind
        self.criterion, self.cleaner, self.choices = criterion, clean, choices

    def clean(self, value: str) -> Any:
        return self.cleaner(value)

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        return query.filter(self.criterion(value))

    def operation(self) -> str:
        return self.name


def among(slug: str, label: str, column: Any, listed: type[StrEnum]) -> Filter:
    """Rows whose column has that value of a closed list."""
    choices = [(member.value, member.label) for member in listed]  # type: ignore[attr-defined]
    return Filter(slug, label, lambda value: column == value, clean=listed, choices=lambda: choices)


def one_of(slug: str, label: str, table: Any, criterion: Callable[[int], Any]) -> Filter:
    """Rows linked to that row of a short table: a school, an activity."""
    return Filter(
        slug, label, criterion, clean=_number, choices=lambda: [(str(r.id), str(r)) for r in rows_of(table)]
    )


def yes_no(slug: str, label: str, criterion: Any) -> Filter:
    """Rows for which the criterion holds, or the others."""
    return Filter(
        slug, label, lambda yes: criterion if yes else ~criterion, clean=_yes, choices=lambda: YES_NO
    )


def since(slug: str, label: str, column: Any) -> Filter:
    return Filter(slug, label, lambda day: column >= day, clean=date.fromisoformat, kind="date")


def since_instant(slug: str, label: str, column: Any) -> Filter:
    """The same on a column of instants: from the first one of that day in Paris."""
    return Filter(
        slug, label, lambda day: column >= local_midnight(day), clean=date.fromisoformat, kind="date"
    )


def until(slug: str, label: str, column: Any) -> Filter:
    return Filter(slug, label, lambda day: column <= day, clean=date.fromisoformat, kind="date")


def month(slug: str, label: str, column: Any) -> Filter:
    """Rows of that month, where the column is its first day."""
    return Filter(slug, label, lambda day: column == day, clean=_month, kind="month")


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise ValueError(text)
    return int(text)


def _yes(text: str) -> bool:
    return {"oui": True, "non": False}[text] if text in ("oui", "non") else _refuse(text)


def _refuse(text: str) -> bool:
    raise ValueError(text)
