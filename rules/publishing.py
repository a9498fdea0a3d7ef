"""When a text of the town hall is on show: a draft until it is dated, then from its first to its last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.wording import long_date


class Stage(StrEnum):
    DRAFT = "draft"
    COMING = "coming"
    ON_SHOW = "on_show"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Showing:
    """Where a text stands on a day; `words` is what staff read, on the lists and over a preview."""

    stage: Stage
    words: str

    @property
    def is_on_show(self) -> bool:
        return self.stage is Stage.ON_SHOW


def showing(first: date | None, last: date | None, today: date, *, is_published: bool = True) -> Showing:
    """Both days are included. A page needs no first day, only to be published."""
    if not is_published:
        return Showing(Stage.DRAFT, "Brouillon")
    if first is not None and first > today:
        return Showing(Stage.COMING, f"Paraît le {long_date(first)}")
    if last is not None and last < today:
        return Showing(Stage.OVER, f"Retirée depuis le {long_date(last)}")
    return Showing(Stage.ON_SHOW, "En ligne")
