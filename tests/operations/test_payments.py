from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors
from operations.invoices import account_of
from operations.payments import record_payment, reverse
from rules.refusals import Refused
from rules.vocabulary import InvoiceState, PaymentMethod
from tests import factories
from tests.operations.test_billing import OCTOBER_1, SEPTEMBER, bill, booked

TODAY = OCTOBER_1.date()


@pytest.fixture
def invoice(app):
    family = factories.family("Martin", qf="712.00")
    factories.parent(family, payer=True)
    booked(factories.child(family))
    bill(SEPTEMBER)
    return db.session.scalars(sa.select(models.Invoice)).one()


def pay(invoice, cents, **changes):
    values = {"received_on": TODAY, "method": PaymentMethod.CHEQUE} | changes
    return record_payment(invoice, amount_cents=cents, by=actors.SYSTEM, now=OCTOBER_1, **values)


def test_the_state_follows_the_payments(invoice):
    assert account_of(invoice, TODAY).state is InvoiceState.DUE
    assert account_of(invoice, invoice.due_on).state is InvoiceState.DUE
    assert account_of(invoice, date(2026, 10, 23)).state is InvoiceState.OVERDUE
    pay(invoice, 1000)
    assert account_of(invoice, TODAY).state is InvoiceState.PARTLY_PAID
    pay(invoice, 900)
    account = account_of(invoice, date(2026, 12, 1))
    assert (account.state, account.due_cents) == (InvoiceState.PAID, 0)


@pytest.mark.parametrize("cents", [0, -100, 1901])
def test_an_impossible_amount_is_refused(invoice, cents):
    with pytest.raises(Refused) as refusal:
        pay(invoice, cents)
    assert refusal.value.field == "amount_cents"


def test_a_payment_to_come_is_refused(invoice):
    with pytest.raises(Refused, match="à venir"):
        pay(invoice, 100, received_on=date(2026, 10, 2))


def test_a_mistake_is_reversed_once_and_never_edited(invoice):
    payment = pay(invoice, 1900)
    reverse(payment, reason="Chèque d’une autre famille", by=actors.SYSTEM, now=OCTOBER_1)
    assert account_of(invoice, TODAY).due_cents == 1900
    with pytest.raises(Refused, match="déjà annulé"):
        reverse(payment, reason="Encore", by=actors.SYSTEM, now=OCTOBER_1)
