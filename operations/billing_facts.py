"""Gathering a month: the same number of queries whatever the number of families."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import sqlalchemy as sa

import models
from extensions import db
from operations.absences import claims_waiting
from operations.attendance_hours import asked_on
from operations.children import SchoolingFact, schoolings_of
from operations.configuration import Configuration, commune_settings, configuration
from operations.day_facts import schooling_on, settled_days, unbilled_days
from operations.grounds import enrolments_of, ground_of, wanted_by
from operations.period_facts import around_month, history_start
from rules import billing, deadlines
from rules.addresses import postal_lines
from rules.anomalies import BookedWithoutSchool, ClaimWaiting, PresentWithoutHours, SessionWithoutSheet
from rules.invoices import next_month
from rules.months import PricedDay, price_month
from rules.presence_hours import Hours
from rules.school_calendar import Place
from rules.vocabulary import EventEffect, Presence, SheetState

_Names = dict[tuple[int, int | None], str]  # of a school (no class), of a class and its school


@dataclass(frozen=True, slots=True)
class Payer:
    guardian_id: int
    name: str
    address: str
    email: str | None


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """All that decides a month's bills, without a database behind it."""

    month: date
    bills: list[billing.Bill]
    payers: Mapping[int, Payer]
    family_names: Mapping[int, str]
    child_names: Mapping[int, str]
    leavers: frozenset[int]
    previous_totals: Mapping[int, int]
    sessions_without_sheet: list[SessionWithoutSheet]
    present_without_hours: list[PresentWithoutHours]
    booked_without_school: list[BookedWithoutSchool]
    claims_waiting: list[ClaimWaiting]
    is_example: bool
    threshold_cents: int


def gather(month: date) -> MonthFacts:
    """Everything not yet billed up to the end of `month`, priced and gathered into bills."""
    rules = configuration()
    wanted = wanted_by(rules)
    last = next_month(month) - timedelta(days=1)
    schoolings = schoolings_of(None)
    enrolments = enrolments_of(None) if wanted.enrolments else {}
    since = commune_settings().billed_from
    days = list(unbilled_days(since, last, rules, wanted, schoolings, enrolments))
    ground = ground_of(rules, wanted, schoolings=schoolings, enrolments=enrolments)
    uses = billing.uses_of(days)
    around = around_month(month, last, since, uses, rules, wanted, ground, enrolments)
    if wanted.history and uses:
        uses += settled_days(history_start(uses, ground), last)
    priced = price_month(uses, ground, around)
    del uses
    child_names, group_names = _child_names(), _group_names()
    bills = billing.bills(priced.days, _adjustments(month), _excluded(month), priced.charges)
    return MonthFacts(
        month=month,
        bills=bills,
        payers=_payers(),
        family_names=_family_names(),
        child_names=child_names,
        leavers=_leavers(last),
        previous_totals=_previous_totals(month),
        sessions_without_sheet=_sessions_without_sheet(month, last, days, rules, schoolings, group_names),
        present_without_hours=_present_without_hours(days, rules, schoolings, group_names)
        if wanted.hours
        else [],
        booked_without_school=_booked_without_school(priced.days, days, rules, schoolings, child_names),
        claims_waiting=claims_waiting(last),
        threshold_cents=commune_settings().carry_over_below_cents,
        is_example=any(_explained_by_an_example(line) for bill in bills for line in bill.lines),
    )


def _explained_by_an_example(line: billing.Line) -> bool:
    return bool(line.explanation and line.explanation["is_example"])


# -- sessions that nobody closed ----------------------------------------------------------


def _sessions_without_sheet(
    month: date,
    last: date,
    days: Iterable[billing.DayFact],
    rules: Configuration,
    schoolings: Mapping[int, list[SchoolingFact]],
    names: _Names,
) -> list[SessionWithoutSheet]:
    """Booked sessions, and sessions of activities without booking, that no closed sheet covers."""
    expected = _booked_sessions(month, days, schoolings) | _open_sessions(month, last, rules)
    covered = _closed_sessions(month, last)
    missing = {session for session in expected if not covered & {session, _of_school(session)}}
    return [
        SessionWithoutSheet(rules.activities[activity_id].name, names[school_id, class_id], day)
        for activity_id, school_id, class_id, day in missing
    ]


def _present_without_hours(
    days: Iterable[billing.DayFact],
    rules: Configuration,
    schoolings: Mapping[int, list[SchoolingFact]],
    names: _Names,
) -> list[PresentWithoutHours]:
    """The presences about to be billed without the hours that their price is made of."""
    asked = cache(asked_on)
    lacking = [
        fact
        for fact in days
        if fact.presence is Presence.PRESENT
        and asked(fact.activity_id, fact.day).lack(Hours(fact.arrives, fact.leaves))
    ]
    places = [(fact, schooling_on(schoolings, fact.child_id, fact.day)) for fact in lacking]
    return [
        PresentWithoutHours(
            rules.activities[fact.activity_id].name,
            names[at.school_id, None] if at else "sans école",
            fact.day,
        )
        for fact, at in places
    ]


NO_SESSION = (EventEffect.CLOSED, EventEffect.PICNIC_HOME)  # nobody is served: no sheet is expected

_Session = tuple[int, int, int | None, date]  # activity, school, class or None for the whole school, day


def _of_school(session: _Session) -> _Session:
    activity_id, school_id, _, day = session
    return (activity_id, school_id, None, day)


