"""People: accounts, families, adults, children; who sees, who books, who pays."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Hundredths, Json, UtcInstant, choice, db
from rules.family_vocabulary import MaritalStatus
from rules.vocabulary import Civility, CustodyKind, QuotientSource, Relation
from tables.columns import Address, Searchable, key, ref


class Role(db.Model, RoleMixin):
    __tablename__ = "role"
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(20), unique=True)
    description: Mapped[str] = mapped_column(String(80))

    def __str__(self) -> str:
        return self.description


account_role = sa.Table(
    "account_role",
    db.metadata,
    sa.Column("account_id", sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role_id", sa.ForeignKey("role.id", ondelete="RESTRICT"), primary_key=True),
)


class Account(db.Model, UserMixin):
    """What a person signs in with: one e-mail, one password, maybe staff roles, maybe one adult."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)
    id: Mapped[int] = key()
    email: Mapped[str] = mapped_column(String(254), unique=True)
    display_name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    must_change_password: Mapped[bool]
    provisional_sent_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    provisional_expires_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    first_signed_in_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)

    roles: Mapped[list[Role]] = relationship(secondary=account_role, lazy="joined")
    guardian: Mapped[Guardian | None] = relationship(back_populates="account", lazy="joined")

    def check_tf_required(self, methods: list[Any], _fresh: bool) -> tuple[bool, list[Any]]:
        """Flask-Security asks: the second factor is for staff, where the settings turn it on."""
        return bool(self.roles), methods

    def check_tf_required_setup(self) -> bool:
        return bool(self.roles)

    def __str__(self) -> str:
        return f"{self.display_name} <{self.email}>"


