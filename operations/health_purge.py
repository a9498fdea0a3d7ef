"""Forgetting: a child's health goes with the school year or with the child, whichever comes first."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

import models
from extensions import db
from operations import documents, history
from operations.actors import SYSTEM
from operations.configuration import commune_settings, configuration
from rules.documents import DocumentKind
from rules.health import kept_until
from rules.instants import paris
from rules.refusals import Refused

PAPERS = frozenset({DocumentKind.PAI, DocumentKind.VACCINES})


def purge(*, now: datetime) -> int:
    """Erase the health that may be kept no longer (rules/health.py); returns how many children.

    The documents leave the vault with it; a child waits while one of them is joined to what nobody has
    decided yet. The history says that it was erased, and when.
    """
    row = models.ChildHealth
    query = sa.select(row).options(joinedload(row.child), selectinload(row.documents))
    old = [each for each in db.session.scalars(query) if _is_over(each, now) and not _is_waited_for(each)]
    for each in old:
        _erase(each, now)
    return len(old)


def _is_over(row: models.ChildHealth, now: datetime) -> bool:
    until = kept_until(
        paris(row.confirmed_at).date(),
        row.child.left_on,
        configuration().calendar,
        commune_settings().health_keep_days,
    )
    return until is not None and until < paris(now).date()


def _papers(row: models.ChildHealth) -> list[models.Document]:
    return [piece for piece in row.documents if piece.kind in PAPERS and piece.removed_at is None]


def _is_waited_for(row: models.ChildHealth) -> bool:
    try:
        for piece in _papers(row):
            documents.check_removable(piece)
    except Refused:
        return True
    return False


def _erase(row: models.ChildHealth, now: datetime) -> None:
    for piece in _papers(row):
        documents.remove(piece, by=SYSTEM, now=now)
    insurance = models.ChildInsurance
    db.session.execute(sa.delete(insurance).where(insurance.child_id == row.child_id))
    history.record(row.child, "Fiche santé effacée", by=SYSTEM, now=now)
    db.session.delete(row)
