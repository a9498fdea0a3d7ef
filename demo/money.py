"""September and October as the régie lived them: issued, announced, mostly paid."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

import sqlalchemy as sa

import models
from demo import direct_debit
from demo.dates import TODAY, at
from demo.people import agent_called
from extensions import db
from operations import billing, payments
from operations.actors import Actor
from rules.vocabulary import PaymentMethod

# (month, the day it was issued, the date of announcement, share of the invoices that are paid)
MONTHS = (
    (date(2026, 9, 1), date(2026, 10, 2), date(2026, 10, 5), 0.88),
    (date(2026, 10, 1), date(2026, 11, 3), date(2026, 11, 5), 0.42),
)
METHODS = (
    (PaymentMethod.CARD, "PayFiP", 68),
    (PaymentMethod.CHEQUE, "Chèque", 18),
    (PaymentMethod.TOBACCONIST, "Buraliste", 9),
    (PaymentMethod.CASH, "Trésorerie", 5),
)
# What the published accounts find: Claire's October to pay, Sonia's to be debited, Karim's
# September overdue.
UNPAID = {
    ("Martin", date(2026, 10, 1)),
    ("Bernard", date(2026, 10, 1)),
    ("Haddad", date(2026, 9, 1)),
    ("Haddad", date(2026, 10, 1)),
}
PAID = {("Martin", date(2026, 9, 1)), ("Bernard", date(2026, 9, 1))}


def issue_and_collect(random: Random) -> None:
    by = agent_called("finances@villars.example")
    for month, issued_on, announced_on, share in MONTHS:
        now = at(issued_on, 9, 30)
        if month == direct_debit.FIRST_DEBITED:
            direct_debit.tell()
        billing.prepare_month(month, by=by, now=now)
        billing.issue_month(month, announced_on, by=by, now=now)
        _collect(month, announced_on, share, random, by)


def _collect(month: date, announced_on: date, share: float, random: Random, by: Actor) -> None:
    query = sa.select(models.Invoice).filter_by(month=month).order_by(models.Invoice.sequence)
    for invoice in db.session.scalars(query):
        who = (invoice.family.name, month)
        if who in UNPAID or (who not in PAID and random.random() > share):
            continue
        received_on = min(announced_on + timedelta(days=random.randrange(2, 24)), TODAY - timedelta(days=1))
        _pay(invoice, received_on, random, by)


def _pay(invoice: models.Invoice, received_on: date, random: Random, by: Actor) -> None:
    method, label, _ = random.choices(METHODS, weights=[weight for *_, weight in METHODS])[0]
    in_part = random.random() < 0.03
    now: datetime = at(received_on, 8)
    payments.record_payment(
        invoice,
        amount_cents=invoice.total_cents // 2 if in_part else invoice.total_cents,
        received_on=received_on,
        method=method,
        reference=f"{label} {random.randrange(10**6):06d}",
        by=by,
        now=now,
    )
