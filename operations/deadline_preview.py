"""What the deadlines come to, day by day, for staff to read before families do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations.configuration import ActivityFacts, Configuration
from rules.deadline_kinds import Service
from rules.deadline_rules import DeadlineRule
from rules.deadlines import Circumstances, cutoff, judge, late_until, matches, opening, rule_for
from rules.instants import ONE_DAY, to_utc
from rules.refusals import Refused
from rules.school_calendar import Closure, Place
from rules.vocabulary import Bound, Change, EventEffect, WhenLate, in_order
from rules.wording import day_and_month, long_date, long_instant, moment

MOST_DAYS_OF_A_RULE = 8


@dataclass(frozen=True, slots=True)
class Limit:
    """What is said of one change of one day; `over` when parents can no longer make it."""

    words: str
    over: bool = False


@dataclass(frozen=True, slots=True)
class PreviewDay:
    """One day of an activity as its families will see it: closed and why, or until when it changes."""

    day: date
    closed: str | None
    event: Closure | None = None
    opens: Limit | None = None
    book: Limit | None = None
    cancel: Limit | None = None

    @property
    def name(self) -> str:
        return day_and_month(self.day)


def preview(
    activity: ActivityFacts,
    who: Circumstances,
    first: date,
    last: date,
    rules: Configuration,
    now: datetime,
) -> list[PreviewDay]:
    """Every day from first to last, both included; no query."""
    return [_preview_day(activity, who, day, rules, now) for day in _days(first, last)]


def _preview_day(
    activity: ActivityFacts, who: Circumstances, day: date, rules: Configuration, now: datetime
) -> PreviewDay:
    closed = rules.calendar.closed_because(day, who.place)
    if closed:
        return PreviewDay(day, closed)
    event = rules.calendar.event_on(day, who.place)
    return PreviewDay(
        day,
        None,
        event if event is not None and event.effect is not EventEffect.CLOSED else None,
        _opening(activity, who, day, rules, now),
        _limit(activity, Change.BOOK, who, day, rules, now),
        _limit(activity, Change.CANCEL, who, day, rules, now),
    )


def _limit(
    activity: ActivityFacts,
    change: Change,
    who: Circumstances,
    day: date,
    rules: Configuration,
    now: datetime,
) -> Limit:
    """The cut-off as `judge` gives it: what staff read here is what parents meet."""
    terms = rules.terms(activity.id)
    verdict = judge(terms, change, day, rules.calendar, who, now)
    if verdict.cutoff is None:
        return Limit(verdict.why or "", over=True)
    rule = rule_for(terms.rules, change, day, rules.calendar, who)
    words, end = f"jusqu’au {long_instant(verdict.cutoff)}", verdict.cutoff
    if rule.when_late is WhenLate.ACCEPT:
        late = late_until(rule, end, Service(day, rules.calendar, who.place, terms.starts_at))
        if to_utc(late) > to_utc(end):
            words, end = f"{words}, puis hors délai jusqu’au {long_instant(late)}", late
    return Limit(words, over=to_utc(now) >= to_utc(end))


def _opening(
    activity: ActivityFacts, who: Circumstances, day: date, rules: Configuration, now: datetime
) -> Limit | None:
    terms = rules.terms(activity.id)
    try:
        opens = opening(terms.rules, day, rules.calendar, who, terms.starts_at)
    except Refused as refusal:
        return Limit(refusal.sentence)
    return None if opens is None else Limit(f"à partir du {moment(opens)}", over=to_utc(now) >= to_utc(opens))


def days_under(
    rule: DeadlineRule, activity_id: int, first: date, last: date, rules: Configuration
) -> list[tuple[str, str]]:
    """The next days that this rule is about, and the instant that it names for each; one query.

    Where several schools or levels differ, the first of those that the rule names.
    """
    who = _somebody(rule, activity_id)
    shown: list[tuple[str, str]] = []
    for day in _days(first, last):
        runs = rules.calendar.is_service_day(day, who.place)
        if runs and rule.concerns(day) and matches(rule, day, rules.calendar, who):
            shown.append((long_date(day), _instant(rule, day, who, activity_id, rules)))
    return shown[:MOST_DAYS_OF_A_RULE]


def _somebody(rule: DeadlineRule, activity_id: int) -> Circumstances:
    schools = sa.select(models.School.id).order_by(models.School.search_text)
    if rule.school_ids:
        schools = schools.where(models.School.id.in_(rule.school_ids))
    level = next(iter(in_order(rule.levels or ())), None)
    place = Place(activity_id, db.session.scalars(schools).first(), None, level)
    return Circumstances(place, rule.regime, rule.resident)


def _instant(
    rule: DeadlineRule, day: date, who: Circumstances, activity_id: int, rules: Configuration
) -> str:
    starts_at = rules.activities[activity_id].starts_at_minute
    try:
        if rule.bound is Bound.OPENS:
            opens = opening([rule], day, rules.calendar, who, starts_at)
            return "" if opens is None else moment(opens)
        limit = cutoff(rule, day, rules.calendar, who.place, starts_at)
    except Refused as refusal:
        return refusal.sentence
    if limit is None:
        return "Aucun"
    late = " (ensuite, au tarif hors délai)" if rule.when_late is WhenLate.ACCEPT else ""
    return f"{long_instant(limit)}{late}"


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY
