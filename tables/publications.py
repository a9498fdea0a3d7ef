"""What the town hall publishes: pictures, news, pages, interruptions, CGU."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import UtcInstant, db
from rules.pictures import Sized
from tables.columns import ConfigurationTable, Searchable, key, ref
from tables.people import Account
from tables.school import Activity, School, SchoolClass


class Picture(db.Model, Searchable):
    """An image of the town hall, in two sizes under an address nobody can guess.

    Either it says something, and has its alternative text, or it is decorative (RGAA 1.1 and 1.2).
    """

    __tablename__ = "picture"
    __table_args__ = (CheckConstraint("is_decorative OR alternative <> ''", name="alternative"),)
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(120))
    alternative: Mapped[str] = mapped_column(String(300), default="")
    is_decorative: Mapped[bool] = mapped_column(default=False)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    large_key: Mapped[str] = mapped_column(String(50))
    small_key: Mapped[str] = mapped_column(String(50))
    added_on: Mapped[date]

    @property
    def sized(self) -> Sized:
        return Sized(self.token, self.width, self.height)

    def searched(self) -> tuple[str | None, ...]:
        return (self.name, self.alternative)

    def __str__(self) -> str:
        return self.name


class News(db.Model, Searchable):
    """A news item, public or for a school, a class or an activity; a draft until it has a first day."""

    __tablename__ = "news"
    __table_args__ = (CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),)
    id: Mapped[int] = key()
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(sa.Text)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    school_id: Mapped[int | None] = ref("school.id")
    class_id: Mapped[int | None] = ref("school_class.id")
    activity_id: Mapped[int | None] = ref("activity.id")
    picture_id: Mapped[int | None] = ref("picture.id")

    picture: Mapped[Picture | None] = relationship()
    school: Mapped[School | None] = relationship()
    school_class: Mapped[SchoolClass | None] = relationship()
    activity: Mapped[Activity | None] = relationship()

    def searched(self) -> tuple[str | None, ...]:
        return (self.title, self.summary)

    def __str__(self) -> str:
        return self.title


class Page(db.Model, Searchable):
    """A practical page of the public space, or a legal one; shown once published, between its days."""

    __tablename__ = "page"
    __table_args__ = (CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),)
    id: Mapped[int] = key()
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(sa.Text)
    is_published: Mapped[bool]
    is_practical: Mapped[bool]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0)
    updated_on: Mapped[date]

    def searched(self) -> tuple[str | None, ...]:
        return (self.title,)

    def __str__(self) -> str:
        return self.title


class Interruption(db.Model, ConfigurationTable):
    """A planned interruption of a service, said at the top of every page from its announcement to its end."""

    __tablename__ = "interruption"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="period"),
        CheckConstraint("announced_at <= starts_at", name="announced"),
    )
    id: Mapped[int] = key()
    what: Mapped[str] = mapped_column(String(120))
    details: Mapped[str] = mapped_column(String(300), default="")
    announced_at: Mapped[datetime] = mapped_column(UtcInstant)
    starts_at: Mapped[datetime] = mapped_column(UtcInstant)
    ends_at: Mapped[datetime] = mapped_column(UtcInstant)

    def __str__(self) -> str:
        return self.what


class CguVersion(db.Model, ConfigurationTable):
    """A version of the CGU; the latest published one is asked for at sign-in."""

    __tablename__ = "cgu_version"
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(40), unique=True)
    body: Mapped[str] = mapped_column(sa.Text)
    published_at: Mapped[datetime | None] = mapped_column(UtcInstant)

    def __str__(self) -> str:
        return self.name


class CguAcceptance(db.Model):
    __tablename__ = "cgu_acceptance"
    __table_args__ = (UniqueConstraint("account_id", "version_id"),)
    id: Mapped[int] = key()
    account_id: Mapped[int] = ref("account.id")
    version_id: Mapped[int] = ref("cgu_version.id")
    accepted_at: Mapped[datetime] = mapped_column(UtcInstant)

    account: Mapped[Account] = relationship()
    version: Mapped[CguVersion] = relationship()

    def __str__(self) -> str:
        return f"{self.version} acceptée par {self.account}"
