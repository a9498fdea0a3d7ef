"""Money: drafts, adjustments, issued invoices frozen by triggers, billed days, payments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Hundredths, Json, UtcInstant, choice, db
from rules.vocabulary import (
    AdjustmentKind,
    AnomalyKind,
    Channel,
    ChargeKind,
    InvoiceKind,
    PaymentMethod,
    Situation,
)
from tables.columns import Kept, key, ref
from tables.people import Account, Child, Family, Guardian
from tables.school import Activity


class Draft(db.Model):
    """What a family would be billed for a month, as the agent saw it; replaced at each preparation."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("month", "family_id"),)
    id: Mapped[int] = key()
    month: Mapped[date]
    family_id: Mapped[int] = ref("family.id")
    payer_id: Mapped[int | None] = ref("guardian.id")
    total_cents: Mapped[int]
    day_count: Mapped[int]
    carried_over: Mapped[bool]
    digest: Mapped[str] = mapped_column(String(64))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    prepared_at: Mapped[datetime] = mapped_column(UtcInstant)
    prepared_by_id: Mapped[int | None] = ref("account.id")

    family: Mapped[Family] = relationship()
    payer: Mapped[Guardian | None] = relationship()
    prepared_by: Mapped[Account | None] = relationship()

    def __str__(self) -> str:
        return f"{self.family} · {self.month:%m/%Y}"


class Anomaly(db.Model):
    """Something to look at before issuing a month."""

    __tablename__ = "anomaly"
    id: Mapped[int] = key()
    month: Mapped[date] = mapped_column(index=True)
    family_id: Mapped[int | None] = ref("family.id")
    kind: Mapped[AnomalyKind] = mapped_column(choice(AnomalyKind))
    sentence: Mapped[str] = mapped_column(String(300))

    family: Mapped[Family | None] = relationship()

    def __str__(self) -> str:
        return self.sentence


class Adjustment(db.Model):
    """A line added by hand, or a credit, waiting for the next invoice of a family; with its reason."""

    __tablename__ = "adjustment"
    __table_args__ = (
        CheckConstraint("amount_cents <> 0", name="amount"),
        CheckConstraint("reason <> ''", name="reason"),
    )
    id: Mapped[int] = key()
    family_id: Mapped[int] = ref("family.id", index=True)
    child_id: Mapped[int | None] = ref("child.id")
    activity_id: Mapped[int | None] = ref("activity.id")
    month: Mapped[date]
    kind: Mapped[AdjustmentKind] = mapped_column(choice(AdjustmentKind))
    label: Mapped[str] = mapped_column(String(120))
    amount_cents: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    created_by_id: Mapped[int | None] = ref("account.id")

    family: Mapped[Family] = relationship()
    child: Mapped[Child | None] = relationship()
    activity: Mapped[Activity | None] = relationship()
    created_by: Mapped[Account | None] = relationship()
    invoice_line: Mapped[InvoiceLine | None] = relationship(
        back_populates="adjustment", passive_deletes="all"
    )
    credited: Mapped[LineCredit | None] = relationship(back_populates="adjustment")

    def __str__(self) -> str:
        return self.label


class Exclusion(db.Model):
    """A family left out of a month's issue, with the reason; its days stay unbilled."""

    __tablename__ = "exclusion"
    __table_args__ = (
        UniqueConstraint("month", "family_id"),
        CheckConstraint("reason <> ''", name="reason"),
    )
    id: Mapped[int] = key()
    month: Mapped[date]
    family_id: Mapped[int] = ref("family.id")
    reason: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    created_by_id: Mapped[int | None] = ref("account.id")

    family: Mapped[Family] = relationship()
    created_by: Mapped[Account | None] = relationship()


