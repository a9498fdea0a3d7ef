"""Documents in a vault, with their bytes, for the tests that need one."""

from __future__ import annotations

from flask import current_app

import models
from gateways import uploads
from operations import documents
from operations.actors import parent
from rules.documents import DocumentKind, Upload
from tests.factories import CREATED
from tests.gateways import files


def document(
    of: models.Guardian,
    child: models.Child | None = None,
    kind: DocumentKind = DocumentKind.INSURANCE,
    *,
    name: str = "assurance.pdf",
    data: bytes | None = None,
) -> models.Document:
    """A document deposited by that adult, as the portal would."""
    kept = uploads.clean(name, data if data is not None else files.pdf(f"{of.id} {name} {kind}"))
    storage_key = current_app.extensions["storage"].put(kept.data, kept.suffix)
    upload = Upload(kept.name, kept.media_type, len(kept.data), kept.sha256, storage_key)
    by = parent(of.account)
    return documents.deposit(upload, guardian=of, child=child, kind=kind, by=by, now=CREATED)
