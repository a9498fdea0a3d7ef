"""The cases of an example: one child, one activity, one day, put to the real engines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from rules.commune_activities import Activity
from rules.commune_calendar import class_name
from rules.commune_examples import UNKNOWN, Example, days_of
from rules.commune_file import Reglement
from rules.deadlines import Circumstances, Terms, Verdict, comes_freely, judge
from rules.file_schema import Values
from rules.instants import ONE_DAY, local_midnight
from rules.quotients import quotient_on
from rules.school_calendar import Place
from rules.situations import NOT_DUE, BookingFact, situation_of
from rules.tariff_grid import Facts, TariffVersion
from rules.tariffs import Price, price, version_for
from rules.vocabulary import Change, Eater, FeeOccasion, Formula, Presence, Regime, Situation, Timing
from rules.wording import long_date

LONG_BEFORE = timedelta(days=800)
"""Early enough for any cut-off to be still ahead, and any opening too."""


class Unsaid(Exception):
    """The example does not give what its expectation needs; the sentence says what."""


@dataclass(frozen=True)
class DayCase:
    """One child, one activity, one day, with the facts that the example gives of it."""

    reglement: Reglement
    facts: Mapping[str, Any]
    activity: Activity
    day: date
    rank: int = 1
    counted: bool = True
    """False for an example without a day: the child is known, and nothing happens that day."""

    @cached_property
    def place(self) -> Place:
        names, school = self.reglement.names, self.facts["school"]
        class_id = None
        if self.facts["school_class"] is not None and school is not None:
            known = class_name(names.name("école", school), self.facts["school_class"])
            class_id = names.number("classe", known)
        return Place(self.reglement.number(self.activity), school, class_id, self.facts["level"])

    @cached_property
    def who(self) -> Circumstances:
        facts, resident = self.facts, self.facts["resident"] is not False
        return Circumstances(self.place, facts["regime"] or Regime.REGULAR, resident, facts["arrived_on"])

    # -- changing --

    def verdict(self, now: datetime) -> Verdict:
        activity = self.activity
        terms = Terms(activity.deadlines, activity.starts_at, activity.grace_days, activity.noun)
        change = self.facts.get("change") or Change.BOOK
        return judge(terms, change, self.day, self.reglement.calendar, self.who, now)

    @cached_property
    def early(self) -> Verdict:
        return self.verdict(local_midnight(self.day - LONG_BEFORE))

    # -- the situation --

    @cached_property
    def booking(self) -> BookingFact | None:
        given = self.facts["booking"]
        if given is False or (given is None and self.by_attendance):
            return None
        if given is None and self.facts["asked_at"] is not None:
            verdict = self.verdict(self.facts["asked_at"])
            if self.facts["change"] is Change.CANCEL:
                return None if verdict.allowed else BookingFact()
            if not verdict.allowed:
                return None
            given = Timing.LATE if verdict.late else Timing.IN_TIME
        return BookingFact(given or Timing.IN_TIME)

    @property
    def presence(self) -> Presence | None:
        given = self.facts["presence"]
        if given is not None:
            return given or None
        if self.facts["arrives"] is not None or self.facts["leaves"] is not None:
            return Presence.PRESENT
        return None if self.facts["booking"] is not None or not self.by_attendance else Presence.PRESENT

    @property
    def by_attendance(self) -> bool:
        """Whether one comes without booking: the child of an example is then there, unless it says not."""
        return comes_freely(self.activity.deadlines, self.day, self.reglement.calendar, self.who)

    def situation(self, freed: Sequence[date] = ()) -> Situation | None:
        given: Situation | None = self.facts["situation"]
        if given is not None:
            return given
        event = self.reglement.calendar.event_on(self.day, self.place)
        return situation_of(
            self.booking,
            self.presence,
            self.presence is not None,
            by_attendance=self.by_attendance,
            event=None if event is None else event.effect,
            justified=self.day in freed,
        )

    # -- the price --

    @cached_property
    def version(self) -> TariffVersion:
        found = version_for(self.reglement.tariffs_of(self.activity), self.day)
        if found is None:
            raise Unsaid(
                f"aucun tarif n’est en vigueur le {long_date(self.day)} pour « {self.activity.name} »."
            )
        return found

    @cached_property
    def quotient(self) -> Decimal | None:
        history = self.facts["quotients"]
        if history:
            found = quotient_on(history, self.day, self.reglement.quotient)
            return None if found is None else found.value
        given = self.facts["quotient"]
        return None if given in (None, UNKNOWN) else given

    @property
    def hours(self) -> tuple[int | None, int | None]:
        """Arrival and departure; a duration alone starts with the activity."""
        arrives, leaves = self.facts["arrives"], self.facts["leaves"]
        if self.facts["duration"] is None:
            return arrives, leaves
        arrives = self.activity.starts_at if arrives is None else arrives
        return arrives, arrives + self.facts["duration"]

    @property
    def rank_in_family(self) -> int:
        rank: int = self.facts["rank"] or self.rank
        return rank

    def price_facts(self, situation: Situation) -> Facts:
        facts, children = self.facts, self.facts["children"]
        arrives, leaves = self.hours
        count = len(children) if isinstance(children, tuple) else children or 1
        rank = self.rank_in_family
        return Facts(
            day=self.day,
            quotient=self.quotient,
            resident=facts["resident"] is not False,
            situation=situation,
            categories=facts["categories"] or frozenset(),
            level=facts["level"],
            school_id=facts["school"],
            in_holidays=self.reglement.calendar.in_school_holidays(self.day),
            rank=rank,
            children=max(count, rank),
            days_a_week=facts["chosen"] or 1,
            regime=facts["regime"] or Regime.REGULAR,
            formula=facts["formula"] or Formula.MEAL,
            eater=facts["eater"] or Eater.CHILD,
            arrives=arrives,
            leaves=leaves,
            ends_at=self.activity.ends_at,
            income=facts["income"],
            occurrence=facts["occurrence"] or 1,
        )

    def price(self, freed: Sequence[date] = ()) -> Price | None:
        situation = self.situation(freed)
        if situation is None or situation in NOT_DUE:
            return None
        return price(self.version, self.price_facts(situation))


# -- the days of an example ------------------------------------------------------------------

ALL_FACTS = (
    *("activities", "spans", "month", "count", "booking", "presence", "arrives", "leaves", "duration"),
    *("absence", "situation", "occurrence", "asked_at", "level", "school", "school_class", "rank"),
    *("chosen", "regime", "formula", "eater", "arrived_on", "sessions", "quotient", "quotients", "income"),
    *("resident", "categories", "children", "occasions", "change"),
)


def _over(base: Mapping[str, Any], own: Values | None) -> dict[str, Any]:
    """The facts of the whole, replaced by those that a part gives itself."""
    given = {name: own[name] for name in own if own.said(name)} if own is not None else {}
    if {"spans", "month", "count"} & given.keys():
        base = {**base, "spans": None, "month": None, "count": None}
    return {**base, **given}


def cases_of(example: Example, reglement: Reglement) -> list[DayCase]:
    """Each child, activity and day of the example. Raises Unsaid when a day cannot be told."""
    base = {name: example.facts[name] for name in ALL_FACTS}
    children = base["children"] if isinstance(base["children"], tuple) else (None,)
    found: list[DayCase] = []
    for rank, child in enumerate(children, start=1):
        own = {**_over(base, child), "children": base["children"]}
        for session in own["sessions"] or (None,):
            facts = _over(own, session)
            for activity in _activities(facts, reglement):
                found += _each_day(facts, activity, reglement, rank)
    return found


def _activities(facts: Mapping[str, Any], reglement: Reglement) -> list[Activity]:
    numbers = facts["activities"]
    if numbers:
        return [a for number in numbers for a in reglement.activities if reglement.number(a) == number]
    if len(reglement.activities) == 1:
        return list(reglement.activities)
    raise Unsaid("dites de quelle activité parle l’exemple.")


def _each_day(
    facts: Mapping[str, Any], activity: Activity, reglement: Reglement, rank: int
) -> Iterator[DayCase]:
    anywhere = DayCase(reglement, facts, activity, reglement.names.start, rank)
    days = _days(facts, anywhere)
    for day in days:
        yield DayCase(reglement, facts, activity, day, rank)
    if not days:
        day = facts["month"] or reglement.names.start
        yield DayCase(reglement, facts, activity, day, rank, counted=False)


SIGNED = {FeeOccasion.ENROLMENT, FeeOccasion.LATE_ENROLMENT}


def _without_days(facts: Mapping[str, Any]) -> bool:
    """Whether the example is about no day: it says so, or it is only about signing up."""
    if facts["count"] == 0:
        return True
    said = facts["spans"] or facts["month"] or facts["count"]
    return not said and bool(SIGNED & (facts["occasions"] or frozenset()))


def _days(facts: Mapping[str, Any], anywhere: DayCase) -> list[date]:
    if _without_days(facts):
        return []
    calendar, place = anywhere.reglement.calendar, anywhere.place
    month: date | None = facts["month"]
    if facts["spans"]:
        days = days_of(facts["spans"])
        if len(days) > len(facts["spans"]):  # of a period, the days of service
            days = [day for day in days if calendar.is_service_day(day, place)]
    elif month is not None:
        end = (month + timedelta(days=32)).replace(day=1) - ONE_DAY
        days = calendar.service_days(month, end, place)
    else:
        first = calendar.next_service_day(anywhere.reglement.names.start - ONE_DAY, place)
        days = [] if first is None else _from(first, facts["count"] or 1, anywhere)
    if facts["count"] is not None:
        if len(days) < facts["count"]:
            raise Unsaid(f"il n’y a que {len(days)} jours de service, et l’exemple en veut {facts['count']}.")
        days = days[: facts["count"]]
    if not days:
        raise Unsaid("ces dates ne comptent aucun jour de service.")
    return days


def _from(first: date, count: int, anywhere: DayCase) -> list[date]:
    """So many days of service, from that one."""
    days, calendar = [first], anywhere.reglement.calendar
    while len(days) < count:
        following = calendar.next_service_day(days[-1], anywhere.place)
        if following is None:
            break
        days.append(following)
    return days
