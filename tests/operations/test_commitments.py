"""Annual commitments: days chosen at enrolment are booked for the year, and staff alone change them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, departures, enrolments
from operations.children import facts_of
from operations.commitments import EnrolmentTerms
from operations.configuration import configuration
from rules.refusals import Refused
from rules.vocabulary import BookingState, Channel, DeadlineKind, Formula, Level, Regime
from tests import factories
from tests.operations.lines import AGENT, ask, calendar_day, cancel, line, mails, parent_of, places
from tests.operations.lines import child as child_with_parent
from tests.operations.test_bookings import MONDAY, NOW, TUESDAY
from tests.town import FIRST_DAY

OCTOBER = date(2026, 10, 1)
MON_THU = frozenset({1, 4})


@pytest.fixture(autouse=True)
def annual(app) -> models.Activity:
    """The canteen becomes a commitment for the year."""
    canteen = factories.activity()
    rule = db.session.scalars(sa.select(models.DeadlineRule).filter_by(activity_id=canteen.id)).one()
    rule.kind, rule.weekday, rule.weeks, rule.minute_of_day = DeadlineKind.ANNUAL, None, None, None
    db.session.flush()
    return canteen


def newcomer(name: str = "Un") -> models.Child:
    return child_with_parent(name, activities=())


def enrol(child: models.Child, *weekdays: int, first: date = FIRST_DAY, last=None, **terms):
    chosen = EnrolmentTerms(usual_weekdays=frozenset(weekdays) or None, **terms)
    return enrolments.enrol(child, factories.activity().id, first, last, terms=chosen, by=AGENT, now=NOW)


def days(child: models.Child, state: BookingState = BookingState.BOOKED) -> list[date]:
    query = sa.select(models.Booking.day).filter_by(child_id=child.id, state=state)
    return sorted(db.session.scalars(query))


def receipts_of(child: models.Child) -> list[models.Receipt]:
    query = sa.select(models.Receipt).where(models.Receipt.lines.any(models.ReceiptLine.child_id == child.id))
    return list(db.session.scalars(query.order_by(models.Receipt.id)))


# -- at enrolment -----------------------------------------------------------------------------


def test_the_days_chosen_are_booked_to_the_end_of_the_year(app):
    child = newcomer()
    enrol(child, 1, 4)
    booked = days(child)
    assert {day.isoweekday() for day in booked} == {1, 4}
    assert booked[0] == date(2026, 9, 7)  # today, not the past
    assert booked[-1] <= configuration().calendar.years[-1].last
    calendar = configuration().calendar
    place = facts_of([child.id])[child.id].place_on(MONDAY, factories.activity().id)
    expected = [
        day
        for day in calendar.service_days(NOW.date(), calendar.years[-1].last, place)
        if day.isoweekday() in {1, 4}
    ]
    assert booked == expected
    assert date(2026, 10, 19) not in booked  # the autumn holidays


def test_the_receipt_is_the_systems_and_the_family_is_told_the_days(app):
    child = newcomer()
    enrol(child, 1, 4)
    [receipt] = receipts_of(child)
    assert (receipt.channel, receipt.by_name) == (Channel.SYSTEM, "Agent")
    assert [each.day for each in receipt.lines] == days(child)
    assert {each.price_cents for each in receipt.lines} == {380}
    [mail] = mails()
    assert mail.recipient == parent_of(child).email
    assert f"Réservé ({len(days(child))} jours) : les 7, 10, 14, 17, 21, 24 et 28 septembre" in mail.body


def test_without_a_choice_nothing_is_booked_unless_the_activity_says_so(app, annual):
    one, two = newcomer("Un"), newcomer("Deux")
    enrol(one)
    assert days(one) == []
    annual.days_without_choice = 3
    db.session.flush()
    enrol(two)
    assert {day.isoweekday() for day in days(two)} == {1, 2, 4}


def test_an_enrolment_with_an_end_books_no_further(app):
    child = newcomer()
    enrol(child, 1, last=date(2026, 9, 21))
    assert days(child) == [date(2026, 9, 7), date(2026, 9, 14), date(2026, 9, 21)]


def test_a_child_enrolled_before_its_school_is_booked_when_it_has_one(app):
    child = child_with_parent("Un", in_class=None, activities=())
    enrol(child, 1)
    assert days(child) == []
    enrolments.change_class(
        child, factories.school_class().id, Level.CP, date(2026, 9, 14), by=AGENT, now=NOW
    )
    assert days(child)[:2] == [date(2026, 9, 14), date(2026, 9, 21)]


def test_a_weekday_without_service_is_refused(app):
    child = newcomer()
    with pytest.raises(Refused, match="« Cantine » n’a pas lieu le mercredi") as refusal:
        enrol(child, 1, 3)
    assert refusal.value.field == "usual_weekdays"
    db.session.rollback()


def test_an_activity_that_is_not_booked_has_no_days_to_choose(app):
    child = newcomer()
    garderie = factories.activity("garderie-du-soir").id
    terms = EnrolmentTerms(usual_weekdays=MON_THU)
    with pytest.raises(Refused, match="ne se réserve pas"):
        enrolments.enrol(child, garderie, FIRST_DAY, terms=terms, by=AGENT, now=NOW)


def test_under_alternation_each_family_has_its_days_and_its_receipt(app):
    child = newcomer()
    other = factories.family("Autre", qf="300.00")
    factories.alternate(child, child.custodies[0].family, other)
    enrol(child, 1)
    by_family = Counter(db.session.scalars(sa.select(models.Booking.family_id).filter_by(child_id=child.id)))
    assert set(by_family) == {child.custodies[0].family_id, other.id}
    assert sorted(len(receipt.lines) for receipt in receipts_of(child)) == sorted(by_family.values())


def test_a_full_day_of_the_year_is_waited_for(app):
    places(1, weekdays={1})
    one, two = newcomer("Un"), newcomer("Deux")
    enrol(one, 1, 4)
    enrol(two, 1, 4)
    assert {day.isoweekday() for day in days(two)} == {4}
    assert {day.isoweekday() for day in days(two, BookingState.WAITING)} == {1}
    assert "Complet, en liste d’attente" in mails()[-1].body
    assert calendar_day(two).waiting
    assert not calendar_day(two).lost


def test_a_parent_does_not_change_them_and_the_page_says_why(app):
    child = newcomer()
    enrol(child, 1, 4)
    day = calendar_day(child)
    assert (day.booked, day.open) == (True, False)
    assert "choisis pour l’année" in day.why
    with pytest.raises(Refused, match="adressez-vous au service Éducation"):
        cancel(child, MONDAY)
    with pytest.raises(Refused, match="choisis pour l’année"):
        ask(child, TUESDAY)


# -- changed on request -----------------------------------------------------------------------


def change(row: models.Enrolment, *weekdays: int, since: date = OCTOBER, **terms) -> models.Enrolment:
    chosen = EnrolmentTerms(usual_weekdays=frozenset(weekdays) or None, **terms)
    return enrolments.change_terms(row, chosen, since, by=AGENT, now=NOW)


def test_other_days_from_a_date_leave_what_was_before(app):
    child = newcomer()
    row = enrol(child, 1, 4)
    new = change(row, 1, 5)
    booked = days(child)
    assert {day.isoweekday() for day in booked if day < OCTOBER} == {1, 4}
    assert {day.isoweekday() for day in booked if day >= OCTOBER} == {1, 5}
    assert (row.last_day, new.first_day, new.last_day) == (date(2026, 9, 30), OCTOBER, None)
    assert (row.usual_weekdays, new.usual_weekdays) == ({1, 4}, {1, 5})
    receipt = receipts_of(child)[-1]
    assert {each.day.isoweekday() for each in receipt.lines if each.change == "cancel"} == {4}
    assert {each.day.isoweekday() for each in receipt.lines if each.change == "book"} == {5}
    assert "Annulé (" in mails()[-1].body


def test_a_day_excused_one_by_one_stays_so(app):
    """Staff cancelled a Monday; keeping Mondays does not book it again."""
    child = newcomer()
    row = enrol(child, 1, 4)
    booking = db.session.scalars(
        sa.select(models.Booking).filter_by(child_id=child.id, day=date(2026, 10, 5))
    ).one()
    booking.state = BookingState.CANCELLED
    db.session.flush()
    change(row, 1, 5)
    assert date(2026, 10, 5) not in days(child)


def test_another_formula_changes_no_day(app):
    child = newcomer()
    row = enrol(child, 1, 4)
    before, told = days(child), len(mails())
    new = change(row, 1, 4, formula=Formula.OWN_MEAL, regime=Regime.REGULAR)
    assert (new.formula, new.regime, row.formula) == (Formula.OWN_MEAL, Regime.REGULAR, Formula.MEAL)
    assert (days(child), len(mails())) == (before, told)


def test_the_same_terms_change_nothing(app):
    child = newcomer()
    row = enrol(child, 1, 4)
    assert change(row, 1, 4) is row
    assert len(receipts_of(child)) == 1


def test_terms_changed_from_the_start_stay_one_enrolment(app):
    child = newcomer()
    row = enrol(child, 1, 4, first=OCTOBER)
    assert change(row, 5, since=FIRST_DAY) is row
    assert {day.isoweekday() for day in days(child)} == {5}


def test_no_choice_any_more_cancels_the_days_to_come(app):
    child = newcomer()
    row = enrol(child, 1, 4)
    change(row)
    assert max(days(child)) < OCTOBER


def test_days_given_up_go_to_those_who_wait(app):
    places(1, weekdays={1})
    one, two = newcomer("Un"), newcomer("Deux")
    row = enrol(one, 1)
    enrol(two, 1)
    change(row, since=NOW.date())
    assert line() == []
    assert {day.isoweekday() for day in days(two)} == {1}
    assert "Une place s’est libérée" in mails()[-1].body


def test_an_enrolment_that_is_over_is_not_changed(app):
    child = newcomer()
    row = enrol(child, 1, last=date(2026, 9, 21))
    with pytest.raises(Refused, match="a fini le lundi 21 septembre"):
        change(row, 4)


# -- what ends it -----------------------------------------------------------------------------


def test_the_end_of_the_enrolment_cancels_the_days_to_come(app):
    """They have no cut-off of their own: what ends the commitment frees them."""
    child = newcomer()
    row = enrol(child, 1, 4)
    done = enrolments.end_enrolment(row, date(2026, 9, 30), by=AGENT, now=NOW)
    assert done.kept == []
    assert max(days(child)) == date(2026, 9, 28)


def test_a_departure_cancels_the_days_to_come(app):
    child = newcomer()
    enrol(child, 1, 4)
    departures.leave(child, date(2026, 9, 30), by=AGENT, now=NOW)
    assert max(days(child)) == date(2026, 9, 28)


def test_a_place_freed_in_the_year_is_given_until_the_day_before(app):
    places(1)
    one, two = newcomer("Un"), newcomer("Deux")
    row = enrol(one, 1)
    enrol(two, 1)
    enrolments.end_enrolment(row, NOW.date(), by=AGENT, now=NOW)
    assert MONDAY in days(two)
    assert NOW.date() not in days(two)
    assert NOW.date() + timedelta(days=7) == MONDAY
    assert actors.SYSTEM.name in {receipt.by_name for receipt in receipts_of(two)}


def test_reopening_is_refused_over_the_next_enrolment(app):
    child = newcomer()
    row = enrol(child, 1)
    new = change(row, 4)
    with pytest.raises(Refused, match="Une autre inscription"):
        enrolments.reopen(row, by=AGENT, now=NOW)
    enrolments.end_enrolment(new, date(2026, 12, 1), by=AGENT, now=NOW)
    assert enrolments.reopen(new, by=AGENT, now=NOW).last_day is None
