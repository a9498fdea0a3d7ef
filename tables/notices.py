"""What a parent chose to receive: the mails switched off, the calendar feed followed by a telephone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Sealed, UtcInstant, choice, db
from rules.notices import Notice
from tables.columns import key, ref
from tables.people import Guardian


class MutedNotice(db.Model):
    """A kind of mail that this adult switched off."""

    __tablename__ = "muted_notice"
    __table_args__ = (UniqueConstraint("guardian_id", "notice"),)
    id: Mapped[int] = key()
    guardian_id: Mapped[int] = ref("guardian.id")
    notice: Mapped[Notice] = mapped_column(choice(Notice))
    muted_at: Mapped[datetime] = mapped_column(UtcInstant)

    guardian: Mapped[Guardian] = relationship()


class CalendarFeed(db.Model):
    """The secret address of an adult's calendar: found by its digest, shown to its owner only."""

    __tablename__ = "calendar_feed"
    id: Mapped[int] = key()
    guardian_id: Mapped[int] = ref("guardian.id", unique=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    token: Mapped[str] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)

    guardian: Mapped[Guardian] = relationship()
