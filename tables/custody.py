"""Swaps of days between the two households of an alternating custody."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import UtcInstant, choice, db
from rules.custody_vocabulary import SwapState
from rules.vocabulary import Channel
from tables.columns import key, ref
from tables.people import Child, Family, Guardian


class CustodySwap(db.Model):
    """Days that one household of an alternation gives to the other, maybe against others given back.

    `first_day` to `last_day` go from `from_family_id` to `family_id`; `back_…` go the other way. Counts once
    accepted (rules.custody.family_on), up to the eve of `void_from`: a custody set since puts an end to it.
    """

    __tablename__ = "custody_swap"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="period"),
        CheckConstraint("(back_first_day IS NULL) = (back_last_day IS NULL)", name="back"),
        CheckConstraint("back_last_day >= back_first_day", name="back_period"),
        CheckConstraint("family_id <> from_family_id", name="two_families"),
        CheckConstraint("(state = 'proposed') = (closed_at IS NULL)", name="closed"),
    )
    id: Mapped[int] = key()
    child_id: Mapped[int] = ref("child.id", index=True)
    family_id: Mapped[int] = ref("family.id")
    from_family_id: Mapped[int] = ref("family.id")
    first_day: Mapped[date]
    last_day: Mapped[date]
    back_first_day: Mapped[date | None]
    back_last_day: Mapped[date | None]
    state: Mapped[SwapState] = mapped_column(choice(SwapState))
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    proposed_by_id: Mapped[int | None] = ref("guardian.id")
    proposed_at: Mapped[datetime] = mapped_column(UtcInstant)
    closed_by_id: Mapped[int | None] = ref("account.id")
    closed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    reason: Mapped[str] = mapped_column(String(200), default="")
    void_from: Mapped[date | None]

    child: Mapped[Child] = relationship()
    family: Mapped[Family] = relationship(foreign_keys=family_id)
    from_family: Mapped[Family] = relationship(foreign_keys=from_family_id)
    proposed_by: Mapped[Guardian | None] = relationship()

    def __str__(self) -> str:
        return f"Échange du {self.first_day:%d/%m/%Y} pour {self.child}"
