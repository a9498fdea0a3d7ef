"""The calendar that a parent's telephone follows: a secret address, opened and revoked at will."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.agenda import ComingDay, coming_days
from operations.bookings import Viewer

TOKEN_BYTES = 24  # 192 bits: nobody finds an address by trying
KEPT_BEHIND = timedelta(days=31)  # what a telephone still shows of the past
MOST_DAYS = 3000  # a family of ten children over a school year


def feed_of(guardian: models.Guardian) -> models.CalendarFeed | None:
    return db.session.scalars(sa.select(models.CalendarFeed).filter_by(guardian_id=guardian.id)).first()


def open_feed(guardian: models.Guardian, *, by: Actor, now: datetime) -> models.CalendarFeed:
    """Give the adult's calendar an address; one that exists stops answering, and a new one replaces it."""
    former = feed_of(guardian)
    if former is not None:
        db.session.delete(former)
        db.session.flush()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = models.CalendarFeed(guardian=guardian, token=token, token_digest=_digest(token), created_at=now)
    db.session.add(row)
    db.session.flush()
    verb = "Adresse de calendrier changée" if former else "Adresse de calendrier créée"
    history.record(guardian, verb, by=by, now=now, family_id=guardian.family_id)
    return row


def revoke_feed(guardian: models.Guardian, *, by: Actor, now: datetime) -> None:
    """The address stops answering at once; nothing when there is none."""
    row = feed_of(guardian)
    if row is None:
        return
    db.session.delete(row)
    db.session.flush()
    history.record(guardian, "Adresse de calendrier supprimée", by=by, now=now, family_id=guardian.family_id)


def guardian_of(token: str) -> models.Guardian | None:
    """Whose calendar that address is; None for an unknown one, or when the account is closed."""
    feed, account = models.CalendarFeed, models.Account
    query = (
        sa.select(models.Guardian)
        .join(feed, feed.guardian_id == models.Guardian.id)
        .join(account, account.id == models.Guardian.account_id)
        .where(feed.token_digest == _digest(token), account.active)
    )
    return db.session.scalars(query).first()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def booked_days(viewers: Mapping[int, Viewer], today: date) -> Sequence[ComingDay]:
    """The booked days of these children from a month ago on, each as its viewer may see it; one query."""
    return coming_days(viewers, today - KEPT_BEHIND, most=MOST_DAYS)
