"""What the kitchen and the agents must know of a day: counts by group, without a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

import models
from extensions import db
from operations.health import care_of, counts
from rules.vocabulary import BookingState

Group = tuple[int, int]  # an activity and a class


@dataclass(frozen=True, slots=True)
class DayCare:
    """Of the children booked in one class: diets, allergies and PAI, and how many are told absent."""

    counts: Sequence[tuple[str, int]]
    told: int


def booked_care(day: date) -> Mapping[Group, DayCare]:
    """By activity and class, of the children booked that day; three queries whatever the children.

    A child told absent is not counted among the diets: nobody cooks for it.
    """
    told, groups = _told(day), _booked(day)
    care = care_of({child_id for ids in groups.values() for child_id in ids}, day)
    return {
        (activity_id, class_id): DayCare(
            counts(care, [each for each in ids if (activity_id, each) not in told]),
            sum((activity_id, each) in told for each in ids),
        )
        for (activity_id, class_id), ids in groups.items()
    }


def _booked(day: date) -> dict[Group, list[int]]:
    row, schooling = models.Booking, models.Schooling
    query = (
        sa.select(row.activity_id, schooling.class_id, row.child_id)
        .join(schooling, schooling.child_id == row.child_id)
        .where(
            row.day == day,
            row.state == BookingState.BOOKED,
            schooling.first_day <= day,
            sa.func.coalesce(schooling.last_day, day) >= day,
        )
    )
    found: dict[Group, list[int]] = defaultdict(list)
    for activity_id, class_id, child_id in db.session.execute(query):
        found[activity_id, class_id].append(child_id)
    return found


def _told(day: date) -> set[tuple[int, int]]:
    row = models.ToldAbsence
    query = sa.select(row.activity_id, row.child_id).where(row.day == day)
    return {(activity_id, child_id) for activity_id, child_id in db.session.execute(query)}
