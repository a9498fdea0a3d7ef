"""Until when a day may be justified, before anybody has said why the child was away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rules.absences import AbsencePolicy, last_day_before, limit_to_justify
from rules.instants import to_utc
from rules.school_calendar import Place, SchoolCalendar


@dataclass(frozen=True, slots=True)
class Window:
    """The most that the règlement leaves for one day; `limit` is the first instant too late (None: none)."""

    limit: datetime | None

    def is_open(self, now: datetime) -> bool:
        return self.limit is None or to_utc(now) < to_utc(self.limit)

    @property
    def last_day(self) -> date | None:
        return last_day_before(self.limit) if self.limit else None


def window_of(
    policies: Sequence[AbsencePolicy], day: date, calendar: SchoolCalendar, place: Place, starts_at: int = 0
) -> Window | None:
    """The window of an absence of that one day, by the policy that leaves the longest.

    None when no policy takes anything off: there is nothing to justify.
    """
    takers = [each for each in policies if each.covers(day) and not each.never]
    limits = [limit_to_justify(each, day, calendar, place, starts_at) for each in takers]
    if not limits:
        return None
    ends = [limit for limit in limits if limit is not None]
    return Window(max(ends, key=to_utc) if len(ends) == len(limits) else None)
