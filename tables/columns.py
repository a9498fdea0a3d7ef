"""What several tables share: keys, references, addresses, the folded search column."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from rules.addresses import postal_lines
from rules.folding import fold


def key() -> Any:
    return mapped_column(primary_key=True)


def ref(target: str, **options: Any) -> Any:
    """A foreign key that never cascades: what is referred to cannot be deleted."""
    return mapped_column(ForeignKey(target, ondelete="RESTRICT"), **options)


class Address:
    """A postal address, structured (EPC and PES ask for its parts)."""

    street: Mapped[str] = mapped_column(String(120))
    street_extra: Mapped[str] = mapped_column(String(120), default="")
    postcode: Mapped[str] = mapped_column(String(10))
    city: Mapped[str] = mapped_column(String(80))
    country: Mapped[str] = mapped_column(String(60), default="France")

    @property
    def address_lines(self) -> list[str]:
        return postal_lines(self.street, self.street_extra, self.postcode, self.city, self.country)


class Searchable:
    """Keeps `search_text`, the folded form of what the row is searched by, at each write."""

    @declared_attr
    def search_text(cls) -> Mapped[str]:
        return mapped_column(String(500), default="", index=True)

    def searched(self) -> tuple[str | None, ...]:
        raise NotImplementedError


@sa.event.listens_for(Searchable, "before_insert", propagate=True)
@sa.event.listens_for(Searchable, "before_update", propagate=True)
def _refresh_search_text(_mapper: object, _connection: object, row: Searchable) -> None:
    row.search_text = fold(" ".join(part for part in row.searched() if part))[:500]


class Kept:
    """A row that is never changed, and deleted only once `keep_until` has passed (tables/triggers.py)."""

    keep_until: Mapped[date]


class ConfigurationTable:
    """Marks the tables that make up the règlement; a write to one bumps `commune.configuration_stamp`."""
