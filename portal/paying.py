"""« Payer »: the means of the guide, with everything to type or to join; nothing here says « paid »."""

from __future__ import annotations

from flask import Response, abort, current_app, render_template

import papers
from gateways.payments import PaymentProvider
from operations import mandates
from operations.configuration import commune_settings
from operations.invoices import Account, debit_of, payfip_of
from portal import access
from portal.invoices import account_called
from portal.room import espace
from rules.online_payment import CASH_LIMIT_CENTS, PAYFIP_URL, Debt, OnlinePayment


@espace.get("/factures/<number>/payer")
def pay(number: str) -> str:
    account = account_called(number)
    mine = mandates.mandates_of(access.me())
    debit = debit_of(account.invoice)
    return render_template(
        "portal/pay.html",
        account=account,
        invoice=account.invoice,
        online=_online(account),
        payfip_url=PAYFIP_URL,
        debit=debit,
        debit_stands=debit is not None and mandates.was_good_on(debit.mandate, debit.on),
        over_cash=account.due_cents > CASH_LIMIT_CENTS,
        mandate=mine.active,
        under_way=mine.under_way,
        may_adhere=mandates.is_offered() and access.me().is_payer,
        today=access.today(),
    )


@espace.get("/factures/<number>/papillon.pdf")
def pay_slip(number: str) -> Response:
    account = account_called(number)
    return papers.slip_response(account.invoice, account.due_cents) if account.due_cents > 0 else abort(404)


def _online(account: Account) -> OnlinePayment | None:
    """What to type on the State's site; None until the accountant has given the references."""
    references = payfip_of(account.invoice, commune_settings())
    if references is None:
        return None
    provider: PaymentProvider = current_app.extensions["payment"]
    return provider.prepare(Debt(references.structure, references.reference, account.due_cents))
