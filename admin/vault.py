"""What an agent may open of the families' documents, and a household's documents on its page."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import joinedload

import models
from admin.base import Related
from admin.display import text
from admin.guard import holds, staff_roles
from extensions import db
from rules.documents import DocumentKind, kinds_read_by, readers

MOST_SHOWN = 30


def kinds_of_mine() -> frozenset[DocumentKind]:
    """The kinds that who is signed in opens."""
    return kinds_read_by(frozenset(staff_roles()))


def may_open(document: models.Document) -> bool:
    return holds(set(readers(document.kind)))


def file_link(document: models.Document) -> Any:
    """Its name, leading to the document for who may open it."""
    if not may_open(document):
        return document.name
    url = url_for("staff_pieces.file", document_id=document.id)
    return Markup('<a href="{}">{}</a>').format(url, document.name)


def panel(family: models.Family) -> Related:
    """The documents of a household that this agent opens, the latest first; one query."""
    row = models.Document
    query = sa.select(row).where(
        row.family_id == family.id, row.removed_at.is_(None), row.kind.in_(kinds_of_mine())
    )
    loaded = query.options(joinedload(row.child)).order_by(row.id.desc()).limit(MOST_SHOWN)
    return Related(
        "Pièces justificatives",
        ("Nature", "Fichier", "Pour", "Valable jusqu’au", "Vue le"),
        [
            (
                each.kind.label,
                file_link(each),
                each.child.first_name if each.child else "Toute la famille",
                text(each.expires_on),
                text(each.seen_at) or "à voir",
            )
            for each in db.session.scalars(loaded)
        ],
    )
