"""Laws that every cut-off obeys, and a second reading of `days before`, day by day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from rules.deadlines import Circumstances, DeadlineRule, Terms, cutoff, judge
from rules.instants import local_midnight, to_utc
from rules.school_calendar import Closure
from rules.vocabulary import BringBack, Change, DayUnit, DeadlineKind, WhenLate
from tests.rules.villars import FIRST_DAY, FOUR_DAYS, LUNCH, PUBLIC_HOLIDAYS, SCHOOL_HOLIDAYS, calendar

STRIKE = date(2026, 12, 1)
VILLARS = calendar([Closure("Grève", STRIKE, STRIKE)])
# Far enough in the year for every count of days of service to stay inside it.
days = st.dates(date(2026, 9, 1), date(2027, 7, 2))
minutes = st.integers(0, 1440)
SECOND = timedelta(seconds=1)
LEA = Circumstances(LUNCH)
any_bring_back = st.none() | st.sampled_from(BringBack)


def weekly_rules(bring_back: st.SearchStrategy[BringBack | None]) -> st.SearchStrategy[DeadlineRule]:
    return st.builds(
        DeadlineRule,
        kind=st.just(DeadlineKind.WEEKLY),
        change=st.none(),
        first=st.just(date(2020, 1, 1)),
        weekday=st.integers(1, 7),
        weeks=st.integers(1, 4),
        minute_of_day=minutes,
        inclusive=st.booleans(),
        bring_back=bring_back,
        when_late=st.sampled_from(WhenLate),
    )


def days_before_rules(bring_back: st.SearchStrategy[BringBack | None]) -> st.SearchStrategy[DeadlineRule]:
    return st.builds(
        DeadlineRule,
        kind=st.just(DeadlineKind.DAYS_BEFORE),
        change=st.none(),
        first=st.just(date(2020, 1, 1)),
        amount=st.integers(1, 20),
        unit=st.sampled_from(DayUnit),
        minute_of_day=minutes,
        inclusive=st.booleans(),
        bring_back=bring_back,
        when_late=st.sampled_from(WhenLate),
    )


any_rule = weekly_rules(any_bring_back) | days_before_rules(any_bring_back)


def limit_of(rule: DeadlineRule, day: date) -> datetime:
    limit = cutoff(rule, day, VILLARS, LUNCH, 720)
    assert limit is not None
    return to_utc(limit)


@given(any_rule, days)
def test_a_cutoff_is_never_after_the_service_day_begins(rule: DeadlineRule, day: date) -> None:
    assert limit_of(rule, day) <= to_utc(local_midnight(day))


@given(any_rule, days, st.integers(0, 60))
def test_a_later_day_never_has_an_earlier_cutoff(rule: DeadlineRule, day: date, more: int) -> None:
    assert limit_of(rule, day) <= limit_of(rule, day + timedelta(days=more))


@given(weekly_rules(any_bring_back), days)
def test_all_days_of_an_iso_week_share_the_weekly_cutoff(rule: DeadlineRule, day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    limits = {limit_of(rule, monday + timedelta(days=offset)) for offset in range(7)}
    assert limits == {limit_of(rule, day)}


@given(any_rule, days)
def test_bringing_back_never_gives_more_time(rule: DeadlineRule, day: date) -> None:
    values = {name: getattr(rule, name) for name in DeadlineRule.__slots__}
    brought = DeadlineRule(**{**values, "bring_back": BringBack.HOLIDAYS})
    plain = DeadlineRule(**{**values, "bring_back": None})
    assert limit_of(brought, day) <= limit_of(plain, day)


@given(any_rule, days, st.integers(-200_000, 200_000), st.sampled_from(Change))
def test_judge_agrees_with_the_cutoff(rule: DeadlineRule, day: date, seconds: int, change: Change) -> None:
    limit = limit_of(rule, day)
    now = limit + timedelta(seconds=seconds)
    verdict = judge(Terms([rule]), change, day, VILLARS, LEA, now)
    if not VILLARS.is_service_day(day, LUNCH):
        assert (verdict.allowed, verdict.late) == (False, False)
        return
    accepts = rule.when_late is WhenLate.ACCEPT and now < to_utc(local_midnight(day))
    assert verdict.late is (now >= limit)
    assert verdict.allowed is (now < limit or accepts)
    assert (verdict.why is None) is (now < limit)


@given(any_rule, days)
def test_one_second_decides(rule: DeadlineRule, day: date) -> None:
    if VILLARS.is_service_day(day, LUNCH):
        limit = limit_of(rule, day)
        assert not judge(Terms([rule]), Change.BOOK, day, VILLARS, LEA, limit - SECOND).late
        assert judge(Terms([rule]), Change.BOOK, day, VILLARS, LEA, limit).late


# -- days before, read another way --------------------------------------------------

PUBLIC = {each.first for each in PUBLIC_HOLIDAYS}
OFF = {
    each.first + timedelta(days=i)
    for each in SCHOOL_HOLIDAYS
    for i in range((each.last - each.first).days + 1)
}
BRIDGE_DAYS = {date(2027, 5, 7), date(2027, 5, 8)}


def serves(day: date) -> bool:
    if day < FIRST_DAY:
        return day.strftime("%w") not in "06"
    closed = day in PUBLIC | OFF | BRIDGE_DAYS or day == STRIKE
    return day.weekday() + 1 in FOUR_DAYS and not closed


def days_between(earlier: date, later: date) -> list[date]:
    """Every day from the first, included, to the second, excluded."""
    return [earlier + timedelta(days=i) for i in range((later - earlier).days)]


def oracle(unit: DayUnit, amount: int, service_day: date) -> date:
    """The latest day such that, from it to the service day, enough days of that unit are left."""
    for back in range(1, 400):
        candidate = service_day - timedelta(days=back)
        left = days_between(candidate, service_day)
        if unit is DayUnit.CLEAR:
            enough = len(left) - 1 >= amount
        elif unit is DayUnit.CALENDAR:
            enough = len(left) >= amount
        elif unit is DayUnit.WEEKDAYS:
            enough = sum(day.strftime("%w") not in "06" for day in left) >= amount
        elif unit is DayUnit.WORKABLE:
            enough = sum(day.strftime("%w") != "0" and day not in PUBLIC for day in left) >= amount
        elif unit is DayUnit.WORKING:
            enough = sum(day.strftime("%w") not in "06" and day not in PUBLIC for day in left) >= amount
        else:
            enough = sum(serves(day) for day in left) >= amount
        if enough:
            return candidate
    raise AssertionError("no day found within 400 days")


@given(days_before_rules(st.none()), days)
def test_days_before_agrees_with_a_count_from_the_other_end(rule: DeadlineRule, day: date) -> None:
    assert rule.unit is not None
    assert rule.amount is not None
    assert rule.minute_of_day is not None
    named = oracle(rule.unit, rule.amount, day)
    minute = rule.minute_of_day + (1 if rule.inclusive else 0)
    if rule.minute_of_day >= 1439:
        expected = datetime.combine(named + timedelta(days=1), time(0), ZoneInfo("Europe/Paris"))
    else:
        expected = datetime.combine(named, time(minute // 60, minute % 60), ZoneInfo("Europe/Paris"))
    assert limit_of(rule, day) == to_utc(expected)
