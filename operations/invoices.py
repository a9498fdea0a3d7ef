"""Reading issued invoices: balances, states, and the sheet that is printed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

import models
from extensions import db
from operations.configuration import commune_settings
from rules import charge_explanations
from rules.charge_explanations import Told
from rules.explanations import Explanation
from rules.invoices import invoice_state
from rules.sheets import (
    DirectDebit,
    InvoiceSheet,
    Issuer,
    MonthLines,
    Payfip,
    QuotientUsed,
    SheetLine,
    Treasury,
)
from rules.tariff_grid import TIMED_UNITS
from rules.vocabulary import InvoiceState
from rules.wording import month_name


@dataclass(frozen=True, slots=True)
class Account:
    """An invoice with what was received for it, in cents, and where that leaves it."""

    invoice: models.Invoice
    paid_cents: int
    state: InvoiceState

    @property
    def due_cents(self) -> int:
        return self.invoice.total_cents - self.paid_cents


def announced(query: sa.Select[tuple[models.Invoice]], today: date) -> sa.Select[tuple[models.Invoice]]:
    """Only the invoices whose day of announcement has come: parents see no other."""
    return query.where(models.Invoice.announced_on <= today)


def accounts(invoices: Sequence[models.Invoice], today: date) -> list[Account]:
    """The same invoices with their balance, in one query whatever their number."""
    paid = paid_by_invoice([invoice.id for invoice in invoices])
    return [_account(invoice, paid.get(invoice.id, 0), today) for invoice in invoices]


def account_of(invoice: models.Invoice, today: date) -> Account:
    return accounts([invoice], today)[0]


def paid_by_invoice(invoice_ids: Collection[int]) -> dict[int, int]:
    row = models.Payment
    query = (
        sa.select(row.invoice_id, sa.func.sum(row.amount_cents))
        .where(row.invoice_id.in_(invoice_ids))
        .group_by(row.invoice_id)
    )
    return {invoice_id: int(total) for invoice_id, total in db.session.execute(query)}


def last_recorded() -> datetime | None:
    """When the service last recorded a payment: what came later shows on no invoice yet."""
    return db.session.scalar(sa.select(sa.func.max(models.Payment.recorded_at)))


def with_lines(query: sa.Select[tuple[models.Invoice]]) -> sa.Select[tuple[models.Invoice]]:
    """The same query with lines and payments loaded, in two queries more."""
    return query.options(selectinload(models.Invoice.lines), selectinload(models.Invoice.payments))


def _account(invoice: models.Invoice, paid: int, today: date) -> Account:
    return Account(invoice, paid, invoice_state(invoice.total_cents, paid, invoice.due_on, today))


# -- the kept PDF ------------------------------------------------------------------------------


def kept_pdf(invoice: models.Invoice) -> models.InvoicePdf | None:
    return db.session.scalars(sa.select(models.InvoicePdf).filter_by(invoice_id=invoice.id)).first()


def keep_pdf(invoice: models.Invoice, *, storage_key: str, sha256: str, now: datetime) -> models.InvoicePdf:
    """Remember where the PDF is kept and its hash: it is made once."""
    row = models.InvoicePdf(invoice_id=invoice.id, storage_key=storage_key, sha256=sha256, made_at=now)
    db.session.add(row)
    return row


# -- the printed sheet ---------------------------------------------------------------------------


def sheet_of(invoice: models.Invoice) -> InvoiceSheet:
    """What the PDF says, from the invoice's frozen facts and the commune's means of payment."""
    commune = commune_settings()
    return InvoiceSheet(
        number=invoice.number,
        period=month_name(invoice.month),
        issued_at=invoice.issued_at,
        announced_on=invoice.announced_on,
        due_on=invoice.due_on,
        issuer=issuer_of(commune),
        treasury=Treasury(
            name=commune.treasury_name,
            address=tuple(part.strip() for part in commune.treasury_address.split(",")),
            partners_url=commune.tobacconist_url,
        ),
        debtor_name=invoice.payer_name,
        debtor_address=tuple(invoice.payer_address.split("\n")),
        children=tuple(dict.fromkeys(line.child_name for line in invoice.lines if line.child_name)),
        months=_months(invoice),
        total=invoice.total_cents,
        quotients=_quotients(invoice),
        payfip=payfip_of(invoice, commune),
        debit=debit_of(invoice),
        contest=_contest(commune),
        court=commune.court,
        is_example=invoice.is_example,
    )


def payfip_of(invoice: models.Invoice, commune: models.Commune) -> Payfip | None:
    """The references the payer types on PayFiP, once the accountant has given them (formats.md 1.7).

    An article of a rôle is referred to as `year-revenue code-00-number`: inferred, to be confirmed.
    """
    if not (commune.payfip_number and commune.revenue_code):
        return None
    reference = f"{invoice.exercice}-{commune.revenue_code}-00-{invoice.sequence}"
    return Payfip(structure=commune.payfip_number, reference=reference)


def debit_of(invoice: models.Invoice) -> DirectDebit | None:
    """The debit that the invoice announced when it was issued, if it did."""
    if invoice.debit_on is None or invoice.debit_rum is None or invoice.debit_ics is None:
        return None
    return DirectDebit(mandate=invoice.debit_rum, creditor=invoice.debit_ics, on=invoice.debit_on)


def issuer_of(commune: models.Commune) -> Issuer:
    """The commune and its service, as every paper names them."""
    return Issuer(
        commune=f"Commune de {commune.name}",
        service=commune.service_name,
        address=tuple(commune.address_lines),
        phone=commune.phone,
        email=commune.email,
        siret=commune.siret,
        signatory=commune.mayor_name,
    )


def _contest(commune: models.Commune) -> str:
    reach = " ou ".join(way for way in (commune.email, commune.phone) if way)
    return f"Une erreur, une question sur une ligne : {commune.service_name}, {reach}."


def _months(invoice: models.Invoice) -> tuple[MonthLines, ...]:
    ordered = sorted(invoice.lines, key=lambda line: (line.month, line.position))
    return tuple(
        MonthLines(
            heading=month_name(month).capitalize(),
            lines=tuple(_sheet_line(line) for line in _by_child(list(lines))),
            note=""
            if month == invoice.month
            else "Reporté d’un mois précédent, sous le seuil de facturation.",
        )
        for month, lines in groupby(ordered, key=lambda line: line.month)
    )


def _by_child(lines: list[models.InvoiceLine]) -> list[models.InvoiceLine]:
    order = {name: rank for rank, name in enumerate(dict.fromkeys(line.child_name for line in lines))}
    return sorted(lines, key=lambda line: (order[line.child_name], line.position))


def _sheet_line(line: models.InvoiceLine) -> SheetLine:
    explanation = explanation_of(line)
    return SheetLine(
        child=line.child_name,
        activity=line.label,
        amount=line.amount_cents,
        situation=line.situation.label if line.situation else "",
        days=tuple(date.fromisoformat(day) for day in line.days),
        quantity=line.quantity,
        unit=_unit(explanation, line.quantity),
        unit_price=line.unit_price_cents,
    )


def explanation_of(line: models.InvoiceLine) -> Told | None:
    """Why this price, cap or fee, as frozen on the line."""
    return None if line.explanation is None else charge_explanations.read(line.explanation)


def _unit(explanation: Told | None, quantity: int) -> str:
    """What the quantity counts; a line of hours counts presences, each of as many slices."""
    if not isinstance(explanation, Explanation):
        return ""
    timed = explanation.unit in TIMED_UNITS or explanation.presences
    label = "présence" if timed else explanation.unit.label
    return label if quantity == 1 or label.endswith("s") else f"{label}s"


def _quotients(invoice: models.Invoice) -> tuple[QuotientUsed, ...]:
    found: dict[QuotientUsed, None] = {}
    for line in invoice.lines:
        explanation = explanation_of(line)
        if isinstance(explanation, Explanation) and "quotient" in explanation.depends_on:
            value = None if explanation.quotient is None else int(explanation.quotient * 100)
            found[QuotientUsed(value=value, source=explanation.quotient_source)] = None
    return tuple(found)
