"""The vault: supporting documents deposited by parents, and those that the services ask for."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import UtcInstant, choice, db
from rules.documents import DocumentKind
from rules.vocabulary import PerWhom
from tables.columns import key, ref
from tables.people import Account, Child, Family, Guardian
from tables.school import Activity, Service


class Document(db.Model):
    """A supporting document; the bytes stand in the storage, encrypted. Never edited, only removed.

    Removed from the vault it stays on the démarches that use it, and its bytes until none does.
    """

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("seen_by_id IS NULL OR seen_at IS NOT NULL", name="seen"),
        CheckConstraint("removed_at >= added_at", name="removed"),
        Index("ix_document_guardian_id_sha256", "guardian_id", "sha256"),
    )
    id: Mapped[int] = key()
    guardian_id: Mapped[int] = ref("guardian.id")
    family_id: Mapped[int] = ref("family.id", index=True)
    child_id: Mapped[int | None] = ref("child.id", index=True)
    kind: Mapped[DocumentKind] = mapped_column(choice(DocumentKind))
    name: Mapped[str] = mapped_column(String(120))
    storage_key: Mapped[str] = mapped_column(String(80))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_on: Mapped[date | None]
    seen_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    seen_by_id: Mapped[int | None] = ref("account.id")
    removed_at: Mapped[datetime | None] = mapped_column(UtcInstant)

    guardian: Mapped[Guardian] = relationship()
    family: Mapped[Family] = relationship()
    child: Mapped[Child | None] = relationship()
    seen_by: Mapped[Account | None] = relationship()

    def __str__(self) -> str:
        """The history keeps it: of what is sensitive, neither the kind nor the name."""
        return (
            f"Pièce confidentielle n° {self.id}"
            if self.kind.is_sensitive
            else f"{self.kind.label} : {self.name}"
        )


class DocumentNeed(db.Model):
    """A document that the commune asks for, over these days, for an activity, a service or everybody."""

    __tablename__ = "document_need"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="period"),
        CheckConstraint("activity_id IS NULL OR service_id IS NULL", name="subject"),
    )
    id: Mapped[int] = key()
    kind: Mapped[DocumentKind] = mapped_column(choice(DocumentKind))
    label: Mapped[str] = mapped_column(String(200), default="")
    per_whom: Mapped[PerWhom] = mapped_column(choice(PerWhom), default=PerWhom.CHILD)
    activity_id: Mapped[int | None] = ref("activity.id")
    service_id: Mapped[int | None] = ref("service.id")
    first_day: Mapped[date]
    last_day: Mapped[date]
    is_compulsory: Mapped[bool] = mapped_column(default=True)

    activity: Mapped[Activity | None] = relationship()
    service: Mapped[Service | None] = relationship()

    @property
    def said(self) -> str:
        return self.label or self.kind.label

    def __str__(self) -> str:
        return f"Pièce attendue : {self.said}"
