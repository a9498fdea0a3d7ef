from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, adjustments, billing, outbox
from operations.attendance import close_sheet, open_sheet
from rules.refusals import Refused
from rules.vocabulary import Channel, DeadlineKind, Level, Situation, WhenLate
from tests import factories

PARIS = ZoneInfo("Europe/Paris")
SEPTEMBER = date(2026, 9, 1)
OCTOBER_1 = datetime(2026, 10, 1, 9, 0, tzinfo=PARIS)
FIVE_MEALS = [date(2026, 9, day) for day in (1, 3, 4, 7, 8)]


def bill(month: date, now: datetime = OCTOBER_1) -> billing.Issued:
    billing.prepare_month(month, by=actors.SYSTEM, now=now)
    issued = billing.issue_month(month, now.date(), by=actors.SYSTEM, now=now)
    db.session.commit()
    return issued


@pytest.fixture
def martin(app):
    family = factories.family("Martin", qf="712.00")
    child = factories.child(family)
    parent = factories.parent(family, child, payer=True)
    return family, child, parent


def booked(child: models.Child, days=FIVE_MEALS) -> None:
    for day in days:
        factories.booking(child, day)


def the_invoice() -> models.Invoice:
    return db.session.scalars(sa.select(models.Invoice)).one()


def test_a_month_gives_one_invoice_per_payer_with_frozen_facts(martin):
    family, child, parent = martin
    booked(child)
    issued = bill(SEPTEMBER)
    assert (issued.invoices, issued.total_cents) == (1, 5 * 380)
    invoice = the_invoice()
    assert invoice.number == "F2026-000001"
    assert (invoice.payer_name, invoice.payer_address) == (
        "Mme Claire Martin",
        "3 rue des Acacias\n42390 Villars",
    )
    assert (invoice.announced_on, invoice.due_on) == (date(2026, 10, 1), date(2026, 10, 22))
    [line] = invoice.lines
    assert (line.label, line.child_name, line.quantity, line.unit_price_cents) == (
        "Cantine",
        "Léa Martin",
        5,
        380,
    )
    assert line.days == [day.isoformat() for day in FIVE_MEALS]
    assert line.explanation["quotient"] == "712.00"
    assert db.session.query(models.BilledDay).count() == 5


def test_the_payer_is_told_by_mail_or_on_paper(martin, app):
    _, child, parent = martin
    booked(child)
    paper = factories.family("Papier", qf="100")
    factories.guardian(paper, payer=True)
    other = factories.child(paper, "Ulysse")
    factories.booking(other, date(2026, 9, 1))
    booked(other, [date(2026, 9, d) for d in (3, 4, 7, 8, 10, 11, 14, 15, 17, 18, 21, 22)])
    bill(SEPTEMBER)
    mail = db.session.scalars(sa.select(models.Outbox)).one()
    assert (mail.recipient, mail.subject) == (parent.email, "Votre facture de septembre 2026 est disponible")
    channels = set(db.session.scalars(sa.select(models.Sending.channel)))
    assert channels == {Channel.PORTAL, Channel.PAPER}


def test_the_mail_waits_for_the_day_of_the_announcement(martin):
    _, child, _ = martin
    booked(child)
    billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1)
    billing.issue_month(SEPTEMBER, date(2026, 10, 5), by=actors.SYSTEM, now=OCTOBER_1)
    opens = datetime(2026, 10, 5, 8, 0, tzinfo=PARIS)
    assert outbox.claim(now=opens - timedelta(seconds=1)) == []
    assert len(outbox.claim(now=opens)) == 1


def test_not_before_the_month_is_over(martin):
    last_second = datetime(2026, 9, 30, 23, 59, 59, tzinfo=PARIS)
    with pytest.raises(Refused, match="n’est pas terminé"):
        billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=last_second)
    billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=datetime(2026, 10, 1, tzinfo=PARIS))


def test_running_again_bills_nothing_twice(martin):
    _, child, _ = martin
    booked(child)
    bill(SEPTEMBER)
    with pytest.raises(Refused, match="Aucun brouillon"):
        billing.issue_month(SEPTEMBER, OCTOBER_1.date(), by=actors.SYSTEM, now=OCTOBER_1)
    db.session.rollback()
    again = billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1)
    assert (again.invoices, again.total_cents) == (0, 0)


