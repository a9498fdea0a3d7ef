"""Children who are already here: asked before the same child is created twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

import models
from extensions import db
from operations.families import NewChild
from rules.folding import fold


def known_children(newcomers: Iterable[NewChild]) -> list[models.Child]:
    """The children of the same names and birth date (case and accents aside), with their custodies."""
    wanted = {_who(child) for child in newcomers}
    if not wanted:
        return []
    query = (
        sa.select(models.Child)
        .where(models.Child.birth_date.in_({born for born, *_ in wanted}))
        .options(selectinload(models.Child.custodies).selectinload(models.Custody.family))
        .order_by(models.Child.id)
    )
    return [child for child in db.session.scalars(query) if _who(child) in wanted]


def _who(child: NewChild | models.Child) -> tuple[date, str, str]:
    return (child.birth_date, fold(child.last_name), fold(child.first_name))
