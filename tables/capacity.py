"""How many children an activity can take."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Weekdays, choice, db
from rules.vocabulary import Level
from tables.columns import ConfigurationTable, key, ref
from tables.school import Activity, School


class Capacity(db.Model, ConfigurationTable):
    """Places to book in an activity each day, for a scope; every one that applies must have room."""

    __tablename__ = "capacity"
    __table_args__ = (
        CheckConstraint("places >= 0", name="places"),
        CheckConstraint("weekdays <> ''", name="weekdays"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
    )
    id: Mapped[int] = key()
    activity_id: Mapped[int] = ref("activity.id")
    places: Mapped[int]
    school_id: Mapped[int | None] = ref("school.id")
    level: Mapped[Level | None] = mapped_column(choice(Level))
    weekdays: Mapped[frozenset[int] | None] = mapped_column(Weekdays)
    first_day: Mapped[date]
    last_day: Mapped[date | None]

    activity: Mapped[Activity] = relationship()
    school: Mapped[School | None] = relationship()

    def __str__(self) -> str:
        return f"{self.activity} : {self.places} places"
