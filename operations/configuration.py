"""The règlement as the rules want it: frozen objects, built once per version of the configuration tables.

Every write to a table marked `Configuration` puts a new stamp on the commune's row; each request
reads that row anyway, so one comparison tells whether what this process holds is still true,
whatever the number of workers.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

import models
from extensions import db
from operations import tariff_facts
from rules import absences, capacity, deadline_rules, school_calendar, tariff_grid
from rules.deadlines import Terms
from rules.fees import Fee
from rules.quotients import QuotientPolicy
from rules.refusals import Refused
from rules.vocabulary import PriceUnit


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """An activity as pages and operations need it; `noun` starts a sentence (« Les repas »)."""

    id: int
    service_id: int
    name: str
    slug: str
    noun: str
    unit: PriceUnit
    starts_at_minute: int
    is_open: bool
    days_without_choice: int | None = None  # annual commitment: how many weekdays no choice means
    ends_at_minute: int | None = None
    grace_days: int = 0


@dataclass(frozen=True, slots=True)
class CguFacts:
    id: int
    name: str
    body: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the règlement says, without a database behind it."""

    stamp: str
    calendar: school_calendar.SchoolCalendar
    activities: Mapping[int, ActivityFacts]
    deadlines: Mapping[int, tuple[deadline_rules.DeadlineRule, ...]]
    tariffs: Mapping[int, tuple[tariff_grid.TariffVersion, ...]]
    absences: Mapping[int, tuple[absences.AbsencePolicy, ...]]
    capacities: Mapping[int, tuple[capacity.Capacity, ...]]
    fees: tuple[Fee, ...]
    quotient_policy: QuotientPolicy
    cgu: tuple[CguFacts, ...]

    def terms(self, activity_id: int) -> Terms:
        """What `rules.deadlines.judge` needs to know of an activity."""
        activity = self.activities[activity_id]
        return Terms(
            rules=self.deadlines.get(activity_id, ()),
            starts_at=activity.starts_at_minute,
            grace_days=activity.grace_days,
            noun=activity.noun,
        )

    @property
    def asks_residence(self) -> bool:
        """Whether some deadline tells the inhabitants from the others."""
        return any(rule.resident is not None for rules in self.deadlines.values() for rule in rules)

    def activity(self, slug: str) -> ActivityFacts | None:
        return next((a for a in self.activities.values() if a.slug == slug), None)

    def cgu_in_force(self, now: datetime) -> CguFacts | None:
        """The last version published at that instant; `cgu` is sorted by publication."""
        return next((c for c in reversed(self.cgu) if c.published_at <= now), None)


_held: dict[str, Configuration] = {}


def commune_settings() -> models.Commune:
    """The commune's row (one query a request, then the session's own copy). Refused before `init-db`."""
    commune = db.session.get(models.Commune, 1)
    if commune is None:
        raise Refused("Le portail n’est pas encore installé : lancez « flask init-db ».")
    db.session.info["commune"] = commune  # the identity map alone would let it go
    return commune


def configuration() -> Configuration:
    """The règlement in force now in the database, rebuilt only when its stamp has changed."""
    stamp = commune_settings().configuration_stamp
    held = _held.get("now")
    if held is None or held.stamp != stamp:
        held = _held["now"] = _build(stamp)
    return held


def touch(session: Session) -> None:
    """Say that the configuration changed, for writes that bypass the unit of work (bulk statements)."""
    commune = session.get(models.Commune, 1)
    if commune is not None:
        commune.configuration_stamp = uuid.uuid4().hex


@sa.event.listens_for(Session, "before_flush")
def _touch_when_written(session: Session, _context: object, _instances: object) -> None:
    written = (*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row)))
    if any(isinstance(row, (models.ConfigurationTable, models.Commune)) for row in written):
        touch(session)


# -- building --------------------------------------------------------------------------


def _all(table: type[Any], *order: Any) -> list[Any]:
    return list(db.session.scalars(sa.select(table).order_by(*order)))


def _build(stamp: str) -> Configuration:
    activities = _all(models.Activity, models.Activity.position, models.Activity.id)
    return Configuration(
        stamp=stamp,
        calendar=_calendar({row.id: row.starts_at_minute for row in activities}),
        activities={row.id: _activity(row) for row in activities},
        deadlines=_deadlines(),
        capacities=_capacities(),
        absences=_absences(),
        tariffs=tariff_facts.tariffs_by_activity(activities),
        fees=tariff_facts.all_fees(),
        quotient_policy=tariff_facts.quotient_policy(commune_settings()),
        cgu=_cgu(),
    )


def _activity(row: models.Activity) -> ActivityFacts:
    return ActivityFacts(
        id=row.id,
        service_id=row.service_id,
        name=row.name,
        slug=row.slug,
        noun=row.noun,
        unit=row.unit,
        starts_at_minute=row.starts_at_minute,
        is_open=row.is_open,
        days_without_choice=row.days_without_choice,
        ends_at_minute=row.ends_at_minute,
        grace_days=row.grace_days,
    )


def _calendar(starts: Mapping[int, int]) -> school_calendar.SchoolCalendar:
    return school_calendar.SchoolCalendar(
        years=[
            school_calendar.SchoolYear(y.name, y.first_day, y.last_day)
            for y in _all(models.SchoolYear, models.SchoolYear.first_day)
        ],
        holidays=[
            school_calendar.Holiday(h.kind, h.name, h.first_day, h.last_day)
            for h in _all(models.Holiday, models.Holiday.first_day, models.Holiday.id)
        ],
        closures=[
            closure_facts(c) for c in _all(models.Closure, models.Closure.first_day, models.Closure.id)
        ],
        patterns=[
            pattern_facts(p)
            for p in _all(models.WeekPattern, models.WeekPattern.first_day, models.WeekPattern.id)
        ],
        starts=starts,
    )


