"""Payments as the commune records them; never edited, a mistake is reversed by another row."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from rules.instants import paris
from rules.money import format_cents
from rules.refusals import Refused
from rules.vocabulary import PaymentMethod


def paid_cents(invoice_id: int) -> int:
    """What has been received for an invoice, reversals deducted."""
    query = sa.select(sa.func.coalesce(sa.func.sum(models.Payment.amount_cents), 0))
    return int(db.session.scalar(query.where(models.Payment.invoice_id == invoice_id)) or 0)


def record_payment(
    invoice: models.Invoice,
    *,
    amount_cents: int,
    received_on: date,
    method: PaymentMethod,
    reference: str = "",
    by: Actor,
    now: datetime,
) -> models.Payment:
    """Record money received. Refused when it is not positive, dated ahead, or more than what is due."""
    _lock(invoice)
    due = invoice.total_cents - paid_cents(invoice.id)
    if amount_cents <= 0:
        raise Refused("Le montant reçu doit être positif.", "amount_cents")
    if amount_cents > due:
        raise Refused(f"Il ne reste que {format_cents(due)} à payer sur cette facture.", "amount_cents")
    if received_on > paris(now).date():
        raise Refused("La date de réception ne peut pas être à venir.", "received_on")
    if method is PaymentMethod.REVERSAL:
        raise Refused("Pour annuler un paiement, ouvrez-le et choisissez « Annuler ce paiement ».", "method")
    return _add(invoice, amount_cents, received_on, method, reference, None, by, now)


def reverse(payment: models.Payment, *, reason: str, by: Actor, now: datetime) -> models.Payment:
    """Cancel a payment recorded by mistake, by a row of the opposite amount."""
    _lock(payment.invoice)
    if payment.reverses_id is not None:
        raise Refused("Une annulation ne s’annule pas : enregistrez de nouveau le paiement.")
    done = sa.select(models.Payment.id).where(models.Payment.reverses_id == payment.id)
    if db.session.scalar(done) is not None:
        raise Refused("Ce paiement est déjà annulé.")
    if not reason.strip():
        raise Refused("Donnez la raison de l’annulation.", "reason")
    return _add(
        payment.invoice,
        -payment.amount_cents,
        paris(now).date(),
        PaymentMethod.REVERSAL,
        reason.strip()[:80],
        payment.id,
        by,
        now,
    )


def _lock(invoice: models.Invoice) -> None:
    db.session.execute(sa.select(models.Invoice.id).where(models.Invoice.id == invoice.id).with_for_update())


def _add(
    invoice: models.Invoice,
    amount_cents: int,
    received_on: date,
    method: PaymentMethod,
    reference: str,
    reverses_id: int | None,
    by: Actor,
    now: datetime,
) -> models.Payment:
    row = models.Payment(
        invoice=invoice,
        amount_cents=amount_cents,
        received_on=received_on,
        method=method,
        reference=reference.strip(),
        reverses_id=reverses_id,
        recorded_at=now,
        recorded_by_id=by.account_id,
        keep_until=invoice.keep_until,
    )
    db.session.add(row)
    db.session.flush()
    history.record(
        invoice,
        "Paiement annulé" if reverses_id else "Paiement enregistré",
        by=by,
        now=now,
        after={"montant_cents": amount_cents, "moyen": method.label, "référence": row.reference},
        family_id=invoice.family_id,
    )
    return row
