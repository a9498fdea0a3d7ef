"""Traces: the mails to send and sent, and the history of everything that is not a booking."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Json, UtcInstant, choice, db
from rules.vocabulary import Channel, MailState
from tables.columns import Kept, key, ref
from tables.people import Account, Family


class Outbox(db.Model):
    """A mail, written in the transaction that has something to say, sent after it.

    `body` never holds a secret: it holds the mark `[[secret]]`, and the secret waits encrypted
    in `secret`, wiped as soon as the mail is gone.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("state IN ('due', 'sending') OR secret IS NULL", name="secret_wiped"),
        Index("ix_outbox_state_next_try_at", "state", "next_try_at"),
    )
    id: Mapped[int] = key()
    kind: Mapped[str] = mapped_column(String(40))
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    secret: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    state: Mapped[MailState] = mapped_column(choice(MailState))
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UtcInstant)
    last_error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    sent_at: Mapped[datetime | None] = mapped_column(UtcInstant)

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"


class History(db.Model, Kept):
    """Who did what, when, before and after; appended to, never changed (trigger)."""

    __tablename__ = "history"
    __table_args__ = (Index("ix_history_subject", "subject", "subject_id"),)
    id: Mapped[int] = key()
    at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    by_id: Mapped[int | None] = ref("account.id")
    by_name: Mapped[str] = mapped_column(String(120))
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    verb: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    subject_name: Mapped[str] = mapped_column(String(200))
    family_id: Mapped[int | None] = ref("family.id", index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(String(300), default="")

    by: Mapped[Account | None] = relationship()
    family: Mapped[Family | None] = relationship()

    def __str__(self) -> str:
        return f"{self.verb} · {self.subject_name}"