class SignInFailure(db.Model):
    """Failures of one address on one account: a stranger cannot lock a parent out from elsewhere."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (UniqueConstraint("email", "address"),)
    id: Mapped[int] = key()
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(45))
    failures: Mapped[int]
    last_failed_at: Mapped[datetime] = mapped_column(UtcInstant)
    locked_until: Mapped[datetime | None] = mapped_column(UtcInstant)


class Family(db.Model, Address, Searchable):
    """A household (foyer): an address, a quotient, a residence status and one payer."""

    __tablename__ = "family"
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(120))
    former_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    notes: Mapped[str] = mapped_column(sa.Text, default="")
    archived_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcInstant)

    guardians: Mapped[list[Guardian]] = relationship(back_populates="family", passive_deletes="all")
    quotients: Mapped[list[Quotient]] = relationship(back_populates="family", passive_deletes="all")
    residences: Mapped[list[Residence]] = relationship(back_populates="family", passive_deletes="all")
    categories: Mapped[list[FamilyCategory]] = relationship(back_populates="family", passive_deletes="all")

    def searched(self) -> tuple[str | None, ...]:
        return (self.name, self.former_number, self.street, self.city)

    def __str__(self) -> str:
        return self.name


class Guardian(db.Model, Searchable):
    """An adult of a family; may have no e-mail and no account (paper)."""

    __tablename__ = "guardian"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index(
            "uq_guardian_payer",
            "family_id",
            unique=True,
            sqlite_where=sa.text("is_payer"),
            postgresql_where=sa.text("is_payer"),
        ),
    )
    id: Mapped[int] = key()
    family_id: Mapped[int] = ref("family.id")
    civility: Mapped[Civility] = mapped_column(choice(Civility))
    last_name: Mapped[str] = mapped_column(String(80))
    birth_name: Mapped[str | None] = mapped_column(String(80))
    first_name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    mobile_phone: Mapped[str | None] = mapped_column(String(20))
    home_phone: Mapped[str | None] = mapped_column(String(20))
    work_phone: Mapped[str | None] = mapped_column(String(20))
    marital_status: Mapped[MaritalStatus | None] = mapped_column(choice(MaritalStatus))
    occupation: Mapped[str] = mapped_column(String(80), default="")
    employer: Mapped[str] = mapped_column(String(120), default="")
    is_payer: Mapped[bool]
    account_id: Mapped[int | None] = ref("account.id", unique=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)

    family: Mapped[Family] = relationship(back_populates="guardians")
    account: Mapped[Account | None] = relationship(back_populates="guardian")
    guardianships: Mapped[list[Guardianship]] = relationship(back_populates="guardian", passive_deletes="all")

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def searched(self) -> tuple[str | None, ...]:
        phones = (self.mobile_phone, self.home_phone, self.work_phone)
        return (self.last_name, self.birth_name, self.first_name, self.email, *phones)

    def __str__(self) -> str:
        return f"{self.civility.label} {self.full_name}"


class Child(db.Model, Searchable):
    __tablename__ = "child"
    id: Mapped[int] = key()
    last_name: Mapped[str] = mapped_column(String(80))
    first_name: Mapped[str] = mapped_column(String(80))
    birth_date: Mapped[date]
    former_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    left_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcInstant)

    guardianships: Mapped[list[Guardianship]] = relationship(back_populates="child", passive_deletes="all")
    custodies: Mapped[list[Custody]] = relationship(back_populates="child", passive_deletes="all")
    schoolings: Mapped[list[Any]] = relationship("Schooling", back_populates="child", passive_deletes="all")
    enrolments: Mapped[list[Any]] = relationship("Enrolment", back_populates="child", passive_deletes="all")
    contacts: Mapped[list[Contact]] = relationship(back_populates="child", passive_deletes="all")

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def searched(self) -> tuple[str | None, ...]:
        return (self.last_name, self.first_name, self.former_number)

    def __str__(self) -> str:
        return self.full_name


class Guardianship(db.Model):
    """What one adult may do for one child: the only thing that opens a child to somebody."""

    __tablename__ = "guardianship"
    __table_args__ = (
        UniqueConstraint("child_id", "guardian_id", "first_day"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("call_order >= 1", name="call_order"),
    )
    id: Mapped[int] = key()
    child_id: Mapped[int] = ref("child.id")
    guardian_id: Mapped[int] = ref("guardian.id", index=True)
    relation: Mapped[Relation] = mapped_column(choice(Relation))
    has_authority: Mapped[bool]
    can_book: Mapped[bool]
    sees_invoices: Mapped[bool]
    may_collect: Mapped[bool]
    is_mailed: Mapped[bool]
    call_order: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    judgment: Mapped[str] = mapped_column(String(200), default="")

    child: Mapped[Child] = relationship(back_populates="guardianships")
    guardian: Mapped[Guardian] = relationship(back_populates="guardianships")

    def __str__(self) -> str:
        return f"{self.guardian} ({self.relation.label}) pour {self.child}"


class Custody(db.Model):
    """Which family a child's days belong to, from `first_day` until the next row of the child."""

    __tablename__ = "custody"
    __table_args__ = (
        UniqueConstraint("child_id", "first_day"),
        CheckConstraint("(kind = 'single') = (other_family_id IS NULL)", name="other_family"),
        CheckConstraint("other_family_id IS NULL OR other_family_id <> family_id", name="two_families"),
        CheckConstraint("(kind = 'fortnight') = (anchor_day IS NOT NULL)", name="anchor"),
        CheckConstraint("changeover_weekday BETWEEN 1 AND 7", name="changeover"),
    )
    id: Mapped[int] = key()
    child_id: Mapped[int] = ref("child.id")
    first_day: Mapped[date]
    kind: Mapped[CustodyKind] = mapped_column(choice(CustodyKind))
    family_id: Mapped[int] = ref("family.id", index=True)
    other_family_id: Mapped[int | None] = ref("family.id", index=True)
    anchor_day: Mapped[date | None]
    changeover_weekday: Mapped[int] = mapped_column(default=1)
    judgment: Mapped[str] = mapped_column(String(200), default="")
    request_id: Mapped[int | None] = ref("request.id")  # the démarche it comes from

    child: Mapped[Child] = relationship(back_populates="custodies")
    family: Mapped[Family] = relationship(foreign_keys=family_id)
    other_family: Mapped[Family | None] = relationship(foreign_keys=other_family_id)
    request: Mapped[Any] = relationship("Request")

    def __str__(self) -> str:
        return f"{self.child} : {self.kind.label}"


