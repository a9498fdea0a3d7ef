"""A stored value with the label that people read."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeVar

Member = TypeVar("Member", bound="Labelled")


class Labelled(StrEnum):
    """A stored value with its French label: `Situation.NO_SHOW.label`."""

    label: str

    def __new__(cls, value: str, label: str) -> Labelled:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


def in_order(values: Iterable[Any]) -> list[Any]:
    """Values as people read them: members in the order of their list, numbers by size."""
    return sorted(values, key=lambda v: list(type(v)).index(v) if isinstance(v, Labelled) else v)


def member_of(members: type[Member], value: str) -> Member:
    """The member stored as that value. Raises ValueError when there is none."""
    return members(value)  # type: ignore[call-arg]
