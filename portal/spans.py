"""The month or the week that a calendar shows, and the rows of its table."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from operations.bookings import CalendarDay
from rules.instants import ONE_DAY, monday_of
from rules.wording import day_number, long_date, month_name, short_date

WEEKDAYS = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche")


@dataclass(frozen=True, slots=True)
class Span:
    """What is on screen: `mois=2026-10` or `semaine=2026-W41`."""

    by_week: bool
    first: date
    last: date

    @property
    def name(self) -> str:
        return "semaine" if self.by_week else "mois"

    @property
    def value(self) -> str:
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02d}" if self.by_week else f"{self.first:%Y-%m}"

    @property
    def title(self) -> str:
        if self.by_week:
            return f"Semaine du {short_date(self.first)} {self.first.year}"
        return month_name(self.first).capitalize()

    @property
    def query(self) -> dict[str, str]:
        return {self.name: self.value}

    @property
    def previous(self) -> Span:
        return (week_of if self.by_week else month_of)(self.first - ONE_DAY)

    @property
    def next(self) -> Span:
        return (week_of if self.by_week else month_of)(self.last + ONE_DAY)

    def other_view(self, day: date | None) -> Span:
        """The same time by week or by month; `day` chooses the week when it is on screen."""
        shown = day if day is not None and self.first <= day <= self.last else self.first
        return month_of(shown) if self.by_week else week_of(shown)


def month_of(day: date) -> Span:
    length = calendar.monthrange(day.year, day.month)[1]
    return Span(False, day.replace(day=1), day.replace(day=length))


def week_of(day: date) -> Span:
    monday = monday_of(day)
    return Span(True, monday, monday + 6 * ONE_DAY)


def read_span(month: str | None, week: str | None, default: date, *, by_week: bool = False) -> Span | None:
    """The span an address asks for; that of `default` when it asks for none; None when it is wrong."""
    try:
        if week is not None and (found := re.fullmatch(r"(2[0-9]{3})-W([0-9]{2})", week)):
            return week_of(date.fromisocalendar(int(found[1]), int(found[2]), 1))
        if month is not None and (found := re.fullmatch(r"(2[0-9]{3})-([0-9]{2})", month)):
            return month_of(date(int(found[1]), int(found[2]), 1))
    except (ValueError, OverflowError):
        return None
    if month is not None or week is not None:
        return None
    return week_of(default) if by_week else month_of(default)


# -- rows -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A week of the table. `days` has one entry per column, None for a day of another month."""

    monday: date
    days: Sequence[CalendarDay | None]

    @property
    def shown(self) -> list[CalendarDay]:
        return [day for day in self.days if day is not None]

    @property
    def closed(self) -> str | None:
        """Why the whole week is closed, when the reason is the same every day."""
        reasons = {day.short for day in self.shown if not day.asked}
        whole = len(reasons) == 1 and all(not day.asked and not day.open for day in self.shown)
        return reasons.pop() if whole else None

    @property
    def whose(self) -> str | None:
        """Under alternating custody, whether the week is ours; None otherwise, or when it changes midweek."""
        mine = {day.mine for day in self.shown if day.alternates}
        if len(mine) != 1:
            return None
        return "Votre semaine" if mine.pop() else "Semaine de l’autre parent"

    @property
    def cutoff(self) -> object | None:
        """The cut-off of the week, when all the days that have one share it."""
        cutoffs = {day.cutoff for day in self.shown if day.cutoff is not None}
        return cutoffs.pop() if len(cutoffs) == 1 else None

    @property
    def closes(self) -> object | None:
        """When all the open days of the row stop changing; None when they do not stop together."""
        cutoffs = {None if day.late else day.cutoff for day in self.shown if day.open}
        return cutoffs.pop() if len(cutoffs) == 1 else None

    @property
    def is_open(self) -> bool:
        return any(day.open for day in self.shown)

    @property
    def name(self) -> str:
        return f"Semaine du {short_date(self.monday)}"

    @property
    def period(self) -> str:
        first, last = self.shown[0].day, self.shown[-1].day
        if first == last:
            return f"Le {long_date(first)}"
        start = day_number(first) if first.month == last.month else short_date(first)
        return f"Du {start} au {short_date(last)}"


@dataclass(frozen=True, slots=True)
class Week:
    """A week of several children's table: one row per child, by child id."""

    rows: Mapping[int, Row]

    @property
    def first(self) -> Row:
        return next(iter(self.rows.values()))

    @property
    def closed(self) -> str | None:
        """Why the whole week is closed, when the reason is the same for all."""
        reasons = {row.closed for row in self.rows.values()}
        return reasons.pop() if len(reasons) == 1 else None

    @property
    def cutoff(self) -> object | None:
        """The cut-off of the week, when all the days that have one share it."""
        cutoffs = {day.cutoff for row in self.rows.values() for day in row.shown if day.cutoff is not None}
        return cutoffs.pop() if len(cutoffs) == 1 else None

    @property
    def is_open(self) -> bool:
        return any(row.is_open for row in self.rows.values())

    @property
    def name(self) -> str:
        return self.first.name

    @property
    def period(self) -> str:
        return self.first.period


def weeks_of(rows: Mapping[int, Sequence[Row]]) -> list[Week]:
    """The rows of several children, week by week; all have the same weeks."""
    return [Week(dict(zip(rows, week, strict=True))) for week in zip(*rows.values(), strict=True)]


def columns_of(days: Iterable[CalendarDay]) -> list[int]:
    """Monday to Friday, and Saturday or Sunday only when something runs or is booked then."""
    extra = {day.day.isoweekday() for day in days if day.open or day.asked}
    return [weekday for weekday in range(1, 8) if weekday <= 5 or weekday in extra]


def rows_of(days: Sequence[CalendarDay], columns: Sequence[int]) -> list[Row]:
    """One row per week that shows at least one column's day."""
    rows = []
    for monday, week in groupby(days, key=lambda each: monday_of(each.day)):
        by_weekday = {each.day.isoweekday(): each for each in week}
        row = Row(monday, [by_weekday.get(weekday) for weekday in columns])
        if row.shown:
            rows.append(row)
    return rows


def weekday_names(columns: Sequence[int]) -> list[str]:
    return [WEEKDAYS[weekday - 1] for weekday in columns]


def school_year_end(day: date, years: Iterable[tuple[date, date]]) -> date:
    """The last day of the school year of that day, or of the next one; a year later failing both."""
    ends = [last for _, last in years if last >= day]
    return min(ends, default=day + timedelta(days=365))
