"""What prices stand on, gathered for some families or for all: only what some tariff looks at is loaded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import sqlalchemy as sa

import models
from extensions import db
from operations.categories import categories_of
from operations.children import EnrolmentFact, SchoolingFact, schoolings_of
from operations.configuration import Configuration
from operations.households import quotients_of, residences_of, siblings_of
from rules.ground import ActivityPlace, Ground, SchoolFact
from rules.invoices import next_month
from rules.occurrences import decides_regime
from rules.pricer import needs_of
from rules.school_calendar import Place
from rules.tariff_grid import PERIOD_UNITS
from rules.vocabulary import CountIn, FeeOccasion

OF_ENROLMENTS = frozenset({"regime", "formula", "days"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the tariffs of a commune look at, beside the quotient, the residence and the situation."""

    stated: frozenset[str]
    ranked: bool
    hours: bool
    decided: bool
    enrolments: bool
    periods: bool
    history: bool
    charges: bool

    @property
    def schools(self) -> bool:
        return self.decided or self.periods or bool({"level", "school"} & self.stated)


def wanted_by(rules: Configuration) -> Wanted:
    """Read from every version: a commune whose grids are plain loads nothing more than quotients."""
    versions = [version for known in rules.tariffs.values() for version in known]
    needs = [needs_of(version) for version in versions]
    stated = frozenset(name for each in needs for name in each.stated)
    periods = any(row.unit in PERIOD_UNITS for version in versions for row in version.rows)
    capped = any(version.caps for version in versions)
    decided = any(map(decides_regime, versions))
    by_days = decided or bool({"days", "month"} & stated)
    signed = any(fee.occasion != FeeOccasion.FIRST_BILL for fee in rules.fees)
    among = {version.count_in for version in versions}
    counted = CountIn.PRESENT in among or any(each.counted for each in needs)
    return Wanted(
        stated=stated,
        ranked=any(each.ranked for each in needs) or any(fee.ranked for fee in rules.fees),
        hours=any(each.timed or each.late for each in needs),
        decided=decided,
        enrolments=signed or periods or CountIn.ACTIVITY in among or bool(OF_ENROLMENTS & stated),
        periods=periods,
        history=capped or periods or by_days or counted,
        charges=periods or capped or bool(rules.fees),
    )


def ground_of(
    rules: Configuration,
    wanted: Wanted,
    family_ids: Collection[int] | None = None,
    child_ids: Collection[int] | None = None,
    *,
    schoolings: Mapping[int, Sequence[SchoolingFact]] | None = None,
    enrolments: Mapping[int, Sequence[EnrolmentFact]] | None = None,
) -> Ground:
    """The ground of these families and children (None: all), in a fixed number of queries.

    What the caller has already loaded is not loaded again.
    """
    if schoolings is None:
        schoolings = schoolings_of(child_ids) if wanted.schools else {}
    if enrolments is None:
        enrolments = enrolments_of(child_ids) if wanted.enrolments else {}
    return Ground(
        tariffs=rules.tariffs,
        activities=places_of(rules),
        quotients=quotients_of(family_ids),
        policy=rules.quotient_policy,
        residents=residences_of(family_ids),
        categories=categories_of(family_ids) if "category" in wanted.stated else {},
        siblings=siblings_of(family_ids) if wanted.ranked else {},
        schools=_schools(schoolings) if wanted.schools else {},
        fees=rules.fees,
        in_holidays=rules.calendar.in_school_holidays,
        between_holidays=rules.calendar.period_start,
        offered=_offered(rules, schoolings),
        enrolled=_enrolled(enrolments),
    )


def places_of(rules: Configuration) -> dict[int, ActivityPlace]:
    """The activities as prices need them."""
    return {
        a.id: ActivityPlace(a.name, a.service_id, a.starts_at_minute, a.ends_at_minute)
        for a in rules.activities.values()
    }


def enrolments_of(child_ids: Collection[int] | None) -> dict[int, list[EnrolmentFact]]:
    """The enrolments of these children (None: all), the latest first; one query."""
    row = models.Enrolment
    query = sa.select(
        row.child_id,
        row.activity_id,
        row.first_day,
        row.last_day,
        row.regime,
        row.formula,
        row.usual_weekdays,
    ).order_by(row.first_day.desc())
    if child_ids is not None:
        query = query.where(row.child_id.in_(child_ids))
    found: dict[int, list[EnrolmentFact]] = defaultdict(list)
    for child_id, activity_id, first, last, regime, formula, weekdays in db.session.execute(query):
        found[child_id].append(EnrolmentFact(activity_id, first, last, regime, formula, weekdays))
    return found


def enrolment_on(
    enrolments: Mapping[int, Sequence[EnrolmentFact]], child_id: int, activity_id: int, day: date
) -> EnrolmentFact | None:
    """The child's enrolment in an activity that day; None when not enrolled."""
    for each in enrolments.get(child_id, ()):
        if each.activity_id == activity_id and each.first <= day and (each.last is None or day <= each.last):
            return each
    return None


def _enrolled(enrolments: Mapping[int, Sequence[EnrolmentFact]]) -> Callable[[int, int, date], bool]:
    return lambda child, activity, day: enrolment_on(enrolments, child, activity, day) is not None


def _schools(schoolings: Mapping[int, Sequence[SchoolingFact]]) -> dict[int, list[SchoolFact]]:
    return {
        child_id: [SchoolFact(s.school_id, s.level, s.first, s.last) for s in known]
        for child_id, known in schoolings.items()
    }


def _offered(
    rules: Configuration, schoolings: Mapping[int, Sequence[SchoolingFact]]
) -> Callable[[int, int, date], Sequence[date]]:
    """The days of service of a month for a child, where it goes to school at its end."""

    @cache
    def served(place: Place, month: date) -> Sequence[date]:
        return rules.calendar.service_days(month, next_month(month) - timedelta(days=1), place)

    def offered(child_id: int, activity_id: int, month: date) -> Sequence[date]:
        at = next((s for s in schoolings.get(child_id, ()) if s.first < next_month(month)), None)
        if at is None:
            return ()
        return served(Place(activity_id, at.school_id, at.class_id, at.level), month)

    return offered
