"""Who is reminded of a week to book, once, and who is told of an unbooked day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask

import jobs
import models
from extensions import db
from operations.actors import SYSTEM
from operations.notices import keep_only, muted_by
from operations.reminders import remind
from operations.unbooked_notices import tell_unbooked
from rules.notices import Notice
from rules.vocabulary import CustodyKind, Presence, SheetState
from tests import factories
from tests.portal.homes import martin, partner, second_parent
from tests.queries import count_queries

PARIS = ZoneInfo("Europe/Paris")
MON, TUE = date(2026, 9, 14), date(2026, 9, 15)  # booked: the habit
NEXT = date(2026, 9, 21)
TUESDAY_NIGHT = datetime(2026, 9, 15, 3, 10, tzinfo=PARIS)  # the night before the last day but one


def mails(kind: str) -> list[models.Outbox]:
    return list(db.session.scalars(sa.select(models.Outbox).filter_by(kind=kind).order_by(models.Outbox.id)))


def test_a_family_whose_usual_week_is_empty_is_reminded_once(app: Flask) -> None:
    home = martin()
    factories.booking(home.lea, MON)
    factories.booking(home.lea, TUE)
    assert remind(now=TUESDAY_NIGHT) == 1
    assert remind(now=TUESDAY_NIGHT + timedelta(days=1)) == 0
    (mail,) = mails("reminder")
    assert mail.recipient == "claire@villars.example"
    assert "semaine du 21 septembre" in mail.body
    assert "Léa" in mail.body and "mercredi 16 septembre" in mail.body and "23 h 59" in mail.body
    assert "/espace/comme-d-habitude?semaine=2026-W39" in mail.body
    assert mail.next_try_at.astimezone(PARIS) == datetime(2026, 9, 15, 8, 0, tzinfo=PARIS)


def test_nobody_is_reminded_before_its_day_or_after_the_cutoff(app: Flask) -> None:
    factories.booking(martin().lea, MON)
    assert remind(now=TUESDAY_NIGHT - timedelta(days=1)) == 0
    assert remind(now=datetime(2026, 9, 17, 0, 0, tzinfo=PARIS)) == 0


def test_a_week_already_thought_of_asks_for_nothing(app: Flask) -> None:
    home = martin()
    factories.booking(home.lea, MON)
    factories.booking(home.lea, NEXT + timedelta(days=3))
    assert remind(now=TUESDAY_NIGHT) == 0


def test_a_family_without_habit_is_left_alone(app: Flask) -> None:
    martin()
    assert remind(now=TUESDAY_NIGHT) == 0


def test_who_switched_it_off_or_holds_no_guardianship_is_not_written_to(app: Flask) -> None:
    home = martin()
    paul = second_parent(home)
    partner(home)
    factories.booking(home.lea, MON)
    keep_only(home.claire, set(Notice) - {Notice.REMINDER}, by=SYSTEM, now=TUESDAY_NIGHT)
    assert muted_by(home.claire) == {Notice.REMINDER}
    assert remind(now=TUESDAY_NIGHT) == 1
    assert [mail.recipient for mail in mails("reminder")] == [paul.email]


def test_under_alternation_only_the_family_of_the_days_is_reminded(app: Flask) -> None:
    home = martin()
    other = factories.family("Haddad")
    karim = factories.parent(other, home.lea, first_name="Karim", email="karim@villars.example")
    home.lea.custodies[0].kind = CustodyKind.PARITY
    home.lea.custodies[0].other_family_id = other.id
    factories.booking(home.lea, date(2026, 9, 8))  # week 37, odd: the other family's
    db.session.execute(sa.update(models.Booking).values(family_id=other.id))
    db.session.flush()
    remind(now=TUESDAY_NIGHT)
    assert [mail.recipient for mail in mails("reminder")] == [karim.email]  # week 39 is odd too


def test_queries_do_not_grow_with_the_families(app: Flask) -> None:
    factories.booking(martin().lea, MON)
    db.session.commit()
    with count_queries() as few:
        remind(now=TUESDAY_NIGHT)
    db.session.rollback()
    for n in range(6):
        family = factories.family(f"F{n}")
        child = factories.child(family)
        factories.parent(family, child, email=f"f{n}@villars.example")
        factories.booking(child, MON)
    db.session.commit()
    with count_queries() as many:
        assert remind(now=TUESDAY_NIGHT) == 7
    assert len(many) == len(few)


def test_an_unbooked_presence_is_told_once_the_sheet_is_closed(app: Flask) -> None:
    home = martin()
    row = _present(home.lea, home.family, MON)
    night = datetime(2026, 9, 15, 3, 10, tzinfo=PARIS)
    assert tell_unbooked(now=night) == 0
    row.sheet.state, row.sheet.closed_at = SheetState.CLOSED, night
    db.session.flush()
    assert tell_unbooked(now=night) == 1
    assert tell_unbooked(now=night) == 0
    (mail,) = mails("unbooked")
    assert mail.recipient == "claire@villars.example"
    assert "sans réservation" in mail.body and "lundi 14 septembre" in mail.body
    assert "Prix prévu" in mail.body


def test_the_unbooked_are_told_in_as_many_queries_whatever_their_number(app: Flask) -> None:
    home = martin()
    first = _present(home.lea, home.family, MON)
    _closed(first)
    with count_queries() as few:
        assert tell_unbooked(now=TUESDAY_NIGHT) == 1
    for n in range(4):
        family = factories.family(f"F{n}")
        child = factories.child(family)
        factories.parent(family, child, email=f"f{n}@villars.example")
        _present(child, family, MON, first.sheet)
    with count_queries() as many:
        assert tell_unbooked(now=TUESDAY_NIGHT + timedelta(hours=1)) == 4
    assert len(many) <= len(few)


def test_who_switched_it_off_is_told_nothing_of_an_unbooked_day(app: Flask) -> None:
    home = martin()
    keep_only(home.claire, (), by=SYSTEM, now=TUESDAY_NIGHT)
    _closed(_present(home.lea, home.family, MON))
    assert tell_unbooked(now=TUESDAY_NIGHT) == 0


def test_a_booked_presence_is_no_news(app: Flask) -> None:
    home = martin()
    factories.booking(home.lea, MON)
    row = _present(home.lea, home.family, MON)
    row.sheet.state, row.sheet.closed_at = SheetState.CLOSED, TUESDAY_NIGHT
    db.session.flush()
    assert tell_unbooked(now=TUESDAY_NIGHT) == 0


def test_the_night_does_both(app: Flask) -> None:
    factories.booking(martin().lea, MON)
    db.session.commit()
    jobs.nightly(TUESDAY_NIGHT)
    assert len(mails("reminder")) == 1
    assert app.extensions["mail"].sent == []  # they leave in the morning


def test_what_is_due_is_sent_whatever_was_switched_off(app: Flask) -> None:
    home = martin()
    keep_only(home.claire, (), by=SYSTEM, now=TUESDAY_NIGHT)
    from operations import outbox

    for kind in ("invoice", "imposed-receipt", "request", "absence", "email-changed"):
        letter = outbox.Letter(kind, "claire@villars.example", "Objet", "Texte", f"k-{kind}")
        assert outbox.post(letter, now=TUESDAY_NIGHT) is not None
    muted = outbox.Letter("receipt", "claire@villars.example", "Objet", "Texte", "k-receipt")
    assert outbox.post(muted, now=TUESDAY_NIGHT) is None


def _closed(row: models.Attendance) -> None:
    row.sheet.state, row.sheet.closed_at = SheetState.CLOSED, TUESDAY_NIGHT
    db.session.flush()


def _present(
    child: models.Child, family: models.Family, day: date, sheet: models.AttendanceSheet | None = None
) -> models.Attendance:
    meal = factories.activity()
    sheet = sheet or models.AttendanceSheet(
        activity_id=meal.id,
        school_id=factories.school_class().school_id,
        class_id=factories.school_class().id,
        day=day,
        state=SheetState.OPEN,
        opened_at=factories.CREATED,
    )
    row = models.Attendance(
        sheet=sheet,
        child=child,
        activity_id=meal.id,
        family=family,
        day=day,
        presence=Presence.PRESENT,
        recorded_at=factories.CREATED,
    )
    db.session.add(row)
    db.session.flush()
    return row
