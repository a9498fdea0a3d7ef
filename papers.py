"""Printed papers for both sides: made once, kept in the storage, served again as they were."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from flask import Response, abort, current_app

import models
from extensions import db, mark_reading
from gateways.storage import DocumentMissing, Storage
from operations import certificates, invoices, mandate_papers, receipt_sheets
from operations.journal import Summary

DOCUMENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'; sandbox"
)


def invoice_response(invoice: models.Invoice, *, now: datetime) -> Response:
    """The invoice's PDF, shown or saved as the browser likes; commits the row that says where it is kept."""
    return _download(_kept_or_made(invoice, now), f"facture-{invoice.number}.pdf")


def slip_response(invoice: models.Invoice, due_cents: int) -> Response:
    """The papillon alone, for a cheque of what is still due."""
    import pdf.slip

    sheet = replace(invoices.sheet_of(invoice), total=due_cents)
    return _download(pdf.slip.render(sheet), f"papillon-{invoice.number}.pdf")


def certificate_response(certificate: models.TaxCertificate) -> Response:
    """A tax certificate, made from what was frozen when it was issued."""
    import pdf.tax_certificate

    made = pdf.tax_certificate.render(certificates.sheet_of(certificate))
    return _download(made, f"attestation-fiscale-{certificate.number}.pdf")


def mandate_response(mandate: models.Mandate) -> Response:
    """The mandate to sign, made from what was frozen when it was edited."""
    import pdf.mandate

    return _download(pdf.mandate.render(mandate_papers.sheet_of(mandate)), f"mandat-{mandate.rum}.pdf")


def document_response(document: models.Document) -> Response:
    """A supporting document, shown in place. What a stranger made runs nothing here: no script, no form."""
    storage: Storage = current_app.extensions["storage"]
    try:
        content = storage.get(document.storage_key)
    except DocumentMissing:
        abort(404)
    response = Response(content, mimetype=document.media_type)
    response.headers.set("Content-Disposition", "inline", **_named(document.name))
    response.headers["Content-Security-Policy"] = DOCUMENT_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _named(name: str) -> dict[str, str]:
    """The name for every browser, accents included (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}


def receipt_response(summary: Summary, reader: models.Guardian, made_by: str) -> Response:
    """A receipt's PDF, made when asked for: it is the page printed, nothing refers to it."""
    import pdf.receipt  # as above

    made = pdf.receipt.render(receipt_sheets.sheet_of(summary, reader, made_by))
    return _download(made, f"recu-{summary.receipt.number}.pdf")


def _kept_or_made(invoice: models.Invoice, now: datetime) -> bytes:
    storage: Storage = current_app.extensions["storage"]
    kept = invoices.kept_pdf(invoice)
    if kept is not None:
        return storage.get(kept.storage_key)
    import pdf.invoice  # 17 MB with its fonts and images: only for a process that makes a PDF

    made = pdf.invoice.render(invoices.sheet_of(invoice))
    _keep(invoice.id, made, storage.put(made, ".pdf"), now)
    return made


def _keep(invoice_id: int, made: bytes, storage_key: str, now: datetime) -> None:
    """Write in a transaction of its own: the page's one was opened to read.

    The invoice's row is held, so that two first downloads at once keep one PDF.
    """
    db.session.rollback()
    mark_reading(False)
    invoice = db.session.get_one(models.Invoice, invoice_id, with_for_update=True)
    if invoices.kept_pdf(invoice) is None:
        sha256 = hashlib.sha256(made).hexdigest()
        invoices.keep_pdf(invoice, storage_key=storage_key, sha256=sha256, now=now)
    db.session.commit()


def _download(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