def test_what_changed_since_the_drafts_is_not_issued(martin):
    _, child, _ = martin
    booked(child)
    billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1)
    factories.booking(child, date(2026, 9, 10))
    with pytest.raises(Refused, match="Famille Martin"):
        billing.issue_month(SEPTEMBER, OCTOBER_1.date(), by=actors.SYSTEM, now=OCTOBER_1)
    db.session.rollback()
    assert db.session.query(models.Invoice).count() == 0


def test_under_the_threshold_nothing_is_issued_and_the_days_join_the_next_month(martin):
    _, child, _ = martin
    booked(child, FIVE_MEALS[:2])
    assert bill(SEPTEMBER).carried_over == 1
    booked(child, [date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 5)])
    issued = bill(date(2026, 10, 1), datetime(2026, 11, 2, 9, 0, tzinfo=PARIS))
    assert issued.total_cents == 5 * 380
    assert [(line.month, line.quantity) for line in the_invoice().lines] == [
        (SEPTEMBER, 2),
        (date(2026, 10, 1), 3),
    ]


def test_exactly_the_threshold_is_issued(martin, app):
    family, child, _ = martin
    adjustments.add_adjustment(
        family,
        month=SEPTEMBER,
        label="Sortie",
        amount_cents=1500,
        reason="Cinéma",
        by=actors.SYSTEM,
        now=OCTOBER_1,
    )
    assert bill(SEPTEMBER).invoices == 1


def test_a_child_who_left_is_not_made_to_wait(martin):
    _, child, _ = martin
    child.left_on = date(2026, 9, 20)
    booked(child, FIVE_MEALS[:1])
    assert bill(SEPTEMBER).invoices == 1


def test_numbers_follow_each_other_without_a_gap(martin, app):
    _, child, _ = martin
    booked(child)
    bill(SEPTEMBER)
    for name in ("Aubert", "Zidi"):
        family = factories.family(name, qf="712")
        factories.guardian(family, payer=True)
        booked(factories.child(family, name))
    db.session.commit()
    billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1)
    billing.issue_month(SEPTEMBER, OCTOBER_1.date(), by=actors.SYSTEM, now=OCTOBER_1)
    db.session.rollback()  # a number taken by a transaction that fails is given back
    bill(SEPTEMBER)
    numbers = list(db.session.scalars(sa.select(models.Invoice.number).order_by(models.Invoice.sequence)))
    assert numbers == ["F2026-000001", "F2026-000002", "F2026-000003"]


def test_no_payer_no_invoice(app):
    family = factories.family("Sans payeur", qf="712")
    booked(factories.child(family))
    prepared = billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1)
    assert any("aucun payeur" in anomaly.sentence for anomaly in prepared.anomalies)
    with pytest.raises(Refused, match="Aucun payeur n’est désigné pour Famille Sans payeur"):
        billing.issue_month(SEPTEMBER, OCTOBER_1.date(), by=actors.SYSTEM, now=OCTOBER_1)


def test_a_family_left_out_waits_for_the_next_month(martin):
    family, child, _ = martin
    booked(child)
    adjustments.exclude(family, SEPTEMBER, "Litige", by=actors.SYSTEM, now=OCTOBER_1)
    prepared = billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1)
    assert prepared.invoices == 0
    issued = bill(date(2026, 10, 1), datetime(2026, 11, 2, 9, 0, tzinfo=PARIS))
    assert issued.total_cents == 5 * 380


def test_a_manual_line_is_billed_once_and_carries_its_reason(martin):
    family, child, _ = martin
    booked(child)
    adjustments.add_adjustment(
        family,
        month=SEPTEMBER,
        label="Geste",
        amount_cents=-200,
        reason="Repas froid",
        by=actors.SYSTEM,
        now=OCTOBER_1,
    )
    assert bill(SEPTEMBER).total_cents == 5 * 380 - 200
    row = db.session.scalars(sa.select(models.Adjustment)).one()
    with pytest.raises(Refused, match="facture émise"):
        adjustments.delete_adjustment(row, by=actors.SYSTEM, now=OCTOBER_1)
    assert billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1).total_cents == 0


# -- situations ---------------------------------------------------------------------------------


