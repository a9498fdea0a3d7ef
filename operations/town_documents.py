"""The documents of the town hall: one address each, whose file may be replaced, every version kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

import models
from extensions import db
from operations import history
from operations.actors import Actor
from rules.documents import size_in_words
from rules.publication_vocabulary import DocumentCategory
from rules.publishing import Showing, showing
from rules.refusals import Refused

CATEGORIES = list(DocumentCategory)


def documents_on_show(today: date) -> Mapping[DocumentCategory, list[models.TownDocument]]:
    """The documents to download that day, by heading; one that has no file yet is not shown."""
    row = models.TownDocument
    query = sa.select(row).where(
        row.first_day <= today,
        sa.or_(row.last_day.is_(None), row.last_day >= today),
        sa.exists().where(models.TownDocumentVersion.document_id == row.id),
    )
    found = db.session.scalars(query.options(*_whole()).order_by(row.position, row.title))
    ordered = sorted(found, key=lambda each: CATEGORIES.index(each.category))
    return {category: list(rows) for category, rows in groupby(ordered, key=lambda each: each.category)}


def forms_to_return(today: date) -> list[models.TownDocument]:
    """Those that families fill in and send back."""
    return [each for rows in documents_on_show(today).values() for each in rows if each.is_returned]


def document_called(slug: str) -> models.TownDocument | None:
    """That document, draft or not."""
    query = sa.select(models.TownDocument).filter_by(slug=slug)
    return db.session.scalars(query.options(*_whole())).one_or_none()


def document_stage(row: models.TownDocument, today: date) -> Showing:
    return showing(row.first_day, row.last_day, today, is_published=row.first_day is not None)


def _whole() -> Iterable[sa.orm.interfaces.ORMOption]:
    return (selectinload(models.TownDocument.versions), joinedload(models.TownDocument.school_year))


def put_online(
    document: models.TownDocument, content: bytes, storage_key: str, *, by: Actor, now: datetime
) -> models.TownDocumentVersion:
    """A new version of that document: its address serves it from now on, the former ones keep theirs.

    Refused when it is the very file that is already served.
    """
    digest = hashlib.sha256(content).hexdigest()
    before = document.current
    if before is not None and before.sha256 == digest:
        raise Refused("C’est exactement le fichier déjà en ligne.", "file")
    version = models.TownDocumentVersion(
        number=before.number + 1 if before else 1,
        storage_key=storage_key,
        size=len(content),
        sha256=digest,
        added_at=now,
        added_by=by.name,
    )
    document.versions.append(version)
    db.session.flush()
    told = {"version": version.number, "size": size_in_words(version.size)}
    history.record(document, "Fichier mis en ligne", by=by, now=now, after=told)
    return version
