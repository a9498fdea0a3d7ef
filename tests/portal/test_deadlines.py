"""Whatever the deadline, the page offers exactly the days that the POST accepts, second by second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from operations.bookings import judge_day
from operations.children import facts_of
from operations.configuration import configuration
from rules.vocabulary import (
    AfterHolidays,
    BookingState,
    Bound,
    BringBack,
    Change,
    DayUnit,
    DeadlineKind,
    Level,
    Reference,
    Regime,
    WhenLate,
)
from tests import factories
from tests.portal.homes import MON, PARIS, Household, boxes, calendar_url, martin, post

WEEK = [MON + timedelta(days=n) for n in range(7)]
SECOND = timedelta(seconds=1)


@pytest.fixture
def home(client: FlaskClient) -> Household:
    household = martin()
    factories.sign_in(client, household.claire)
    return household


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def decide(*rules: dict[str, Any]) -> None:
    """These rules alone, for the canteen."""
    canteen = factories.activity("cantine")
    db.session.execute(sa.delete(models.DeadlineRule).where(models.DeadlineRule.activity_id == canteen.id))
    for position, values in enumerate(rules, start=1):
        given = {"when_late": WhenLate.REFUSE, "first_day": date(2026, 1, 1), **values}
        db.session.add(models.DeadlineRule(activity_id=canteen.id, position=position, **given))
    db.session.commit()


def booked(of: models.Child) -> set[date]:
    db.session.expire_all()
    rows = sa.select(models.Booking.day).where(
        models.Booking.child_id == of.id, models.Booking.state == BookingState.BOOKED
    )
    return set(db.session.scalars(rows))


EVE = {"kind": DeadlineKind.DAYS_BEFORE, "amount": 1, "unit": DayUnit.WORKING, "minute_of_day": 600}
SETS: dict[str, tuple[Sequence[dict[str, Any]], str]] = {
    "by weekday": (({"kind": DeadlineKind.BY_WEEKDAY, "weekday_rows": "fridays"},), "2026-09-11T11:00"),
    "hours": (
        ({"kind": DeadlineKind.HOURS_BEFORE, "amount": 48, "unit": DayUnit.CALENDAR},),
        "2026-09-15T11:30",
    ),
    "same day": (({"kind": DeadlineKind.SAME_DAY, "minute_of_day": 540},), "2026-09-15T09:00"),
    "of the month": (
        ({"kind": DeadlineKind.MONTH_DATES, "day_of_month": 15, "months": 0, "minute_of_day": 600},),
        "2026-09-15T10:00",
    ),
    "of the week": (({**EVE, "reference": Reference.WEEK, "amount": 3},), "2026-09-09T10:00"),
    "an opening": (({**EVE, "bound": Bound.OPENS, "amount": 5}, EVE), "2026-09-10T10:00"),
    "late": (
        ({**EVE, "when_late": WhenLate.ACCEPT, "late_amount": 0, "late_minute_of_day": 540},),
        "2026-09-15T09:00",
    ),
    "for some": (
        (
            {**EVE, "levels": {Level.PS}},
            {**EVE, "resident": False},
            {"kind": DeadlineKind.SAME_DAY, "minute_of_day": 600, "resident": True},
        ),
        "2026-09-17T10:00",
    ),
    "brought back": (
        ({"kind": DeadlineKind.WEEKLY, "weekday": 7, "weeks": 1, "minute_of_day": 720,
          "bring_back": BringBack.CLOSED},),
        "2026-09-11T12:00",
    ),
    "after holidays": (
        ({**EVE, "after_holidays": AfterHolidays.FIRST_WEEK}, {**EVE, "amount": 2}), "2026-09-15T10:00",
    ),
    "for the year": (({"kind": DeadlineKind.ANNUAL, "chosen_until": date(2026, 9, 14)},), "2026-09-15T00:00"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(SETS))
def test_the_page_and_the_post_agree(app: Flask, client: FlaskClient, home: Household, name: str) -> None:
    """Around a cut-off of the set: every day of the week, offered and accepted, or neither."""
    rules, around = SETS[name]
    lines = [
        models.DeadlineWeekday(service_weekday=day, weekday=5, minute_of_day=660, weeks=0)
        for day in (1, 2, 4)
    ]
    decide(*[{**each, **({"weekday_rows": lines} if "weekday_rows" in each else {})} for each in rules])
    outcomes = set()
    for now in (at(around) - SECOND, at(around)):
        app.extensions["clock"].set(now)
        offered = {date.fromisoformat(day) for day in boxes(client.get(calendar_url(home.lea)).text)}
        accepted = {day for day in WEEK if _books_and_cancels(client, home, day)}
        assert offered == accepted, now
        outcomes.add(frozenset(offered))
    assert len(outcomes) == 2, "the cut-off of the set changes nothing: nothing is tested"


def _books_and_cancels(client: FlaskClient, home: Household, day: date) -> bool:
    """Whether the POST accepts that day; the table is left as it was."""
    answer = post(client, calendar_url(home.lea), jour=[day], etape="enregistrer")
    taken = day in booked(home.lea)
    assert (answer.status_code == 303) is taken
    db.session.execute(sa.delete(models.Booking))
    db.session.commit()
    return taken


def test_too_early_says_when_it_opens(app: Flask, client: FlaskClient, home: Household) -> None:
    decide({**EVE, "bound": Bound.OPENS, "amount": 5}, EVE)
    app.extensions["clock"].set(at("2026-09-07T09:59:59"))
    page = client.get(calendar_url(home.lea)).text
    assert boxes(page) == {}
    assert "Ouvre le 7 septembre" in page
    answer = post(client, calendar_url(home.lea), jour=[MON], etape="enregistrer")
    assert "se réserveront à partir du lundi 7 septembre 2026 à 10 h." in answer.text
    app.extensions["clock"].set(at("2026-09-07T10:00"))
    assert str(MON) in boxes(client.get(calendar_url(home.lea)).text)


def test_the_regime_of_the_enrolment_chooses_the_rule(
    app: Flask, client: FlaskClient, home: Household
) -> None:
    decide({"kind": DeadlineKind.ANNUAL, "regime": Regime.REGULAR, "change": Change.BOOK}, EVE)
    canteen = configuration().activity("cantine")
    assert canteen is not None
    now = at("2026-09-07T08:00")
    assert judge_day(facts_of([home.lea.id])[home.lea.id], canteen, Change.BOOK, MON, now).allowed
    db.session.execute(sa.update(models.Enrolment).values(regime=Regime.REGULAR))
    ruling = judge_day(facts_of([home.lea.id])[home.lea.id], canteen, Change.BOOK, MON, now)
    assert (ruling.allowed, ruling.short) == (False, "Choisi pour l’année")
    db.session.commit()
    app.extensions["clock"].set(now)
    page = client.get(calendar_url(home.lea)).text
    assert boxes(page) == {}
    assert "Choisi pour l’année" in page
    assert client.get("/espace/").status_code == 200


def test_a_newcomer_has_its_days_of_grace(app: Flask, home: Household) -> None:
    canteen = factories.activity("cantine")
    canteen.grace_days = 2
    db.session.execute(sa.update(models.Schooling).values(first_day=MON))
    db.session.commit()
    facts = facts_of([home.lea.id])[home.lea.id]
    activity = configuration().activity("cantine")
    assert activity is not None
    found = [
        judge_day(facts, activity, Change.BOOK, day, at(f"{day}T08:00")).allowed
        for day in (*WEEK[:2], WEEK[3])
    ]
    assert found == [True, True, False]


def test_a_summer_does_not_make_a_newcomer(app: Flask, home: Household) -> None:
    facts = facts_of([home.lea.id])[home.lea.id]
    [here] = facts.schoolings
    last_year = type(here)(here.school_id, here.class_id, here.level, date(2025, 9, 1), date(2026, 7, 3))
    long_ago = type(here)(here.school_id, here.class_id, here.level, date(2022, 9, 1), date(2023, 7, 7))
    stay = type(facts)(facts.id, facts.custody, (here, last_year, long_ago), facts.enrolments)
    assert stay.arrived_on(MON) == date(2025, 9, 1)
    assert stay.arrived_on(date(2023, 1, 1)) == date(2022, 9, 1)
    assert stay.arrived_on(date(2020, 1, 1)) is None
