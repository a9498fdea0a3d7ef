"""Absences: what the règlement takes off, and what families ask for, day by day."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import UtcInstant, Values, choice, db
from rules.claims import STANDING, claim_number
from rules.vocabulary import (
    AbsenceReason,
    AbsenceUnit,
    Channel,
    ClaimState,
    CountedFrom,
    LateNotice,
    ProofKind,
)
from tables.columns import ConfigurationTable, key, ref
from tables.documents import Document
from tables.money import Adjustment
from tables.people import Account, Child, Family, Guardian
from tables.school import Activity


class AbsencePolicy(db.Model, ConfigurationTable):
    """Which absences from an activity are taken off, and on what conditions (rules/absences.py)."""

    __tablename__ = "absence_policy"
    __table_args__ = (
        UniqueConstraint("activity_id", "first_day", "position"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("min_days >= 1", name="min_days"),
        CheckConstraint("max_days >= 1", name="max_days"),
        CheckConstraint("max_days >= min_days", name="length"),
        CheckConstraint("length_unit <> 'hours'", name="length_in_days"),
        CheckConstraint("window_amount >= 0", name="window"),
        CheckConstraint("window_unit <> 'booked'", name="window_not_booked"),
        CheckConstraint("window_minute BETWEEN 0 AND 1440", name="window_minute"),
        CheckConstraint("notice_days >= 0", name="notice_days"),
        CheckConstraint("notice_minute BETWEEN 0 AND 1440", name="notice_minute"),
        CheckConstraint("carence_amount >= 0", name="carence"),
        CheckConstraint("carence_unit <> 'hours'", name="carence_in_days"),
        CheckConstraint("yearly_days >= 0", name="yearly_days"),
    )
    id: Mapped[int] = key()
    activity_id: Mapped[int] = ref("activity.id")
    position: Mapped[int] = mapped_column(default=1)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    reasons: Mapped[frozenset[AbsenceReason] | None] = mapped_column(Values(AbsenceReason))
    min_days: Mapped[int | None]
    max_days: Mapped[int | None]
    length_unit: Mapped[AbsenceUnit] = mapped_column(
        choice(AbsenceUnit, "length_unit"), default=AbsenceUnit.CALENDAR
    )
    never: Mapped[bool] = mapped_column(default=False)
    proofs: Mapped[frozenset[ProofKind] | None] = mapped_column(Values(ProofKind))
    window_amount: Mapped[int | None]
    window_unit: Mapped[AbsenceUnit] = mapped_column(
        choice(AbsenceUnit, "window_unit"), default=AbsenceUnit.CALENDAR
    )
    window_minute: Mapped[int] = mapped_column(default=1440)
    counted_from: Mapped[CountedFrom] = mapped_column(choice(CountedFrom), default=CountedFrom.EACH_DAY)
    notice_minute: Mapped[int | None]
    notice_days: Mapped[int] = mapped_column(default=0)
    late_notice: Mapped[LateNotice] = mapped_column(choice(LateNotice), default=LateNotice.NOTHING)
    carence_amount: Mapped[int] = mapped_column(default=0)
    carence_unit: Mapped[AbsenceUnit] = mapped_column(
        choice(AbsenceUnit, "carence_unit"), default=AbsenceUnit.BOOKED
    )
    yearly_days: Mapped[int | None]

    activity: Mapped[Activity] = relationship()

    def __str__(self) -> str:
        return f"{self.activity} : absences"


class AbsenceClaim(db.Model):
    """A family asks that an absence be taken off; only operations/absences.py writes its state."""

    __tablename__ = "absence_claim"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="period"),
        CheckConstraint("(state IN ('accepted', 'refused')) = (decided_at IS NOT NULL)", name="decided"),
        CheckConstraint("state <> 'refused' OR decision <> ''", name="refused"),
        CheckConstraint("told_at <= received_at", name="told"),
        Index("ix_absence_claim_state_received_at", "state", "received_at"),
    )
    id: Mapped[int] = key()
    child_id: Mapped[int] = ref("child.id", index=True)
    family_id: Mapped[int] = ref("family.id", index=True)
    guardian_id: Mapped[int | None] = ref("guardian.id")
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    reason: Mapped[AbsenceReason] = mapped_column(choice(AbsenceReason))
    details: Mapped[str] = mapped_column(String(300), default="")
    proof: Mapped[ProofKind] = mapped_column(choice(ProofKind))
    first_day: Mapped[date]
    last_day: Mapped[date]
    told_at: Mapped[datetime] = mapped_column(UtcInstant)
    received_at: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_by_id: Mapped[int | None] = ref("account.id")
    state: Mapped[ClaimState] = mapped_column(choice(ClaimState))
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    decided_by_id: Mapped[int | None] = ref("account.id")
    decision: Mapped[str] = mapped_column(String(300), default="")

    child: Mapped[Child] = relationship()
    family: Mapped[Family] = relationship()
    guardian: Mapped[Guardian | None] = relationship()
    recorded_by: Mapped[Account | None] = relationship(foreign_keys=recorded_by_id)
    decided_by: Mapped[Account | None] = relationship(foreign_keys=decided_by_id)
    days: Mapped[list[AbsenceClaimDay]] = relationship(
        back_populates="claim", order_by="AbsenceClaimDay.day, AbsenceClaimDay.activity_id"
    )
    documents: Mapped[list[Document]] = relationship(secondary="claim_document", order_by="Document.id")

    @property
    def number(self) -> str:
        return claim_number(self.id)

    @property
    def is_standing(self) -> bool:
        return self.state in STANDING

    def __str__(self) -> str:
        return f"{self.number} · {self.child}"


class AbsenceClaimDay(db.Model):
    """One booked day that a claim is about; `accepted` is None until somebody decides."""

    __tablename__ = "absence_claim_day"
    __table_args__ = (
        UniqueConstraint("claim_id", "activity_id", "day"),
        Index("uq_absence_claim_day_accepted", "child_id", "activity_id", "day", unique=True,
              sqlite_where=sa.text("accepted"), postgresql_where=sa.text("accepted")),
        Index("ix_absence_claim_day_day", "day"),
        CheckConstraint("adjustment_id IS NULL OR (accepted IS NOT NULL AND accepted)", name="credited"),
    )  # fmt: skip
    id: Mapped[int] = key()
    claim_id: Mapped[int] = ref("absence_claim.id")
    child_id: Mapped[int] = ref("child.id")
    activity_id: Mapped[int] = ref("activity.id")
    day: Mapped[date]
    accepted: Mapped[bool | None]
    why: Mapped[str] = mapped_column(String(300), default="")
    adjustment_id: Mapped[int | None] = ref("adjustment.id", index=True)

    claim: Mapped[AbsenceClaim] = relationship(back_populates="days")
    activity: Mapped[Activity] = relationship()
    adjustment: Mapped[Adjustment | None] = relationship()


claim_document = sa.Table(
    "claim_document",
    db.metadata,
    sa.Column("claim_id", sa.ForeignKey("absence_claim.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("document_id", sa.ForeignKey("document.id", ondelete="RESTRICT"), primary_key=True),
)


class ToldAbsence(db.Model):
    """A family says that the child will not come: the kitchen and the agents know; nothing else changes."""

    __tablename__ = "told_absence"
    __table_args__ = (
        UniqueConstraint("child_id", "activity_id", "day"),
        Index("ix_told_absence_day", "day"),
    )
    id: Mapped[int] = key()
    child_id: Mapped[int] = ref("child.id")
    activity_id: Mapped[int] = ref("activity.id")
    day: Mapped[date]
    family_id: Mapped[int] = ref("family.id", index=True)
    told_at: Mapped[datetime] = mapped_column(UtcInstant)
    told_by_id: Mapped[int | None] = ref("account.id")

    child: Mapped[Child] = relationship()
    activity: Mapped[Activity] = relationship()

    def __str__(self) -> str:
        return f"{self.child} : absence signalée, {self.day:%d/%m/%Y}"
