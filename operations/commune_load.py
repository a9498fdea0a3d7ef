"""Loading a commune's file into the database: by names, again and again, without losing what is booked.

What the file does not say stays as it is; what it lists (the rules of an activity, the holidays of its
years) becomes what it says. Nothing is deleted that a booking, a child or an invoice may need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.commune_columns import Ids, bare, columns, deadline_row, tariff_parts
from operations.commune_orphans import refuse_orphans
from operations.commune_sync import Sync
from operations.commune_yaml import write
from operations.configuration import (
    capacity_facts,
    closure_facts,
    commune_settings,
    configuration,
    deadline_facts,
    pattern_facts,
    policy_facts,
)
from operations.example_rows import named, same_body, stored
from operations.tariff_facts import tariff_facts
from operations.waiting import give_every_place
from rules.absences import AbsencePolicy
from rules.commune_activities import Activity, School
from rules.commune_calendar import class_name
from rules.commune_file import Reglement
from rules.commune_tariffs import Tariff
from rules.folding import fold, slug
from rules.refusals import Refused
from rules.school_calendar import Holiday
from rules.vocabulary import PriceUnit


def load(reglement: Reglement, *, by: Actor, now: datetime) -> Sync:
    """Put the règlement in the tables, and say what was created, changed, removed or left.

    Refused when it would close days already booked, or a name has two meanings.
    """
    before = configuration()
    load = _Load(reglement, Sync())
    load.settings()
    load.years_and_schools()
    load.activities()
    load.calendar()
    load.rules()
    load.fees()
    load.examples()
    db.session.flush()
    refuse_orphans(before, now)
    told = load.sync
    if told.created or told.changed or told.removed:
        after = {"créé": told.created, "changé": told.changed, "retiré": told.removed}
        history.record(commune_settings(), "configuration chargée", by=by, now=now, after=after)
        give_every_place(now=now)
    return told


class _Load:
    """One loading: the règlement, the numbers of the database as they become known, what was done."""

    def __init__(self, reglement: Reglement, sync: Sync) -> None:
        self.reglement = reglement
        self.sync = sync
        self.ids = Ids()

    # -- settings --

    def settings(self) -> None:
        policy = self.reglement.quotient
        reference, expires = policy.reference or (None, None), policy.expires or (None, None)
        renewed = policy.renewed or (None, None)
        values: dict[str, Any] = {**self.reglement.settings, **self.reglement.billing}
        values["zone"] = self.reglement.calendar_facts.zone
        values |= {
            "quotient_start": policy.start,
            "quotient_reference_month": reference[0],
            "quotient_reference_day": reference[1],
            "quotient_backdated_days": policy.backdated_days,
            "quotient_expires_month": expires[0],
            "quotient_expires_day": expires[1],
            "quotient_renewed_month": renewed[0],
            "quotient_renewed_day": renewed[1],
        }
        self.sync.set(commune_settings(), values, "les réglages de la commune")

    # -- years and schools --

    def years_and_schools(self) -> None:
        years = {row.name: row for row in _all(models.SchoolYear)}
        for year in self.reglement.calendar_facts.years:
            values = {"first_day": year.first, "last_day": year.last}
            years[year.name] = self.sync.put(
                models.SchoolYear, years.get(year.name), values, f"année {year.name}", name=year.name
            )
        last = max(self.reglement.calendar_facts.years, key=lambda year: year.first)
        known = _by_name(models.School)
        for school in self.reglement.schools:
            row = self._school(school, known.pop(fold(school.name), None))
            self._classes(school, row, years, last.name)
        self.sync.leave("école", known)

    def _school(self, school: School, found: models.School | None) -> models.School:
        address = {name: getattr(school, name) for name in ("street", "postcode", "city", "phone")}
        values = {name: value for name, value in address.items() if value or found is None}
        values["kind"] = school.kind
        said = f"école « {school.name} »"
        row: models.School = self.sync.put(models.School, found, values, said, name=school.name)
        self.ids.put("école", _number(self.reglement, "école", school.name), row.id)
        return row

    def _classes(
        self, school: School, row: models.School, years: Mapping[str, models.SchoolYear], last: str
    ) -> None:
        query = sa.select(models.SchoolClass).where(models.SchoolClass.school_id == row.id)
        known = {(each.school_year_id, fold(each.name)): each for each in db.session.scalars(query)}
        for each in school.classes:
            year = years.get(each.year or last)
            if year is None:
                raise Refused(
                    f"L’année scolaire {each.year} des classes de « {school.name} » n’est pas déclarée."
                )
            found = known.get((year.id, fold(each.name)))
            values = {"teacher": each.teacher} if each.teacher or found is None else {}
            said = f"classe « {each.name} » de « {school.name} », {year.name}"
            made = self.sync.put(
                models.SchoolClass,
                found,
                values,
                said,
                name=each.name,
                school_id=row.id,
                school_year_id=year.id,
            )
            number = _number(self.reglement, "classe", class_name(school.name, each.name))
            self.ids.classes.setdefault(number, []).append((year.first_day, year.last_day, made.id))

    # -- services and activities --

    def activities(self) -> None:
        services = _by_name(models.Service)
        for service in self.reglement.services:
            name = service.name
            row = self.sync.put(
                models.Service, services.pop(fold(name), None), {}, f"service « {name} »", name=name
            )
            self.ids.put("service", _number(self.reglement, "service", name), row.id)
        known = _by_name(models.Activity)
        positions = self._positions(known)
        for activity in self.reglement.activities:
            found = known.pop(fold(activity.name), None)
            values = self._activity_values(activity, found) | {"position": positions[activity.name]}
            fixed = {"name": activity.name, "slug": slug(activity.name)}
            row = self.sync.put(models.Activity, found, values, f"activité « {activity.name} »", **fixed)
            self.ids.put("activité", self.reglement.number(activity), row.id)
        self.sync.leave("activité", known)

    def _positions(self, known: Mapping[str, models.Activity]) -> dict[str, int]:
        """Those of the database while they are in the order of the file, else new ones."""
        names = [activity.name for activity in self.reglement.activities]
        held = [known[fold(name)].position for name in names if fold(name) in known]
        if len(held) == len(names) and held == sorted(set(held)):
            return dict(zip(names, held, strict=True))
        return {name: 10 * place for place, name in enumerate(names, start=1)}

    def _activity_values(self, activity: Activity, found: models.Activity | None) -> dict[str, Any]:
        """What the file says of it; everything, for a new one."""
        service = self.ids.of["service"][self.reglement.service_number(activity)]
        values = {
            "service": ("service_id", service),
            "unit": ("unit", activity.unit),
            "noun": ("noun", activity.noun),
            "starts_at": ("starts_at_minute", activity.starts_at),
            "ends_at": ("ends_at_minute", activity.ends_at),
            "is_open": ("is_open", activity.is_open),
            "grace": ("grace_days", activity.grace_days),
            "days_without_choice": ("days_without_choice", activity.days_without_choice),
            "childcare": ("childcare_share", activity.childcare_share),
        }
        return {
            column: value
            for said, (column, value) in values.items()
            if found is None or said in activity.said
        }

    # -- the calendar --

    def calendar(self) -> None:
        facts = self.reglement.calendar_facts
        self._holidays()
        if "weeks" in facts.said or not _count(models.WeekPattern, models.WeekPattern.activity_id.is_(None)):
            wanted = [self.ids.translated(week) for week in facts.weeks]
            rows = _rows(models.WeekPattern, models.WeekPattern.activity_id.is_(None))
            self.sync.whole_list(rows, pattern_facts, wanted, models.WeekPattern, "jours d’école")
        if "events" in facts.said:
            first, last = facts.years[0].first, facts.years[-1].last
            rows = _rows(models.Closure, models.Closure.first_day.between(first, last))
            wanted_events = [self.ids.translated(event) for event in facts.events]
            self.sync.each_apart(
                rows, closure_facts, wanted_events, models.Closure, lambda event: f"« {event.name} »"
            )

    def _holidays(self) -> None:
        """The days off of the file's years: those that it no longer says are removed."""
        facts = self.reglement.calendar_facts
        if not facts.holidays:
            return
        first, last = min(day.first for day in facts.holidays), max(day.last for day in facts.holidays)
        rows = _rows(models.Holiday, models.Holiday.first_day.between(first, last))
        self.sync.each_apart(
            rows, _holiday_facts, facts.holidays, models.Holiday, lambda day: f"{day.name} {day.first.year}"
        )

    # -- the rules of each activity --

    def rules(self) -> None:
        for activity in self.reglement.activities:
            row_id = self.ids.of["activité"][self.reglement.number(activity)]
            of, said = {"activity_id": row_id}, activity.said
            if {"weeks", "holiday_weekdays"} & said:
                weeks = [replace(self.ids.translated(week), activity_id=row_id) for week in activity.weeks]
                rows = _rows(models.WeekPattern, models.WeekPattern.activity_id == row_id)
                self.sync.whole_list(
                    rows, pattern_facts, weeks, models.WeekPattern, f"jours de « {activity.name} »"
                )
            if "deadlines" in said:
                self._deadlines(activity, row_id)
            if "absences" in said:
                policies = [replace(each, activity_id=row_id) for each in activity.absences]
                rows = _rows(models.AbsencePolicy, models.AbsencePolicy.activity_id == row_id)
                self.sync.whole_list(
                    sorted(rows, key=lambda row: (row.position, row.id)),
                    _policy_in_order(),
                    policies,
                    models.AbsencePolicy,
                    f"absences de « {activity.name} »",
                )
            if "places" in said:
                places = [self.ids.translated(each) for each in activity.places]
                rows = _rows(models.Capacity, models.Capacity.activity_id == row_id)
                self.sync.whole_list(
                    rows, capacity_facts, places, models.Capacity, f"places de « {activity.name} »", **of
                )
            self._tariffs(f"« {activity.name} »", activity.tariffs, activity.unit, of)
        for service in self.reglement.services:
            row_id = self.ids.of["service"][_number(self.reglement, "service", service.name)]
            units = (a.unit for a in self.reglement.activities if (a.service or a.name) == service.name)
            usual = next(units, service.unit)
            self._tariffs(f"« {service.name} »", service.tariffs, usual, {"service_id": row_id})

    def _deadlines(self, activity: Activity, row_id: int) -> None:
        rows = _rows(models.DeadlineRule, models.DeadlineRule.activity_id == row_id)
        rows = sorted(rows, key=lambda row: (row.position, row.id))
        wanted = [self.ids.translated(rule) for rule in activity.deadlines]
        have = [replace(deadline_facts(row), position=place) for place, row in enumerate(rows)]
        self.sync.replace(
            rows,
            have == wanted,
            lambda: [deadline_row(rule, row_id) for rule in wanted],
            f"délais de « {activity.name} »",
        )

    # -- tariffs and fees --

    def _tariffs(
        self, of: str, tariffs: Sequence[Tariff], usual: PriceUnit, owner: Mapping[str, int]
    ) -> None:
        table = models.TariffVersion
        [(column, number)] = owner.items()
        known = {row.first_day: row for row in _rows(table, getattr(table, column) == number)}
        for tariff in tariffs:
            version = self.ids.version(tariff.version)
            said = f"tarif « {version.name} » de {of}"
            row = known.pop(version.first, None)
            values = columns(table, version, deliberation=tariff.deliberation, **owner)
            if row is None:
                row = table(**values, **tariff_parts(version, usual))
                db.session.add(row)
                self.sync.created.append(said)
            elif bare(tariff_facts(row, usual)) == bare(version) and row.deliberation == tariff.deliberation:
                self.sync.same += 1
            else:
                self._rewrite(row, values, tariff_parts(version, usual))
                self.sync.changed.append(said)
        for row in known.values():
            self.sync.left.append(f"tarif « {row.name} » de {of}")

    def _rewrite(
        self, row: models.TariffVersion, values: Mapping[str, Any], parts: Mapping[str, Any]
    ) -> None:
        for name in parts:
            setattr(row, name, [])
        db.session.flush()  # positions are unique: the old rows go first
        for name, value in (*values.items(), *parts.items()):
            setattr(row, name, value)
        db.session.flush()

    def fees(self) -> None:
        rows = {
            (row.name, row.first_day, row.resident, row.rank_from, row.rank_to): row
            for row in _all(models.Fee)
        }
        for fee in self.reglement.fees:
            wanted = self.ids.translated(fee)
            row = rows.pop((fee.name, fee.first, fee.resident, fee.rank_from, fee.rank_to), None)
            self.sync.put(models.Fee, row, columns(models.Fee, wanted), f"frais « {fee.name} »")
        for row in rows.values():
            self.sync.left.append(f"frais « {row.name} »")

    def examples(self) -> None:
        """Those of the file, by name, in its order; the others stay after them."""
        rows = {row.name: row for row in stored()}
        for place, (name, body) in enumerate(named(self.reglement.examples).items(), start=1):
            row = rows.pop(name, None)
            values: dict[str, Any] = {"position": place}
            if row is None or not same_body(row, body):
                values["body"] = write(body)
            self.sync.put(models.ConfigurationExample, row, values, f"exemple « {name} »", name=name)
        if self.reglement.examples:
            self.sync.left += [f"exemple « {row.name} »" for row in rows.values()]


def _all(table: type[Any]) -> list[Any]:
    return list(db.session.scalars(sa.select(table)))


def _rows(table: type[Any], condition: Any) -> list[Any]:
    return list(db.session.scalars(sa.select(table).where(condition).order_by(table.id)))


def _count(table: type[Any], condition: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table).where(condition)) or 0


def _by_name(table: type[Any]) -> dict[str, Any]:
    return {fold(row.name): row for row in _all(table)}


def _number(reglement: Reglement, what: str, name: str) -> int:
    number = reglement.names.number(what, name)
    assert number is not None
    return number


def _holiday_facts(row: models.Holiday) -> Holiday:
    return Holiday(row.kind, row.name, row.first_day, row.last_day)


def _policy_in_order() -> Callable[[models.AbsencePolicy], AbsencePolicy]:
    """Each policy at its place among those of the activity, without the number of its row."""
    places = iter(range(1000))
    return lambda row: replace(policy_facts(row), id=None, position=next(places))
