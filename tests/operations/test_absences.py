"""A claim from the phone call to the credit: which days may be asked for, who decides, what it costs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, billing
from operations.absences import ClaimFacts, claimable, record_claim, rulings, withdraw
from operations.attendance import close_sheet, open_sheet
from operations.claim_decisions import accept, refuse, reopen
from rules.instants import PARIS
from rules.refusals import Refused
from rules.vocabulary import (
    AbsenceReason,
    AdjustmentKind,
    AnomalyKind,
    BookingState,
    ClaimState,
    EventEffect,
    ProofKind,
    Situation,
    SituationEffect,
    Timing,
)
from tests import factories
from tests.queries import count_queries
from tests.town import FIRST_DAY

TUESDAY, THURSDAY, FRIDAY, MONDAY = (date(2026, 9, day) for day in (15, 17, 18, 21))
SICK = (TUESDAY, THURSDAY, FRIDAY)
MORNING = datetime(2026, 9, 15, 8, 0, tzinfo=PARIS)
LATER = datetime(2026, 9, 22, 9, 0, tzinfo=PARIS)
SEPTEMBER = date(2026, 9, 1)


def policy(**settings: Any) -> models.AbsencePolicy:
    row = models.AbsencePolicy(
        **{
            "activity": factories.activity(),
            "first_day": FIRST_DAY,
            "proofs": {ProofKind.CERTIFICATE},
            "window_amount": 15,
            **settings,
        }
    )
    db.session.add(row)
    db.session.flush()
    return row


def rule(situation: Situation, cents: int) -> models.SituationRule:
    return models.SituationRule(situation=situation, effect=SituationEffect.FIXED, amount_cents=cents)


def event(effect: EventEffect, day: date = TUESDAY, **scope: Any) -> None:
    db.session.add(models.Closure(name="Grève", first_day=day, last_day=day, effect=effect, **scope))
    db.session.flush()


@pytest.fixture
def family(app):
    return factories.family("Martin", qf="712.00")


@pytest.fixture
def lea(family):
    child = factories.child(family)
    for day in SICK:
        factories.booking(child, day)
    return child


@pytest.fixture
def claire(family, lea):
    return factories.parent(family, lea, payer=True, email="claire@villars.example")


def facts(*days: date, **said: Any) -> ClaimFacts:
    asked = {factories.activity().id: days or SICK}
    return ClaimFacts(
        **{"reason": AbsenceReason.SICKNESS, "proof": ProofKind.CERTIFICATE, "days": asked, **said}
    )


def by(guardian: models.Guardian) -> actors.Actor:
    assert guardian.account is not None
    return actors.parent(guardian.account)


def record(child: models.Child, *days: date, now: datetime = LATER, **said: Any) -> models.AbsenceClaim:
    return record_claim(child, facts(*days, **said), by=actors.SYSTEM, now=now)


def bill(month: date = SEPTEMBER, now: datetime | None = None) -> int:
    now = now or OCTOBER_1
    billing.prepare_month(month, by=actors.SYSTEM, now=now)
    issued = billing.issue_month(month, now.date(), by=actors.SYSTEM, now=now)
    db.session.commit()
    return issued.total_cents


def mails(kind: str = "absence") -> list[models.Outbox]:
    return list(db.session.scalars(sa.select(models.Outbox).filter_by(kind=kind).order_by(models.Outbox.id)))


def whys(child: models.Child, now: datetime = LATER, **options: Any) -> dict[date, str | None]:
    found = claimable(child, date(2026, 9, 1), date(2026, 10, 31), now=now, **options)
    return {each.day: each.why for each in found}


# -- the days that may be asked for ------------------------------------------------------------


def test_booked_days_may_be_claimed_past_or_no_longer_open(lea):
    factories.booking(lea, date(2026, 10, 1))
    assert whys(lea) == {
        **dict.fromkeys(SICK),
        date(2026, 10, 1): "Le jeudi 1er octobre peut encore être annulé\u00a0: annulez-le, rien ne sera dû.",
    }
    # the Wednesday before, at midnight, that week closes: the coming day may then be claimed
    assert whys(lea, datetime(2026, 9, 24, 0, 0, tzinfo=PARIS))[date(2026, 10, 1)] is None


def test_a_day_when_the_child_was_there_is_not_claimed(lea):
    in_class = lea.schoolings[0].school_class
    sheet = open_sheet(
        factories.activity().id, in_class, in_class.school, TUESDAY, by=actors.SYSTEM, now=MORNING
    )
    close_sheet(sheet, {lea.id}, by=actors.SYSTEM, now=MORNING)
    assert whys(lea)[TUESDAY] == "L’enfant était présent le mardi 15 septembre."
    with pytest.raises(Refused, match="était présent"):
        record(lea)


@pytest.mark.parametrize("effect", EventEffect)
def test_a_day_that_is_not_due_is_not_claimed(lea, effect):
    event(effect)
    due = effect is EventEffect.PICNIC_KITCHEN
    said = None if due else "Rien n’est dû par les absents le mardi 15 septembre (Grève)."
    assert whys(lea)[TUESDAY] == said


def test_a_day_stands_in_one_claim_at_a_time(lea):
    policy()
    first = record(lea, TUESDAY)
    assert whys(lea)[TUESDAY] == "Une demande porte déjà sur le mardi 15 septembre."
    with pytest.raises(Refused, match="porte déjà"):
        record(lea)
    refuse(first, "Certificat illisible.", by=actors.SYSTEM, now=LATER)
    second = record(lea)
    accept(second, by=actors.SYSTEM, now=LATER)
    assert whys(lea)[TUESDAY] is not None


def test_under_alternating_custody_each_family_claims_its_own_days(family, lea):
    other = factories.family("Petit")
    factories.booking(lea, MONDAY, family=other)
    assert set(whys(lea, family_id=family.id)) == set(SICK)
    assert set(whys(lea, family_id=other.id)) == {MONDAY}
    with pytest.raises(Refused, match="deux familles"):
        record(lea, TUESDAY, MONDAY)
    with pytest.raises(Refused, match="n’est pas réservé"):
        record_claim(lea, facts(TUESDAY), family_id=other.id, by=actors.SYSTEM, now=LATER)


# -- recording ---------------------------------------------------------------------------------


def test_a_parent_declares_an_absence(claire, lea, family):
    policy()
    claim = record_claim(lea, facts(details="Angine"), family_id=family.id, by=by(claire), now=LATER)
    assert claim.state is ClaimState.WAITING
    assert (claim.guardian_id, claim.family_id) == (claire.id, family.id)
    assert (claim.first_day, claim.last_day, claim.received_at) == (TUESDAY, FRIDAY, LATER)
    assert [(row.day, row.accepted, row.why) for row in claim.days] == [(day, None, "") for day in SICK]
    [mail] = mails()
    assert (mail.recipient, mail.subject) == (
        "claire@villars.example",
        f"Absence de Léa enregistrée : {claim.number}",
    )
    assert "- mardi 15 septembre 2026, Cantine" in mail.body
    assert "Angine" not in mail.body
    written = db.session.scalars(sa.select(models.History).filter_by(verb="Absence déclarée")).one()
    assert "Angine" not in str(written.after) + written.reason


def test_what_the_règlement_refuses_whole_is_refused_to_a_parent_and_recorded_by_staff(claire, lea):
    policy()
    too_late = datetime(2026, 10, 4, 0, 0, tzinfo=PARIS)  # the sixteenth day after Friday
    with pytest.raises(Refused, match="pouvait être justifiée jusqu’au mercredi 30 septembre à 23 h 59"):
        record_claim(lea, facts(), by=by(claire), now=too_late)
    assert db.session.scalar(sa.select(sa.func.count(models.AbsenceClaim.id))) == 0
    claim = record(lea, now=too_late)
    assert all("pouvait être justifiée" in row.why for row in claim.days)


def test_the_last_second_of_the_fifteenth_day_is_in_time(claire, lea):
    policy()
    last = datetime(2026, 10, 3, 23, 59, 59, tzinfo=PARIS)
    claim = record_claim(lea, facts(FRIDAY), by=by(claire), now=last)
    assert claim.days[0].why == ""


def test_without_a_policy_nothing_is_taken_off(claire, lea):
    with pytest.raises(Refused, match="ne prévoit pas de déduire"):
        record_claim(lea, facts(), by=by(claire), now=LATER)


MISTAKES = [
    ({"days": {}}, "Aucun jour réservé", "days"),
    ({"received_at": datetime(2026, 9, 23, 9, tzinfo=PARIS)}, "reçue demain", "received_at"),
    ({"told_at": datetime(2026, 9, 22, 9, 1, tzinfo=PARIS)}, "au plus tard à la réception", "told_at"),
    ({"first": FRIDAY, "last": TUESDAY}, "précéder le premier", "last_day"),
    ({"first": THURSDAY}, "en dehors de l’absence", "days"),
    ({"first": date(2020, 1, 1)}, None, None),  # a long illness is long
]


@pytest.mark.parametrize(("said", "sentence", "field"), MISTAKES)
def test_a_claim_that_makes_no_sense(lea, said, sentence, field):
    policy()
    if sentence is None:
        assert record(lea, **said).first_day == date(2020, 1, 1)
        return
    with pytest.raises(Refused, match=sentence) as refusal:
        record(lea, **said)
    assert refusal.value.field == field


def test_a_claim_is_withdrawn_while_it_waits(lea):
    policy()
    claim = record(lea)
    withdraw(claim, by=actors.SYSTEM, now=LATER)
    assert claim.state is ClaimState.WITHDRAWN
    assert whys(lea)[TUESDAY] is None
    for move in (
        lambda: accept(claim, by=actors.SYSTEM, now=LATER),
        lambda: withdraw(claim, by=actors.SYSTEM, now=LATER),
    ):
        with pytest.raises(Refused, match="déjà tranchée"):
            move()


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


OCTOBER_1 = datetime(2026, 10, 1, 9, tzinfo=PARIS)
OCTOBER_5 = datetime(2026, 10, 5, 9, tzinfo=PARIS)


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


def test_what_a_justified_day_costs_is_not_credited(billed):
    version = db.session.scalars(
        sa.select(models.TariffVersion).filter_by(activity_id=factories.activity().id)
    ).one()
    version.situations.append(rule(Situation.JUSTIFIED, 100))
    db.session.flush()
    [credit] = accept(record(billed, now=OCTOBER_5), by=actors.SYSTEM, now=OCTOBER_5)
    assert credit.amount_cents == -3 * (380 - 100)


def test_the_number_of_queries_does_not_grow_with_the_days(lea):
    policy()
    few = facts(TUESDAY)
    with count_queries() as one:
        rulings(lea, few, now=LATER)
        claimable(lea, TUESDAY, TUESDAY, now=LATER)
    with count_queries() as several:
        rulings(lea, facts(), now=LATER)
        claimable(lea, TUESDAY, FRIDAY, now=LATER)
    assert len(several) <= len(one)


def test_a_claim_that_waits_is_an_anomaly_of_the_month(lea, claire):
    policy()
    claim = record(lea)
    found = billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1).anomalies
    [waiting] = [each for each in found if each.kind is AnomalyKind.CLAIM_WAITING]
    assert claim.number in waiting.sentence
    accept(claim, by=actors.SYSTEM, now=OCTOBER_1)
    found = billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1).anomalies
    assert AnomalyKind.CLAIM_WAITING not in {each.kind for each in found}


# -- events -------------------------------------------------------------------------------------------


# What is due by a child who did not come, and by one who did.
DUE = [
    (EventEffect.CLOSED, False, True),
    (EventEffect.FREE_ABSENCE, False, True),
    (EventEffect.PICNIC_HOME, False, False),
    (EventEffect.PICNIC_KITCHEN, True, True),
]


@pytest.mark.parametrize("came", [False, True])
@pytest.mark.parametrize(("effect", "absent_pay", "present_pay"), DUE)
def test_an_event_entered_after_the_day_says_what_is_due(lea, claire, effect, absent_pay, present_pay, came):
    for day in (22, 24, 25, 28, 29):
        factories.booking(lea, date(2026, 9, day))
    in_class = lea.schoolings[0].school_class
    sheet = open_sheet(
        factories.activity().id, in_class, in_class.school, TUESDAY, by=actors.SYSTEM, now=LATER
    )
    close_sheet(sheet, {lea.id} if came else set(), by=actors.SYSTEM, now=LATER)
    event(effect, school_id=in_class.school_id)
    due = present_pay if came else absent_pay
    assert bill() == (7 + due) * 380


def test_a_picnic_from_the_kitchen_is_a_line_of_its_own(lea, claire):
    for day in (22, 24, 25, 28, 29):
        factories.booking(lea, date(2026, 9, day))
    version = db.session.scalars(
        sa.select(models.TariffVersion).filter_by(activity_id=factories.activity().id)
    ).one()
    version.situations.append(rule(Situation.PICNIC, 300))
    event(EventEffect.PICNIC_KITCHEN)
    assert bill() == 7 * 380 + 300
    lines = db.session.scalars(sa.select(models.InvoiceLine).order_by(models.InvoiceLine.position)).all()
    assert [(line.situation, line.quantity, line.amount_cents) for line in lines] == [
        ("picnic", 1, 300),
        ("as_booked", 7, 7 * 380),
    ]


def test_an_event_of_another_school_changes_nothing(lea, claire):
    for day in (22, 24, 25, 28, 29):
        factories.booking(lea, date(2026, 9, day))
    elsewhere = db.session.scalars(sa.select(models.School).filter_by(name="Maternelle des Lilas")).one()
    event(EventEffect.PICNIC_HOME, school_id=elsewhere.id)
    assert bill() == 8 * 380
