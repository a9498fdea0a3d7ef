"""A second reading of the deadlines, written to be obvious and slow: it shares no code with the engine.

It never computes a cut-off by arithmetic. It walks days one by one on its own calendar (the official
rows, Easter by the computus), and finds an instant by reading the clocks of Paris minute by minute.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from vacances_scolaires_france import SchoolHolidayDates

from rules.deadline_rules import DeadlineRule

CLOCKS = ZoneInfo("Europe/Paris")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST_KNOWN = date(2026, 9, 1)
MONDAY, WEDNESDAY, SATURDAY, SUNDAY = 0, 2, 5, 6


# -- the calendar -----------------------------------------------------------------------


@cache
def off_days(zone: str) -> tuple[frozenset[date], frozenset[date]]:
    """The school holidays of a zone, and its Ascension bridges (nobody is there either)."""
    rows = {
        day: row["nom_vacances"]
        for year in (2026, 2027, 2028)
        for day, row in SchoolHolidayDates().holidays_for_year_and_zone(year, zone).items()
    }
    bridges = {day for day, name in rows.items() if "Pont" in name}
    return frozenset(rows.keys() - bridges), frozenset(bridges)


@cache
def public_days(year: int) -> frozenset[date]:
    """The eleven jours fériés: eight fixed, three that follow Easter."""
    fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]
    sunday = easter(year)
    return frozenset(
        [date(year, month, day) for month, day in fixed]
        + [sunday + timedelta(days=later) for later in (1, 39, 50)]
    )


def easter(year: int) -> date:
    """The anonymous Gregorian computus."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


class Town:
    """Four school days in a zone, and what is known of its two school years."""

    def __init__(self, zone: str) -> None:
        self.holidays, self.bridges = off_days(zone)

    def is_public(self, day: date) -> bool:
        return day in public_days(day.year)

    def has_school(self, day: date) -> bool:
        """Before September 2026 nothing is known: working days stand in."""
        if day < FIRST_KNOWN:
            return day.weekday() < SATURDAY and not self.is_public(day)
        at_school = day.weekday() not in (WEDNESDAY, SATURDAY, SUNDAY)
        return at_school and day not in self.holidays | self.bridges and not self.is_public(day)

    def is_school_day(self, day: date) -> bool:
        """The same, but a day that is not known is not a day of school."""
        return day >= FIRST_KNOWN and self.has_school(day)

    def counts(self, unit: str, day: date) -> bool:
        if unit in ("calendar", "clear"):
            return True
        if unit in ("school", "service"):
            return self.has_school(day)
        most = SUNDAY if unit == "workable" else SATURDAY
        return day.weekday() < most and (unit == "weekdays" or not self.is_public(day))


# -- instants ---------------------------------------------------------------------------


