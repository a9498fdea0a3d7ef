"""Démarches: what families ask, with what is joined and said until somebody decides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Json, UtcInstant, choice, db
from rules.instants import paris
from rules.request_vocabulary import RequestKind, RequestState
from rules.requests import request_number
from rules.vocabulary import Channel
from tables.columns import key, ref
from tables.documents import Document
from tables.money import InvoiceLine
from tables.people import Account, Child, Family, Guardian


class Request(db.Model):
    """A family asks; only operations/requests.py writes its state.

    `asked` and `before` hold plain values by the names of the kind's fields: what is wanted, and what
    was in force when it was asked. `due_on`: the day by which the town hall answers, or, while a
    complement is asked, the day by which the family does.
    """

    __tablename__ = "request"
    __table_args__ = (
        CheckConstraint("(state IN ('accepted', 'refused')) = (decided_at IS NOT NULL)", name="decided"),
        CheckConstraint("state <> 'refused' OR decision <> ''", name="refused"),
        Index("ix_request_state_due_on", "state", "due_on"),
    )
    id: Mapped[int] = key()
    kind: Mapped[RequestKind] = mapped_column(choice(RequestKind))
    state: Mapped[RequestState] = mapped_column(choice(RequestState))
    family_id: Mapped[int] = ref("family.id", index=True)
    guardian_id: Mapped[int] = ref("guardian.id", index=True)
    child_id: Mapped[int | None] = ref("child.id", index=True)
    invoice_line_id: Mapped[int | None] = ref("invoice_line.id", index=True)
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    asked: Mapped[dict[str, Any]] = mapped_column(Json)
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    submitted_at: Mapped[datetime] = mapped_column(UtcInstant)
    submitted_by_id: Mapped[int | None] = ref("account.id")
    submitted_by_name: Mapped[str] = mapped_column(String(120))
    due_on: Mapped[date]
    owner_id: Mapped[int | None] = ref("account.id", index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    decided_by_id: Mapped[int | None] = ref("account.id")
    decision: Mapped[str] = mapped_column(sa.Text, default="")

    family: Mapped[Family] = relationship()
    guardian: Mapped[Guardian] = relationship()
    child: Mapped[Child | None] = relationship()
    invoice_line: Mapped[InvoiceLine | None] = relationship()
    owner: Mapped[Account | None] = relationship(foreign_keys=owner_id)
    decided_by: Mapped[Account | None] = relationship(foreign_keys=decided_by_id)
    messages: Mapped[list[RequestMessage]] = relationship(
        back_populates="request", order_by="RequestMessage.id", passive_deletes="all"
    )

    joined: Mapped[list[RequestDocument]] = relationship(
        back_populates="request", order_by="RequestDocument.id", passive_deletes="all"
    )

    @property
    def documents(self) -> list[Document]:
        return [each.document for each in self.joined]

    @property
    def number(self) -> str:
        return request_number(paris(self.submitted_at).year, self.id)

    def __str__(self) -> str:
        return f"{self.number} · {self.kind.label}"


class RequestMessage(db.Model):
    """What the family and the town hall say to each other about a démarche; never changed."""

    __tablename__ = "request_message"
    __table_args__ = (CheckConstraint("body <> ''", name="body"),)
    id: Mapped[int] = key()
    request_id: Mapped[int] = ref("request.id", index=True)
    at: Mapped[datetime] = mapped_column(UtcInstant)
    by_id: Mapped[int | None] = ref("account.id")
    by_name: Mapped[str] = mapped_column(String(120))
    from_staff: Mapped[bool]
    body: Mapped[str] = mapped_column(sa.Text)

    request: Mapped[Request] = relationship(back_populates="messages")


class RequestDocument(db.Model):
    """A supporting document joined to a démarche, which keeps it whatever becomes of the vault."""

    __tablename__ = "request_document"
    __table_args__ = (UniqueConstraint("request_id", "document_id"),)
    id: Mapped[int] = key()
    request_id: Mapped[int] = ref("request.id")
    document_id: Mapped[int] = ref("document.id", index=True)

    request: Mapped[Request] = relationship(back_populates="joined")
    document: Mapped[Document] = relationship()
