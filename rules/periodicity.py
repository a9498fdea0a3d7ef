"""The same weekdays for a whole period: every week, or one week in n."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from rules.instants import monday_of
from rules.refusals import Refused

LONGEST = timedelta(days=366)


def repeated_days(weekdays: Iterable[int], every_weeks: int, first: date, until: date) -> list[date]:
    """The days from `first` to `until`, both included, that fall on these ISO weekdays, in order.

    Weeks run from Monday; the week of `first` counts, then one in `every_weeks`. Refused when no
    weekday is chosen, when the period ends before it begins, or when it lasts more than a year.
    """
    wanted = frozenset(weekdays)
    if not wanted:
        raise Refused("Choisissez au moins un jour de la semaine.", "jours")
    if until < first:
        raise Refused("La fin de la période vient avant son début.", "jusquau")
    if until - first > LONGEST:
        raise Refused("La période est trop longue : un an au plus.", "jusquau")
    start = monday_of(first)
    days = (first + timedelta(days=n) for n in range((until - first).days + 1))
    return [day for day in days if day.isoweekday() in wanted and _weeks(start, day) % every_weeks == 0]


def _weeks(start: date, day: date) -> int:
    return (day - start).days // 7