@cache
def clock_of(day: date) -> list[tuple[datetime, date, int]]:
    """Each minute from the day before to the day after, in UTC, with what the clocks of Paris show."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=6)
    shown = []
    for n in range(36 * 60):
        instant = start + n * MINUTE
        local = instant.astimezone(CLOCKS)
        shown.append((instant, local.date(), local.hour * 60 + local.minute))
    return shown


@cache
def first_time(day: date, minute: int) -> datetime:
    """The first instant when the clocks of Paris show that minute of that day.

    1440 is the next midnight. A minute that is skipped comes as long after the hour before it as if
    the clocks had not moved.
    """
    if minute == 1440:
        return first_time(day + DAY, 0)
    for instant, shown_day, shown in clock_of(day):
        if (shown_day, shown) == (day, minute):
            return instant
    return first_time(day, minute - 60) + timedelta(hours=1)


# -- the rules --------------------------------------------------------------------------


class Oracle:
    """Until when a day may change under a rule, read slowly. `starts_at`: a minute of the day."""

    def __init__(self, zone: str, starts_at: int) -> None:
        self.town, self.starts_at = Town(zone), starts_at

    def refused_from(self, rule: DeadlineRule, day: date) -> datetime:
        """The first refused instant, in UTC."""
        named = self.named(rule, day)
        end = first_time(day, 1440) if rule.after_start else first_time(day, self.starts_at)
        return named if named < end else end

    def named(self, rule: DeadlineRule, day: date) -> datetime:
        if rule.kind == "hours_before":
            return self.hours_before(rule, day)
        named_day, minute = self.named_day(rule, day)
        named_day = self.moved(rule, named_day)
        if minute in (1439, 1440):
            return first_time(named_day, 1440)
        return first_time(named_day, minute) + (MINUTE if rule.inclusive else timedelta())

    def named_day(self, rule: DeadlineRule, day: date) -> tuple[date, int]:
        minute = rule.minute_of_day or 0
        if rule.kind == "same_day":
            return day, minute
        if rule.kind == "weekly":
            return self.weekday_of_week(day, rule.weekday or 1, rule.weeks or 0), minute
        if rule.kind == "by_weekday":
            [row] = [row for row in rule.weekday_rows if row.service_weekday == day.isoweekday()]
            found = day - DAY
            while found.isoweekday() != row.weekday:
                found -= DAY
            return found - row.weeks * 7 * DAY, row.minute_of_day
        if rule.kind == "month_dates":
            return self.day_of_month(rule, day), minute
        return self.days_before(rule, day), minute

    def weekday_of_week(self, day: date, weekday: int, weeks: int) -> date:
        while day.weekday() != MONDAY:
            day -= DAY
        for _ in range(weeks * 7):
            day -= DAY
        while day.isoweekday() != weekday:
            day += DAY
        return day

    def day_of_month(self, rule: DeadlineRule, day: date) -> date:
        for _ in range(rule.months or 0):
            day = day.replace(day=1) - DAY
        found = day.replace(day=1)
        while found.day < (rule.day_of_month or 1) and (found + DAY).month == found.month:
            found += DAY
        while rule.weekday is not None and found.isoweekday() != rule.weekday:
            found -= DAY
        return found

    def days_before(self, rule: DeadlineRule, day: date) -> date:
        start = self.reference(rule.reference, day)
        wanted = (rule.amount or 0) + (rule.unit == "clear")
        candidate = start
        while self.counted(str(rule.unit), candidate, start) < wanted:
            candidate -= DAY
        return candidate

    def counted(self, unit: str, first: date, after: date) -> int:
        """How many days of that unit there are from the first, included, to the other, excluded."""
        found = 0
        while first < after:
            found += self.town.counts(unit, first)
            first += DAY
        return found

    def reference(self, reference: str, day: date) -> date:
        if reference == "week":
            return self.weekday_of_week(day, 1, 0)
        if reference == "month":
            return day.replace(day=1)
        if reference == "period":
            while day - DAY not in self.town.holidays and day - DAY >= FIRST_KNOWN:
                day -= DAY
        if reference == "year":
            while (day.month, day.day) != (9, 1):
                day -= DAY
        return day

    def hours_before(self, rule: DeadlineRule, day: date) -> datetime:
        """Minute after minute backwards, those of the counted days alone."""
        instant, left = first_time(day, self.starts_at), (rule.amount or 0) * 60
        counts, here = self.town.counts(str(rule.unit), day), day
        while left:
            instant -= MINUTE
            local = (instant.astimezone(CLOCKS)).date()
            if local != here:
                here, counts = local, self.town.counts(str(rule.unit), local)
            left -= counts
        return instant + (MINUTE if rule.inclusive else timedelta())

    def moved(self, rule: DeadlineRule, day: date) -> date:
        how, town, start = rule.bring_back, self.town, day
        if how == "working":
            while day.weekday() >= SATURDAY or town.is_public(day):
                day -= DAY
            return day
        if how is None or (day not in town.holidays and (how != "closed" or town.is_school_day(day))):
            return day
        if how == "same_weekday":
            while day in town.holidays:
                day -= 7 * DAY
        else:
            while not town.is_school_day(day) and day >= FIRST_KNOWN:
                day -= DAY
        return day if day >= FIRST_KNOWN else start
