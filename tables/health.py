"""A child's health: only what its care needs, encrypted at rest (GDPR, article 9)."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Sealed, UtcInstant, db
from rules.allergens import Allergen
from rules.health_vocabulary import Diet
from tables.columns import key, ref
from tables.documents import Document
from tables.people import Child, Family, Guardian


class ChildHealth(db.Model):
    """What those who care for a child must know; operations/health.py alone writes it.

    The sealed columns are text that only the portal can read. `allergies` and `diets` hold the values of
    their lists, separated by commas.
    """

    __tablename__ = "child_health"
    __table_args__ = (CheckConstraint("has_pai OR pai_until IS NULL", name="pai_until"),)
    id: Mapped[int] = key()
    child_id: Mapped[int] = ref("child.id", unique=True)
    allergies: Mapped[str] = mapped_column(Sealed, default="")
    allergy_details: Mapped[str] = mapped_column(Sealed, default="")
    diets: Mapped[str] = mapped_column(Sealed, default="")
    care: Mapped[str] = mapped_column(Sealed, default="")
    doctor_name: Mapped[str] = mapped_column(Sealed, default="")
    doctor_phone: Mapped[str] = mapped_column(Sealed, default="")
    has_pai: Mapped[bool] = mapped_column(default=False)
    pai_until: Mapped[date | None]
    vaccines_on: Mapped[date | None]
    confirmed_at: Mapped[datetime] = mapped_column(UtcInstant)
    confirmed_by_id: Mapped[int | None] = ref("guardian.id")

    child: Mapped[Child] = relationship()
    confirmed_by: Mapped[Guardian | None] = relationship()
    documents: Mapped[list[Document]] = relationship(secondary="health_document", order_by="Document.id")

    @property
    def allergens(self) -> frozenset[Allergen]:
        return frozenset(Allergen(each) for each in self.allergies.split(",") if each)

    @property
    def diet_list(self) -> frozenset[Diet]:
        return frozenset(Diet(each) for each in self.diets.split(",") if each)

    def __str__(self) -> str:
        return f"Santé : {self.child}"


class ChildInsurance(db.Model):
    """The school insurance that a household took for a child: its own affair, whoever has custody."""

    __tablename__ = "child_insurance"
    __table_args__ = (UniqueConstraint("child_id", "family_id"),)
    id: Mapped[int] = key()
    child_id: Mapped[int] = ref("child.id")
    family_id: Mapped[int] = ref("family.id", index=True)
    insurer: Mapped[str] = mapped_column(String(120))
    policy_number: Mapped[str] = mapped_column(String(60), default="")
    insured_until: Mapped[date | None]

    child: Mapped[Child] = relationship()
    family: Mapped[Family] = relationship()

    def __str__(self) -> str:
        return f"{self.insurer} {self.policy_number}".strip()


health_document = sa.Table(
    "health_document",
    db.metadata,
    sa.Column("health_id", sa.ForeignKey("child_health.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("document_id", sa.ForeignKey("document.id", ondelete="RESTRICT"), primary_key=True),
)
