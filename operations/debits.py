"""Which invoices are debited: the mandates in force when a month is issued, and those that have lapsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations import mandates
from operations.actors import SYSTEM
from operations.configuration import commune_settings
from rules.instants import paris
from rules.mandate_vocabulary import MandateState
from rules.mandates import debit_day, lapses_on
from rules.vocabulary import PaymentMethod


@dataclass(frozen=True, slots=True)
class Debits:
    """The debits of a month: its day, and for each payer whose mandate is in force what the invoice says."""

    on: date
    by_payer: Mapping[int, Mapping[str, Any]]

    def of(self, payer_id: int | None, due_on: date) -> dict[str, Any]:
        """The columns of an invoice; one that is debited is never due before."""
        if payer_id is None or payer_id not in self.by_payer:
            return {"debit_on": None, "debit_rum": None, "debit_ics": None}
        return {**self.by_payer[payer_id], "due_on": max(due_on, self.on)}


def debits_announced(announced_on: date) -> Debits:
    """Those of the invoices announced that day: the mandates in force that will not have lapsed."""
    commune = commune_settings()
    on = debit_day(announced_on, commune.debit_days)
    found = _in_force() if commune.ics else []
    return Debits(
        on,
        {
            row.guardian_id: {"debit_on": on, "debit_rum": row.rum, "debit_ics": row.ics}
            for row, lapses in found
            if on < lapses
        },
    )


def lapse_old(now: datetime) -> int:
    """End the mandates that nothing was collected under for 36 months; returns how many."""
    today = paris(now).date()
    old = [row for row, lapses in _in_force() if lapses <= today]
    for row in old:
        mandates.lapse(row, by=SYSTEM, now=now)
    return len(old)


def _in_force() -> list[tuple[models.Mandate, date]]:
    """The mandates in force with the day on which each lapses, in one query."""
    row, invoice, payment = models.Mandate, models.Invoice, models.Payment
    reversed_ids = sa.select(payment.reverses_id).where(payment.reverses_id.is_not(None))
    collected = (
        sa.select(invoice.debit_rum, sa.func.max(payment.received_on).label("last"))
        .join(payment, payment.invoice_id == invoice.id)
        .where(payment.method == PaymentMethod.DEBIT, payment.id.not_in(reversed_ids))
        .group_by(invoice.debit_rum)
        .subquery()
    )
    query = (
        sa.select(row, collected.c.last)
        .outerjoin(collected, collected.c.debit_rum == row.rum)
        .where(row.state == MandateState.ACTIVE)
        .order_by(row.id)
    )
    return [
        (mandate, lapses_on(mandate.signed_on, last))
        for mandate, last in db.session.execute(query)
        if mandate.signed_on is not None
    ]