def test_attendance_makes_no_shows_and_unbooked_meals(martin):
    family, child, _ = martin
    brother = factories.child(family, "Noé")
    booked(child)
    present_unbooked, absent_booked = brother, child
    day = FIVE_MEALS[0]
    now = datetime(2026, 9, 1, 13, 0, tzinfo=PARIS)
    room = factories.school_class("CP")
    sheet = open_sheet(factories.activity().id, room, room.school, day, by=actors.SYSTEM, now=now)
    close_sheet(sheet, {present_unbooked.id}, by=actors.SYSTEM, now=now)
    bill(SEPTEMBER)
    found = {(line.child_id, line.situation): line.amount_cents for line in the_invoice().lines}
    assert found == {
        (absent_booked.id, Situation.NO_SHOW): 380,
        (absent_booked.id, Situation.AS_BOOKED): 4 * 380,
        (present_unbooked.id, Situation.UNBOOKED): 580,
    }


def test_a_level_that_comes_freely_is_not_unbooked(martin):
    """A deadline of some levels only: those who just come pay the ordinary price."""
    family, child, _ = martin
    rule = models.DeadlineRule(
        activity=factories.activity(), kind=DeadlineKind.NONE, levels={Level.CP}, position=-1,
        first_day=date(2026, 1, 1), when_late=WhenLate.REFUSE,
    )  # fmt: skip
    db.session.add(rule)
    db.session.commit()
    room, day = factories.school_class(), date(2026, 9, 3)
    now = datetime(2026, 9, 3, 14, tzinfo=PARIS)
    sheet = open_sheet(factories.activity().id, room, room.school, day, by=actors.SYSTEM, now=now)
    close_sheet(sheet, {child.id}, by=actors.SYSTEM, now=now)
    billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1)
    [draft] = db.session.scalars(sa.select(models.Draft))
    assert [(line["situation"], line["amount_cents"]) for line in draft.lines] == [("attended", 380)]


def test_a_day_closed_after_it_was_booked_is_not_due(martin):
    _, child, _ = martin
    booked(child)
    from rules.vocabulary import EventEffect

    db.session.add(
        models.Closure(
            name="Grève", first_day=FIVE_MEALS[0], last_day=FIVE_MEALS[0], effect=EventEffect.CLOSED
        )
    )
    db.session.flush()
    assert bill(SEPTEMBER).total_cents == 4 * 380


def test_sessions_that_nobody_closed_are_shown(martin):
    _, child, _ = martin
    booked(child)
    prepared = billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1)
    sentences = [anomaly.sentence for anomaly in prepared.anomalies]
    assert any("Cantine" in s and "CP" in s for s in sentences)
    assert any("Garderie du soir" in s and "École Jules Ferry" in s for s in sentences)


def test_each_family_pays_its_own_days_under_alternation(app):
    even, odd = factories.family("Bernard", qf="500"), factories.family("Haddad", qf="1300")
    child = factories.child(even, last_name="Haddad")
    factories.alternate(child, even, odd)
    factories.guardian(even, payer=True)
    factories.guardian(odd, payer=True)
    weeks = {
        even: [date(2026, 9, d) for d in (1, 3, 4, 14, 15, 17)],
        odd: [date(2026, 9, d) for d in (7, 8, 10)],
    }
    for family, days in weeks.items():
        for day in days:
            factories.booking(child, day, family=family)
    bill(SEPTEMBER)
    totals = dict(db.session.execute(sa.select(models.Invoice.family_id, models.Invoice.total_cents)).all())
    assert totals == {even.id: 6 * 250, odd.id: 3 * 540}


def test_a_quotient_in_the_middle_of_the_month_makes_two_lines(martin):
    family, child, _ = martin
    family.quotients.append(factories.quotient("300", since=date(2026, 9, 7)))
    booked(child)
    prepared = billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1)
    assert prepared.carried_over == 1
    [draft] = db.session.scalars(sa.select(models.Draft))
    assert [(line["quantity"], line["unit_price_cents"]) for line in draft.lines] == [(3, 380), (2, 150)]


def test_the_number_of_statements_does_not_depend_on_the_families(app):
    from tests.queries import count_queries

    def one_more_town(count: int) -> int:
        for number in range(count):
            family = factories.family(f"Famille {count} {number}", qf="712")
            factories.parent(family, payer=True)
            booked(factories.child(family, f"Enfant {count} {number}"))
        db.session.commit()
        billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1)
        db.session.commit()
        with count_queries() as statements:
            billing.issue_month(SEPTEMBER, OCTOBER_1.date(), by=actors.SYSTEM, now=OCTOBER_1)
            db.session.flush()
        db.session.commit()
        return len(statements)

    one_more_town(1)  # the counter's row exists from now on
    assert one_more_town(1) == one_more_town(12)
