"""What looks families, adults, children, invoices and accounts up while an agent types."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_admin.contrib.sqla.ajax import QueryAjaxModelLoader
from sqlalchemy.orm import joinedload, selectinload

import models
from admin.search import criteria
from extensions import db

MOST = 10


class Lookup(QueryAjaxModelLoader):
    """Rows found by their words, each told apart from its namesakes."""

    table: Any
    paths: tuple[str, ...] = ("search_text",)

    def __init__(self, name: str) -> None:
        super().__init__(name, db, self.table, fields=[self.paths[0]])

    def get_one(self, pk: Any) -> Any:
        if not str(pk).isdecimal() or len(str(pk)) > 9:
            return None
        with db.session.no_autoflush:
            return db.session.get(self.table, int(pk))

    def get_list(self, term: str | None, offset: int | None = 0, limit: int | None = MOST) -> Any:
        found = sa.select(self.table).where(*criteria(self.table, self.paths, term or ""))
        found = found.options(*self.together()).order_by(*self.order(), self.table.id)
        with db.session.no_autoflush:
            return db.session.scalars(found.offset(max(offset or 0, 0)).limit(min(limit or MOST, 50))).all()

    def format(self, row: Any) -> tuple[int, str] | None:
        return (row.id, self.say(row)) if row else None

    def together(self) -> tuple[Any, ...]:
        return ()

    def order(self) -> tuple[Any, ...]:
        return (self.table.search_text,)

    def say(self, row: Any) -> str:
        return str(row)


class FamilyLookup(Lookup):
    table = models.Family
    paths = ("search_text", "guardians.search_text")

    def together(self) -> tuple[Any, ...]:
        return (selectinload(models.Family.guardians),)

    def say(self, row: models.Family) -> str:
        adults = ", ".join(adult.full_name for adult in row.guardians)
        return " – ".join(part for part in (row.name, adults, row.street) if part)


class GuardianLookup(Lookup):
    table = models.Guardian
    paths = ("search_text", "family.search_text")

    def together(self) -> tuple[Any, ...]:
        return (joinedload(models.Guardian.family),)

    def say(self, row: models.Guardian) -> str:
        return f"{row.full_name} – famille {row.family.name}, {row.family.street}"


class ChildLookup(Lookup):
    table = models.Child

    def say(self, row: models.Child) -> str:
        return f"{row.full_name} – {row.birth_date:%d/%m/%Y}"


class InvoiceLookup(Lookup):
    table = models.Invoice
    paths = ("number", "family.search_text", "payer.search_text")

    def order(self) -> tuple[Any, ...]:
        return (models.Invoice.month.desc(), models.Invoice.number)

    def say(self, row: models.Invoice) -> str:
        return f"{row.number} – {row.payer_name}, {row.month:%m/%Y}"


class AccountLookup(Lookup):
    table = models.Account
    paths = ("email", "display_name", "guardian.search_text")

    def order(self) -> tuple[Any, ...]:
        return (models.Account.email,)


_ALL = (FamilyLookup, GuardianLookup, ChildLookup, InvoiceLookup, AccountLookup)
LOOKUPS = {each.table: each for each in _ALL}
