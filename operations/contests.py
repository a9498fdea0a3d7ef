"""A family contests a line of its invoice (CGCT L1617-5): in time, once, for what it still costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import requests
from operations.actors import Actor
from operations.line_credits import standings
from rules.contests import ensure_contestable, ensure_in_time
from rules.instants import paris
from rules.request_vocabulary import RequestKind


def ensure_may_contest(line: models.InvoiceLine, *, now: datetime) -> int:
    """What the line still costs, in cents; refused when it can no longer be contested."""
    ensure_in_time(line.invoice.announced_on, paris(now).date())
    standing = standings([line.id])[line.id]
    under_way = standing.contest.number if standing.contest else None
    ensure_contestable(line.amount_cents, standing.credited_cents, under_way=under_way)
    return line.amount_cents - standing.credited_cents


def contest(
    line: models.InvoiceLine,
    guardian: models.Guardian,
    *,
    reason: str,
    text: str,
    documents: Sequence[models.Document] = (),
    by: Actor,
    now: datetime,
) -> models.Request:
    """Ask that the line be given back; the service may give back a part of it only."""
    row = models.InvoiceLine.id
    db.session.execute(sa.select(row).where(row == line.id).with_for_update())  # one contest at a time
    left = ensure_may_contest(line, now=now)
    asked = {"reason": reason, "text": text.strip(), "credit_cents": left}
    return requests.submit(
        RequestKind.CONTEST, guardian, asked, invoice_line=line, documents=documents, by=by, now=now
    )
