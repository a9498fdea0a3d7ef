"""The configuration of the database, as the règlement that a commune's file says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

import models
from extensions import db
from operations.commune_yaml import write
from operations.configuration import (
    capacity_facts,
    closure_facts,
    commune_settings,
    deadline_facts,
    pattern_facts,
    policy_facts,
)
from operations.example_rows import told as examples_told
from operations.tariff_facts import all_fees, quotient_policy, tariff_facts, usual_unit
from rules.capacity import Capacity
from rules.commune_activities import Activity, School, SchoolClass, Service
from rules.commune_calendar import CalendarFacts, class_name
from rules.commune_file import Reglement, tell
from rules.commune_policies import BILLING, COMMUNE
from rules.commune_tariffs import Tariff
from rules.file_nodes import Names
from rules.folding import fold
from rules.school_calendar import Closure, Holiday, Pattern, SchoolYear
from rules.vocabulary import Level, PriceUnit

COMMENTS = {
    "commune": "La configuration d’une commune. Comment la lire et la changer : docs/configuration.md.",
    "calendrier": "Quand il y a école.",
    "activités": "Ce qui se réserve ou se pointe : délais, prix, absences, places.",
    "exemples": "Ce que les règles doivent répondre : flask commune examples.",
}


def dump() -> str:
    """The whole configuration as one readable text; the same configuration always gives the same text."""
    told = tell(current_reglement())
    examples = examples_told()
    return write(told | ({"exemples": examples} if examples else {}), COMMENTS)


def current_reglement() -> Reglement:
    """What the tables say, known by the numbers that they have there."""
    commune = commune_settings()
    schools, services = (_by_name(table) for table in (models.School, models.Service))
    activities = _activities()
    years = [
        SchoolYear(y.name, y.first_day, y.last_day)
        for y in _all(models.SchoolYear, models.SchoolYear.first_day)
    ]
    names = _names(schools, services, activities)
    names.start = min((year.first for year in years), default=date.min)
    weeks = [pattern_facts(each) for each in _all(models.WeekPattern, models.WeekPattern.id)]
    classes, tariffs = _classes(), _tariffs(activities)
    rules = _Rules(
        weeks=weeks,
        deadlines=_deadlines(),
        tariffs=tariffs,
        absences=_by_activity(models.AbsencePolicy, policy_facts, models.AbsencePolicy.position),
        places=_by_activity(models.Capacity, capacity_facts),
        named=_named(names),
    )
    return Reglement(
        settings=_settings(commune, COMMUNE),
        calendar_facts=_calendar(commune.zone, years, weeks, _named(names)),
        schools=tuple(_school(each, classes[each.id]) for each in schools),
        services=tuple(
            Service(each.name, _service_unit(each.id, activities), tuple(tariffs["service", each.id]))
            for each in services
        ),
        activities=tuple(_activity(each, rules) for each in activities),
        fees=tuple(sorted(all_fees(), key=lambda fee: (fee.first, fee.name))),
        quotient=quotient_policy(commune),
        billing=_settings(commune, BILLING),
        names=names,
    )


def _all(table: type[Any], *order: Any) -> list[Any]:
    return list(db.session.scalars(sa.select(table).order_by(*order)))


def _by_name(table: type[Any]) -> list[Any]:
    """In the same order whatever the database: engines sort accents each their own way."""
    return sorted(_all(table, table.id), key=lambda row: fold(row.name))


def _activities() -> list[models.Activity]:
    query = sa.select(models.Activity).options(joinedload(models.Activity.service))
    return list(db.session.scalars(query.order_by(models.Activity.position, models.Activity.id)))


def _names(
    schools: Iterable[models.School],
    services: Iterable[models.Service],
    activities: Iterable[models.Activity],
) -> Names:
    names = Names()
    for what, rows in (("école", schools), ("service", services), ("activité", activities)):
        for row in rows:
            names.add(what, row.name, row.id)
    query = sa.select(models.SchoolClass).options(joinedload(models.SchoolClass.school))
    for each in db.session.scalars(query.order_by(models.SchoolClass.id)):
        names.add("classe", class_name(each.school.name, each.name), each.id)
    return names


def _settings(commune: models.Commune, section: Any) -> dict[str, Any]:
    """The settings that are given: an empty text is not written."""
    told = {field.attr: getattr(commune, field.attr) for field in section.fields}
    return {name: value for name, value in told.items() if value not in (None, "")}


# -- the calendar and the schools ---------------------------------------------------------


def _calendar(zone: str, years: list[SchoolYear], weeks: Iterable[Pattern], named: Named) -> CalendarFacts:
    holidays = [
        Holiday(h.kind, h.name, h.first_day, h.last_day) for h in _all(models.Holiday, models.Holiday.id)
    ]
    everywhere = [week for week in weeks if week.activity_id is None]
    events = [closure_facts(each) for each in _all(models.Closure, models.Closure.id)]
    return CalendarFacts(
        zone=zone,
        years=tuple(years),
        holidays=tuple(sorted(holidays, key=lambda day: (day.first, day.last, day.kind, day.name))),
        weeks=tuple(sorted(everywhere, key=lambda week: _week_order(week, named))),
        events=tuple(sorted(events, key=lambda event: _event_order(event, named))),
    )


Named = Callable[[str, int | None], str]


def _named(names: Names) -> Named:
    """The name of what a number stands for: an order that is the same in any database."""
    return lambda what, number: "" if number is None else names.name(what, number)


def _week_order(week: Pattern, named: Named) -> tuple[Any, ...]:
    return week.first, week.period, named("école", week.school_id), week.level or "", sorted(week.weekdays)


def _event_order(event: Closure, named: Named) -> tuple[Any, ...]:
    scope = (named("activité", event.activity_id), named("école", event.school_id))
    narrow = (named("classe", event.class_id), event.level or "", event.half_day or "")
    return event.first, event.last, event.name, *scope, *narrow


def _school(row: models.School, classes: Iterable[SchoolClass]) -> School:
    return School(row.name, row.kind, row.street, row.postcode, row.city, row.phone, tuple(classes))


def _classes() -> dict[int, list[SchoolClass]]:
    """By school, in the order of the years."""
    by_school: dict[int, list[SchoolClass]] = defaultdict(list)
    query = (
        sa.select(models.SchoolClass, models.SchoolYear.name)
        .join(models.SchoolYear, models.SchoolYear.id == models.SchoolClass.school_year_id)
        .order_by(models.SchoolYear.first_day)
    )
    for row, year in sorted(db.session.execute(query), key=lambda found: (found[1], *_class_order(found[0]))):
        by_school[row.school_id].append(SchoolClass(year, row.name, row.teacher))
    return by_school


def _class_order(row: models.SchoolClass) -> tuple[int, str]:
    """From the youngest to the eldest, by the level that the name starts with."""
    levels = [place for place, level in enumerate(Level) if row.name.startswith(level.label)]
    return (levels[0] if levels else len(Level)), row.name


# -- activities and their rules -----------------------------------------------------------


def _by_activity(table: type[Any], facts: Callable[[Any], Any], *order: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in _all(table, table.activity_id, *order, table.id):
        found[row.activity_id].append(facts(row))
    return found


def _deadlines() -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    rule = models.DeadlineRule
    query = (
        sa.select(rule)
        .options(selectinload(rule.weekday_rows), selectinload(rule.published))
        .order_by(rule.activity_id, rule.position, rule.id)
    )
    for row in db.session.scalars(query):
        known = found[row.activity_id]
        known.append(replace(deadline_facts(row), position=len(known)))
    return found


def _tariffs(activities: list[models.Activity]) -> dict[tuple[str, int], list[Tariff]]:
    """By owner: ("activité", its id) or ("service", its id)."""
    found: dict[tuple[str, int], list[Tariff]] = defaultdict(list)
    version = models.TariffVersion
    parts = (version.rows, version.modifiers, version.caps, version.situations)
    query = sa.select(version).options(*(selectinload(part) for part in parts))
    for row in db.session.scalars(query.order_by(version.first_day, version.id)):
        owner = (
            ("activité", row.activity_id) if row.activity_id is not None else ("service", row.service_id or 0)
        )
        facts = tariff_facts(row, usual_unit(row, activities))
        found[owner].append(Tariff(facts, row.deliberation))
    return found


def _service_unit(service_id: int, activities: Iterable[models.Activity]) -> PriceUnit:
    """As in `usual_unit`: that of its first activity."""
    return next((each.unit for each in activities if each.service_id == service_id), PriceUnit.SESSION)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What is known of all the activities at once."""

    weeks: list[Pattern]
    deadlines: dict[int, list[Any]]
    tariffs: dict[tuple[str, int], list[Tariff]]
    absences: dict[int, list[Any]]
    places: dict[int, list[Any]]
    named: Named


def _activity(row: models.Activity, rules: _Rules) -> Activity:
    own = [week for week in rules.weeks if week.activity_id == row.id]
    weeks = sorted(own, key=lambda week: _week_order(week, rules.named))
    places = sorted(rules.places[row.id], key=lambda each: _place_order(each, rules.named))
    return Activity(
        name=row.name,
        service=row.service.name,
        unit=row.unit,
        noun=row.noun,
        starts_at=row.starts_at_minute,
        ends_at=row.ends_at_minute,
        is_open=row.is_open,
        grace_days=row.grace_days,
        days_without_choice=row.days_without_choice,
        childcare_share=row.childcare_share,
        weeks=tuple(weeks),
        deadlines=tuple(rules.deadlines[row.id]),
        tariffs=tuple(rules.tariffs["activité", row.id]),
        absences=tuple(rules.absences[row.id]),
        places=tuple(places),
    )


def _place_order(places: Capacity, named: Named) -> tuple[Any, ...]:
    scope = (named("école", places.school_id), places.level or "", sorted(places.weekdays or ()))
    return places.first, *scope, places.places
