"""School and règlement: schools, classes, calendar, activities, deadlines."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Weekdays, choice, db
from rules.tax_certificate import usual_childcare
from rules.vocabulary import (
    EventEffect,
    Formula,
    HalfDay,
    HolidayKind,
    Level,
    PatternPeriod,
    PriceUnit,
    QuotientStart,
    Regime,
    SchoolKind,
)
from tables.columns import Address, ConfigurationTable, Searchable, key, ref
from tables.people import Child


class Commune(db.Model, Address):
    """The commune's own settings: one row, edited by its administrator."""

    __tablename__ = "commune"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint("carry_over_below_cents >= 0", name="carry_over"),
        CheckConstraint("due_days >= 0", name="due_days"),
        CheckConstraint("debit_days BETWEEN 14 AND 62", name="debit_days"),
        CheckConstraint("keep_years >= 0", name="keep_years"),
        CheckConstraint("health_keep_days >= 0", name="health_keep_days"),
        CheckConstraint(
            "quotient_start <> 'reference' OR "
            "(quotient_reference_month IS NOT NULL AND quotient_reference_day IS NOT NULL)",
            name="quotient_reference",
        ),
        CheckConstraint(
            "(quotient_reference_month IS NULL OR quotient_reference_month BETWEEN 1 AND 12) AND "
            "(quotient_reference_day IS NULL OR quotient_reference_day BETWEEN 1 AND 31)",
            name="quotient_reference_date",
        ),
        CheckConstraint(
            "(quotient_expires_month IS NULL) = (quotient_expires_day IS NULL)", name="quotient_expires"
        ),
        CheckConstraint(
            "(quotient_expires_month IS NULL OR quotient_expires_month BETWEEN 1 AND 12) AND "
            "(quotient_expires_day IS NULL OR quotient_expires_day BETWEEN 1 AND 31)",
            name="quotient_expires_date",
        ),
        CheckConstraint(
            "(quotient_renewed_month IS NULL) = (quotient_renewed_day IS NULL) AND "
            "(quotient_renewed_month IS NULL OR quotient_expires_month IS NOT NULL)",
            name="quotient_renewed",
        ),
        CheckConstraint(
            "(quotient_renewed_month IS NULL OR quotient_renewed_month BETWEEN 1 AND 12) AND "
            "(quotient_renewed_day IS NULL OR quotient_renewed_day BETWEEN 1 AND 31)",
            name="quotient_renewed_date",
        ),
        CheckConstraint(
            "quotient_backdated_days IS NULL OR quotient_backdated_days >= 0", name="quotient_backdated"
        ),
    )
    id: Mapped[int] = key()
    configuration_stamp: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(80))
    service_name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254))
    website: Mapped[str] = mapped_column(String(200))
    opening_hours: Mapped[str] = mapped_column(String(200), default="")
    siret: Mapped[str] = mapped_column(String(14), default="")
    mayor_name: Mapped[str] = mapped_column(String(120), default="")
    court: Mapped[str] = mapped_column(String(200), default="")
    zone: Mapped[str] = mapped_column(String(1))
    treasury_name: Mapped[str] = mapped_column(String(120))
    treasury_address: Mapped[str] = mapped_column(String(200))
    payfip_number: Mapped[str] = mapped_column(String(6), default="")
    revenue_code: Mapped[str] = mapped_column(String(2), default="")
    tobacconist_url: Mapped[str] = mapped_column(String(200), default="")
    creditor_name: Mapped[str] = mapped_column(String(140), default="")
    creditor_address: Mapped[str] = mapped_column(String(200), default="")
    ics: Mapped[str] = mapped_column(String(35), default="")
    debit_days: Mapped[int] = mapped_column(default=21)
    mandate_appointment: Mapped[str] = mapped_column(String(300), default="")
    certificate_signatory: Mapped[str] = mapped_column(String(160), default="")
    carry_over_below_cents: Mapped[int]
    due_days: Mapped[int]
    keep_years: Mapped[int]
    health_keep_days: Mapped[int] = mapped_column(default=31)
    billed_from: Mapped[date]
    quotient_start: Mapped[QuotientStart] = mapped_column(
        choice(QuotientStart), default=QuotientStart.SAME_DAY
    )
    quotient_reference_month: Mapped[int | None]
    quotient_reference_day: Mapped[int | None]
    quotient_backdated_days: Mapped[int | None]
    quotient_expires_month: Mapped[int | None]
    quotient_expires_day: Mapped[int | None]
    quotient_renewed_month: Mapped[int | None]
    quotient_renewed_day: Mapped[int | None]

    @property
    def due_delay(self) -> timedelta:
        return timedelta(days=self.due_days)

    def __str__(self) -> str:
        return self.name


