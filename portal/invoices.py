"""« Factures »: list, page, PDF; what is told is what was frozen when the invoice was issued."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from flask import Response, g, render_template

import models
import papers
from operations.configuration import commune_settings
from operations.invoices import (
    account_of,
    accounts,
    explanation_of,
    payfip_of,
)
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
    return papers.invoice_response(access.my_invoice(number), now=g.now)
