"""An invoice says its debit when a mandate is in force the day it is issued, and never changes after."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask

import models
from extensions import db
from operations import billing, debits, mandates
from operations.actors import SYSTEM
from operations.payments import record_payment
from rules.mandate_vocabulary import MandateState
from rules.vocabulary import PaymentMethod
from tests import factories
from tests.portal.homes import martin

PARIS = ZoneInfo("Europe/Paris")
OCTOBER = datetime(2026, 10, 2, 9, tzinfo=PARIS)


def issue(month: date, now: datetime) -> models.Invoice:
    commune = db.session.get_one(models.Commune, 1)
    commune.carry_over_below_cents = 0
    billing.prepare_month(month, by=SYSTEM, now=now)
    billing.issue_month(month, now.date(), by=SYSTEM, now=now)
    db.session.commit()
    return db.session.scalars(sa.select(models.Invoice).filter_by(month=month)).one()


def test_the_debit_is_frozen_at_issue(app: Flask) -> None:
    home = martin()
    factories.booking(home.lea, date(2026, 9, 7))
    factories.booking(home.lea, date(2026, 10, 8))
    september = issue(date(2026, 9, 1), OCTOBER)
    mandate = factories.mandate(home.claire)
    db.session.commit()
    october = issue(date(2026, 10, 1), datetime(2026, 11, 3, 9, tzinfo=PARIS))
    assert (september.debit_on, september.debit_rum) == (None, None)
    assert (october.debit_on, october.debit_rum) == (date(2026, 11, 24), mandate.rum)
    assert october.debit_ics == "FR72ZZZ123456" and october.due_on == date(2026, 11, 24)
    mails = list(db.session.scalars(sa.select(models.Outbox.body).filter_by(kind="invoice").order_by("id")))
    assert "prélevée" not in mails[0] and f"mandat {mandate.rum}" in mails[1]
    mandates.revoke(mandate, by=SYSTEM, reason="Demande écrite", now=OCTOBER)
    db.session.commit()
    assert october.debit_rum == mandate.rum


def test_a_debit_later_than_the_due_date_moves_it(app: Flask) -> None:
    home = martin()
    factories.booking(home.lea, date(2026, 9, 7))
    factories.mandate(home.claire)
    db.session.get_one(models.Commune, 1).debit_days = 30
    row = issue(date(2026, 9, 1), OCTOBER)
    assert row.debit_on == row.due_on == date(2026, 11, 1)


def test_only_a_mandate_in_force(app: Flask) -> None:
    home = martin()
    for state in (MandateState.RECEIVED, MandateState.REVOKED):
        factories.mandate(home.claire, state)
    assert debits.debits_announced(date(2026, 11, 3)).by_payer == {}


def test_thirty_six_months_without_a_collection(app: Flask) -> None:
    home = martin()
    factories.booking(home.lea, date(2026, 9, 7))
    mandate = factories.mandate(home.claire)  # signed on 1 September 2026
    row = issue(date(2026, 9, 1), OCTOBER)
    facts = {
        "amount_cents": row.total_cents,
        "received_on": date(2026, 10, 23),
        "method": PaymentMethod.DEBIT,
    }
    record_payment(row, **facts, by=SYSTEM, now=datetime(2026, 10, 24, 9, tzinfo=PARIS))
    db.session.commit()
    assert debits.lapse_old(datetime(2029, 10, 23, 3, tzinfo=PARIS)) == 0
    assert debits.debits_announced(date(2029, 10, 10)).by_payer == {}  # the debit would come too late
    assert debits.lapse_old(datetime(2029, 10, 24, 3, tzinfo=PARIS)) == 1
    assert mandate.state is MandateState.LAPSED
    assert debits.lapse_old(datetime(2029, 10, 25, 3, tzinfo=PARIS)) == 0