class SchoolYear(db.Model, ConfigurationTable):
    __tablename__ = "school_year"
    __table_args__ = (CheckConstraint("last_day > first_day", name="period"),)
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(20), unique=True)
    first_day: Mapped[date]
    last_day: Mapped[date]

    def __str__(self) -> str:
        return self.name


class Holiday(db.Model, ConfigurationTable):
    """School holidays, public holidays and bridges; seeded from packages, then the table is the truth."""

    __tablename__ = "holiday"
    __table_args__ = (
        UniqueConstraint("kind", "first_day"),
        CheckConstraint("last_day >= first_day", name="period"),
    )
    id: Mapped[int] = key()
    kind: Mapped[HolidayKind] = mapped_column(choice(HolidayKind))
    name: Mapped[str] = mapped_column(String(80))
    first_day: Mapped[date]
    last_day: Mapped[date]

    def __str__(self) -> str:
        return self.name


class School(db.Model, Address, Searchable):
    __tablename__ = "school"
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[SchoolKind] = mapped_column(choice(SchoolKind))
    phone: Mapped[str] = mapped_column(String(20), default="")

    classes: Mapped[list[SchoolClass]] = relationship(back_populates="school", passive_deletes="all")

    def searched(self) -> tuple[str | None, ...]:
        return (self.name, self.city)

    def __str__(self) -> str:
        return self.name


class SchoolClass(db.Model):
    __tablename__ = "school_class"
    __table_args__ = (UniqueConstraint("school_id", "school_year_id", "name"),)
    id: Mapped[int] = key()
    school_id: Mapped[int] = ref("school.id")
    school_year_id: Mapped[int] = ref("school_year.id")
    name: Mapped[str] = mapped_column(String(40))
    teacher: Mapped[str] = mapped_column(String(80), default="")

    school: Mapped[School] = relationship(back_populates="classes")
    school_year: Mapped[SchoolYear] = relationship()

    def __str__(self) -> str:
        return f"{self.name} · {self.school.name}"


class Schooling(db.Model):
    """Where a child goes to school, from a day to a day; the level is the child's."""

    __tablename__ = "schooling"
    __table_args__ = (
        UniqueConstraint("child_id", "first_day"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
    )
    id: Mapped[int] = key()
    child_id: Mapped[int] = ref("child.id")
    class_id: Mapped[int] = ref("school_class.id", index=True)
    level: Mapped[Level] = mapped_column(choice(Level))
    first_day: Mapped[date]
    last_day: Mapped[date | None]

    child: Mapped[Child] = relationship(back_populates="schoolings")
    school_class: Mapped[SchoolClass] = relationship()

    def __str__(self) -> str:
        return f"{self.child} : {self.level.label}"


class Service(db.Model, ConfigurationTable):
    """Groups activities whose prices may combine: the canteen, the garderie."""

    __tablename__ = "service"
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(80), unique=True)

    def __str__(self) -> str:
        return self.name


def _usual_childcare(context: Any) -> int:
    """Until the commune says otherwise: what the unit of its price usually is.

    A blank form asks for it too, before there is a row: it has no context.
    """
    return usual_childcare(context and context.get_current_parameters().get("unit"))


