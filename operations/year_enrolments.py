"""Enrolment for a school year: when it is open, what a child may be signed up for, on what règlement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.children import ChildFacts
from operations.configuration import ActivityFacts, configuration
from rules.instants import paris
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind, RequestState
from rules.vocabulary import DeadlineKind
from rules.wording import long_date


@dataclass(frozen=True, slots=True)
class Service:
    """A service with what it offers, and the règlement to accept, if it has one."""

    service_id: int
    name: str
    activities: tuple[ActivityFacts, ...]
    rules: models.ServiceRules | None


# -- when ------------------------------------------------------------------------------


def campaigns() -> list[models.EnrolmentCampaign]:
    """Every campaign, the latest school year first; one query."""
    row = models.EnrolmentCampaign
    query = sa.select(row).join(row.school_year).options(joinedload(row.school_year))
    return list(db.session.scalars(query.order_by(models.SchoolYear.first_day.desc())))


def is_open(campaign: models.EnrolmentCampaign, day: date) -> bool:
    return campaign.opens_on <= day <= campaign.closes_on


def check_open(campaign: models.EnrolmentCampaign, now: datetime) -> None:
    """Refused before the first day and after the last, both included in full (Paris time)."""
    day, name = paris(now).date(), campaign.school_year.name
    if day < campaign.opens_on:
        raise Refused(f"Les inscriptions {name} ouvrent le {long_date(campaign.opens_on)}.")
    if day > campaign.closes_on:
        raise Refused(
            f"Les inscriptions {name} sont closes depuis le {long_date(campaign.closes_on)} au soir. "
            "Écrivez au service : un enfant qui arrive est toujours inscrit."
        )


def first_day(year: models.SchoolYear, day: date) -> date:
    """The first day of what is asked that day: that of the year, or today once it has begun."""
    return max(year.first_day, day)


def last_day(year: models.SchoolYear) -> date:
    """An enrolment lasts until the summer is over."""
    return max(year.last_day, date(year.last_day.year, 8, 31))


# -- what ------------------------------------------------------------------------------


def services_of(year: models.SchoolYear) -> list[Service]:
    """The services of that year in the order of their activities, each with its règlement; two queries."""
    names = {row.id: row.name for row in db.session.scalars(sa.select(models.Service))}
    rules = rules_of(year)
    offered: dict[int, list[ActivityFacts]] = {}
    for activity in configuration().activities.values():
        if activity.is_open:
            offered.setdefault(activity.service_id, []).append(activity)
    return [
        Service(service_id, names[service_id], tuple(activities), rules.get(service_id))
        for service_id, activities in offered.items()
    ]


def rules_of(year: models.SchoolYear) -> Mapping[int, models.ServiceRules]:
    """The version in force on the first day of that year, by service; one query."""
    row = models.ServiceRules
    query = sa.select(row).where(row.first_day <= year.first_day).options(joinedload(row.service))
    return {each.service_id: each for each in db.session.scalars(query.order_by(row.first_day))}


def is_for_the_year(activity_id: int, day: date) -> bool:
    """Whether its weekdays are a commitment, booked at once; elsewhere they are a wish."""
    rules = configuration().deadlines.get(activity_id, ())
    return any(rule.kind is DeadlineKind.ANNUAL and rule.concerns(day) for rule in rules)


def weekdays_offered(activity_id: int, year: models.SchoolYear) -> list[int]:
    return configuration().calendar.weekdays_of(activity_id, year.first_day, year.last_day)


def present_choice(facts: ChildFacts, year: models.SchoolYear, day: date) -> dict[int, frozenset[int]]:
    """What the child is enrolled in today or for that year, with its weekdays: where the form starts from."""
    last = first_day(year, day)
    held = [e for e in facts.enrolments if e.first <= last and (e.last is None or e.last >= day)]
    return {each.activity_id: each.usual_weekdays or frozenset() for each in held}


# -- what was asked -----------------------------------------------------------------------


def asked_for(child_id: int, year_id: int) -> list[models.Request]:
    """The enrolments asked for that child and year, by anybody, that are not refused nor withdrawn."""
    row = models.Request
    alive = (RequestState.WAITING, RequestState.ASKED, RequestState.ACCEPTED)
    query = sa.select(row).where(
        row.kind == RequestKind.ENROLMENT, row.child_id == child_id, row.state.in_(alive)
    )
    found = db.session.scalars(query.order_by(row.id.desc()))
    return [each for each in found if each.asked.get("school_year_id") == year_id]


def accept_rules(
    rules: Iterable[models.ServiceRules],
    child: models.Child,
    guardian: models.Guardian,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Keep which version of each règlement this adult accepts for this child, once."""
    row = models.RulesAcceptance
    query = sa.select(row.rules_id).filter_by(guardian_id=guardian.id, child_id=child.id)
    known = set(db.session.scalars(query))
    for each in rules:
        if each.id not in known:
            db.session.add(row(rules_id=each.id, guardian_id=guardian.id, child_id=child.id, accepted_at=now))
            after = {"règlement": str(each), "enfant": child.full_name}
            history.record(
                guardian, "Règlement accepté", by=by, now=now, after=after, family_id=guardian.family_id
            )


def accepted_by(guardian_id: int, child_id: int) -> Mapping[int, datetime]:
    """The versions that this adult has accepted for this child, and when; one query."""
    row = models.RulesAcceptance
    query = sa.select(row.rules_id, row.accepted_at).filter_by(guardian_id=guardian_id, child_id=child_id)
    return {rules_id: at for rules_id, at in db.session.execute(query)}


def versions_accepted() -> frozenset[int]:
    """The versions that somebody has accepted: they do not change any more; one query."""
    return frozenset(db.session.scalars(sa.select(models.RulesAcceptance.rules_id).distinct()))


def rules_to_accept(
    services: Collection[Service], activity_ids: Collection[int]
) -> list[models.ServiceRules]:
    """Those of the services of which something is chosen."""
    return [
        each.rules
        for each in services
        if each.rules is not None and any(activity.id in activity_ids for activity in each.activities)
    ]
