"""What the commune expects of its règlement, kept beside it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from extensions import db
from tables.columns import key


class ConfigurationExample(db.Model):
    """Facts and what is expected of them, written as in a commune's file (docs/configuration.md)."""

    __tablename__ = "configuration_example"
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(200), unique=True)
    body: Mapped[str] = mapped_column(sa.Text)
    position: Mapped[int] = mapped_column(default=0)

    def __str__(self) -> str:
        return self.name
