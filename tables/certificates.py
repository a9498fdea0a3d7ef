"""The tax certificates issued: each says for ever what it said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Json, UtcInstant, db
from tables.columns import Kept, key, ref
from tables.people import Guardian


class TaxCertificate(db.Model, Kept):
    """What a payer paid for childcare in a calendar year, as told; what is paid later makes a new version."""

    __tablename__ = "tax_certificate"
    __table_args__ = (
        UniqueConstraint("guardian_id", "year", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("total_cents > 0", name="total"),
    )
    id: Mapped[int] = key()
    guardian_id: Mapped[int] = ref("guardian.id")
    year: Mapped[int]
    version: Mapped[int]
    number: Mapped[str] = mapped_column(String(30), unique=True)
    total_cents: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    issued_at: Mapped[datetime] = mapped_column(UtcInstant)

    guardian: Mapped[Guardian] = relationship()

    def __str__(self) -> str:
        return self.number