class InvoiceCounter(db.Model):
    """The last number given in an exercice; its row is the lock that keeps numbers without a gap."""

    __tablename__ = "invoice_counter"
    exercice: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Invoice(db.Model, Kept):
    """An issued invoice says what it said for ever: no update, by trigger on both engines."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("exercice", "sequence"),
        CheckConstraint("sequence >= 1", name="sequence"),
        CheckConstraint("due_on >= announced_on", name="due"),
        CheckConstraint("(kind = 'credit_note') = (origin_id IS NOT NULL)", name="origin"),
        CheckConstraint(
            "(debit_on IS NULL) = (debit_rum IS NULL) AND (debit_on IS NULL) = (debit_ics IS NULL)",
            name="debit",
        ),
        Index("ix_invoice_family_id_month", "family_id", "month"),
    )
    id: Mapped[int] = key()
    kind: Mapped[InvoiceKind] = mapped_column(choice(InvoiceKind))
    number: Mapped[str] = mapped_column(String(20), unique=True)
    exercice: Mapped[int]
    sequence: Mapped[int]
    origin_id: Mapped[int | None] = ref("invoice.id")
    month: Mapped[date] = mapped_column(index=True)
    family_id: Mapped[int] = ref("family.id")
    payer_id: Mapped[int] = ref("guardian.id", index=True)
    payer_name: Mapped[str] = mapped_column(String(200))
    payer_address: Mapped[str] = mapped_column(String(400))
    total_cents: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(UtcInstant)
    issued_by_id: Mapped[int | None] = ref("account.id")
    announced_on: Mapped[date]
    due_on: Mapped[date]
    debit_on: Mapped[date | None]
    debit_rum: Mapped[str | None] = mapped_column(String(35), index=True)
    debit_ics: Mapped[str | None] = mapped_column(String(35))
    is_example: Mapped[bool]

    family: Mapped[Family] = relationship()
    payer: Mapped[Guardian] = relationship()
    issued_by: Mapped[Account | None] = relationship()
    origin: Mapped[Invoice | None] = relationship(remote_side=id)
    lines: Mapped[list[InvoiceLine]] = relationship(
        back_populates="invoice", order_by="InvoiceLine.position", passive_deletes="all"
    )
    payments: Mapped[list[Payment]] = relationship(back_populates="invoice", passive_deletes="all")

    def __str__(self) -> str:
        return self.number


class InvoiceLine(db.Model, Kept):
    """Child × activity × price × situation, with its days and why it costs that; frozen as the invoice."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint("amount_cents = unit_price_cents * quantity", name="amount"),
        CheckConstraint("quantity >= 1", name="quantity"),
    )
    id: Mapped[int] = key()
    invoice_id: Mapped[int] = ref("invoice.id")
    position: Mapped[int]
    month: Mapped[date]
    child_id: Mapped[int | None] = ref("child.id", index=True)
    activity_id: Mapped[int | None] = ref("activity.id")
    child_name: Mapped[str] = mapped_column(String(160))
    label: Mapped[str] = mapped_column(String(160))
    situation: Mapped[Situation | None] = mapped_column(choice(Situation))
    days: Mapped[list[str]] = mapped_column(Json)
    quantity: Mapped[int]
    unit_price_cents: Mapped[int]
    amount_cents: Mapped[int]
    quotient: Mapped[Decimal | None] = mapped_column(Hundredths)
    explanation: Mapped[dict[str, Any] | None] = mapped_column(Json)
    adjustment_id: Mapped[int | None] = ref("adjustment.id", unique=True)

    invoice: Mapped[Invoice] = relationship(back_populates="lines")
    adjustment: Mapped[Adjustment | None] = relationship(back_populates="invoice_line")

    def __str__(self) -> str:
        return self.label


class LineCredit(db.Model):
    """A line of an issued invoice given back, whole or in part, by a credit on the next one."""

    __tablename__ = "line_credit"
    id: Mapped[int] = key()
    invoice_line_id: Mapped[int] = ref("invoice_line.id", index=True)
    adjustment_id: Mapped[int] = ref("adjustment.id", unique=True)

    invoice_line: Mapped[InvoiceLine] = relationship()
    adjustment: Mapped[Adjustment] = relationship(back_populates="credited")


