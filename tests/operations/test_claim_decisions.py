"""Deciding a claim: what billing makes of it, and the credit of what was already billed."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, adjustments, billing
from operations.claim_decisions import accept, refuse, reopen
from rules.instants import PARIS
from rules.refusals import Refused
from rules.vocabulary import (
    AdjustmentKind,
    AnomalyKind,
    BookingState,
    ClaimState,
    Per,
    PriceMethod,
    PriceUnit,
    ProofKind,
    Situation,
    SituationEffect,
    Timing,
)
from tests import factories
from tests.operations.sickness import (
    FRIDAY,
    LATER,
    MONDAY,
    OCTOBER_1,
    OCTOBER_5,
    SEPTEMBER,
    SICK,
    THURSDAY,
    TUESDAY,
    bill,
    mails,
    policy,
    record,
    rule,
    sick_child,
)


@pytest.fixture
def family(app):
    return factories.family("Martin", qf="712.00")


@pytest.fixture
def lea(family):
    return sick_child(family)


@pytest.fixture
def claire(family, lea):
    return factories.parent(family, lea, payer=True, email="claire@villars.example")


# -- deciding -------------------------------------------------------------------------------------


def test_an_accepted_absence_costs_nothing_and_changes_neither_booking_nor_sheet(lea, claire):
    policy(carence_amount=1)
    claim = record(lea)
    assert accept(claim, by=actors.SYSTEM, now=LATER) == []
    assert [row.accepted for row in claim.days] == [False, True, True]
    assert claim.days[0].why == "Le premier jour d’absence reste dû (délai de carence)."
    states = db.session.scalars(sa.select(models.Booking.state)).all()
    assert states == [BookingState.BOOKED] * 3
    [mail] = mails()
    assert "est acceptée" in mail.body
    assert "- mardi 15 septembre 2026, Cantine : Le premier jour d’absence reste dû" in mail.body
    assert "facture" not in mail.body


def test_the_agent_may_choose_other_days_with_a_reason(lea):
    policy(carence_amount=1)
    claim, canteen = record(lea), factories.activity().id
    every = {(canteen, day) for day in SICK}
    with pytest.raises(Refused, match="donnez la raison"):
        accept(claim, days=every, by=actors.SYSTEM, now=LATER)
    accept(claim, days=every, reason="Hospitalisation", by=actors.SYSTEM, now=LATER)
    assert all(row.accepted for row in claim.days)
    assert claim.decision == "Hospitalisation"


def test_a_day_of_another_claim_is_not_accepted(lea):
    policy()
    claim = record(lea, TUESDAY)
    with pytest.raises(Refused, match="pas dans la demande"):
        accept(claim, days={(factories.activity().id, FRIDAY)}, reason="x", by=actors.SYSTEM, now=LATER)


def test_nothing_to_free_is_not_an_acceptance(lea):
    policy()
    claim = record(lea, proof=ProofKind.NONE)
    with pytest.raises(Refused, match=r"Aucun jour n’est à déduire\. Il faut un justificatif"):
        accept(claim, by=actors.SYSTEM, now=LATER)
    assert claim.state is ClaimState.WAITING


def test_a_yearly_limit_counts_the_days_accepted_in_the_school_year(lea):
    policy(yearly_days=2)
    first = record(lea, TUESDAY)
    accept(first, by=actors.SYSTEM, now=LATER)
    second = record(lea, THURSDAY, FRIDAY)
    assert second.days[1].why == "Le règlement déduit 2 jours réservés au plus par année scolaire."
    accept(second, by=actors.SYSTEM, now=LATER)
    assert [row.accepted for row in second.days] == [True, False]
    reopen(first, by=actors.SYSTEM, now=LATER)
    accept(first, by=actors.SYSTEM, now=LATER)


def test_a_refusal_has_its_reason_and_is_told(lea, claire):
    policy()
    claim = record(lea)
    with pytest.raises(Refused, match="raison du refus"):
        refuse(claim, "  ", by=actors.SYSTEM, now=LATER)
    refuse(claim, "Certificat illisible.", by=actors.SYSTEM, now=LATER)
    assert [row.accepted for row in claim.days] == [False] * 3
    [mail] = mails()
    assert "est refusée.\n\nCertificat illisible." in mail.body


def test_a_late_booking_that_is_justified_is_justified(lea, claire):
    policy()
    for row in db.session.scalars(sa.select(models.Booking)):
        row.timing = Timing.LATE
    for day in (22, 24, 25, 28, 29):
        factories.booking(lea, date(2026, 9, day))
    accept(record(lea), by=actors.SYSTEM, now=LATER)
    assert bill() == 5 * 380


# -- what was already billed ------------------------------------------------------------------------


@pytest.fixture
def billed(lea, claire):
    policy(window_amount=60)
    for day in (date(2026, 9, 22), date(2026, 9, 24)):
        factories.booking(lea, day)
    assert bill() == 5 * 380
    return lea


def test_a_day_already_billed_is_credited_on_the_next_invoice(billed):
    for day in range(1, 13):
        if date(2026, 10, day).isoweekday() in (1, 2, 4, 5):
            factories.booking(billed, date(2026, 10, day))
    claim = record(billed, now=OCTOBER_5)
    [credit] = accept(claim, by=actors.SYSTEM, now=OCTOBER_5)
    assert (credit.kind, credit.amount_cents, credit.month) == (AdjustmentKind.CREDIT, -3 * 380, SEPTEMBER)
    assert credit.label == "Absence justifiée\u00a0: Cantine, les 15, 17 et 18 septembre"
    assert {row.adjustment_id for row in claim.days} == {credit.id}
    assert "11,40\u00a0€ déjà facturés seront déduits" in mails()[-1].body
    assert bill(date(2026, 10, 1), datetime(2026, 11, 2, 9, tzinfo=PARIS)) == 7 * 380 - 3 * 380
    with pytest.raises(Refused, match="L’avoir de cette absence"):
        reopen(claim, by=actors.SYSTEM, now=OCTOBER_5)


def test_a_decision_is_taken_back_until_an_invoice_says_it(billed):
    claim = record(billed, now=OCTOBER_5)
    accept(claim, by=actors.SYSTEM, now=OCTOBER_5)
    reopen(claim, by=actors.SYSTEM, now=OCTOBER_5)
    assert claim.state is ClaimState.WAITING
    assert db.session.scalar(sa.select(sa.func.count(models.Adjustment.id))) == 0
    refuse(claim, "Erreur de dossier.", by=actors.SYSTEM, now=OCTOBER_5)
    reopen(claim, by=actors.SYSTEM, now=OCTOBER_5)
    assert [row.accepted for row in claim.days] == [None] * 3


def test_a_day_billed_as_justified_is_final(lea, claire):
    policy()
    factories.booking(lea, MONDAY)
    for day in range(22, 31):
        if date(2026, 9, day).isoweekday() in (1, 2, 4, 5):
            factories.booking(lea, date(2026, 9, day))
    claim = record(lea)
    accept(claim, by=actors.SYSTEM, now=LATER)
    assert bill() == 6 * 380
    with pytest.raises(Refused, match="déjà facturé comme justifié"):
        reopen(claim, by=actors.SYSTEM, now=OCTOBER_5)


@pytest.mark.parametrize(("given_back", "left"), [(5 * 380, 0), (3 * 380, 2 * 380), (380, 3 * 380)])
def test_a_line_contested_and_credited_gives_back_no_more_than_itself(billed, given_back, left):
    """The line is five meals, of which three are justified afterwards."""
    day = db.session.scalars(sa.select(models.BilledDay).order_by(models.BilledDay.day)).first()
    line = db.session.get_one(models.InvoiceLine, day.invoice_line_id)
    assert line.amount_cents == 5 * 380
    contested = adjustments.add_adjustment(
        line.invoice.family,
        month=line.month,
        label="Ligne rendue",
        amount_cents=-given_back,
        reason="Contestation acceptée",
        kind=AdjustmentKind.CREDIT,
        by=actors.SYSTEM,
        now=OCTOBER_5,
    )
    db.session.add(models.LineCredit(invoice_line_id=line.id, adjustment_id=contested.id))
    db.session.flush()
    credits = accept(record(billed, now=OCTOBER_5), by=actors.SYSTEM, now=OCTOBER_5)
    assert -sum(credit.amount_cents for credit in credits) == left


def test_what_a_justified_day_costs_is_not_credited(billed):
    version = db.session.scalars(
        sa.select(models.TariffVersion).filter_by(activity_id=factories.activity().id)
    ).one()
    version.situations.append(rule(Situation.JUSTIFIED, 100))
    db.session.flush()
    [credit] = accept(record(billed, now=OCTOBER_5), by=actors.SYSTEM, now=OCTOBER_5)
    assert credit.amount_cents == -3 * (380 - 100)


def test_a_claim_that_waits_is_an_anomaly_of_the_month(lea, claire):
    policy()
    claim = record(lea)
    found = billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1).anomalies
    [waiting] = [each for each in found if each.kind is AnomalyKind.CLAIM_WAITING]
    assert claim.number in waiting.sentence
    accept(claim, by=actors.SYSTEM, now=OCTOBER_1)
    found = billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1).anomalies
    assert AnomalyKind.CLAIM_WAITING not in {each.kind for each in found}


def test_a_day_of_a_period_paid_whole_is_credited_what_the_tariff_takes_off(lea, claire):
    """40 € a month whatever the days, 3,85 € back for each justified one."""
    policy(window_amount=60)
    version = db.session.scalars(
        sa.select(models.TariffVersion).filter_by(activity_id=factories.activity().id)
    ).one()
    version.rows, version.situations = [], []
    db.session.flush()
    version.rows = [
        models.TariffRow(
            position=1, label="Forfait", method=PriceMethod.FIXED, amount_cents=4000, unit=PriceUnit.MONTH
        )
    ]
    back = SituationEffect.REFUND
    version.situations = [models.SituationRule(situation=Situation.JUSTIFIED, effect=back, amount_cents=385)]
    assert bill() == 4000
    [credit] = accept(record(lea, now=OCTOBER_5), by=actors.SYSTEM, now=OCTOBER_5)
    assert credit.amount_cents == -3 * 385


@pytest.mark.parametrize(("most", "credit_cents"), [(1000, 0), (1900, 0), (2300, -400), (9999, -1140)])
def test_what_a_cap_took_off_is_not_credited_again(lea, claire, most, credit_cents):
    """Eight meals at 3,80 € made 30,40 €, or the cap; the five that are left make 19 €, or the cap."""
    policy(window_amount=60)
    for day in range(22, 31):
        if date(2026, 9, day).isoweekday() in (1, 2, 4, 5):
            factories.booking(lea, date(2026, 9, day))
    version = db.session.scalars(
        sa.select(models.TariffVersion).filter_by(activity_id=factories.activity().id)
    ).one()
    version.caps.append(models.TariffCap(label="Mois", period=Per.MONTH, max_cents=most))
    db.session.flush()
    adjustments.add_adjustment(
        lea.custodies[0].family, month=SEPTEMBER, label="Sortie", amount_cents=2000, reason="Cirque",
        by=actors.SYSTEM, now=OCTOBER_1,
    )  # fmt: skip
    assert bill() == min(most, 8 * 380) + 2000
    credits = accept(record(lea, now=OCTOBER_5), by=actors.SYSTEM, now=OCTOBER_5)
    assert sum(each.amount_cents for each in credits) == credit_cents


def test_a_free_day_is_no_paid_unit_of_a_cap(lea, claire):
    """Three meals a month are paid at most: the three of sickness are none of them."""
    policy(window_amount=60)
    paid = [day for n in range(22, 31) if (day := date(2026, 9, n)).isoweekday() in (1, 2, 4, 5)]
    for day in paid:
        factories.booking(lea, day)
    version = db.session.scalars(
        sa.select(models.TariffVersion).filter_by(activity_id=factories.activity().id)
    ).one()
    version.caps.append(models.TariffCap(label="Mois", period=Per.MONTH, max_units=5))
    db.session.flush()
    accept(record(lea), by=actors.SYSTEM, now=LATER)
    assert bill() == 5 * 380
