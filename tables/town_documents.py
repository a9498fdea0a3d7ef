"""The documents that the town hall puts online: forms, règlements, calendars; each version is kept."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import UtcInstant, choice, db
from rules.publication_vocabulary import DocumentCategory
from tables.columns import Searchable, key, ref
from tables.school import SchoolYear


class TownDocument(db.Model, Searchable):
    """A document under an address that does not move; a draft until it has a first day."""

    __tablename__ = "town_document"
    __table_args__ = (CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),)
    id: Mapped[int] = key()
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(300), default="")
    category: Mapped[DocumentCategory] = mapped_column(choice(DocumentCategory))
    school_year_id: Mapped[int | None] = ref("school_year.id")
    is_returned: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]

    school_year: Mapped[SchoolYear | None] = relationship()
    versions: Mapped[list[TownDocumentVersion]] = relationship(
        back_populates="document", order_by="TownDocumentVersion.number", cascade="all, delete-orphan"
    )

    @property
    def current(self) -> TownDocumentVersion | None:
        return self.versions[-1] if self.versions else None

    def searched(self) -> tuple[str | None, ...]:
        return (self.title, self.description)

    def __str__(self) -> str:
        return self.title


class TownDocumentVersion(db.Model):
    """A file of that document, as it was put online; the last one is served."""

    __tablename__ = "town_document_version"
    __table_args__ = (UniqueConstraint("document_id", "number"),)
    id: Mapped[int] = key()
    document_id: Mapped[int] = ref("town_document.id")
    number: Mapped[int]
    storage_key: Mapped[str] = mapped_column(String(50))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcInstant)
    added_by: Mapped[str] = mapped_column(String(120))

    document: Mapped[TownDocument] = relationship(back_populates="versions")

    def __str__(self) -> str:
        return f"{self.document}, version {self.number}"
