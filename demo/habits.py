"""A year of habits: what each child books, who was there until today. Written in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import sqlalchemy as sa

import models
from demo.dates import FIRST_DAY, TODAY, at
from demo.people import NEWCOMER, PARENTS, account_of
from extensions import db
from operations.children import ChildFacts, facts_of
from operations.configuration import ActivityFacts, configuration
from operations.history import keep_until
from operations.prices import pricing_of
from rules.deadlines import Circumstances, cutoff, rule_for
from rules.instants import at_minute
from rules.school_calendar import Place
from rules.vocabulary import BookingState, Change, Channel, Presence, SheetState, Situation, Timing

SCHOOL_DAYS = (1, 2, 4, 5)
NO_SHOWS, UNBOOKED = 0.02, 0.005
LATE_PICKUPS, DEPARTURES_NOTED = 0.01, 0.4
# What the town forgot, so that the screens have something to say: (activity, group, day).
LEFT_OPEN = {("Cantine", "CM1 · Élémentaire Les Tilleuls", date(2026, 11, 17))}
MISSING = {
    ("Cantine", "CP · Élémentaire du Vallon", date(2026, 11, 20)),
    ("Garderie du soir", "Maternelle du Vieux Puits", date(2026, 11, 19)),
}


@dataclass(frozen=True, slots=True)
class Pupil:
    """A child, where it goes to school, and the weekdays it usually comes to each activity."""

    facts: ChildFacts
    place: Place
    since: date
    habits: dict[int, frozenset[int]]


def pupils(random: Random) -> list[Pupil]:
    ids = list(db.session.scalars(sa.select(models.Child.id).order_by(models.Child.id)))
    published = _of_published_families()
    found = []
    for facts in facts_of(ids).values():
        schooling = facts.schooling_on(TODAY)
        if schooling is not None:
            place = Place(None, schooling.school_id, schooling.class_id, schooling.level)
            habits = {row.activity_id: _weekdays(random, row.activity_id) for row in facts.enrolments}
            if facts.families & published:
                habits = dict.fromkeys(habits, frozenset(SCHOOL_DAYS))
            found.append(Pupil(facts, place, schooling.first, habits))
    return found


def _of_published_families() -> set[int]:
    """The children of the published accounts come every day: there is always something to see."""
    query = sa.select(models.Guardian.family_id).where(models.Guardian.email.in_((*PARENTS, NEWCOMER)))
    return set(db.session.scalars(query))


def _weekdays(random: Random, activity_id: int) -> frozenset[int]:
    """Most children eat there every day; few come to the garderie every day."""
    is_canteen = configuration().activities[activity_id].slug == "cantine"
    counts, weights = ((4, 3, 2, 1), (55, 22, 17, 6)) if is_canteen else ((4, 3, 2, 0), (14, 14, 26, 46))
    return frozenset(random.sample(SCHOOL_DAYS, random.choices(counts, weights=weights)[0]))


def place_for(pupil: Pupil, activity_id: int) -> Place:
    return Place(activity_id, pupil.place.school_id, pupil.place.class_id, pupil.place.level)


def insert(table: type[Any], rows: Iterable[dict[str, Any]]) -> None:
    rows = list(rows)
    if rows:
        db.session.execute(sa.insert(table.__table__), rows)


# -- bookings ---------------------------------------------------------------------------


def book_the_year(everybody: list[Pupil], random: Random) -> None:
    """Every canteen day of the year, booked before it begins (or on arrival), with its receipt."""
    canteen = configuration().activity("cantine")
    assert canteen is not None
    last = configuration().calendar.years[-1].last
    days: dict[tuple[int, int], list[date]] = defaultdict(list)
    places = {}
    for pupil in everybody:
        place = places[pupil.facts.id] = place_for(pupil, canteen.id)
        habit = pupil.habits.get(canteen.id, frozenset())
        for day in configuration().calendar.service_days(pupil.since, last, place):
            owner = pupil.facts.family_on(day)
            if day.isoweekday() in habit and owner is not None:
                days[pupil.facts.id, owner].append(day)
    receipts = {key: _receipt(key[1], min(those), random) for key, those in days.items()}
    db.session.add_all(sorted(receipts.values(), key=lambda receipt: receipt.at))
    db.session.flush()
    insert(models.Booking, _bookings(canteen, days, receipts))
    insert(models.ReceiptLine, _lines(canteen, days, receipts, places))


def _receipt(family_id: int, first_day: date, random: Random) -> models.Receipt:
    """Asked by the payer in the portal, or on paper at the counter when there is no account."""
    booked_on = first_day - timedelta(days=random.randrange(10, 15))
    now = at(booked_on, random.randrange(18, 23), random.randrange(60))
    payer = (
        db.session.scalars(sa.select(models.Guardian).filter_by(family_id=family_id, is_payer=True))
        .unique()
        .one()
    )
    has_account = _signs_in(payer.account, now)
    account = payer.account if has_account else account_of("education@villars.example")
    return models.Receipt(
        family_id=family_id,
        at=now if has_account else now.replace(hour=10),
        by_id=account.id,
        by_name=account.display_name,
        for_guardian_id=None if has_account else payer.id,
        channel=Channel.PORTAL if has_account else Channel.PAPER,
        keep_until=keep_until(now),
    )


def _signs_in(account: models.Account | None, now: datetime) -> bool:
    first = account.first_signed_in_at if account else None
    return first is not None and first <= now


_Days = dict[tuple[int, int], list[date]]
_Receipts = dict[tuple[int, int], models.Receipt]


def _bookings(activity: ActivityFacts, days: _Days, receipts: _Receipts) -> Iterator[dict[str, Any]]:
    for (child_id, family_id), those in days.items():
        for day in those:
            yield {
                "child_id": child_id,
                "activity_id": activity.id,
                "family_id": family_id,
                "day": day,
                "state": BookingState.BOOKED,
                "timing": Timing.IN_TIME,
                "reason": "",
                "changed_at": receipts[child_id, family_id].at,
            }


def _lines(
    activity: ActivityFacts, days: _Days, receipts: _Receipts, places: dict[int, Place]
) -> Iterator[dict[str, Any]]:
    rules = configuration()
    pricing = pricing_of({family_id for _, family_id in days}, {child_id for child_id, _ in days})

    @cache
    def until(day: date, place: Place) -> datetime | None:
        terms = rules.terms(activity.id)
        rule = rule_for(terms.rules, Change.BOOK, day, rules.calendar, Circumstances(place))
        return cutoff(rule, day, rules.calendar, place, terms.starts_at)

    for (child_id, family_id), those in days.items():
        receipt = receipts[child_id, family_id]
        for day in those:
            yield {
                "receipt_id": receipt.id,
                "child_id": child_id,
                "activity_id": activity.id,
                "day": day,
                "change": Change.BOOK,
                "timing": Timing.IN_TIME,
                "until": until(day, places[child_id]),
                "price_cents": pricing.cents(activity.id, family_id, day, Situation.AS_BOOKED, child_id),
                "reason": "",
                "keep_until": receipt.keep_until,
            }


# -- attendance -------------------------------------------------------------------------


def take_attendance(everybody: list[Pupil], random: Random) -> None:
    """Every sheet from the first day to yesterday, and this morning's garderie."""
    for activity in configuration().activities.values():
        sheets = _sheets(activity, everybody)
        db.session.add_all(sheets.values())
        db.session.flush()
        insert(models.Attendance, _attendances(activity, sheets, everybody, random))