class Activity(db.Model, ConfigurationTable):
    """One bookable slot of a day: cantine, garderie du matin, garderie du soir."""

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("starts_at_minute BETWEEN 0 AND 1439", name="starts_at"),
        CheckConstraint("days_without_choice BETWEEN 1 AND 7", name="days_without_choice"),
        CheckConstraint("ends_at_minute > starts_at_minute AND ends_at_minute <= 1440", name="ends_at"),
        CheckConstraint("grace_days >= 0", name="grace_days"),
        CheckConstraint("childcare_share BETWEEN 0 AND 100", name="childcare_share"),
    )
    id: Mapped[int] = key()
    service_id: Mapped[int] = ref("service.id")
    name: Mapped[str] = mapped_column(String(80), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    noun: Mapped[str] = mapped_column(String(40))
    unit: Mapped[PriceUnit] = mapped_column(choice(PriceUnit))
    starts_at_minute: Mapped[int]
    ends_at_minute: Mapped[int | None]
    grace_days: Mapped[int] = mapped_column(default=0)
    position: Mapped[int]
    is_open: Mapped[bool]
    days_without_choice: Mapped[int | None]
    childcare_share: Mapped[int] = mapped_column(default=_usual_childcare)

    service: Mapped[Service] = relationship()

    def __str__(self) -> str:
        return self.name


class WeekPattern(db.Model, ConfigurationTable):
    """The weekdays with school or with an activity (4 or 4.5 days), for a scope; the narrowest wins.

    `period`: the school time, the school holidays (a leisure centre), or both.
    """

    __tablename__ = "week_pattern"
    __table_args__ = (
        CheckConstraint("weekdays <> ''", name="weekdays"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
    )
    id: Mapped[int] = key()
    weekdays: Mapped[frozenset[int]] = mapped_column(Weekdays)
    period: Mapped[PatternPeriod] = mapped_column(choice(PatternPeriod), default=PatternPeriod.TERM)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    activity_id: Mapped[int | None] = ref("activity.id")
    school_id: Mapped[int | None] = ref("school.id")
    level: Mapped[Level | None] = mapped_column(choice(Level))

    activity: Mapped[Activity | None] = relationship()
    school: Mapped[School | None] = relationship()

    def __str__(self) -> str:
        scope = self.activity or self.school or (self.level and self.level.label) or "toutes les écoles"
        return f"Semaine type : {scope}"


class Closure(db.Model, ConfigurationTable):
    """A day or days when something does not run, for a scope (nothing named: everything)."""

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="period"),)
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(120))
    first_day: Mapped[date]
    last_day: Mapped[date]
    effect: Mapped[EventEffect] = mapped_column(choice(EventEffect))
    school_id: Mapped[int | None] = ref("school.id")
    class_id: Mapped[int | None] = ref("school_class.id")
    level: Mapped[Level | None] = mapped_column(choice(Level))
    activity_id: Mapped[int | None] = ref("activity.id")
    half_day: Mapped[HalfDay | None] = mapped_column(choice(HalfDay))

    school: Mapped[School | None] = relationship()
    school_class: Mapped[SchoolClass | None] = relationship()
    activity: Mapped[Activity | None] = relationship()

    def __str__(self) -> str:
        return self.name


class Enrolment(db.Model):
    """A child is signed up for an activity from a day to a day.

    `usual_weekdays`: the weekdays chosen for the year, where the activity is a commitment (annual).
    Provisional: it waits for documents of that family, hoped for by that day; nothing is refused for it.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("child_id", "activity_id", "first_day"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("usual_weekdays <> ''", name="usual_weekdays"),
        CheckConstraint(
            "(provisional_until IS NULL) = (provisional_for = '') "
            "AND (provisional_until IS NULL) = (provisional_family_id IS NULL)",
            name="provisional",
        ),
    )
    id: Mapped[int] = key()
    child_id: Mapped[int] = ref("child.id")
    activity_id: Mapped[int] = ref("activity.id", index=True)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    regime: Mapped[Regime | None] = mapped_column(choice(Regime))
    formula: Mapped[Formula] = mapped_column(choice(Formula), default=Formula.MEAL)
    usual_weekdays: Mapped[frozenset[int] | None] = mapped_column(Weekdays)
    provisional_until: Mapped[date | None]
    provisional_for: Mapped[str] = mapped_column(String(300), default="")
    provisional_family_id: Mapped[int | None] = ref("family.id")

    child: Mapped[Child] = relationship(back_populates="enrolments")
    activity: Mapped[Activity] = relationship()

    def __str__(self) -> str:
        return f"{self.child} : {self.activity}"
