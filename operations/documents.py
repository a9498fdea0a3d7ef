"""The vault: a document is deposited, seen by an agent, removed; never edited."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from rules.documents import DocumentKind, Upload, has_expired, usual_expiry
from rules.instants import paris
from rules.refusals import Refused


def deposit(
    upload: Upload,
    *,
    guardian: models.Guardian,
    child: models.Child | None = None,
    kind: DocumentKind,
    expires_on: date | None = None,
    by: Actor,
    now: datetime,
) -> models.Document:
    """Keep a document in the guardian's vault; the same content given again is the same document.

    Then its `storage_key` is not the upload's, whose bytes the edge deletes. Without a date, it is good
    for as long as its kind usually is. Refused when the date given has passed.
    """
    today = paris(now).date()
    if has_expired(expires_on, today):
        raise Refused("Cette pièce n’est plus valable : déposez-en une à jour.", "expires_on")
    _hold_vault(guardian)
    known = _same_content(upload, guardian, child, kind)
    if known is not None:
        known.expires_on = expires_on or known.expires_on
        return known
    row = models.Document(
        guardian_id=guardian.id,
        family_id=guardian.family_id,
        child_id=None if child is None else child.id,
        kind=kind,
        name=upload.name,
        storage_key=upload.storage_key,
        media_type=upload.media_type,
        size=upload.size,
        sha256=upload.sha256,
        added_at=now,
        expires_on=expires_on or usual_expiry(kind, today),
    )
    db.session.add(row)
    db.session.flush()
    after = {"enfant": None if child is None else child.full_name, "jusqu’au": row.expires_on}
    history.record(row, "Pièce déposée", by=by, now=now, after=after, family_id=row.family_id)
    return row


def _hold_vault(guardian: models.Guardian) -> None:
    """The same sending twice at once: the second waits here, then finds what the first has kept."""
    row = models.Guardian.id
    db.session.execute(sa.select(row).where(row == guardian.id).with_for_update(key_share=True))


def _same_content(
    upload: Upload, guardian: models.Guardian, child: models.Child | None, kind: DocumentKind
) -> models.Document | None:
    query = sa.select(models.Document).filter_by(
        guardian_id=guardian.id,
        sha256=upload.sha256,
        child_id=None if child is None else child.id,
        kind=kind,
        removed_at=None,
    )
    return db.session.scalars(query.order_by(models.Document.id)).first()


def seen(document: models.Document, *, by: Actor, now: datetime) -> None:
    """An agent has looked at it and it is what it says; the first to say so is kept."""
    if document.seen_at is not None:
        return
    document.seen_at, document.seen_by_id = now, by.account_id
    history.record(document, "Pièce vue", by=by, now=now, family_id=document.family_id)


def remove(document: models.Document, *, by: Actor, now: datetime) -> None:
    """Take it out of the vault; the démarches that have used it keep it."""
    if document.removed_at is not None:
        return
    document.removed_at = now
    history.record(document, "Pièce retirée", by=by, now=now, family_id=document.family_id)