def _booked_sessions(
    month: date, days: Iterable[billing.DayFact], schoolings: Mapping[int, list[SchoolingFact]]
) -> set[_Session]:
    sessions: set[_Session] = set()
    for fact in days:
        if fact.booked and fact.day >= month and fact.event not in NO_SESSION:
            at = schooling_on(schoolings, fact.child_id, fact.day)
            if at is not None:
                sessions.add((fact.activity_id, at.school_id, at.class_id, fact.day))
    return sessions


def _booked_without_school(
    priced: Iterable[PricedDay],
    days: Iterable[billing.DayFact],
    rules: Configuration,
    schoolings: Mapping[int, list[SchoolingFact]],
    child_names: Mapping[int, str],
) -> list[BookedWithoutSchool]:
    """Booked days to bill of children who have left, or are not there yet: no sheet expects them."""
    booked = {(fact.child_id, fact.activity_id, fact.day) for fact in days if fact.booked}
    return [
        BookedWithoutSchool(
            day.family_id, child_names[day.child_id], rules.activities[day.activity_id].name, day.day
        )
        for day in priced
        if (day.child_id, day.activity_id, day.day) in booked
        and schooling_on(schoolings, day.child_id, day.day) is None
    ]


def _open_sessions(month: date, last: date, rules: Configuration) -> set[_Session]:
    """Where children are enrolled in an activity without booking, one session per school and open day."""
    free = [a for a, found in rules.deadlines.items() if not deadlines.needs_booking(found, last)]
    row, schooling, school_class = models.Enrolment, models.Schooling, models.SchoolClass
    query = (
        sa.select(row.activity_id, school_class.school_id)
        .join(schooling, schooling.child_id == row.child_id)
        .join(school_class, school_class.id == schooling.class_id)
        .where(
            row.activity_id.in_(free),
            row.first_day <= last,
            sa.func.coalesce(row.last_day, last) >= month,
            schooling.first_day <= last,
            sa.func.coalesce(schooling.last_day, last) >= month,
        )
        .distinct()
    )
    return {
        (activity_id, school_id, None, day)
        for activity_id, school_id in db.session.execute(query)
        for day in rules.calendar.service_days(month, last, Place(activity_id, school_id))
    }


def _closed_sessions(month: date, last: date) -> set[_Session]:
    """Closed sheets; a class's sheet also says that its school's session was held."""
    row = models.AttendanceSheet
    query = sa.select(row.activity_id, row.school_id, row.class_id, row.day).where(
        row.day.between(month, last), row.state == SheetState.CLOSED
    )
    found: set[_Session] = {tuple(sheet) for sheet in db.session.execute(query)}  # type: ignore[misc]
    rules = configuration()
    free = {a for a, those in rules.deadlines.items() if not deadlines.needs_booking(those, last)}
    return found | {_of_school(session) for session in found if session[0] in free}


def _group_names() -> _Names:
    row, school = models.SchoolClass, models.School
    names: _Names = {
        (school_id, None): name for school_id, name in db.session.execute(sa.select(school.id, school.name))
    }
    query = sa.select(row.school_id, row.id, row.name, school.name).join(school, school.id == row.school_id)
    for school_id, class_id, name, school_name in db.session.execute(query):
        names[school_id, class_id] = f"{name}, {school_name}"
    return names


# -- around the days ------------------------------------------------------------------------


def _adjustments(month: date) -> list[billing.Adjustment]:
    row = models.Adjustment
    waiting = ~sa.exists().where(models.InvoiceLine.adjustment_id == row.id)
    query = sa.select(row).where(row.month <= month, waiting).order_by(row.id)
    return [
        billing.Adjustment(
            id=found.id,
            family_id=found.family_id,
            month=found.month,
            label=found.label,
            amount_cents=found.amount_cents,
            child_id=found.child_id,
            activity_id=found.activity_id,
        )
        for found in db.session.scalars(query)
    ]


def _excluded(month: date) -> Collection[int]:
    row = models.Exclusion
    return set(db.session.scalars(sa.select(row.family_id).where(row.month == month)))


def _payers() -> dict[int, Payer]:
    adult, family = models.Guardian, models.Family
    address = (family.street, family.street_extra, family.postcode, family.city, family.country)
    query = (
        sa.select(
            family.id, adult.id, adult.civility, adult.first_name, adult.last_name, adult.email, *address
        )
        .join(family, family.id == adult.family_id)
        .where(adult.is_payer)
    )
    return {
        family_id: Payer(
            guardian_id=guardian_id,
            name=f"{civility.label} {first_name} {last_name}",
            address="\n".join(postal_lines(*where)),
            email=email,
        )
        for family_id, guardian_id, civility, first_name, last_name, email, *where in db.session.execute(
            query
        )
    }


def _family_names() -> dict[int, str]:
    query = sa.select(models.Family.id, models.Family.name)
    return {family_id: f"Famille {name}" for family_id, name in db.session.execute(query)}


def _child_names() -> dict[int, str]:
    row = models.Child
    query = sa.select(row.id, row.first_name, row.last_name)
    return {child_id: f"{first} {last}" for child_id, first, last in db.session.execute(query)}


def _leavers(last: date) -> frozenset[int]:
    row = models.Child
    return frozenset(db.session.scalars(sa.select(row.id).where(row.left_on <= last)))


def _previous_totals(month: date) -> dict[int, int]:
    previous = (month - timedelta(days=1)).replace(day=1)
    row = models.Invoice
    query = (
        sa.select(row.family_id, sa.func.sum(row.total_cents))
        .where(row.month == previous)
        .group_by(row.family_id)
    )
    return {family_id: int(total) for family_id, total in db.session.execute(query)}
