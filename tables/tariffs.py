"""Prices: versions of a tariff, their rows, modifiers, caps and situations; fees of the year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from extensions import Hundredths, Millionths, Values, Weekdays, choice, db
from rules.vocabulary import (
    CountIn,
    Eater,
    EffortBasis,
    FeeOccasion,
    Formula,
    Level,
    ModifierEffect,
    Per,
    PerWhom,
    PriceMethod,
    PriceUnit,
    QuotientRounding,
    Regime,
    Rounding,
    Situation,
    SituationEffect,
)
from tables.columns import ConfigurationTable, key, ref
from tables.school import Activity, Service


class TariffVersion(db.Model, ConfigurationTable):
    """The prices of an activity, or of a service, as voted, from a day to a day; can be prepared ahead."""

    __tablename__ = "tariff_version"
    __table_args__ = (
        UniqueConstraint("activity_id", "first_day"),
        UniqueConstraint("service_id", "first_day"),
        CheckConstraint("(activity_id IS NULL) <> (service_id IS NULL)", name="subject"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("rounding_step_cents >= 1", name="rounding_step"),
        CheckConstraint("floor_cents IS NULL OR floor_cents >= 0", name="floor"),
        CheckConstraint("ceiling_cents IS NULL OR ceiling_cents >= COALESCE(floor_cents, 0)", name="ceiling"),
        CheckConstraint("regular_share IS NULL OR regular_share BETWEEN 0 AND 1000000", name="regular_share"),
        CheckConstraint("regular_days IS NULL OR regular_days >= 0", name="regular_days"),
        CheckConstraint("regular_without_weekdays <> ''", name="regular_without_weekdays"),
    )
    id: Mapped[int] = key()
    activity_id: Mapped[int | None] = ref("activity.id")
    service_id: Mapped[int | None] = ref("service.id")
    name: Mapped[str] = mapped_column(String(120))
    deliberation: Mapped[str] = mapped_column(String(200), default="")
    is_example: Mapped[bool] = mapped_column(default=False)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    rounding: Mapped[Rounding] = mapped_column(choice(Rounding), default=Rounding.HALF_UP)
    rounding_step_cents: Mapped[int] = mapped_column(default=1)
    floor_cents: Mapped[int | None]
    ceiling_cents: Mapped[int | None]
    quotient_rounding: Mapped[QuotientRounding] = mapped_column(
        choice(QuotientRounding), default=QuotientRounding.NONE
    )
    count_in: Mapped[CountIn] = mapped_column(choice(CountIn), default=CountIn.HOUSEHOLD)
    eldest_first: Mapped[bool] = mapped_column(default=True)
    regular_share: Mapped[Decimal | None] = mapped_column(Millionths)
    regular_days: Mapped[int | None]
    regular_without_weekdays: Mapped[frozenset[int] | None] = mapped_column(Weekdays)

    activity: Mapped[Activity | None] = relationship()
    service: Mapped[Service | None] = relationship()
    rows: Mapped[list[TariffRow]] = relationship(
        back_populates="version", order_by="TariffRow.position", cascade="all, delete-orphan"
    )
    modifiers: Mapped[list[TariffModifier]] = relationship(
        back_populates="version", order_by="TariffModifier.position", cascade="all, delete-orphan"
    )
    caps: Mapped[list[TariffCap]] = relationship(
        back_populates="version", order_by="TariffCap.id", cascade="all, delete-orphan"
    )
    situations: Mapped[list[SituationRule]] = relationship(
        back_populates="version", order_by="SituationRule.id", cascade="all, delete-orphan"
    )

    @property
    def subject(self) -> Activity | Service:
        """What the prices are of: an activity, or all those of a service."""
        subject = self.activity or self.service
        assert subject is not None  # ck_tariff_version_subject
        return subject

    def __str__(self) -> str:
        return self.name


class Conditions:
    """What a row, a modifier or a cap may ask of a family, a child or a day; nothing said asks nothing."""

    qf_from: Mapped[Decimal | None] = mapped_column(Hundredths)
    qf_to: Mapped[Decimal | None] = mapped_column(Hundredths)
    no_quotient: Mapped[bool] = mapped_column(default=False)
    resident: Mapped[bool | None]
    category: Mapped[str | None] = mapped_column(String(80))
    levels: Mapped[frozenset[Level] | None] = mapped_column(Values(Level))
    school_ids: Mapped[frozenset[int] | None] = mapped_column(Values(int))
    weekdays: Mapped[frozenset[int] | None] = mapped_column(Weekdays)
    holidays: Mapped[bool | None]
    rank_from: Mapped[int | None]
    rank_to: Mapped[int | None]
    children_from: Mapped[int | None]
    children_to: Mapped[int | None]
    days_from: Mapped[int | None]
    days_to: Mapped[int | None]
    month_from: Mapped[int | None]
    month_to: Mapped[int | None]
    regime: Mapped[Regime | None] = mapped_column(choice(Regime))
    formula: Mapped[Formula | None] = mapped_column(choice(Formula))
    eater: Mapped[Eater | None] = mapped_column(choice(Eater))
    situations: Mapped[frozenset[Situation] | None] = mapped_column(Values(Situation))
    slot_from: Mapped[int | None]
    slot_to: Mapped[int | None]

    @declared_attr
    def version_id(cls) -> Mapped[int]:
        return mapped_column(sa.ForeignKey("tariff_version.id", ondelete="CASCADE"))


def conditions_checks() -> tuple[CheckConstraint, ...]:
    """The constraints of `Conditions`, new objects for each table."""
    return (
        CheckConstraint("qf_from IS NULL OR qf_to IS NULL OR qf_to > qf_from", name="band"),
        CheckConstraint("NOT no_quotient OR (qf_from IS NULL AND qf_to IS NULL)", name="no_quotient"),
        CheckConstraint("weekdays <> ''", name="weekdays"),
        CheckConstraint("rank_from IS NULL OR rank_from >= 1", name="rank_from"),
        CheckConstraint("rank_to IS NULL OR rank_to >= COALESCE(rank_from, 1)", name="rank_to"),
        CheckConstraint("children_from IS NULL OR children_from >= 1", name="children_from"),
        CheckConstraint(
            "children_to IS NULL OR children_to >= COALESCE(children_from, 1)", name="children_to"
        ),
        CheckConstraint("days_from IS NULL OR days_from BETWEEN 1 AND 7", name="days_from"),
        CheckConstraint(
            "days_to IS NULL OR (days_to <= 7 AND days_to >= COALESCE(days_from, 1))", name="days_to"
        ),
        CheckConstraint("month_from IS NULL OR month_from BETWEEN 1 AND 31", name="month_from"),
        CheckConstraint(
            "month_to IS NULL OR (month_to <= 31 AND month_to >= COALESCE(month_from, 1))", name="month_to"
        ),
        CheckConstraint("slot_from IS NULL OR slot_from BETWEEN 0 AND 1439", name="slot_from"),
        CheckConstraint(
            "slot_to IS NULL OR (slot_to <= 1440 AND slot_to > COALESCE(slot_from, 0))", name="slot_to"
        ),
    )


class TariffRow(db.Model, ConfigurationTable, Conditions):
    """One row of a tariff; rows are ordered and the first whose conditions all match wins."""

    __tablename__ = "tariff_row"
    __table_args__ = (
        UniqueConstraint("version_id", "position"),
        *conditions_checks(),
        CheckConstraint("amount_cents >= 0", name="amount"),
        CheckConstraint("to_cents IS NULL OR to_cents >= 0", name="to_cents"),
        CheckConstraint("rate IS NULL OR rate >= 0", name="rate"),
        CheckConstraint("method <> 'rate' OR rate IS NOT NULL", name="rate_complete"),
        CheckConstraint(
            "method <> 'linear' OR (to_cents IS NOT NULL AND qf_from IS NOT NULL AND qf_to IS NOT NULL)",
            name="linear_complete",
        ),
        CheckConstraint("floor_cents IS NULL OR floor_cents >= 0", name="floor"),
        CheckConstraint("ceiling_cents IS NULL OR ceiling_cents >= COALESCE(floor_cents, 0)", name="ceiling"),
        CheckConstraint("slice_minutes IS NULL OR slice_minutes >= 1", name="slice"),
        CheckConstraint(
            "unit IS NULL OR unit <> 'slice' OR slice_minutes IS NOT NULL", name="slice_complete"
        ),
        CheckConstraint("tolerance_minutes >= 0", name="tolerance"),
    )
    id: Mapped[int] = key()
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(80))
    method: Mapped[PriceMethod] = mapped_column(choice(PriceMethod))
    amount_cents: Mapped[int] = mapped_column(default=0)
    to_cents: Mapped[int | None]
    rate: Mapped[Decimal | None] = mapped_column(Millionths)
    basis: Mapped[EffortBasis] = mapped_column(choice(EffortBasis), default=EffortBasis.QUOTIENT)
    floor_cents: Mapped[int | None]
    ceiling_cents: Mapped[int | None]
    unit: Mapped[PriceUnit | None] = mapped_column(choice(PriceUnit))
    slice_minutes: Mapped[int | None]
    tolerance_minutes: Mapped[int] = mapped_column(default=0)

    version: Mapped[TariffVersion] = relationship(back_populates="rows")


class TariffModifier(db.Model, ConfigurationTable, Conditions):
    """A supplement, a reduction or a multiplier applied after the row, in order."""

    __tablename__ = "tariff_modifier"
    __table_args__ = (
        UniqueConstraint("version_id", "position"),
        *conditions_checks(),
        CheckConstraint("factor >= 0", name="factor"),
    )
    id: Mapped[int] = key()
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(80))
    effect: Mapped[ModifierEffect] = mapped_column(choice(ModifierEffect))
    amount_cents: Mapped[int] = mapped_column(default=0)
    factor: Mapped[Decimal] = mapped_column(Millionths, default=Decimal(1))

    version: Mapped[TariffVersion] = relationship(back_populates="modifiers")


class TariffCap(db.Model, ConfigurationTable, Conditions):
    """No more than so much, or so many paid, over a period; for an activity or its whole service."""

    __tablename__ = "tariff_cap"
    __table_args__ = (
        *conditions_checks(),
        CheckConstraint("(max_cents IS NULL) <> (max_units IS NULL)", name="most"),
        CheckConstraint("max_cents IS NULL OR max_cents >= 0", name="max_cents"),
        CheckConstraint("max_units IS NULL OR max_units >= 1", name="max_units"),
    )
    id: Mapped[int] = key()
    label: Mapped[str] = mapped_column(String(80))
    per_whom: Mapped[PerWhom] = mapped_column(choice(PerWhom), default=PerWhom.CHILD)
    period: Mapped[Per] = mapped_column(choice(Per))
    max_cents: Mapped[int | None]
    max_units: Mapped[int | None]
    whole_service: Mapped[bool] = mapped_column(default=False)

    version: Mapped[TariffVersion] = relationship(back_populates="caps")


class SituationRule(db.Model, ConfigurationTable):
    """What a situation does to the price of the day, for one tariff version."""

    __tablename__ = "situation_rule"
    __table_args__ = (
        UniqueConstraint("version_id", "situation", "from_nth"),
        CheckConstraint("amount_cents >= 0", name="amount"),
        CheckConstraint("factor >= 0", name="factor"),
        CheckConstraint("from_nth >= 1", name="from_nth"),
        CheckConstraint("tolerance_minutes >= 0", name="tolerance"),
        CheckConstraint("slice_minutes >= 0", name="slice"),
    )
    id: Mapped[int] = key()
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("tariff_version.id", ondelete="CASCADE"))
    situation: Mapped[Situation] = mapped_column(choice(Situation))
    effect: Mapped[SituationEffect] = mapped_column(choice(SituationEffect))
    amount_cents: Mapped[int] = mapped_column(default=0)
    factor: Mapped[Decimal] = mapped_column(Millionths, default=Decimal(1))
    from_nth: Mapped[int] = mapped_column(default=1)
    nth_period: Mapped[Per | None] = mapped_column(choice(Per))
    counted_per: Mapped[PerWhom] = mapped_column(choice(PerWhom, "counted_per"), default=PerWhom.CHILD)
    once: Mapped[PerWhom | None] = mapped_column(choice(PerWhom, "once"))
    tolerance_minutes: Mapped[int] = mapped_column(default=0)
    slice_minutes: Mapped[int] = mapped_column(default=0)

    version: Mapped[TariffVersion] = relationship(back_populates="situations")


class Fee(db.Model, ConfigurationTable):
    """Paid once a school year beside the days: membership, a late enrolment."""

    __tablename__ = "fee"
    __table_args__ = (
        CheckConstraint("activity_id IS NULL OR service_id IS NULL", name="subject"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("amount_cents >= 0", name="amount"),
        CheckConstraint("rank_from IS NULL OR rank_from >= 1", name="rank_from"),
        CheckConstraint("rank_to IS NULL OR rank_to >= COALESCE(rank_from, 1)", name="rank_to"),
        CheckConstraint("family_max_cents IS NULL OR family_max_cents >= 0", name="family_max"),
        CheckConstraint(
            "per_whom = 'child' OR (rank_from IS NULL AND rank_to IS NULL AND family_max_cents IS NULL)",
            name="of_a_child",
        ),
    )
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(120))
    amount_cents: Mapped[int]
    per_whom: Mapped[PerWhom] = mapped_column(choice(PerWhom))
    occasion: Mapped[FeeOccasion] = mapped_column(choice(FeeOccasion))
    activity_id: Mapped[int | None] = ref("activity.id")
    service_id: Mapped[int | None] = ref("service.id")
    resident: Mapped[bool | None]
    rank_from: Mapped[int | None]
    rank_to: Mapped[int | None]
    family_max_cents: Mapped[int | None]
    first_day: Mapped[date]
    last_day: Mapped[date | None]

    activity: Mapped[Activity | None] = relationship()
    service: Mapped[Service | None] = relationship()

    def __str__(self) -> str:
        return self.name
