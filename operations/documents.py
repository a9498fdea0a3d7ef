"""The vault: a document is deposited, seen by an agent, removed; never edited."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import history, provisional
from operations.actors import Actor
from rules.documents import MEGABYTE, MOST_VAULT, PERSONAL, DocumentKind, Upload, has_expired, usual_expiry
from rules.instants import paris
from rules.mandate_vocabulary import MandateState
from rules.refusals import Refused
from rules.requests import OPEN
from rules.vocabulary import ClaimState

TOO_OLD = "Cette pièce n’est plus valable : déposez-en une à jour."
FULL = (
    f"Vos pièces occupent déjà {MOST_VAULT // MEGABYTE}\N{NO-BREAK SPACE}Mo : "
    "retirez-en une dont vous n’avez plus besoin."
)


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
        raise Refused(TOO_OLD, "expires_on")
    _hold_vault(guardian)
    known = _same_content(upload, guardian, child, kind)
    if known is not None:
        known.expires_on = expires_on or known.expires_on
        return known
    if _size_of_vault(guardian) + upload.size > MOST_VAULT:
        raise Refused(FULL, "pieces")
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
    provisional.follow(row, by=by, now=now)
    return row


def _hold_vault(guardian: models.Guardian) -> None:
    """The same sending twice at once: the second waits here, then finds what the first has kept."""
    row = models.Guardian.id
    db.session.execute(sa.select(row).where(row == guardian.id).with_for_update(key_share=True))


def _size_of_vault(guardian: models.Guardian) -> int:
    """In bytes; what was removed no longer counts."""
    row = models.Document
    query = sa.select(sa.func.coalesce(sa.func.sum(row.size), 0))
    return db.session.scalar(query.where(row.guardian_id == guardian.id, row.removed_at.is_(None))) or 0


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
    db.session.flush()
    provisional.follow(document, by=by, now=now)


def good_until(document: models.Document, day: date, *, by: Actor, now: datetime) -> None:
    """The day written on the document itself. Refused when it has passed."""
    if has_expired(day, paris(now).date()):
        raise Refused(TOO_OLD, "valable_jusquau")
    if document.expires_on == day:
        return
    before, document.expires_on = document.expires_on, day
    history.record(
        document,
        "Pièce valable jusqu’au",
        by=by,
        now=now,
        before={"jusqu’au": before},
        after={"jusqu’au": day},
        family_id=document.family_id,
    )
    db.session.flush()
    provisional.follow(document, by=by, now=now)


def read(document: models.Document, *, by: Actor, now: datetime) -> None:
    """An agent opens a sensitive document: the reading is kept."""
    history.record(document, "Pièce lue", by=by, now=now, family_id=document.family_id)


def remove(document: models.Document, *, by: Actor, now: datetime) -> None:
    """Take it out of the vault; what was decided on it keeps it. Refused while a démarche waits with it."""
    if document.removed_at is not None:
        return
    check_removable(document)
    document.removed_at = now
    history.record(document, "Pièce retirée", by=by, now=now, family_id=document.family_id)
    db.session.flush()
    provisional.follow(document, by=by, now=now)


def check_removable(document: models.Document) -> None:
    """Whoever decides must have under the eyes what was joined."""
    waiting = _waiting_with(document)
    if waiting:
        raise Refused(
            f"Cette pièce est jointe à {waiting}, qui attend une réponse : vous la retirerez ensuite."
        )


def _waiting_with(document: models.Document) -> str | None:
    """What still waits for a decision with this document, in words."""
    is_it = models.Document.id == document.id
    joined = models.Request.joined.any(models.RequestDocument.document_id == document.id)
    asked = sa.select(models.Request).where(joined, models.Request.state.in_(OPEN))
    if (request := db.session.scalars(asked).first()) is not None:
        return f"la démarche {request.number}"
    claims = sa.select(models.AbsenceClaim).where(
        models.AbsenceClaim.documents.any(is_it), models.AbsenceClaim.state == ClaimState.WAITING
    )
    if (claim := db.session.scalars(claims).first()) is not None:
        return f"la demande {claim.number}"
    papers = models.Mandate.papers.any(models.MandateDocument.document_id == document.id)
    received = sa.select(models.Mandate.id).where(papers, models.Mandate.state == MandateState.RECEIVED)
    return "votre mandat de prélèvement" if db.session.scalars(received).first() is not None else None


# -- who sees it, who uses it -----------------------------------------------------------


def visible_to(guardian: models.Guardian, child_ids: Collection[int]) -> sa.ColumnElement[bool]:
    """The depositor's own, and what another adult of the same household gave about a child that both see.

    Never what the other household of a child gave, nor a judgment, a mandate or bank details of anybody else.
    """
    row = models.Document
    shared = sa.and_(
        row.family_id == guardian.family_id, row.child_id.in_(child_ids), row.kind.not_in(PERSONAL)
    )
    return sa.or_(row.guardian_id == guardian.id, shared)


def is_used() -> sa.ColumnElement[bool]:
    """Whether anything at all refers to the document: whatever table does is found by its foreign key."""
    document = models.Document.__table__
    users = [
        sa.exists().where(column == models.Document.id)
        for table in db.metadata.sorted_tables
        for column in table.columns
        if any(key.column is document.c.id for key in column.foreign_keys)
    ]
    return sa.or_(sa.false(), *users)


def unused_removed() -> list[models.Document]:
    """Removed from their vault, and nothing refers to them: their bytes go, then their rows."""
    query = sa.select(models.Document).where(models.Document.removed_at.is_not(None), ~is_used())
    return list(db.session.scalars(query.order_by(models.Document.id)))


def forget(document: models.Document) -> None:
    """Its bytes are gone: the row goes too; the history keeps that it was given and removed."""
    db.session.delete(document)
