"""What waits for a decision: late or not, and what waits on a screen of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import g
from markupsafe import Markup
from sqlalchemy.orm import joinedload

import models
from admin.base import StaffView, list_url
from admin.display import badge, link, shown, text
from admin.guard import staff_roles
from admin.listing import Related
from extensions import db
from operations.request_kind import Kind
from operations.request_kinds import KINDS
from rules.instants import paris
from rules.mandate_vocabulary import MandateState
from rules.money import NBSP
from rules.request_vocabulary import RequestKind, RequestState
from rules.requests import OPEN
from rules.vocabulary import ClaimState, Role

MOST = 8


@dataclass(frozen=True, slots=True)
class Queue:
    """A screen where something waits: its oldest rows, how many in all, where they are."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    count: int
    url: str


def decides(of: Kind) -> bool:
    return bool(staff_roles() & {*of.audience, Role.ADMINISTRATOR})


def decided_kinds() -> list[RequestKind]:
    """The kinds that this agent decides."""
    return [each.kind for each in KINDS if decides(each)]


def of_family(family: models.Family) -> list[Related]:
    """What that family asked last, for who decides it."""
    row = models.Request
    if not StaffView.may_read(row):
        return []
    query = sa.select(row).where(row.family_id == family.id, row.kind.in_(decided_kinds()))
    found = db.session.scalars(query.options(joinedload(row.guardian)).order_by(row.id.desc()).limit(MOST))
    cells = [
        (link(each), str(each.guardian), text(each.submitted_at), shown(each.state))
        for each in found.unique()
    ]
    return [Related("Démarches", ("Démarche", "Demandée par", "Reçue le", "État"), cells)]


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
        if row.due_on < today:
            return _told(day, "la famille n’a pas répondu", "warn")
        return _told(day, "à la famille de répondre", "quiet")
    days = (today - row.due_on).days
    if days > 0:
        return _told(day, f"{days}{NBSP}jour{'s' if days > 1 else ''} de retard", "bad")
    return _told(day, "aujourd’hui", "warn") if days == 0 else day


def _told(day: str, said: str, tone: str) -> Markup:
    return Markup("<div>{}<br>{}</div>").format(day, badge(said, tone))


def waiting() -> list[Queue]:
    """The other decisions that wait, for who may take them."""
    claim, mandate = models.AbsenceClaim, models.Mandate
    return [
        *_queue(
            "Absences à examiner",
            claim,
            ClaimState.WAITING,
            claim.received_at,
            ("Numéro", "Enfant", "Famille", "Reçue le"),
            lambda row: (link(row, row.number), row.child, link(row.family), text(row.received_at)),
            together=(joinedload(claim.child), joinedload(claim.family)),
        ),
        *_queue(
            "Mandats de prélèvement à vérifier",
            mandate,
            MandateState.RECEIVED,
            mandate.received_at,
            ("Mandat", "Payeur", "Reçu le"),
            lambda row: (link(row, row.rum), link(row.guardian), text(row.received_at)),
            together=(joinedload(mandate.guardian),),
        ),
    ]


def _queue(
    title: str,
    table: Any,
    state: Any,
    since: Any,
    headings: Sequence[str],
    cells: Callable[[Any], Sequence[Any]],
    *,
    together: Sequence[Any],
) -> Iterator[Queue]:
    """What waits on that table's screen, when this agent opens it and something does."""
    if not StaffView.may_read(table):
        return
    waits = table.state == state
    count = db.session.scalar(sa.select(sa.func.count()).select_from(table).where(waits)) or 0
    if not count:
        return
    query = sa.select(table).where(waits).options(*together).order_by(since, table.id).limit(MOST)
    rows = [cells(row) for row in db.session.scalars(query).unique()]
    yield Queue(title, headings, rows, count, list_url(table, flt_etat=state.value) or "")
