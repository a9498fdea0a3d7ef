from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors
from operations.agenda import coming_days
from operations.bookings import (
    OTHER_PARENT,
    Viewer,
    calendar_of,
    viewer_of,
)
from operations.changes import Late, change_days
from operations.children import facts_of
from operations.configuration import configuration
from rules.refusals import Refused
from rules.vocabulary import BookingState, Change, Channel, CustodyKind, Timing
from tests import factories

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 9, 7, 10, 0, tzinfo=PARIS)
# The week of Monday 14 September closes on Wednesday 9 at the end of the day.
MONDAY, TUESDAY, WEDNESDAY = date(2026, 9, 14), date(2026, 9, 15), date(2026, 9, 16)
LAST_SECOND = datetime(2026, 9, 9, 23, 59, 59, tzinfo=PARIS)
CUTOFF = datetime(2026, 9, 10, 0, 0, 0, tzinfo=PARIS)


@pytest.fixture
def canteen(app):
    return configuration().activity("cantine")


@pytest.fixture
def martin(app):
    family = factories.family("Martin", qf="712.00")
    child = factories.child(family)
    parent = factories.parent(family, child, payer=True)
    return family, child, parent


def by(guardian: models.Guardian) -> actors.Actor:
    return actors.parent(guardian.account)


def booked_days(child: models.Child) -> set[date]:
    query = sa.select(models.Booking.day).filter_by(child_id=child.id, state=BookingState.BOOKED)
    return set(db.session.scalars(query))


def test_booking_gives_a_receipt_with_the_price_and_the_cutoff(martin, canteen):
    family, child, parent = martin
    receipt = change_days(child, canteen, {MONDAY, TUESDAY}, set(), by=by(parent), now=NOW)
    assert booked_days(child) == {MONDAY, TUESDAY}
    assert receipt.family_id == family.id
    assert receipt.by_name == parent.full_name
    assert [(line.day, line.change, line.price_cents) for line in receipt.lines] == [
        (MONDAY, Change.BOOK, 380),
        (TUESDAY, Change.BOOK, 380),
    ]
    assert {line.until for line in receipt.lines} == {CUTOFF}


def test_the_receipt_is_mailed_to_the_parent_who_acted(martin, canteen):
    _, child, parent = martin
    receipt = change_days(child, canteen, {MONDAY}, set(), by=by(parent), now=NOW)
    mail = db.session.scalars(sa.select(models.Outbox)).one()
    assert mail.recipient == parent.email
    assert receipt.number in mail.subject
    assert "lundi 14 septembre 2026 : réservé, 3,80" in mail.body
    assert "mercredi 9 septembre à 23 h 59" in mail.body


@pytest.mark.parametrize(
    ("now", "accepted"), [(LAST_SECOND, True), (CUTOFF, False), (CUTOFF + timedelta(days=3), False)]
)
def test_the_cutoff_is_exact_to_the_second(martin, canteen, now, accepted):
    _, child, parent = martin
    if accepted:
        assert change_days(child, canteen, {MONDAY}, set(), by=by(parent), now=now)
        return
    with pytest.raises(Refused, match="jusqu’au mercredi 9 septembre à 23 h 59") as refusal:
        change_days(child, canteen, {MONDAY}, set(), by=by(parent), now=now)
    assert refusal.value.field == MONDAY.isoformat()
    db.session.rollback()
    assert booked_days(child) == set()


def test_the_same_form_twice_gives_one_receipt(martin, canteen):
    _, child, parent = martin
    assert change_days(child, canteen, {MONDAY}, {TUESDAY}, by=by(parent), now=NOW)
    assert change_days(child, canteen, {MONDAY}, {TUESDAY}, by=by(parent), now=NOW) is None
    assert db.session.query(models.Receipt).count() == 1


def test_one_day_that_cannot_change_refuses_them_all(martin, canteen):
    _, child, parent = martin
    with pytest.raises(Refused, match="Pas d’école le mercredi"):
        change_days(child, canteen, {MONDAY, WEDNESDAY}, set(), by=by(parent), now=NOW)
    db.session.rollback()
    assert booked_days(child) == set()


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2026, 10, 20), "Toussaint"),
        (date(2026, 11, 11), "Armistice"),
        (date(2027, 7, 6), "Hors année scolaire|Vacances"),
        (date(2026, 9, 4), "modifiable"),
    ],
)
def test_closed_and_past_days_are_refused_with_their_reason(martin, canteen, day, sentence):
    _, child, parent = martin
    with pytest.raises(Refused, match=sentence):
        change_days(child, canteen, {day}, set(), by=by(parent), now=NOW)