class BilledDay(db.Model, Kept):
    """A day is billed once: unique among the days whose line was not cancelled."""

    __tablename__ = "billed_day"
    __table_args__ = (
        Index("uq_billed_day", "child_id", "activity_id", "day", unique=True,
              sqlite_where=sa.text("cancelled_on IS NULL"), postgresql_where=sa.text("cancelled_on IS NULL")),
        Index("ix_billed_day_day", "day"),
    )  # fmt: skip
    id: Mapped[int] = key()
    invoice_line_id: Mapped[int] = ref("invoice_line.id", index=True)
    child_id: Mapped[int] = ref("child.id")
    activity_id: Mapped[int] = ref("activity.id")
    day: Mapped[date]
    amount_cents: Mapped[int]
    cancelled_on: Mapped[date | None]


_ONCE = "kind <> 'cap' AND cancelled_on IS NULL AND child_id IS "
_CHILD, _FAMILY = sa.text(_ONCE + "NOT NULL"), sa.text(_ONCE + "NULL")


class BilledCharge(db.Model, Kept):
    """A price of a whole period or a yearly fee is billed once; what a cap took off is remembered.

    `subject` names what is billed (an activity and its unit, a cap, a fee), `first_day` the period.
    """

    __tablename__ = "billed_charge"
    __table_args__ = (
        Index("uq_billed_charge_child", "subject", "family_id", "child_id", "first_day", unique=True,
              sqlite_where=_CHILD, postgresql_where=_CHILD),
        Index("uq_billed_charge_family", "subject", "family_id", "first_day", unique=True,
              sqlite_where=_FAMILY, postgresql_where=_FAMILY),
        Index("ix_billed_charge_first_day", "first_day"),
    )  # fmt: skip
    id: Mapped[int] = key()
    invoice_line_id: Mapped[int] = ref("invoice_line.id", index=True)
    kind: Mapped[ChargeKind] = mapped_column(choice(ChargeKind))
    subject: Mapped[str] = mapped_column(String(200))
    family_id: Mapped[int] = ref("family.id")
    child_id: Mapped[int | None] = ref("child.id")
    first_day: Mapped[date]
    amount_cents: Mapped[int]
    cancelled_on: Mapped[date | None]


class InvoicePdf(db.Model):
    """The PDF of an invoice, made once from its frozen facts; the hash tells it is still the same."""

    __tablename__ = "invoice_pdf"
    id: Mapped[int] = key()
    invoice_id: Mapped[int] = ref("invoice.id", unique=True)
    storage_key: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcInstant)


class Sending(db.Model):
    """How an invoice was announced: by mail (an outbox row) or on paper (to print)."""

    __tablename__ = "sending"
    __table_args__ = (CheckConstraint("(channel = 'portal') = (outbox_id IS NOT NULL)", name="outbox"),)
    id: Mapped[int] = key()
    invoice_id: Mapped[int] = ref("invoice.id", index=True)
    guardian_id: Mapped[int] = ref("guardian.id")
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    outbox_id: Mapped[int | None] = ref("outbox.id")
    at: Mapped[datetime] = mapped_column(UtcInstant)

    invoice: Mapped[Invoice] = relationship()
    guardian: Mapped[Guardian] = relationship()


class Payment(db.Model, Kept):
    """Money received for an invoice; never edited: a mistake is reversed by another row."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount_cents <> 0", name="amount"),
        CheckConstraint("(method = 'reversal') = (reverses_id IS NOT NULL)", name="reversal"),
        CheckConstraint("(amount_cents < 0) = (reverses_id IS NOT NULL)", name="sign"),
    )
    id: Mapped[int] = key()
    invoice_id: Mapped[int] = ref("invoice.id", index=True)
    amount_cents: Mapped[int]
    received_on: Mapped[date]
    method: Mapped[PaymentMethod] = mapped_column(choice(PaymentMethod))
    reference: Mapped[str] = mapped_column(String(80), default="")
    reverses_id: Mapped[int | None] = ref("payment.id", unique=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_by_id: Mapped[int | None] = ref("account.id")

    invoice: Mapped[Invoice] = relationship(back_populates="payments")
    recorded_by: Mapped[Account | None] = relationship()
