"""The extensions, created unconfigured here and configured by app.create_app; the column types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, MultiFernet
from flask import current_app
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from huey import MemoryHuey
from huey.storage import BaseStorage
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)
migrate = Migrate()
babel = Babel()
csrf = CSRFProtect()
compress = Compress()
limiter = Limiter(get_remote_address)


class LateHuey(MemoryHuey):
    """A task queue declared at import and given its storage by app.py, as extensions are."""

    def configure(self, storage: BaseStorage) -> None:
        self.storage = storage


huey = LateHuey("portail")


# -- column types ---------------------------------------------------------------------


class UtcInstant(sa.types.TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive value is a bug and is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Scaled(sa.types.TypeDecorator[Decimal]):
    """A Decimal kept as an integer, since SQLite's Numeric is a float."""

    impl = sa.Integer
    cache_ok = True
    places = 0

    def process_bind_param(self, value: Decimal | int | None, dialect: sa.Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"more than {self.places} decimals: {value}")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)


class Hundredths(_Scaled):
    """A quotient, to the hundredth."""

    cache_ok = True
    places = 2


class Millionths(_Scaled):
    """A rate, to the millionth."""

    cache_ok = True
    places = 6


class Weekdays(sa.types.TypeDecorator[frozenset[int]]):
    """A set of ISO weekdays (Monday 1 to Sunday 7), kept as the digits in order: `1245`."""

    impl = sa.String(7)
    cache_ok = True

    def process_bind_param(self, value: Iterable[int] | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else "".join(str(day) for day in sorted(set(value)))

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> frozenset[int] | None:
        return None if value is None else frozenset(int(digit) for digit in value)


class Values(sa.types.TypeDecorator[frozenset[Any]]):
    """A set of short values (the members of a closed list, or numbers), kept as text: `cm1,cm2`.

    An empty set is stored as NULL: a condition that names nothing is not stated.
    """

    impl = sa.String(200)
    cache_ok = True

    def __init__(self, of: type[StrEnum] | type[int]) -> None:
        super().__init__()
        self.of = of

    def process_bind_param(self, value: Iterable[Any] | None, dialect: sa.Dialect) -> str | None:
        members = {self.of(each) for each in value or ()}
        return ",".join(str(each) for each in sorted(members)) or None

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> frozenset[Any] | None:
        return frozenset(self.of(each) for each in value.split(",")) if value else None


class Sealed(sa.types.TypeDecorator[str]):
    """A text that the database keeps encrypted (an IBAN, a health record): only the portal reads it.

    The same text is written differently each time: it is neither searched, sorted nor unique in SQL.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else data_cipher().encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else data_cipher().decrypt(value.encode()).decode()


def data_cipher() -> MultiFernet:
    """What is kept at rest is encrypted with the first key of DATA_KEY, and read with any of them."""
    return MultiFernet([Fernet(key.strip()) for key in current_app.extensions["portail"].data_key.split(",")])


# Nothing is NULL, never the JSON word null: NOT NULL and IS NULL keep their meaning.
Json = sa.JSON(none_as_null=True)


def choice(enum: type[StrEnum], name: str = "") -> sa.Enum:
    """A closed list stored by its value, with a named CHECK on both engines.

    `name` tells apart two columns of one table that choose from the same list.
    """
    snake = "".join("_" + c.lower() if c.isupper() else c for c in enum.__name__).lstrip("_")
    return sa.Enum(
        enum,
        name=name or snake,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


# -- transactions ---------------------------------------------------------------------

_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """What happens inside only reads: SQLite need not take the write lock at BEGIN."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def mark_reading(value: bool) -> None:
    """Same, for the length of a request (app.py sets it before and resets it after)."""
    _reading.set(value)


def prepare_sqlite(engine: sa.Engine) -> None:
    """WAL, foreign keys, and BEGIN IMMEDIATE for whatever is not known to only read.

    The write lock is taken at BEGIN: two writers queue instead of failing half-way.
    """

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin on its own
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=15000", "synchronous=NORMAL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")


# -- constraints ----------------------------------------------------------------------

_SQLITE_CHECK = re.compile(r"CHECK constraint failed: (\w+)")
_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)")
_KINDS = {"23503": "foreign key", "23001": "foreign key", "23502": "not null"}


def violated(error: IntegrityError) -> str | None:
    """The name of the constraint that the database refused, the same on both engines.

    `frozen row`, `foreign key` and `not null` stand for all of their kind, which SQLite does not name;
    it does not name UNIQUE either, which is found again by its columns. None when it cannot be told.
    """
    said = str(error.orig)
    if "frozen row" in said:  # tables/triggers.py
        return "frozen row"
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return _KINDS.get(diagnosis.sqlstate) or diagnosis.constraint_name
    if check := _SQLITE_CHECK.search(said):
        return check[1]
    if unique := _SQLITE_UNIQUE.search(said):
        return _unique_over(set(unique[1].split(", ")))
    return next((kind for kind in ("foreign key", "not null") if kind in said.lower()), None)


def _unique_over(columns: set[str]) -> str | None:
    """The unique constraint or index over exactly these `table.column`."""
    table = db.metadata.tables[next(iter(columns)).split(".")[0]]
    uniques = [c for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    for each in (*uniques, *(index for index in table.indexes if index.unique)):
        if {f"{table.name}.{column.name}" for column in each.columns} == columns:
            return str(each.name)
    return None
