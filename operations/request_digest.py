"""The service's morning mail: how many démarches wait for it, and which are late."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import outbox
from operations.configuration import commune_settings
from rules.instants import at_minute, paris
from rules.request_vocabulary import RequestState
from rules.vocabulary import ClaimState

LEAVES_AT = 7 * 60 + 30


def tell_service(*, now: datetime) -> int:
    """Write to the service when something waits, once a day; returns how many mails (0 or 1).

    Counts only: nothing of a family is in it. Nothing on a day without waiting démarches.
    """
    email, today = commune_settings().email, paris(now).date()
    waiting, late, claims = _counts(now)
    if not email or not waiting + claims:
        return 0
    body = render_template("mail/requests_waiting.txt", waiting=waiting, late=late, claims=claims)
    letter = outbox.Letter(
        kind="service",
        recipient=email,
        subject=f"Démarches des familles : {waiting + claims} à traiter",
        body=body,
        key=f"service-{today}",
    )
    return len(outbox.post_new([letter], now=now, not_before=max(now, at_minute(today, LEAVES_AT))))


def _counts(now: datetime) -> tuple[int, int, int]:
    """The démarches that wait for the service, those of them that are late, the absences to decide."""
    row, claim, count = models.Request, models.AbsenceClaim, sa.func.count()
    waits = row.state == RequestState.WAITING
    late = sa.func.sum(sa.case((row.due_on < paris(now).date(), 1), else_=0))
    waiting, overdue = db.session.execute(sa.select(count, late).where(waits)).one()
    claims = sa.select(count).select_from(claim).where(claim.state == ClaimState.WAITING)
    return waiting, overdue or 0, db.session.scalar(claims) or 0