class EmailChange(db.Model):
    """An e-mail that an adult asked for and has not confirmed by its link yet: one at a time, by its hash."""

    __tablename__ = "email_change"
    id: Mapped[int] = key()
    guardian_id: Mapped[int] = ref("guardian.id", unique=True)
    email: Mapped[str] = mapped_column(String(254))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)

    guardian: Mapped[Guardian] = relationship()


class Contact(db.Model):
    """Somebody who is not a guardian, given by one household: whom to call, who may collect the child."""

    __tablename__ = "contact"
    __table_args__ = (CheckConstraint("call_order >= 1", name="call_order"),)
    id: Mapped[int] = key()
    child_id: Mapped[int] = ref("child.id", index=True)
    family_id: Mapped[int] = ref("family.id", index=True)
    last_name: Mapped[str] = mapped_column(String(80))
    first_name: Mapped[str] = mapped_column(String(80))
    relation: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(20))
    may_collect: Mapped[bool]
    call_order: Mapped[int] = mapped_column(default=1)

    child: Mapped[Child] = relationship(back_populates="contacts")
    family: Mapped[Family] = relationship()

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def __str__(self) -> str:
        return self.full_name


class Residence(db.Model):
    """Whether a family counts as living in the commune, from a date, and why."""

    __tablename__ = "residence"
    __table_args__ = (
        UniqueConstraint("family_id", "first_day"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
    )
    id: Mapped[int] = key()
    family_id: Mapped[int] = ref("family.id")
    resident: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200))
    first_day: Mapped[date]
    last_day: Mapped[date | None]

    family: Mapped[Family] = relationship(back_populates="residences")

    def __str__(self) -> str:
        return f"{self.family} : {'habite la commune' if self.resident else 'hors commune'}"


class FamilyCategory(db.Model):
    """A tag that tariffs may ask for, from a day to a day: « commune conventionnée », « agent communal »."""

    __tablename__ = "family_category"
    __table_args__ = (
        UniqueConstraint("family_id", "name", "first_day"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
    )
    id: Mapped[int] = key()
    family_id: Mapped[int] = ref("family.id")
    name: Mapped[str] = mapped_column(String(80))
    first_day: Mapped[date]
    last_day: Mapped[date | None]

    family: Mapped[Family] = relationship(back_populates="categories")

    def __str__(self) -> str:
        return f"{self.family} : {self.name}"


class Quotient(db.Model):
    """A quotient familial: stored as its document gives it, never computed, never rewritten."""

    __tablename__ = "quotient"
    __table_args__ = (
        UniqueConstraint("family_id", "effective_on"),
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("income IS NULL OR income >= 0", name="income"),
        CheckConstraint("dependants IS NULL OR dependants >= 0", name="dependants"),
        CheckConstraint("ends_on IS NULL OR ends_on >= effective_on", name="period"),
    )
    id: Mapped[int] = key()
    family_id: Mapped[int] = ref("family.id")
    value: Mapped[Decimal] = mapped_column(Hundredths)
    income: Mapped[Decimal | None] = mapped_column(Hundredths)
    dependants: Mapped[int | None]
    source: Mapped[QuotientSource] = mapped_column(choice(QuotientSource))
    document: Mapped[str] = mapped_column(String(200), default="")
    period: Mapped[str] = mapped_column(String(20), default="")
    effective_on: Mapped[date]
    ends_on: Mapped[date | None]
    received_on: Mapped[date]
    validated_by_id: Mapped[int | None] = ref("account.id")
    validated_at: Mapped[datetime] = mapped_column(UtcInstant)

    family: Mapped[Family] = relationship(back_populates="quotients")
    validated_by: Mapped[Account | None] = relationship()

    def __str__(self) -> str:
        return f"{self.family} : {str(self.value).replace('.', ',')} à partir du {self.effective_on:%d/%m/%Y}"
