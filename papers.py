"""Printed papers for both sides: made once, kept in the storage, served again as they were."""

from __future__ import annotations

import hashlib
from datetime import datetime

from flask import Response, current_app

import models
import pdf.invoice
from extensions import db
from gateways.storage import Storage
from operations import invoices


def invoice_response(invoice: models.Invoice, *, now: datetime) -> Response:
    """The invoice's PDF as a download; commits the row that says where it is kept."""
    return _download(_kept_or_made(invoice, now), f"facture-{invoice.number}.pdf")


def _kept_or_made(invoice: models.Invoice, now: datetime) -> bytes:
    storage: Storage = current_app.extensions["storage"]
    kept = invoices.kept_pdf(invoice)
    if kept is not None:
        return storage.get(kept.storage_key)
    made = pdf.invoice.render(invoices.sheet_of(invoice))
    storage_key = storage.put(made, ".pdf")
    invoices.keep_pdf(invoice, storage_key=storage_key, sha256=hashlib.sha256(made).hexdigest(), now=now)
    db.session.commit()
    return made


def _download(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
