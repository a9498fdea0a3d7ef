"""The hours of an attendance sheet: which ones the tariff of the day asks for, what was noted, what is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

import models
from extensions import db
from operations.configuration import configuration
from operations.day_facts import minute_of
from rules.instants import at_minute, to_utc
from rules.presence_hours import NO_HOURS, NOTHING_ASKED, Asked, Hours, asked, refusal
from rules.pricer import needs_of
from rules.refusals import Refused
from rules.tariffs import version_for


def asked_on(activity_id: int, day: date) -> Asked:
    """The hours that the activity's tariff in force that day looks at; none, most often."""
    rules = configuration()
    version = version_for(rules.tariffs.get(activity_id, ()), day)
    if version is None:
        return NOTHING_ASKED
    activity, needs = rules.activities[activity_id], needs_of(version)
    return asked(activity.starts_at_minute, activity.ends_at_minute, timed=needs.timed, late=needs.late)


def hours_noted(sheet: models.AttendanceSheet) -> dict[int, Hours]:
    """The hours of the children recorded that day, on this sheet or another of the activity; one query."""
    row = models.Attendance
    query = sa.select(row.child_id, row.arrived_at, row.left_at).where(
        row.activity_id == sheet.activity_id, row.day == sheet.day
    )
    return {
        child_id: Hours(minute_of(arrived_at), minute_of(left_at))
        for child_id, arrived_at, left_at in db.session.execute(query)
    }


def field_of(side: str, child_id: int) -> str:
    """The name of the field of an hour: a refusal says which one it is about."""
    return f"{side}-{child_id}"


def ensure_possible(sheet: models.AttendanceSheet, hours: Mapping[int, Hours]) -> None:
    """Refused for hours that cannot be those of the activity, on the field of the child."""
    activity = configuration().activities[sheet.activity_id]
    for child_id, each in hours.items():
        found = refusal(each, activity.starts_at_minute, activity.ends_at_minute, activity.name)
        if found is not None:
            raise Refused(found[1], field_of(found[0], child_id))


def write(row: models.Attendance, hours: Hours = NO_HOURS) -> None:
    """The minutes of the day as instants; those of a night when clocks move are read as everywhere."""
    arrives, leaves = hours
    row.arrived_at = None if arrives is None else to_utc(at_minute(row.day, arrives))
    row.left_at = None if leaves is None else to_utc(at_minute(row.day, leaves))
