"""The month: prepare drafts with their anomalies, then issue what the agent saw."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import current_app

import models
from extensions import db
from operations import history, outbox
from operations.actors import Actor
from operations.billing_facts import MonthFacts, Payer, gather
from operations.configuration import commune_settings, configuration
from operations.debits import Debits, debits_announced
from operations.invoice_numbers import take_numbers
from rules import billing
from rules.anomalies import Anomaly, anomalies
from rules.charges import Charge
from rules.invoices import (
    announcement,
    ensure_announceable,
    ensure_month_over,
    exercice_of,
    invoice_number,
)
from rules.refusals import Refused
from rules.vocabulary import Channel, InvoiceKind
from rules.wording import enumerate_words, month_name, of_month

NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Preparation:
    """The result of a preparation, all amounts in cents."""

    month: date
    invoices: int
    total_cents: int
    carried_over: int
    anomalies: Sequence[Anomaly]


@dataclass(frozen=True, slots=True)
class Issued:
    month: date
    invoices: int
    total_cents: int
    carried_over: int
    first_number: str | None
    last_number: str | None


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A month is a hundred thousand small objects that all live to its end: sorting them out is in vain."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_collector_paused()
def prepare_month(month: date, *, by: Actor, now: datetime) -> Preparation:
    """Store the drafts and anomalies of a month, in place of those of an earlier preparation.

    Refused while the month is not over (the guide: invoices come once the month is over).
    """
    ensure_month_over(month, now)
    _alone()
    facts = gather(month)
    found = _anomalies(facts)
    db.session.execute(sa.delete(models.Draft).where(models.Draft.month == month))
    db.session.execute(sa.delete(models.Anomaly).where(models.Anomaly.month == month))
    _insert(models.Draft, [_draft(facts, bill, by, now) for bill in facts.bills])
    _insert(models.Anomaly, [{"month": month, **anomaly._asdict()} for anomaly in found])
    due = [bill for bill in facts.bills if not _is_carried(facts, bill)]
    return Preparation(
        month=month,
        invoices=len(due),
        total_cents=sum(bill.total_cents for bill in due),
        carried_over=len(facts.bills) - len(due),
        anomalies=found,
    )


@_collector_paused()
def issue_month(month: date, announced_on: date, *, by: Actor, now: datetime) -> Issued:
    """Issue the prepared month: numbers without a gap, frozen lines, billed days, mails.

    Everything is recomputed; the month is refused when the result is not what the drafts showed,
    when a family has no payer, or when nothing was prepared. Running again finds nothing to bill.
    """
    ensure_month_over(month, now)
    ensure_announceable(announced_on, now)
    _alone()
    facts = gather(month)
    _ensure_as_seen(facts)
    due = [bill for bill in facts.bills if not _is_carried(facts, bill)]
    _ensure_payers(facts, due)
    invoices = _write_invoices(facts, due, announced_on, by, now)
    _write_lines(facts, due, invoices, history.keep_until(now))
    _announce(facts, due, invoices, announced_on, now)
    db.session.execute(sa.delete(models.Draft).where(models.Draft.month == month))
    db.session.execute(sa.delete(models.Anomaly).where(models.Anomaly.month == month))
    issued = _issued(facts, due, invoices)
    _record(issued, by, now)
    return issued


def _alone() -> None:
    """Until the commit no other month is prepared or issued, and no booking or closed sheet changes.

    Whoever changes a child's days locks the child first, and whoever closes a sheet locks the sheet:
    they wait here, so that what is gathered is what is billed. On SQLite the write lock already says so.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.text("LOCK TABLE attendance_sheet, child IN EXCLUSIVE MODE"))


# -- decide ----------------------------------------------------------------------------------


def _anomalies(facts: MonthFacts) -> list[Anomaly]:
    return anomalies(
        facts.bills,
        facts.previous_totals,
        family_names=facts.family_names,
        without_payer={bill.family_id for bill in facts.bills} - facts.payers.keys(),
        sessions_without_sheet=facts.sessions_without_sheet,
        present_without_hours=facts.present_without_hours,
        booked_without_school=facts.booked_without_school,
        claims_waiting=facts.claims_waiting,
    )


def _is_carried(facts: MonthFacts, bill: billing.Bill) -> bool:
    """Under the threshold a bill waits, unless the exercice ends or its children have left."""
    children = {line.child_id for line in bill.lines if line.child_id is not None}
    flush = facts.month.month == 12 or (bool(children) and children <= facts.leavers)
    return billing.carry_over(bill, facts.threshold_cents, flush)


def _ensure_as_seen(facts: MonthFacts) -> None:
    query = sa.select(models.Draft.family_id, models.Draft.digest).where(models.Draft.month == facts.month)
    seen = {family_id: digest for family_id, digest in db.session.execute(query)}
    if not seen:
        raise Refused(f"Aucun brouillon pour {month_name(facts.month)} : préparez d’abord le mois.")
    recomputed = {bill.family_id: billing.digest(bill) for bill in facts.bills}
    changed = sorted(f for f in seen.keys() | recomputed.keys() if seen.get(f) != recomputed.get(f))
    if changed:
        raise Refused(
            f"Depuis la préparation, le mois {of_month(facts.month)} a changé pour "
            f"{_named(facts, changed)}. Préparez-le de nouveau et relisez avant d’émettre."
        )


