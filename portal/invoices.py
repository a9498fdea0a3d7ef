"""« Factures »: list, page, PDF; what is told is what was frozen when the invoice was issued."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from flask import Response, abort, g, render_template

import models
import papers
from operations import certificates
from operations.invoices import Account, account_of, accounts, debit_of, explanation_of, last_recorded
from operations.justifiable_days import Justifiable, claimable_until
from operations.line_credits import standings
from portal import access
from portal.room import espace
from rules.contests import last_day_to_contest
from rules.vocabulary import Situation


@espace.get("/factures")
def invoices() -> str:
    mine = accounts(access.my_latest_invoices(), access.today())
    unpaid = [account for account in mine if account.due_cents > 0]
    return render_template(
        "portal/invoices.html",
        accounts=mine,
        unpaid=sorted(unpaid, key=lambda account: account.invoice.due_on),
        settled=[account for account in mine if account.due_cents <= 0],
        due_cents=sum(account.due_cents for account in unpaid),
        recorded_at=last_recorded(),
        certificate_years=certificates.years_of(access.me(), access.today()),
        this_year=access.today().year,
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
        debit=debit_of(found),
        payments=sorted(found.payments, key=lambda payment: (payment.received_on, payment.id)),
        recorded_at=last_recorded(),
        standings=standings([line.id for line in found.lines]),
        contest_until=last_day_to_contest(found.announced_on),
        today=access.today(),
        me=access.me(),
        justifiable=_justifiable(found),
    )


def _in_order(found: models.Invoice) -> list[models.InvoiceLine]:
    """By month, then child, as on the paper."""
    children = {name: rank for rank, name in enumerate(dict.fromkeys(x.child_name for x in found.lines))}
    return sorted(found.lines, key=lambda x: (x.month, children[x.child_name], x.position))


def days_of(line: models.InvoiceLine) -> list[date]:
    return [date.fromisoformat(day) for day in line.days]


def _justifiable(found: models.Invoice) -> dict[int, list[Justifiable]]:
    """The absences of each line that can still be justified."""
    unjustified = [line for line in found.lines if line.situation is Situation.NO_SHOW]
    if not unjustified:
        return {}
    viewers = {mine.id: access.my_view(mine.id) for mine in access.my_children()}
    return claimable_until(unjustified, access.my_facts(), viewers, now=g.now)


def line_of(number: str, position: int) -> models.InvoiceLine:
    """A line of an invoice of mine, by its place on the paper; 404 otherwise."""
    lines = {line.position: line for line in access.my_invoice(number).lines}
    return lines.get(position) or abort(404)


def account_called(number: str) -> Account:
    return account_of(access.my_invoice(number), access.today())


@espace.get("/factures/<number>.pdf")
def invoice_pdf(number: str) -> Response:
    return papers.invoice_response(access.my_invoice(number), now=g.now)
