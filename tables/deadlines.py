"""Until when, and from when, the days of an activity may be booked or cancelled (rules/deadline_rules.py)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Values, Weekdays, choice, db
from rules.vocabulary import (
    AfterHolidays,
    Bound,
    BringBack,
    Change,
    DayUnit,
    DeadlineKind,
    Level,
    Reference,
    Regime,
    WhenLate,
)
from tables.columns import ConfigurationTable, key, ref
from tables.school import Activity


class DeadlineRule(db.Model, ConfigurationTable):
    """One deadline of an activity: its kind, its conditions, and what happens past it."""

    __tablename__ = "deadline_rule"
    __table_args__ = (
        UniqueConstraint("activity_id", "bound", "change", "first_day", "position"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("weekday IS NULL OR weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint("minute_of_day IS NULL OR minute_of_day BETWEEN 0 AND 1440", name="minute"),
        CheckConstraint("weeks IS NULL OR weeks >= 0", name="weeks"),
        CheckConstraint("amount IS NULL OR amount >= 0", name="amount"),
        CheckConstraint("day_of_month BETWEEN 1 AND 31", name="day_of_month"),
        CheckConstraint("months >= 0", name="months"),
        CheckConstraint("late_amount >= 0", name="late_amount"),
        CheckConstraint("late_minute_of_day BETWEEN 0 AND 1440", name="late_minute"),
        CheckConstraint(
            "kind <> 'weekly' OR (weekday IS NOT NULL AND weeks IS NOT NULL AND minute_of_day IS NOT NULL)",
            name="weekly_complete",
        ),
        CheckConstraint(
            "kind <> 'days_before' OR "
            "(amount IS NOT NULL AND unit IS NOT NULL AND minute_of_day IS NOT NULL)",
            name="days_before_complete",
        ),
        CheckConstraint(
            "kind <> 'hours_before' OR (amount IS NOT NULL AND unit IS NOT NULL)",
            name="hours_before_complete",
        ),
        CheckConstraint("kind <> 'same_day' OR minute_of_day IS NOT NULL", name="same_day_complete"),
    )
    id: Mapped[int] = key()
    activity_id: Mapped[int] = ref("activity.id")
    bound: Mapped[Bound] = mapped_column(choice(Bound), default=Bound.CLOSES)
    change: Mapped[Change | None] = mapped_column(choice(Change))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[DeadlineKind] = mapped_column(choice(DeadlineKind))
    weekday: Mapped[int | None]
    weeks: Mapped[int | None]
    amount: Mapped[int | None]
    unit: Mapped[DayUnit | None] = mapped_column(choice(DayUnit))
    reference: Mapped[Reference] = mapped_column(choice(Reference), default=Reference.DAY)
    day_of_month: Mapped[int | None]
    months: Mapped[int | None]
    chosen_until: Mapped[date | None]
    minute_of_day: Mapped[int | None]
    inclusive: Mapped[bool] = mapped_column(default=False)
    when_late: Mapped[WhenLate] = mapped_column(choice(WhenLate))
    late_amount: Mapped[int | None]
    late_unit: Mapped[DayUnit | None] = mapped_column(choice(DayUnit, "late_unit"))
    late_minute_of_day: Mapped[int | None]
    service_weekdays: Mapped[frozenset[int] | None] = mapped_column(Weekdays)
    after_holidays: Mapped[AfterHolidays | None] = mapped_column(choice(AfterHolidays))
    levels: Mapped[frozenset[Level] | None] = mapped_column(Values(Level))
    school_ids: Mapped[frozenset[int] | None] = mapped_column(Values(int))
    regime: Mapped[Regime | None] = mapped_column(choice(Regime))
    resident: Mapped[bool | None]
    bring_back: Mapped[BringBack | None] = mapped_column(choice(BringBack))
    after_start: Mapped[bool] = mapped_column(default=False)
    first_day: Mapped[date]
    last_day: Mapped[date | None]

    activity: Mapped[Activity] = relationship()
    weekday_rows: Mapped[list[DeadlineWeekday]] = relationship(
        cascade="all, delete-orphan", order_by="DeadlineWeekday.service_weekday"
    )
    published: Mapped[list[DeadlineDate]] = relationship(
        cascade="all, delete-orphan", order_by="DeadlineDate.first_day"
    )

    def __str__(self) -> str:
        return f"{self.activity} : {self.kind.label}"


class DeadlineWeekday(db.Model, ConfigurationTable):
    """One line of a rule « selon le jour de service »: which weekday decides of that one."""

    __tablename__ = "deadline_weekday"
    __table_args__ = (
        UniqueConstraint("rule_id", "service_weekday"),
        CheckConstraint("service_weekday BETWEEN 1 AND 7", name="service_weekday"),
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint("minute_of_day BETWEEN 0 AND 1440", name="minute"),
        CheckConstraint("weeks >= 0", name="weeks"),
    )
    id: Mapped[int] = key()
    rule_id: Mapped[int] = mapped_column(ForeignKey("deadline_rule.id", ondelete="CASCADE"))
    service_weekday: Mapped[int]
    weekday: Mapped[int]
    minute_of_day: Mapped[int]
    weeks: Mapped[int] = mapped_column(default=0)


class DeadlineDate(db.Model, ConfigurationTable):
    """One published date of a rule: for the services of a period, the day and its time."""

    __tablename__ = "deadline_date"
    __table_args__ = (
        UniqueConstraint("rule_id", "first_day"),
        CheckConstraint("last_day >= first_day", name="period"),
        CheckConstraint("minute_of_day BETWEEN 0 AND 1440", name="minute"),
    )
    id: Mapped[int] = key()
    rule_id: Mapped[int] = mapped_column(ForeignKey("deadline_rule.id", ondelete="CASCADE"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    on_day: Mapped[date]
    minute_of_day: Mapped[int]