def _ensure_payers(facts: MonthFacts, due: Iterable[billing.Bill]) -> None:
    missing = [bill.family_id for bill in due if bill.family_id not in facts.payers]
    if missing:
        raise Refused(
            f"Aucun payeur n’est désigné pour {_named(facts, missing)} : désignez-le, "
            "ou mettez la famille de côté pour ce mois."
        )


def _named(facts: MonthFacts, family_ids: Sequence[int]) -> str:
    names = [facts.family_names.get(f, f"famille n° {f}") for f in family_ids[:NAMED_AT_MOST]]
    more = len(family_ids) - len(names)
    return enumerate_words([*names, f"{more} autres familles"] if more else names)


# -- write -----------------------------------------------------------------------------------


def _insert(table: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(sa.insert(table.__table__), rows)


def _draft(facts: MonthFacts, bill: billing.Bill, by: Actor, now: datetime) -> dict[str, Any]:
    payer = facts.payers.get(bill.family_id)
    lines = [
        line.to_json() | {"child_name": _child_name(facts, line), "title": _label(line)}
        for line in bill.lines
    ]
    return {
        "month": facts.month,
        "family_id": bill.family_id,
        "payer_id": payer.guardian_id if payer else None,
        "total_cents": bill.total_cents,
        "day_count": sum(len(line.billed) for line in bill.lines),
        "carried_over": _is_carried(facts, bill),
        "digest": billing.digest(bill),
        "lines": lines,
        "prepared_at": now,
        "prepared_by_id": by.account_id,
    }


def _child_name(facts: MonthFacts, line: billing.Line) -> str:
    return "" if line.child_id is None else facts.child_names[line.child_id]


def _write_invoices(
    facts: MonthFacts, due: Sequence[billing.Bill], announced_on: date, by: Actor, now: datetime
) -> dict[int, tuple[int, str]]:
    """Insert the invoices; returns the id and the number of each family's."""
    exercice = exercice_of(announced_on)
    first = take_numbers(exercice, len(due))
    due_on = announced_on + commune_settings().due_delay
    shared = {
        "kind": InvoiceKind.INVOICE,
        "exercice": exercice,
        "month": facts.month,
        "issued_at": now,
        "issued_by_id": by.account_id,
        "announced_on": announced_on,
        "due_on": due_on,
        "is_example": facts.is_example,
        "keep_until": history.keep_until(now),
    }
    debits = debits_announced(announced_on)
    rows = [
        shared | _invoice(facts, bill, exercice, first + rank) | debits.of(_payer_id(facts, bill), due_on)
        for rank, bill in enumerate(due)
    ]
    _insert(models.Invoice, rows)
    written = sa.select(models.Invoice.family_id, models.Invoice.id, models.Invoice.number).where(
        models.Invoice.exercice == exercice, models.Invoice.sequence >= first
    )
    return {family_id: (invoice_id, number) for family_id, invoice_id, number in db.session.execute(written)}


def _payer_id(facts: MonthFacts, bill: billing.Bill) -> int | None:
    """Whose account pays the bill; nobody's when there is nothing to pay."""
    return facts.payers[bill.family_id].guardian_id if bill.total_cents > 0 else None


def _invoice(facts: MonthFacts, bill: billing.Bill, exercice: int, sequence: int) -> dict[str, Any]:
    payer = facts.payers[bill.family_id]
    return {
        "number": invoice_number(exercice, sequence),
        "sequence": sequence,
        "family_id": bill.family_id,
        "payer_id": payer.guardian_id,
        "payer_name": payer.name,
        "payer_address": payer.address,
        "total_cents": bill.total_cents,
    }


def _write_lines(
    facts: MonthFacts, due: Sequence[billing.Bill], invoices: dict[int, tuple[int, str]], kept: date
) -> None:
    lines = {
        (invoices[bill.family_id][0], position): line
        for bill in due
        for position, line in enumerate(bill.lines, start=1)
    }
    _insert(models.InvoiceLine, [_line(facts, *place, line, kept) for place, line in lines.items()])
    row = models.InvoiceLine
    written = sa.select(row.invoice_id, row.position, row.id).where(
        row.invoice_id >= min((invoice_id for invoice_id, _ in lines), default=0)
    )
    ids = {(invoice_id, position): line_id for invoice_id, position, line_id in db.session.execute(written)}
    _insert(
        models.BilledDay,
        [
            _billed_day(ids[place], line, *billed, kept)
            for place, line in lines.items()
            for billed in line.billed
        ],
    )
    _insert(
        models.BilledCharge,
        [
            _billed_charge(ids[place], charge, kept)
            for place, line in lines.items()
            for charge in line.charges
        ],
    )


def _line(
    facts: MonthFacts, invoice_id: int, position: int, line: billing.Line, kept: date
) -> dict[str, Any]:
    return {
        "invoice_id": invoice_id,
        "position": position,
        "month": line.month,
        "child_id": line.child_id,
        "activity_id": line.activity_id,
        "child_name": _child_name(facts, line),
        "label": _label(line),
        "situation": line.situation,
        "days": [day.isoformat() for day in line.days],
        "quantity": line.quantity,
        "unit_price_cents": line.unit_price_cents,
        "amount_cents": line.amount_cents,
        "quotient": _quotient(line),
        "explanation": line.explanation,
        "adjustment_id": line.adjustment_id,
        "keep_until": kept,
    }


def _label(line: billing.Line) -> str:
    """The activity's name, frozen, and what is due for a whole period; an adjustment's own label."""
    if line.activity_id is None or line.explanation is None:
        return line.label
    activity = configuration().activities[line.activity_id].name
    return f"{activity}, {line.label}" if line.charges else activity


def _quotient(line: billing.Line) -> Decimal | None:
    told = line.explanation.get("quotient") if line.explanation else None
    return None if told is None else Decimal(told)


def _billed_day(
    line_id: int, line: billing.Line, day: date, activity_id: int, cents: int, kept: date
) -> dict[str, Any]:
    return {
        "invoice_line_id": line_id,
        "child_id": line.child_id,
        "activity_id": activity_id,
        "day": day,
        "amount_cents": cents,
        "keep_until": kept,
    }


def _billed_charge(line_id: int, charge: Charge, kept: date) -> dict[str, Any]:
    return {
        "invoice_line_id": line_id,
        "kind": charge.key.kind,
        "subject": charge.key.subject,
        "family_id": charge.key.family_id,
        "child_id": charge.key.child_id,
        "first_day": charge.key.first,
        "amount_cents": charge.amount_cents,
        "keep_until": kept,
    }


# -- announce ----------------------------------------------------------------------------------


def _announce(
    facts: MonthFacts,
    due: Sequence[billing.Bill],
    invoices: dict[int, tuple[int, str]],
    announced_on: date,
    now: datetime,
) -> None:
    """One mail per payer who has an address, on the day of the announcement; the others are to be printed."""
    mailed = [bill for bill in due if facts.payers[bill.family_id].email]
    keys = {bill.family_id: f"invoice-{invoices[bill.family_id][1]}" for bill in mailed}
    write = _letter_writer(facts, invoices, debits_announced(announced_on))
    letters = [write(bill, keys[bill.family_id]) for bill in mailed]
    outbox_ids = outbox.post_many(letters, now=now, not_before=announcement(announced_on, now))
    _insert(
        models.Sending,
        [
            {
                "invoice_id": invoices[bill.family_id][0],
                "guardian_id": facts.payers[bill.family_id].guardian_id,
                "outbox_id": outbox_ids.get(keys.get(bill.family_id, "")),
                "channel": Channel.PORTAL if bill.family_id in keys else Channel.PAPER,
                "at": now,
            }
            for bill in due
        ],
    )


def _letter_writer(
    facts: MonthFacts, invoices: dict[int, tuple[int, str]], debits: Debits
) -> Callable[[billing.Bill, str], outbox.Letter]:
    """Writes the mail of each invoice; what all of them say is looked up once."""
    template = current_app.jinja_env.get_template("mail/invoice.txt")
    shared = {
        "commune": commune_settings(),
        "settings": current_app.extensions["portail"],
        "month": facts.month,
    }

    def write(bill: billing.Bill, key: str) -> outbox.Letter:
        payer: Payer = facts.payers[bill.family_id]
        number = invoices[bill.family_id][1]
        return outbox.Letter(
            kind="invoice",
            recipient=payer.email or "",
            subject=f"Votre facture {of_month(facts.month)} est disponible",
            body=template.render(
                shared,
                payer=payer,
                number=number,
                total_cents=bill.total_cents,
                debit=debits.by_payer.get(payer.guardian_id) if bill.total_cents > 0 else None,
            ),
            key=key,
        )

    return write


def _issued(facts: MonthFacts, due: Sequence[billing.Bill], invoices: dict[int, tuple[int, str]]) -> Issued:
    numbers = sorted(number for _, number in invoices.values())
    return Issued(
        month=facts.month,
        invoices=len(due),
        total_cents=sum(bill.total_cents for bill in due),
        carried_over=len(facts.bills) - len(due),
        first_number=numbers[0] if numbers else None,
        last_number=numbers[-1] if numbers else None,
    )


def _record(issued: Issued, by: Actor, now: datetime) -> None:
    history.record(
        commune_settings(),
        f"Émission {of_month(issued.month)}",
        by=by,
        now=now,
        after={
            "factures": issued.invoices,
            "total_cents": issued.total_cents,
            "reportées": issued.carried_over,
            "numéros": f"{issued.first_number} à {issued.last_number}",
        },
    )
