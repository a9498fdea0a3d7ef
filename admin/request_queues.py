"""What waits for a decision: late or not, and what waits on a screen of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import g
from markupsafe import Markup
from sqlalchemy.orm import joinedload

import models
from admin.base import StaffView, list_url
from admin.display import badge, link, text
from extensions import db
from rules.instants import paris
from rules.money import NBSP
from rules.request_vocabulary import RequestState
from rules.requests import OPEN
from rules.vocabulary import ClaimState

MOST = 8


@dataclass(frozen=True, slots=True)
class Queue:
    """A screen where something waits: its oldest rows, how many in all, where they are."""

    title: str
    count: int
    rows: Sequence[tuple[Any, ...]]
    url: str


def overdue() -> Any:
    """The town hall should have answered."""
    row = models.Request
    return sa.and_(
        row.state == RequestState.WAITING,
        row.due_on < sa.bindparam("today", callable_=_today, type_=sa.Date, unique=True),
    )


def _today() -> date:
    return paris(g.now).date()


def due_badge(row: models.Request, today: date) -> Markup | str:
    """By when it is answered, the late ones in evidence."""
    day = str(text(row.due_on))
    if row.state not in OPEN:
        return day
    if row.state is RequestState.ASKED:
        said = "la famille n’a pas répondu" if row.due_on < today else "la famille répond"
        return Markup("{}<br>").format(day) + badge(said, "warn" if row.due_on < today else "quiet")
    late = (today - row.due_on).days
    if late > 0:
        return Markup("{}<br>").format(day) + badge(
            f"{late}{NBSP}jour{'s' if late > 1 else ''} de retard", "bad"
        )
    if late == 0:
        return Markup("{}<br>").format(day) + badge("aujourd’hui", "warn")
    return day


def waiting() -> list[Queue]:
    """The other decisions that wait, for who may take them."""
    return [each for each in (_claims(),) if each is not None]


def _claims() -> Queue | None:
    claim = models.AbsenceClaim
    if not StaffView.may_read(claim):
        return None
    of_state = claim.state == ClaimState.WAITING
    count = db.session.scalar(sa.select(sa.func.count()).select_from(claim).where(of_state)) or 0
    if not count:
        return None
    query = sa.select(claim).where(of_state).options(joinedload(claim.child), joinedload(claim.family))
    found = db.session.scalars(query.order_by(claim.received_at, claim.id).limit(MOST))
    rows = [(link(row, row.number), str(row.child), link(row.family), text(row.received_at)) for row in found]
    return Queue("Absences à examiner", count, rows, list_url(claim, flt_etat="waiting") or "")
