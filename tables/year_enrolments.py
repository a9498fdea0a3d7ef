"""Yearly enrolment: when it is open, the règlement of each service, and who accepted which version."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import UtcInstant, db
from tables.columns import key, ref
from tables.people import Child, Guardian
from tables.school import SchoolYear, Service


class EnrolmentCampaign(db.Model):
    """Families sign up for a school year from a day to a day; `documents_by`: when papers are hoped for."""

    __tablename__ = "enrolment_campaign"
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", name="period"),
        CheckConstraint("documents_by >= opens_on", name="documents_by"),
    )
    id: Mapped[int] = key()
    school_year_id: Mapped[int] = ref("school_year.id", unique=True)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    documents_by: Mapped[date]
    words: Mapped[str] = mapped_column(sa.Text, default="")

    school_year: Mapped[SchoolYear] = relationship()

    def __str__(self) -> str:
        return f"Inscriptions {self.school_year.name}"


class ServiceRules(db.Model):
    """The règlement of a service in one version, accepted at enrolment; once accepted it does not change."""

    __tablename__ = "service_rules"
    __table_args__ = (
        UniqueConstraint("service_id", "first_day"),
        CheckConstraint("body <> ''", name="body"),
        CheckConstraint("name <> ''", name="name"),
    )
    id: Mapped[int] = key()
    service_id: Mapped[int] = ref("service.id")
    name: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(sa.Text)
    first_day: Mapped[date]

    service: Mapped[Service] = relationship()

    def __str__(self) -> str:
        return f"Règlement « {self.service} », {self.name}"


class RulesAcceptance(db.Model):
    """An adult has accepted a version for a child, at that instant."""

    __tablename__ = "rules_acceptance"
    __table_args__ = (UniqueConstraint("rules_id", "guardian_id", "child_id"),)
    id: Mapped[int] = key()
    rules_id: Mapped[int] = ref("service_rules.id")
    guardian_id: Mapped[int] = ref("guardian.id", index=True)
    child_id: Mapped[int] = ref("child.id", index=True)
    accepted_at: Mapped[datetime] = mapped_column(UtcInstant)

    rules: Mapped[ServiceRules] = relationship()
    guardian: Mapped[Guardian] = relationship()
    child: Mapped[Child] = relationship()

    def __str__(self) -> str:
        return f"{self.rules} : {self.guardian}"