def test_a_child_not_enrolled_cannot_be_booked(app, canteen):
    family = factories.family()
    child = factories.child(family, activities=())
    parent = factories.parent(family, child)
    with pytest.raises(Refused, match="pas inscrit"):
        change_days(child, canteen, {MONDAY}, set(), by=by(parent), now=NOW)


def test_an_activity_without_booking_is_not_booked(martin):
    _, child, parent = martin
    garderie = configuration().activity("garderie-du-soir")
    with pytest.raises(Refused, match="il suffit de venir"):
        change_days(child, garderie, {MONDAY}, set(), by=by(parent), now=NOW)


def test_days_before_has_its_own_cutoff(martin):
    family, _, parent = martin
    child = factories.child(family, "Zoé", activities=("etude",))
    etude = configuration().activity("etude")
    # Two working days before Tuesday 15 is Friday 11, at 10:00.
    last = datetime(2026, 9, 11, 9, 59, 59, tzinfo=PARIS)
    assert change_days(child, etude, {TUESDAY}, set(), by=by(parent), now=last)
    with pytest.raises(Refused):
        change_days(child, etude, set(), {TUESDAY}, by=by(parent), now=last + timedelta(seconds=1))


def test_cancelling_keeps_the_row_and_gives_a_receipt(martin, canteen):
    _, child, parent = martin
    factories.booking(child, MONDAY)
    receipt = change_days(child, canteen, set(), {MONDAY}, by=by(parent), now=NOW)
    assert receipt.lines[0].change is Change.CANCEL
    assert booked_days(child) == set()
    assert db.session.query(models.Booking).count() == 1


# -- staff -----------------------------------------------------------------------------------


def test_staff_past_the_cutoff_say_why_and_at_which_price(martin, canteen):
    _, child, parent = martin
    agent = actors.agent(factories.staff()).acting_for(parent.id, Channel.PHONE)
    with pytest.raises(Refused, match="quelle raison"):
        change_days(child, canteen, {MONDAY}, set(), by=agent, now=CUTOFF)
    receipt = change_days(
        child, canteen, {MONDAY}, set(), by=agent, now=CUTOFF, late=Late(False, "Appel tardif")
    )
    assert (receipt.channel, receipt.for_guardian_id) == (Channel.PHONE, parent.id)
    assert (receipt.lines[0].timing, receipt.lines[0].price_cents) == (Timing.LATE, 480)
    excused = change_days(
        child, canteen, {TUESDAY}, set(), by=agent, now=CUTOFF, late=Late(True, "Hospitalisation")
    )
    assert (excused.lines[0].timing, excused.lines[0].price_cents) == (Timing.EXCUSED, 380)


def test_staff_act_for_an_adult_who_sees_the_child_only(martin, canteen):
    _, child, _ = martin
    stranger = factories.parent(factories.family("Roux"), factories.child(factories.family("Petit")))
    agent = actors.agent(factories.staff()).acting_for(stranger.id, Channel.PHONE)
    with pytest.raises(Refused, match="ne réserve pas pour"):
        change_days(child, canteen, {MONDAY}, set(), by=agent, now=NOW)
    assert booked_days(child) == set()


def test_staff_cancel_late_only_excused(martin, canteen):
    _, child, _ = martin
    factories.booking(child, MONDAY)
    agent = actors.agent(factories.staff())
    with pytest.raises(Refused, match="qu’excusée"):
        change_days(child, canteen, set(), {MONDAY}, by=agent, now=CUTOFF, late=Late(False, "Oubli"))
    change_days(child, canteen, set(), {MONDAY}, by=agent, now=CUTOFF, late=Late(True, "Décès"))
    assert booked_days(child) == set()


def test_staff_excuse_the_days_of_a_child_who_has_left(martin, canteen):
    _, child, parent = martin
    agent, excused = actors.agent(factories.staff()), Late(True, "Déménagement")
    factories.booking(child, MONDAY)
    child.schoolings[0].last_day = MONDAY - timedelta(days=3)
    db.session.flush()
    with pytest.raises(Refused, match="pas de scolarité"):
        change_days(child, canteen, set(), {MONDAY}, by=by(parent), now=NOW)
    with pytest.raises(Refused, match="pas de scolarité"):
        change_days(child, canteen, {TUESDAY}, set(), by=agent, now=NOW, late=excused)
    change_days(child, canteen, set(), {MONDAY}, by=agent, now=NOW, late=excused)
    assert booked_days(child) == set()