def closure_facts(row: models.Closure) -> school_calendar.Closure:
    return school_calendar.Closure(
        name=row.name,
        first=row.first_day,
        last=row.last_day,
        effect=row.effect,
        school_id=row.school_id,
        class_id=row.class_id,
        level=row.level,
        activity_id=row.activity_id,
        half_day=row.half_day,
    )


def pattern_facts(row: models.WeekPattern) -> school_calendar.Pattern:
    return school_calendar.Pattern(
        weekdays=row.weekdays,
        first=row.first_day,
        last=row.last_day,
        activity_id=row.activity_id,
        school_id=row.school_id,
        level=row.level,
        period=row.period,
    )


def _deadlines() -> dict[int, tuple[deadline_rules.DeadlineRule, ...]]:
    by_activity: dict[int, list[deadline_rules.DeadlineRule]] = defaultdict(list)
    query = (
        sa.select(models.DeadlineRule)
        .options(selectinload(models.DeadlineRule.weekday_rows), selectinload(models.DeadlineRule.published))
        .order_by(models.DeadlineRule.position, models.DeadlineRule.id)
    )
    for row in db.session.scalars(query):
        by_activity[row.activity_id].append(deadline_facts(row))
    return {activity_id: tuple(rules) for activity_id, rules in by_activity.items()}


def deadline_facts(row: models.DeadlineRule) -> deadline_rules.DeadlineRule:
    """A deadline as the rules take it. Refused when it makes no sense."""
    return deadline_rules.DeadlineRule(
        kind=row.kind,
        bound=row.bound,
        change=row.change,
        first=row.first_day,
        last=row.last_day,
        weekday=row.weekday,
        weeks=row.weeks,
        amount=row.amount,
        unit=row.unit,
        minute_of_day=row.minute_of_day,
        inclusive=row.inclusive,
        when_late=row.when_late,
        service_weekdays=row.service_weekdays,
        after_holidays=row.after_holidays,
        bring_back=row.bring_back,
        position=row.position,
        reference=row.reference,
        day_of_month=row.day_of_month,
        months=row.months,
        weekday_rows=tuple(
            deadline_rules.WeekdayRow(each.service_weekday, each.weekday, each.minute_of_day, each.weeks)
            for each in row.weekday_rows
        ),
        published=tuple(
            deadline_rules.PublishedDate(each.first_day, each.last_day, each.on_day, each.minute_of_day)
            for each in row.published
        ),
        chosen_until=row.chosen_until,
        levels=row.levels,
        school_ids=row.school_ids,
        regime=row.regime,
        resident=row.resident,
        after_start=row.after_start,
        late_amount=row.late_amount,
        late_unit=row.late_unit,
        late_minute=row.late_minute_of_day,
    )


def _capacities() -> dict[int, tuple[capacity.Capacity, ...]]:
    by_activity: dict[int, list[capacity.Capacity]] = defaultdict(list)
    for row in _all(models.Capacity, models.Capacity.id):
        by_activity[row.activity_id].append(capacity_facts(row))
    return {activity_id: tuple(found) for activity_id, found in by_activity.items()}


def capacity_facts(row: models.Capacity) -> capacity.Capacity:
    return capacity.Capacity(
        places=row.places,
        first=row.first_day,
        last=row.last_day,
        school_id=row.school_id,
        level=row.level,
        weekdays=row.weekdays,
    )


def _absences() -> dict[int, tuple[absences.AbsencePolicy, ...]]:
    by_activity: dict[int, list[absences.AbsencePolicy]] = defaultdict(list)
    for row in _all(models.AbsencePolicy, models.AbsencePolicy.position, models.AbsencePolicy.id):
        by_activity[row.activity_id].append(policy_facts(row))
    return {activity_id: tuple(policies) for activity_id, policies in by_activity.items()}


def policy_facts(row: models.AbsencePolicy) -> absences.AbsencePolicy:
    """An absence policy as its rule takes it. Refused when it makes no sense."""
    return absences.AbsencePolicy(
        id=row.id,
        activity_id=row.activity_id,
        position=row.position,
        first=row.first_day,
        last=row.last_day,
        reasons=row.reasons or frozenset(),
        min_days=row.min_days,
        max_days=row.max_days,
        length_unit=row.length_unit,
        never=row.never,
        proofs=row.proofs or frozenset(),
        window_amount=row.window_amount,
        window_unit=row.window_unit,
        window_minute=row.window_minute,
        counted_from=row.counted_from,
        notice_minute=row.notice_minute,
        notice_days=row.notice_days,
        late_notice=row.late_notice,
        carence_amount=row.carence_amount,
        carence_unit=row.carence_unit,
        yearly_days=row.yearly_days,
    )


def _cgu() -> tuple[CguFacts, ...]:
    published = sa.select(models.CguVersion).where(models.CguVersion.published_at.is_not(None))
    rows = db.session.scalars(published.order_by(models.CguVersion.published_at, models.CguVersion.id))
    return tuple(CguFacts(row.id, row.name, row.body, row.published_at) for row in rows if row.published_at)
