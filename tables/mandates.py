"""Direct debit: the mandates that payers sign, and the papers by which they come back."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Sealed, UtcInstant, choice, db
from rules.ibans import masked
from rules.mandate_vocabulary import MandateState, SignedReturn
from rules.vocabulary import Channel
from tables.columns import Address, key, ref
from tables.documents import Document
from tables.people import Account, Guardian

_ACTIVE = sa.text("state = 'active'")
_UNDER_WAY = sa.text("state IN ('draft', 'to_sign', 'received', 'refused')")


class Mandate(db.Model, Address):
    """A payer lets the commune debit an account; only operations/mandates.py writes its state.

    The address is that of the account's holder, who may be somebody else than the payer. What the
    paper says (debtor, creditor, reference) is frozen when it is edited. The IBAN is encrypted.
    """

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'revoked') OR rum IS NOT NULL", name="rum"),
        CheckConstraint("state NOT IN ('received', 'active') OR received_at IS NOT NULL", name="received"),
        CheckConstraint(
            "state <> 'active' OR (signed_on IS NOT NULL AND activated_at IS NOT NULL)", name="active"
        ),
        CheckConstraint("state <> 'refused' OR decision <> ''", name="refused"),
        CheckConstraint(
            "(state IN ('revoked', 'lapsed', 'replaced')) = (ended_at IS NOT NULL)", name="ended"
        ),
        Index("uq_mandate_active", "guardian_id", unique=True,
              sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
        Index("uq_mandate_under_way", "guardian_id", unique=True,
              sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
        Index("ix_mandate_state", "state"),
    )  # fmt: skip
    id: Mapped[int] = key()
    guardian_id: Mapped[int] = ref("guardian.id", index=True)
    state: Mapped[MandateState] = mapped_column(choice(MandateState))
    rum: Mapped[str | None] = mapped_column(String(35), unique=True)
    iban: Mapped[str] = mapped_column(Sealed)
    bic: Mapped[str] = mapped_column(String(11), default="")
    bank: Mapped[str] = mapped_column(String(120), default="")
    holder_name: Mapped[str] = mapped_column(String(140))
    debtor_name: Mapped[str] = mapped_column(String(140), default="")
    debtor_address: Mapped[str] = mapped_column(String(400), default="")
    creditor_name: Mapped[str] = mapped_column(String(140), default="")
    creditor_address: Mapped[str] = mapped_column(String(400), default="")
    ics: Mapped[str] = mapped_column(String(35), default="")
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    returned_by: Mapped[SignedReturn | None] = mapped_column(choice(SignedReturn))
    started_at: Mapped[datetime] = mapped_column(UtcInstant)
    edited_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    received_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    signed_on: Mapped[date | None]
    activated_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    decided_by_id: Mapped[int | None] = ref("account.id")
    decision: Mapped[str] = mapped_column(String(300), default="")

    guardian: Mapped[Guardian] = relationship()
    decided_by: Mapped[Account | None] = relationship()
    papers: Mapped[list[MandateDocument]] = relationship(back_populates="mandate")

    @property
    def masked_iban(self) -> str:
        return masked(self.iban)

    @property
    def is_of_another_holder(self) -> bool:
        return self.holder_name != self.guardian.full_name

    def __str__(self) -> str:
        return f"Mandat {self.rum or 'commencé'}"


class MandateDocument(db.Model):
    """A scan of the signed mandate: one, or several pictures of it."""

    __tablename__ = "mandate_document"
    __table_args__ = (UniqueConstraint("mandate_id", "document_id"),)
    id: Mapped[int] = key()
    mandate_id: Mapped[int] = ref("mandate.id")
    document_id: Mapped[int] = ref("document.id", index=True)

    mandate: Mapped[Mandate] = relationship(back_populates="papers")
    document: Mapped[Document] = relationship()