def test_a_receipt_is_numbered_in_the_year_of_paris(martin, canteen):
    _, child, parent = martin
    new_year = datetime(2027, 1, 1, 0, 30, tzinfo=PARIS)
    receipt = change_days(child, canteen, {date(2027, 1, 11)}, set(), by=by(parent), now=new_year)
    said = receipt.number
    db.session.commit()
    db.session.expire_all()
    assert receipt.number == said == f"R2027-{receipt.id:06d}"


def test_staff_cannot_open_a_closed_day(martin, canteen):
    _, child, _ = martin
    agent = actors.agent(factories.staff())
    with pytest.raises(Refused, match="Armistice"):
        change_days(child, canteen, {date(2026, 11, 11)}, set(), by=agent, now=NOW, late=Late(True, "Essai"))


def test_a_parent_cannot_use_what_staff_decide(martin, canteen):
    _, child, parent = martin
    with pytest.raises(Refused):
        change_days(child, canteen, {MONDAY}, set(), by=by(parent), now=CUTOFF, late=Late(True, "Moi"))


# -- alternating custody and separated parents ---------------------------------------------------


@pytest.fixture
def separated(app):
    even, odd = factories.family("Bernard", qf="500"), factories.family("Haddad", qf="1300")
    child = factories.child(even, last_name="Haddad")
    factories.alternate(child, even, odd)
    return (
        child,
        factories.parent(even, child, first_name="Sonia"),
        factories.parent(odd, child, first_name="Karim"),
    )


def test_each_parent_sees_only_their_own_weeks(separated, canteen):
    child, sonia, karim = separated
    # ISO week 38 (14 September) is even, hers; week 39 is his.
    hers, his = MONDAY, MONDAY + timedelta(days=7)
    factories.booking(child, hers, family=sonia.family)
    factories.booking(child, his, family=karim.family)
    facts = facts_of([child.id])[child.id]
    seen = calendar_of(child, canteen, hers, his, now=NOW, viewer=viewer_of(facts, sonia))
    first, last = seen[0], seen[-1]
    assert (first.mine, first.booked, first.price_cents) == (True, True, 250)
    assert (last.mine, last.booked, last.price_cents, last.why) == (False, False, None, OTHER_PARENT)


def test_a_forged_change_of_the_other_week_is_refused(separated, canteen):
    child, sonia, _ = separated
    viewer = viewer_of(facts_of([child.id])[child.id], sonia)
    with pytest.raises(Refused, match="votre semaine de garde"):
        change_days(child, canteen, {MONDAY + timedelta(days=7)}, set(), by=by(sonia), now=NOW, viewer=viewer)


def test_a_refusal_does_not_tell_which_days_the_other_parent_booked(separated, canteen):
    child, sonia, karim = separated
    booked, free = MONDAY + timedelta(days=7), MONDAY + timedelta(days=8)
    factories.booking(child, booked, family=karim.family)
    viewer = viewer_of(facts_of([child.id])[child.id], sonia)
    for add, remove in (({booked}, set()), ({free}, set()), (set(), {booked}), (set(), {free})):
        with pytest.raises(Refused, match="n’est pas un jour de votre semaine de garde"):
            change_days(child, canteen, add, remove, by=by(sonia), now=NOW, viewer=viewer)
    assert booked_days(child) == {booked}


def test_the_day_s_family_pays_its_own_price(separated, canteen):
    child, _, karim = separated
    viewer = viewer_of(facts_of([child.id])[child.id], karim)
    day = MONDAY + timedelta(days=7)
    receipt = change_days(child, canteen, {day}, set(), by=by(karim), now=NOW, viewer=viewer)
    assert (receipt.family_id, receipt.lines[0].price_cents) == (karim.family_id, 540)


def test_the_other_household_shares_the_calendar_and_not_the_price(app, canteen):
    paying, other = factories.family("Petit", qf="300"), factories.family("Roux", qf="1500")
    child = factories.child(paying)
    father = factories.parent(other, child, first_name="Marc")
    factories.booking(child, MONDAY)
    facts = facts_of([child.id])[child.id]
    [day] = calendar_of(child, canteen, MONDAY, MONDAY, now=NOW, viewer=viewer_of(facts, father))
    assert (day.booked, day.open, day.price_cents) == (True, True, None)
    viewer = viewer_of(facts, father)
    [free] = calendar_of(child, canteen, TUESDAY, TUESDAY, now=NOW, viewer=viewer)
    assert (free.booked, free.open, free.price_cents) == (False, True, None)
    change_days(child, canteen, {TUESDAY}, set(), by=by(father), now=NOW, viewer=viewer)
    mail = db.session.scalars(sa.select(models.Outbox)).one()
    assert "€" not in mail.body