_Group = tuple[int, int | None]  # a school, and a class for the canteen


def _group(activity: ActivityFacts, pupil: Pupil) -> _Group:
    return (pupil.place.school_id or 0, pupil.place.class_id if activity.slug == "cantine" else None)


def _days(activity: ActivityFacts, place: Place) -> list[date]:
    until = TODAY if activity.slug == "garderie-du-matin" else TODAY - timedelta(days=1)
    return configuration().calendar.service_days(FIRST_DAY, until, place)


def _sheets(
    activity: ActivityFacts, everybody: list[Pupil]
) -> dict[tuple[_Group, date], models.AttendanceSheet]:
    by = account_of("cantine@villars.example")
    names = _group_names()
    found = {}
    for pupil in everybody:
        group = _group(activity, pupil)
        for day in _days(activity, place_for(pupil, activity.id)):
            what = (activity.name, names[group], day)
            if (group, day) not in found and what not in MISSING:
                found[group, day] = _sheet(activity, group, day, by, is_open=what in LEFT_OPEN)
    return found


def _sheet(
    activity: ActivityFacts, group: _Group, day: date, by: models.Account, *, is_open: bool
) -> models.AttendanceSheet:
    opened = at(day, activity.starts_at_minute // 60, activity.starts_at_minute % 60)
    return models.AttendanceSheet(
        activity_id=activity.id,
        school_id=group[0],
        class_id=group[1],
        day=day,
        state=SheetState.OPEN if is_open else SheetState.CLOSED,
        no_child=False,
        opened_at=opened,
        opened_by_id=by.id,
        closed_at=None if is_open else opened + timedelta(minutes=50),
        closed_by_id=None if is_open else by.id,
    )


def _group_names() -> dict[_Group, str]:
    classes = db.session.scalars(sa.select(models.SchoolClass))
    schools = db.session.scalars(sa.select(models.School))
    names: dict[_Group, str] = {(row.school_id, row.id): str(row) for row in classes}
    return names | {(row.id, None): row.name for row in schools}


def _attendances(
    activity: ActivityFacts,
    sheets: dict[tuple[_Group, date], models.AttendanceSheet],
    everybody: list[Pupil],
    random: Random,
) -> Iterator[dict[str, Any]]:
    for pupil in everybody:
        habit = pupil.habits.get(activity.id)
        if habit is None:
            continue
        for day in _days(activity, place_for(pupil, activity.id)):
            sheet = sheets.get((_group(activity, pupil), day))
            presence = _presence(activity, day.isoweekday() in habit, random)
            if day < pupil.since or sheet is None or sheet.closed_at is None or presence is None:
                continue
            yield {
                "sheet_id": sheet.id,
                "child_id": pupil.facts.id,
                "activity_id": activity.id,
                "family_id": pupil.facts.family_on(day),
                "day": day,
                "presence": presence,
                "left_at": _left_at(activity, pupil.facts.id, day),
                "recorded_at": sheet.closed_at,
                "recorded_by_id": sheet.closed_by_id,
            }


def _left_at(activity: ActivityFacts, child_id: int, day: date) -> datetime | None:
    """In the evening the agent notes some departures, and every one after the end: most within the tolerance.

    Drawn apart for each child and day: the rest of the town stays as it is.
    """
    if activity.ends_at_minute is None:
        return None
    drawn = Random(f"{child_id} {day}")  # noqa: S311 - plausible, not secret
    if drawn.random() < LATE_PICKUPS:
        return at_minute(day, activity.ends_at_minute + drawn.randrange(1, 25)).astimezone(UTC)
    if drawn.random() < DEPARTURES_NOTED:
        return at_minute(day, activity.ends_at_minute - drawn.randrange(0, 90)).astimezone(UTC)
    return None


def _presence(activity: ActivityFacts, expected: bool, random: Random) -> Presence | None:
    """A booked child may be absent, another may come; the garderie only notes who is there."""
    drawn = random.random()
    if activity.slug != "cantine":
        return Presence.PRESENT if expected and drawn < 0.9 else None
    if expected:
        return Presence.ABSENT if drawn < NO_SHOWS else Presence.PRESENT
    return Presence.PRESENT if drawn < UNBOOKED else None
