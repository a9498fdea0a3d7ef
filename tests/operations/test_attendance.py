from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors
from operations.attendance import close_sheet, expected_children, open_sheet
from rules.refusals import Refused
from rules.vocabulary import Presence, SheetState
from tests import factories

DAY = date(2026, 9, 7)
NOON = datetime(2026, 9, 7, 12, 0, tzinfo=ZoneInfo("Europe/Paris"))


def opened(day: date = DAY, slug: str = "cantine") -> models.AttendanceSheet:
    room = factories.school_class("CP")
    return open_sheet(factories.activity(slug).id, room, room.school, day, by=actors.SYSTEM, now=NOON)


def presences() -> dict[int, Presence]:
    return dict(db.session.execute(sa.select(models.Attendance.child_id, models.Attendance.presence)).all())


def test_a_sheet_lists_the_booked_and_the_enrolled(app):
    family = factories.family()
    booked, enrolled = factories.child(family, "Anna"), factories.child(family, "Basile")
    factories.child(family, "Chloé", activities=())
    factories.child(family, "Diane", in_class="CE2")
    factories.booking(booked, DAY)
    found = expected_children(opened())
    assert [(one.child.id, one.booked) for one in found] == [(booked.id, True), (enrolled.id, False)]


def test_opening_twice_gives_the_same_sheet(app):
    assert opened().id == opened().id


def test_closing_records_presents_and_absents_and_leaves_the_others_alone(app):
    family = factories.family()
    there, missing, came, elsewhere = (factories.child(family, name) for name in "ABCD")
    for child in (there, missing):
        factories.booking(child, DAY)
    sheet = close_sheet(opened(), {there.id, came.id}, by=actors.SYSTEM, now=NOON)
    assert sheet.state is SheetState.CLOSED
    assert presences() == {there.id: Presence.PRESENT, missing.id: Presence.ABSENT, came.id: Presence.PRESENT}
    assert elsewhere.id not in presences()


def test_closing_again_corrects(app):
    child = factories.child(factories.family())
    factories.booking(child, DAY)
    sheet = opened()
    close_sheet(sheet, set(), by=actors.SYSTEM, now=NOON)
    close_sheet(sheet, {child.id}, by=actors.SYSTEM, now=NOON)
    assert presences() == {child.id: Presence.PRESENT}
    assert [
        row.verb for row in db.session.scalars(sa.select(models.History).order_by(models.History.id))
    ] == [
        "Feuille close",
        "Feuille corrigée",
    ]


def test_a_child_of_elsewhere_is_never_refused(app):
    stranger = factories.child(factories.family(), in_class="PS", activities=())
    close_sheet(opened(), {stranger.id}, by=actors.SYSTEM, now=NOON)
    assert presences() == {stranger.id: Presence.PRESENT}


def test_a_child_of_elsewhere_added_by_mistake_is_taken_off(app):
    stranger = factories.child(factories.family(), in_class="PS", activities=())
    sheet = close_sheet(opened(), {stranger.id}, by=actors.SYSTEM, now=NOON)
    close_sheet(sheet, set(), by=actors.SYSTEM, now=NOON)
    assert presences() == {}
    assert sheet.no_child


@pytest.mark.parametrize(
    ("day", "sentence"), [(date(2026, 9, 8), "pas encore"), (date(2026, 9, 6), "dimanche")]
)
def test_no_sheet_for_tomorrow_or_for_a_day_without_service(app, day, sentence):
    with pytest.raises(Refused, match=sentence):
        opened(day)


def test_the_unbooked_meal_belongs_to_the_family_whose_day_it_is(app):
    even, odd = factories.family("Paire"), factories.family("Impaire")
    child = factories.child(even)
    factories.alternate(child, even, odd)  # Monday 7 September 2026 is in week 37, odd
    close_sheet(opened(), {child.id}, by=actors.SYSTEM, now=NOON)
    assert db.session.scalars(sa.select(models.Attendance.family_id)).one() == odd.id