# -- page and change agree ------------------------------------------------------------------------


def test_the_page_and_the_change_agree_day_by_day(martin, canteen):
    _, child, parent = martin
    factories.booking(child, date(2026, 9, 8))
    factories.booking(child, date(2026, 9, 22))
    viewer = Viewer(parent.family_id)
    for day in calendar_of(
        child, canteen, date(2026, 8, 24), date(2026, 11, 15), now=LAST_SECOND, viewer=viewer
    ):
        add, remove = (set(), {day.day}) if day.booked else ({day.day}, set())
        try:
            done = change_days(child, canteen, add, remove, by=by(parent), now=LAST_SECOND, viewer=viewer)
        except Refused as refusal:
            assert not day.open, day
            assert refusal.sentence == day.why
        else:
            assert done
            assert day.open, day


def test_a_change_costs_what_it_says(martin, canteen):
    _, child, _ = martin
    factories.booking(child, TUESDAY)
    thursday = date(2026, 9, 17)
    shown = {d.day: d for d in calendar_of(child, canteen, MONDAY, thursday, now=NOW, viewer=None)}
    assert shown[MONDAY].price_cents + shown[thursday].price_cents - shown[TUESDAY].price_cents == 380
    receipt = change_days(child, canteen, {MONDAY, thursday}, {TUESDAY}, by=actors.SYSTEM, now=NOW)
    assert [line.price_cents for line in receipt.lines] == [380, 380, 380]


def test_a_billed_day_cannot_change(martin, canteen):
    from tests.operations.test_billing import bill

    _, child, _ = martin
    for day in (1, 3, 4, 7, 8):
        factories.booking(child, date(2026, 9, day))
    bill(date(2026, 9, 1))
    agent = actors.agent(factories.staff())
    with pytest.raises(Refused, match="Déjà facturé"):
        change_days(
            child,
            canteen,
            set(),
            {date(2026, 9, 3)},
            by=agent,
            now=CUTOFF + timedelta(days=30),
            late=Late(True, "Trop tard"),
        )


def test_the_number_of_queries_does_not_depend_on_the_days(martin, canteen):
    from tests.queries import count_queries

    _, child, parent = martin
    viewer = Viewer(parent.family_id)
    calendar_of(child, canteen, MONDAY, MONDAY, now=NOW, viewer=viewer)
    with count_queries() as short:
        calendar_of(child, canteen, MONDAY, MONDAY, now=NOW, viewer=viewer)
    with count_queries() as long:
        calendar_of(child, canteen, MONDAY, MONDAY + timedelta(days=200), now=NOW, viewer=viewer)
    assert len(short) == len(long)


def test_an_alternation_hides_the_other_family_s_days_only_while_it_lasts(app, canteen):
    """Shared before and after; during the alternation each sees its own weeks (rules.md, People)."""
    paying, other = factories.family("Petit", qf="300"), factories.family("Roux", qf="1500")
    child = factories.child(paying)
    father = factories.parent(other, child, first_name="Marc")
    starts, ends = date(2026, 11, 30), date(2026, 12, 14)
    factories.alternate(child, paying, other, since=starts)  # week 49 is odd: his; week 50 is even: hers
    child.custodies.append(models.Custody(kind=CustodyKind.SINGLE, family=paying, first_day=ends))
    before, his, hers, after = date(2026, 11, 27), starts, date(2026, 12, 7), ends
    for day, family in ((before, paying), (his, other), (hers, paying), (after, paying)):
        factories.booking(child, day, family=family)
    facts = facts_of([child.id])[child.id]
    viewer = viewer_of(facts, father)
    seen = {d.day: d for d in calendar_of(child, canteen, before, after, now=NOW, viewer=viewer, facts=facts)}
    assert [(seen[d].mine, seen[d].booked) for d in (before, his, hers, after)] == [
        (True, True),
        (True, True),
        (False, False),
        (True, True),
    ]
    coming = coming_days({child.id: viewer}, before, most=9)
    assert [each.day for each in coming] == [before, his, after]


def test_cancelling_a_late_day_gives_back_its_late_price(martin, canteen):
    _, child, _ = martin
    factories.booking(child, MONDAY, timing=Timing.LATE)
    agent = actors.agent(factories.staff())
    receipt = change_days(child, canteen, set(), {MONDAY}, by=agent, now=CUTOFF, late=Late(True, "Malade"))
    assert receipt.lines[0].price_cents == 480
