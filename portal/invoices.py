"""« Factures »: list, page, PDF; what is told is what was frozen when the invoice was issued."""

from __future__ import annotations

import hashlib
from datetime import date
from itertools import groupby

from flask import Response, current_app, g, render_template

import models
from extensions import db, mark_reading
from operations.configuration import commune_settings
from operations.invoices import (
    account_of,
    accounts,
    explanation_of,
    keep_pdf,
    kept_pdf,
    payfip_of,
    sheet_of,
)
from pdf.invoice import render
from portal import access
from portal.room import espace


@espace.get("/factures")
def invoices() -> str:
    return render_template(
        "portal/invoices.html", accounts=accounts(access.my_latest_invoices(), access.today())
    )


@espace.get("/factures/<number>")
def invoice(number: str) -> str:
    found = access.my_invoice(number)
    return render_template(
        "portal/invoice.html",
        invoice=found,
        account=account_of(found, access.today()),
        months=[(month, list(lines)) for month, lines in groupby(_in_order(found), key=lambda x: x.month)],
        days_of=days_of,
        explanation_of=explanation_of,
        payfip=payfip_of(found, commune_settings()),
        payments=sorted(found.payments, key=lambda payment: (payment.received_on, payment.id)),
    )


def _in_order(found: models.Invoice) -> list[models.InvoiceLine]:
    """By month, then child, as on the paper."""
    children = {name: rank for rank, name in enumerate(dict.fromkeys(x.child_name for x in found.lines))}
    return sorted(found.lines, key=lambda x: (x.month, children[x.child_name], x.position))


def days_of(line: models.InvoiceLine) -> list[date]:
    return [date.fromisoformat(day) for day in line.days]


@espace.get("/factures/<number>.pdf")
def invoice_pdf(number: str) -> Response:
    found = access.my_invoice(number)
    return Response(
        _pdf_of(found),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="facture-{found.number}.pdf"'},
    )


def _pdf_of(found: models.Invoice) -> bytes:
    """The kept PDF; made and kept the first time it is asked for."""
    storage = current_app.extensions["storage"]
    kept = kept_pdf(found)
    if kept is not None:
        data: bytes = storage.get(kept.storage_key)
        return data
    data = render(sheet_of(found))
    _keep(found.id, data, storage.put(data, ".pdf"))
    return data


def _keep(invoice_id: int, data: bytes, storage_key: str) -> None:
    """Write in a transaction of its own: the page's one was opened to read."""
    db.session.rollback()
    mark_reading(False)
    found = db.session.get_one(models.Invoice, invoice_id)
    if kept_pdf(found) is None:
        keep_pdf(found, storage_key=storage_key, sha256=hashlib.sha256(data).hexdigest(), now=g.now)
    db.session.commit()
