"""Laws that every cut-off obeys, and a second reading of `days before`, day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from rules.deadline_rules import WeekdayRow
from rules.deadlines import Circumstances, DeadlineRule, Terms, cutoff, judge, opening
from rules.instants import at_minute, to_utc
from rules.school_calendar import Closure
from rules.vocabulary import Bound, BringBack, Change, DayUnit, DeadlineKind, Reference, WhenLate
from tests.rules.villars import FIRST_DAY, FOUR_DAYS, LUNCH, PUBLIC_HOLIDAYS, SCHOOL_HOLIDAYS, calendar

STRIKE = date(2026, 12, 1)
VILLARS = calendar([Closure("Grève", STRIKE, STRIKE)])
# Far enough in the year for every count of days of service to stay inside it.
days = st.dates(date(2026, 9, 1), date(2027, 7, 2))
minutes = st.integers(0, 1440)
SECOND = timedelta(seconds=1)
LEA = Circumstances(LUNCH)
STARTS_AT = 690


def terms(*rules: DeadlineRule) -> Terms:
    return Terms(rules, STARTS_AT)


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


def built(kind: DeadlineKind, **strategies: st.SearchStrategy[object]) -> st.SearchStrategy[DeadlineRule]:
    """Rules of a kind, with what every kind may say."""
    common = {"inclusive": st.booleans(), "bring_back": any_bring_back, "after_start": st.booleans()}
    values = {"kind": st.just(kind), "change": st.none(), "first": st.just(date(2020, 1, 1))}
    return st.builds(DeadlineRule, **{**values, **common, **strategies})


def hours_rules(bring_back: st.SearchStrategy[BringBack | None]) -> st.SearchStrategy[DeadlineRule]:
    units = st.sampled_from(sorted(set(DayUnit) - {DayUnit.CLEAR}))
    return built(DeadlineKind.HOURS_BEFORE, amount=st.integers(1, 200), unit=units, bring_back=bring_back)


lines = st.builds(WeekdayRow, st.integers(1, 7), st.integers(1, 7), minutes, st.integers(0, 2))
by_weekday_rules = built(
    DeadlineKind.BY_WEEKDAY,
    weekday_rows=st.lists(lines, min_size=1, unique_by=lambda row: row.service_weekday).map(tuple),
)
same_day_rules = built(DeadlineKind.SAME_DAY, minute_of_day=minutes)
month_rules = built(
    DeadlineKind.MONTH_DATES,
    day_of_month=st.integers(1, 31),
    months=st.integers(0, 12),
    weekday=st.none() | st.integers(1, 7),
    minute_of_day=minutes,
)
references = st.sampled_from(Reference)
counted_rules = built(
    DeadlineKind.DAYS_BEFORE,
    amount=st.integers(1, 30),
    unit=st.sampled_from(DayUnit),
    minute_of_day=minutes,
    reference=references,
)
# What may move by whole weeks jumps over its neighbours, unless all its days are the same weekday.
steady = st.sampled_from([None, *sorted(set(BringBack) - {BringBack.SAME_WEEKDAY})])
monotone_rules = weekly_rules(any_bring_back) | days_before_rules(steady) | hours_rules(steady)
any_rule = (
    weekly_rules(any_bring_back)
    | days_before_rules(any_bring_back)
    | hours_rules(any_bring_back)
    | by_weekday_rules
    | same_day_rules
    | month_rules
    | counted_rules
)


def limit_of(rule: DeadlineRule, day: date) -> datetime:
    limit = cutoff(rule, day, VILLARS, LUNCH, STARTS_AT)
    assert limit is not None
    return to_utc(limit)


@given(any_rule, days)
def test_a_cutoff_is_never_after_the_activity_starts(rule: DeadlineRule, day: date) -> None:
    if rule.concerns(day):
        end = 1440 if rule.after_start else STARTS_AT
        assert limit_of(rule, day) <= to_utc(at_minute(day, end))


@given(monotone_rules, days, st.integers(0, 60))
def test_a_later_day_never_has_an_earlier_cutoff(rule: DeadlineRule, day: date, more: int) -> None:
    assert limit_of(rule, day) <= limit_of(rule, day + timedelta(days=more))


@given(weekly_rules(any_bring_back), days)
def test_all_days_of_an_iso_week_share_the_weekly_cutoff(rule: DeadlineRule, day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    limits = {limit_of(rule, monday + timedelta(days=offset)) for offset in range(7)}
    assert limits == {limit_of(rule, day)}


@given(any_rule, days)
def test_bringing_back_never_gives_more_time(rule: DeadlineRule, day: date) -> None:
    if rule.concerns(day):
        assert limit_of(rule, day) <= limit_of(replace(rule, bring_back=None), day)


@given(any_rule, days)
def test_an_inclusive_rule_gives_a_minute_more_or_nothing(rule: DeadlineRule, day: date) -> None:
    if rule.concerns(day):
        plain, inclusive = (limit_of(replace(rule, inclusive=each), day) for each in (False, True))
        assert inclusive - plain in (timedelta(), timedelta(minutes=1))


@given(any_rule, days, st.integers(-200_000, 200_000), st.sampled_from(Change))
def test_judge_agrees_with_the_cutoff(rule: DeadlineRule, day: date, seconds: int, change: Change) -> None:
    if not rule.concerns(day):
        return
    limit = limit_of(rule, day)
    now = limit + timedelta(seconds=seconds)
    verdict = judge(terms(rule), change, day, VILLARS, LEA, now)
    if not VILLARS.is_service_day(day, LUNCH):
        assert (verdict.allowed, verdict.late) == (False, False)
        return
    assert verdict.late is (now >= limit)
    if now < limit or rule.when_late is WhenLate.REFUSE:
        assert verdict.allowed is (now < limit)
    assert (verdict.why is None) is (now < limit)


@given(any_rule, days)
def test_one_second_decides(rule: DeadlineRule, day: date) -> None:
    if VILLARS.is_service_day(day, LUNCH) and rule.concerns(day):
        limit = limit_of(rule, day)
        assert not judge(terms(rule), Change.BOOK, day, VILLARS, LEA, limit - SECOND).late
        assert judge(terms(rule), Change.BOOK, day, VILLARS, LEA, limit).late


@given(any_rule, days, st.integers(0, 10), st.sampled_from(DayUnit), minutes)
def test_late_changes_end_by_the_start(
    rule: DeadlineRule, day: date, amount: int, unit: DayUnit, minute: int
) -> None:
    """Accepted from the cut-off to the late limit without a break, and never once the activity runs."""
    if not VILLARS.is_service_day(day, LUNCH) or not rule.concerns(day):
        return
    late = replace(rule, when_late=WhenLate.ACCEPT, late_amount=amount, late_unit=unit, late_minute=minute)
    limit, end = limit_of(late, day), to_utc(at_minute(day, 1440 if rule.after_start else STARTS_AT))
    instants = [limit - SECOND + n * (end - limit + SECOND) / 7 for n in range(8)]
    said = [judge(terms(late), Change.BOOK, day, VILLARS, LEA, now).allowed for now in instants]
    assert said[0]
    assert said == sorted(said, reverse=True)
    assert not judge(terms(late), Change.BOOK, day, VILLARS, LEA, end).allowed


@given(any_rule, any_rule, days)
def test_an_opening_is_the_first_accepted_instant(
    closes: DeadlineRule, opens: DeadlineRule, day: date
) -> None:
    """Before it nobody books and everybody cancels; from it on, only the cut-off counts."""
    if not VILLARS.is_service_day(day, LUNCH) or not (closes.concerns(day) and opens.concerns(day)):
        return
    opens = replace(opens, bound=Bound.OPENS, when_late=WhenLate.REFUSE)
    first = opening([opens], day, VILLARS, LEA, STARTS_AT)
    assert first is not None
    both, alone = Terms([closes, opens], STARTS_AT), terms(closes)
    before, at_once = to_utc(first) - SECOND, to_utc(first)
    assert not judge(both, Change.BOOK, day, VILLARS, LEA, before).allowed
    assert judge(both, Change.CANCEL, day, VILLARS, LEA, before).allowed is (
        judge(alone, Change.CANCEL, day, VILLARS, LEA, before).allowed
    )
    assert judge(both, Change.BOOK, day, VILLARS, LEA, at_once) == (
        judge(alone, Change.BOOK, day, VILLARS, LEA, at_once)
    )


@given(any_rule, days, st.integers(1, 10), st.integers(0, 30))
def test_grace_never_takes_time_away(rule: DeadlineRule, day: date, grace: int, since: int) -> None:
    if not VILLARS.is_service_day(day, LUNCH) or not rule.concerns(day) or rule.after_start:
        return
    newcomer = Circumstances(LUNCH, arrived_on=day - timedelta(days=since))
    now = limit_of(rule, day) - SECOND
    kind = Terms([rule], STARTS_AT, grace)
    assert judge(kind, Change.BOOK, day, VILLARS, newcomer, now).allowed


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
