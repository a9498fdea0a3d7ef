"""Hours on the sheet: written with the presence, refused when impossible, then billed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, billing
from operations.attendance import close_sheet, open_sheet
from operations.attendance_hours import asked_on
from operations.billing_facts import gather
from rules.instants import PARIS
from rules.presence_hours import NOTHING_ASKED, Asked, Hours
from rules.refusals import Refused
from rules.vocabulary import AnomalyKind, Presence, PriceUnit, Situation, SituationEffect
from tests import factories
from tests.operations.test_billing import SEPTEMBER, bill, the_invoice
from tests.operations.test_month_engine import grid, row, septembre
from tests.queries import count_queries

EVENING = "garderie-du-soir"
DAY = septembre(7)
LATE = {"situation": Situation.LATE_PICKUP, "effect": SituationEffect.FIXED, "amount_cents": 500}


@pytest.fixture
def home(app):
    """A child whose evenings cost 1,15 € by started half-hour, and 5 € more after 18:35."""
    db.session.get(models.Commune, 1).carry_over_below_cents = 0
    timed_evening()
    family = factories.family("Martin", qf="712.00")
    child = factories.child(family, "Léa")
    factories.parent(family, child, payer=True)
    return child


def timed_evening(**more: object) -> models.TariffVersion:
    factories.activity(EVENING).ends_at_minute = 18 * 60 + 30
    by_slice = row(1, 115, "demi-heure", unit=PriceUnit.SLICE, slice_minutes=30)
    return grid(EVENING, by_slice, situations=[models.SituationRule(**LATE, tolerance_minutes=5)], **more)


def opened(day: date = DAY, slug: str = EVENING) -> models.AttendanceSheet:
    school = factories.school_class("CP").school
    now = datetime(day.year, day.month, day.day, 19, tzinfo=PARIS)
    return open_sheet(factories.activity(slug).id, None, school, day, by=actors.SYSTEM, now=now)


def close(sheet: models.AttendanceSheet, *present: models.Child, **hours: Hours) -> None:
    """Close with these ticked; `hours` by first name."""
    ids = dict(db.session.execute(sa.select(models.Child.first_name, models.Child.id)).all())
    given = {ids[name]: each for name, each in hours.items()}
    now = datetime(sheet.day.year, sheet.day.month, sheet.day.day, 19, tzinfo=PARIS)
    close_sheet(sheet, {child.id for child in present}, hours=given, by=actors.SYSTEM, now=now)
    db.session.flush()


def seen() -> models.Attendance:
    db.session.expire_all()
    return db.session.scalars(sa.select(models.Attendance)).one()


def minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def at(clock: str) -> Hours:
    return Hours(leaves=minute(clock))


# -- which hours ---------------------------------------------------------------------------


def test_a_tariff_that_ignores_hours_asks_for_none(app):
    assert asked_on(factories.activity(EVENING).id, DAY) == NOTHING_ASKED
    assert asked_on(factories.activity().id, DAY) == NOTHING_ASKED


def test_the_tariff_in_force_that_day_decides(home):
    evening = factories.activity(EVENING).id
    assert asked_on(evening, DAY) == Asked(leaves=True, priced=True)
    assert asked_on(evening, SEPTEMBER - timedelta(days=1)) == NOTHING_ASKED


# -- writing -------------------------------------------------------------------------------


def test_a_child_with_an_hour_was_there_though_nobody_ticked_it(home):
    close(opened(), Léa=at("17:45"))
    found = seen()
    assert (found.presence, found.arrived_at) == (Presence.PRESENT, None)
    assert found.left_at == datetime(2026, 9, 7, 15, 45, tzinfo=UTC)


def test_the_winter_clock_is_an_hour_from_utc(home):
    close(opened(date(2026, 11, 2)), Léa=at("17:45"))
    assert seen().left_at == datetime(2026, 11, 2, 16, 45, tzinfo=UTC)


def test_an_hour_is_corrected_emptied_and_left_alone(home):
    sheet = opened()
    close(sheet, home, Léa=at("17:45"))
    close(sheet, home)
    assert seen().left_at is not None, "fields not sent change nothing"
    close(sheet, home, Léa=at("18:00"))
    assert seen().left_at == datetime(2026, 9, 7, 16, 0, tzinfo=UTC)
    close(sheet, home, Léa=Hours())
    assert seen().left_at is None


def test_an_absent_child_keeps_no_hour(home):
    sheet = opened()
    factories.booking(home, DAY, slug=EVENING)
    close(sheet, home, Léa=at("17:45"))
    close(sheet)
    assert (seen().presence, seen().left_at) == (Presence.ABSENT, None)


def test_hours_are_ignored_where_the_tariff_ignores_them(app):
    child = factories.child(factories.family(), "Léa")
    close(opened(), child, Léa=at("17:45"))
    assert seen().left_at is None


def test_an_arrival_that_is_not_asked_is_never_lost(home):
    sheet = opened()
    close(sheet, home)
    seen().arrived_at = datetime(2026, 9, 7, 15, 0, tzinfo=UTC)
    close(sheet, home, Léa=at("17:45"))
    assert seen().arrived_at == datetime(2026, 9, 7, 15, 0, tzinfo=UTC)
    with pytest.raises(Refused, match="n’est pas après l’arrivée"):
        close(sheet, home, Léa=at("16:59"))


@pytest.mark.parametrize("clock", ["5:45", "16:30", "23:00"])
def test_an_impossible_hour_is_refused_on_the_field_of_the_child(home, clock):
    with pytest.raises(Refused) as refused:
        close(opened(), Léa=at(clock))
    assert refused.value.field == f"leaves-{home.id}"
    assert db.session.scalar(sa.select(sa.func.count(models.Attendance.id))) == 0


def test_an_impossible_hour_noted_long_ago_does_not_stop_the_others(home):
    tom = factories.child(home.custodies[0].family, "Tom")
    sheet = opened()
    close(sheet, home, Léa=at("17:45"))
    factories.activity(EVENING).starts_at_minute = 18 * 60
    db.session.flush()
    close(sheet, home, Léa=at("17:45"), Tom=at("18:20"))
    assert db.session.scalar(sa.select(models.Attendance.left_at).filter_by(child_id=tom.id)) is not None


def test_a_billed_evening_keeps_its_hour(home):
    sheet = opened()
    close(sheet, home, Léa=at("17:45"))
    bill(SEPTEMBER)
    close(sheet, home, Léa=at("17:45"))
    with pytest.raises(Refused, match="déjà facturé"):
        close(sheet, home, Léa=at("18:05"))


# -- the month -----------------------------------------------------------------------------


def test_two_evenings_with_hours_make_slices_and_a_fine(home):
    """16:30 to 17:45 starts 3 half-hours (3,45 €); to 18:41, 5 of them (5,75 €) and the fine of 5 €."""
    close(opened(septembre(7)), Léa=at("17:45"))
    close(opened(septembre(8)), Léa=at("18:41"))
    assert bill(SEPTEMBER).total_cents == 3 * 115 + 5 * 115 + 500
    told = {(line.situation, line.unit_price_cents) for line in the_invoice().lines}
    assert told == {
        (Situation.ATTENDED, 345),
        (Situation.ATTENDED, 575),
        (Situation.LATE_PICKUP, 500),
    }


def test_within_the_tolerance_nobody_pays_a_fine(home):
    close(opened(), Léa=at("18:35"))
    assert bill(SEPTEMBER).total_cents == 5 * 115


def told() -> list[str]:
    billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=datetime(2026, 10, 1, 9, tzinfo=PARIS))
    found = db.session.scalars(sa.select(models.Anomaly).filter_by(kind=AnomalyKind.NO_HOURS))
    return [each.sentence.replace("\u00a0", " ") for each in found]


def test_presences_without_an_hour_are_said_once_by_school(home):
    tom = factories.child(home.custodies[0].family, "Tom")
    close(opened(septembre(7)), home, tom)
    close(opened(septembre(8)), home, Tom=at("17:45"))
    assert told() == [
        "Garderie du soir, École Jules Ferry : 3 présences sans heure notée les 7 et 8 septembre."
    ]


def test_a_fine_alone_needs_no_hour(app):
    timed_evening()
    version = db.session.scalars(
        sa.select(models.TariffVersion).filter_by(activity_id=factories.activity(EVENING).id)
    ).one()
    version.rows[0].unit, version.rows[0].slice_minutes = PriceUnit.SESSION, None
    db.session.flush()
    child = factories.child(factories.family(qf="712.00"), "Léa")
    factories.parent(child.custodies[0].family, child, payer=True)
    close(opened(), child)
    assert asked_on(factories.activity(EVENING).id, DAY) == Asked(leaves=True)
    assert told() == []


def test_looking_for_hours_costs_no_query_more(home):
    close(opened(), home)
    gather(SEPTEMBER)
    db.session.expire_all()
    with count_queries() as few:
        gather(SEPTEMBER)
    others = [factories.child(home.custodies[0].family, f"Enfant{n}") for n in range(6)]
    close(opened(septembre(8)), home, *others)
    db.session.expire_all()
    with count_queries() as many:
        assert len(gather(SEPTEMBER).present_without_hours) == 8
    assert len(many) == len(few)
