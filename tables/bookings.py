"""Bookings and attendance: what is booked, the journal of it, who was there."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import UtcInstant, choice, db
from rules.instants import paris
from rules.vocabulary import BookingState, Change, Channel, Presence, SheetState, Timing
from tables.columns import Kept, key, ref
from tables.people import Account, Child, Family, Guardian
from tables.school import Activity, School, SchoolClass


class Booking(db.Model):
    """A child, an activity, a day: one row whatever happens to it; its family is the day's.

    `waiting_since` orders the waiting list of a full day; no two rows of a day share it.
    """

    __tablename__ = "booking"
    __table_args__ = (
        UniqueConstraint("child_id", "activity_id", "day"),
        CheckConstraint("(state = 'waiting') = (waiting_since IS NOT NULL)", name="waiting"),
        Index("ix_booking_activity_id_day", "activity_id", "day"),
        Index("ix_booking_family_id_day", "family_id", "day"),
        Index("ix_booking_waiting", "activity_id", "day",
              sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'")),
    )  # fmt: skip
    id: Mapped[int] = key()
    child_id: Mapped[int] = ref("child.id")
    activity_id: Mapped[int] = ref("activity.id")
    family_id: Mapped[int] = ref("family.id")
    day: Mapped[date]
    state: Mapped[BookingState] = mapped_column(choice(BookingState))
    timing: Mapped[Timing] = mapped_column(choice(Timing))
    reason: Mapped[str] = mapped_column(String(200), default="")
    changed_at: Mapped[datetime] = mapped_column(UtcInstant)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcInstant)

    child: Mapped[Child] = relationship()
    activity: Mapped[Activity] = relationship()
    family: Mapped[Family] = relationship()

    def __str__(self) -> str:
        return f"{self.child} · {self.activity} · {self.day:%d/%m/%Y}"


class Receipt(db.Model, Kept):
    """The journal of bookings, with its lines: appended to, never changed (trigger).

    `reverses`: the receipt whose changes this one took back.
    """

    __tablename__ = "receipt"
    id: Mapped[int] = key()
    family_id: Mapped[int] = ref("family.id", index=True)
    at: Mapped[datetime] = mapped_column(UtcInstant)
    by_id: Mapped[int | None] = ref("account.id")
    by_name: Mapped[str] = mapped_column(String(120))
    for_guardian_id: Mapped[int | None] = ref("guardian.id")
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    reverses_id: Mapped[int | None] = ref("receipt.id", index=True)

    family: Mapped[Family] = relationship()
    by: Mapped[Account | None] = relationship()
    for_guardian: Mapped[Guardian | None] = relationship()
    reverses: Mapped[Receipt | None] = relationship(remote_side="Receipt.id")
    lines: Mapped[list[ReceiptLine]] = relationship(
        back_populates="receipt", order_by="ReceiptLine.day", passive_deletes="all"
    )

    @property
    def number(self) -> str:
        return f"R{paris(self.at).year}-{self.id:06d}"

    def __str__(self) -> str:
        return self.number


class ReceiptLine(db.Model, Kept):
    """One day booked or cancelled; `until` is the first instant when it could no longer change.

    `waiting_rank`: the place on the waiting list that was given (book) or given up (cancel); no price.
    """

    __tablename__ = "receipt_line"
    __table_args__ = (
        UniqueConstraint("receipt_id", "child_id", "activity_id", "day"),
        CheckConstraint("waiting_rank >= 1", name="waiting_rank"),
    )
    id: Mapped[int] = key()
    receipt_id: Mapped[int] = ref("receipt.id")
    child_id: Mapped[int] = ref("child.id", index=True)
    activity_id: Mapped[int] = ref("activity.id")
    day: Mapped[date]
    change: Mapped[Change] = mapped_column(choice(Change))
    timing: Mapped[Timing] = mapped_column(choice(Timing))
    until: Mapped[datetime | None] = mapped_column(UtcInstant)
    price_cents: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    waiting_rank: Mapped[int | None]

    @property
    def waits(self) -> bool:
        return self.waiting_rank is not None

    receipt: Mapped[Receipt] = relationship(back_populates="lines")
    child: Mapped[Child] = relationship()
    activity: Mapped[Activity] = relationship()


class AttendanceSheet(db.Model):
    """The list of a class (or of a whole school) for an activity and a day; absences count once closed."""

    __tablename__ = "attendance_sheet"
    __table_args__ = (
        Index("uq_attendance_sheet_class", "activity_id", "day", "class_id", unique=True,
              sqlite_where=sa.text("class_id IS NOT NULL"), postgresql_where=sa.text("class_id IS NOT NULL")),
        Index("uq_attendance_sheet_school", "activity_id", "day", "school_id", unique=True,
              sqlite_where=sa.text("class_id IS NULL"), postgresql_where=sa.text("class_id IS NULL")),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        Index("ix_attendance_sheet_day", "day"),
    )  # fmt: skip
    id: Mapped[int] = key()
    activity_id: Mapped[int] = ref("activity.id")
    school_id: Mapped[int] = ref("school.id")
    class_id: Mapped[int | None] = ref("school_class.id")
    day: Mapped[date]
    state: Mapped[SheetState] = mapped_column(choice(SheetState))
    no_child: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime] = mapped_column(UtcInstant)
    opened_by_id: Mapped[int | None] = ref("account.id")
    closed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    closed_by_id: Mapped[int | None] = ref("account.id")

    activity: Mapped[Activity] = relationship()
    school: Mapped[School] = relationship()
    school_class: Mapped[SchoolClass | None] = relationship()
    opened_by: Mapped[Account | None] = relationship(foreign_keys=opened_by_id)
    closed_by: Mapped[Account | None] = relationship(foreign_keys=closed_by_id)
    attendances: Mapped[list[Attendance]] = relationship(back_populates="sheet", passive_deletes="all")

    def __str__(self) -> str:
        return f"{self.activity} · {self.school_class or self.school} · {self.day:%d/%m/%Y}"


class Attendance(db.Model):
    """A child was seen, or was called and absent; no row says nothing."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("child_id", "activity_id", "day"),
        Index("ix_attendance_activity_id_day", "activity_id", "day"),
    )
    id: Mapped[int] = key()
    sheet_id: Mapped[int] = ref("attendance_sheet.id", index=True)
    child_id: Mapped[int] = ref("child.id")
    activity_id: Mapped[int] = ref("activity.id")
    family_id: Mapped[int] = ref("family.id", index=True)
    day: Mapped[date]
    presence: Mapped[Presence] = mapped_column(choice(Presence))
    arrived_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    left_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_by_id: Mapped[int | None] = ref("account.id")

    sheet: Mapped[AttendanceSheet] = relationship(back_populates="attendances")
    child: Mapped[Child] = relationship()
    activity: Mapped[Activity] = relationship()
    family: Mapped[Family] = relationship()

    def __str__(self) -> str:
        return f"{self.child} · {self.presence.label}"
