"""What must hold of a base whatever happened to it: two parents at once, a killed server, a lost answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

import models
from rules.vocabulary import BookingState, Change, Situation

Step = tuple[Change, bool]
# The state that each change leaves a day in; with a rank, it enters or leaves a waiting list.
LEAVES: dict[Step, BookingState] = {
    (Change.BOOK, False): BookingState.BOOKED,
    (Change.BOOK, True): BookingState.WAITING,
    (Change.CANCEL, False): BookingState.CANCELLED,
    (Change.CANCEL, True): BookingState.CANCELLED,
}
# What the receipts may say of a day after each change: a place given follows the wait.
FOLLOWS: dict[Step, set[Step]] = {
    (Change.BOOK, False): {(Change.CANCEL, False)},
    (Change.BOOK, True): {(Change.BOOK, False), (Change.CANCEL, True)},
    (Change.CANCEL, False): {(Change.BOOK, False), (Change.BOOK, True)},
    (Change.CANCEL, True): {(Change.BOOK, False), (Change.BOOK, True)},
}


def problems(connection: sa.Connection, *, mailed_after: int = 0) -> list[str]:
    """Every promise that the base breaks, one sentence each.

    `mailed_after`: the last receipt whose mail need not be there (the demo's past sends none).
    """
    return [
        *_journal(connection),
        *_empty_receipts(connection),
        *_unannounced_receipts(connection, mailed_after),
        *_numbers(connection),
        *_invoices(connection),
        *_mails(connection),
    ]


def _rows(connection: sa.Connection, query: sa.Select[Any]) -> Sequence[Any]:
    return connection.execute(query).all()


def _journal(connection: sa.Connection) -> list[str]:
    """Each day's receipts book and cancel in turn, and the last one says what the booking says.

    A day that changes hands is told to both households at the same instant: that is one change.
    """
    line, booking, receipt = models.ReceiptLine, models.Booking, models.Receipt
    journal: dict[tuple[Any, ...], list[Step]] = defaultdict(list)
    columns = (receipt.at, receipt.family_id, line.change, line.waiting_rank)
    told = sa.select(line.child_id, line.activity_id, line.day, *columns).join(receipt)
    last: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for *at, instant, family_id, change, rank in _rows(connection, told.order_by(receipt.id, line.id)):
        place, step = tuple(at), (change, rank is not None)
        before, last[place] = last.get(place), (instant, step, family_id)
        is_twin = before is not None and before[:2] == (instant, step) and before[2] != family_id
        if not is_twin:
            journal[place].append(step)
    written = sa.select(booking.child_id, booking.activity_id, booking.day, booking.state)
    states = {tuple(place): state for *place, state in _rows(connection, written)}
    found = []
    for place, changes in journal.items():
        if any(other not in FOLLOWS[one] for one, other in pairwise(changes)):
            found.append(f"{place}: the receipts do not follow one another: {changes}")
        if states.get(place) is not LEAVES[changes[-1]]:
            found.append(f"{place}: the last receipt says {changes[-1]}, the booking {states.get(place)}")
    return found


def _empty_receipts(connection: sa.Connection) -> list[str]:
    written = sa.select(models.ReceiptLine.receipt_id)
    empty = sa.select(models.Receipt.id).where(models.Receipt.id.not_in(written))
    return [f"receipt {receipt_id} has no line" for (receipt_id,) in _rows(connection, empty)]


def _unannounced_receipts(connection: sa.Connection, after: int) -> list[str]:
    """A parent's own receipt is mailed to them, once: it was written with its mail or not at all."""
    guardian, account = models.Guardian, models.Account
    parents = sa.select(guardian.account_id).join(account, account.id == guardian.account_id)
    asked = sa.select(models.Receipt.id).where(
        models.Receipt.id > after,
        models.Receipt.by_id.in_(parents),
        models.Receipt.for_guardian_id.is_(None),
    )
    letters = sa.select(models.Outbox.idempotency_key).where(models.Outbox.kind == "receipt")
    mailed = {told for (key,) in _rows(connection, letters) for told in _announced(key)}
    ids = [receipt_id for (receipt_id,) in _rows(connection, asked)]
    return [f"receipt {each} was not mailed" for each in ids if f"receipt-{each}" not in mailed]


def _numbers(connection: sa.Connection) -> list[str]:
    """Sequential per exercice, from 1, without a gap; the counter agrees."""
    query = sa.select(models.Invoice.exercice, models.Invoice.sequence).order_by(models.Invoice.sequence)
    given: dict[int, list[int]] = defaultdict(list)
    for exercice, sequence in _rows(connection, query):
        given[exercice].append(sequence)
    counted = sa.select(models.InvoiceCounter.exercice, models.InvoiceCounter.last)
    counters = {exercice: last for exercice, last in _rows(connection, counted)}
    found = [
        f"exercice {exercice}: numbers {numbers}"
        for exercice, numbers in given.items()
        if numbers != list(range(1, len(numbers) + 1))
    ]
    for exercice in given.keys() | counters.keys():
        last, count = counters.get(exercice, 0), len(given.get(exercice, ()))
        found += [f"exercice {exercice}: the counter says {last} for {count} invoices"] * (last != count)
    return found


def _invoices(connection: sa.Connection) -> list[str]:
    """Each invoice is whole: its lines make its total, its days are billed once, it was sent."""
    line, billed = models.InvoiceLine, models.BilledDay
    lines: dict[int, int] = defaultdict(int)
    days: dict[int, int] = {}
    told = sa.select(line.invoice_id, line.id, line.amount_cents, line.days, line.situation)
    for invoice_id, line_id, amount, listed, situation in _rows(connection, told):
        lines[invoice_id] += amount
        # A late pick-up is due beside its day, which another line bills.
        days[line_id] = 0 if situation == Situation.LATE_PICKUP else len(listed)
    counted = sa.select(billed.invoice_line_id, sa.func.count()).group_by(billed.invoice_line_id)
    kept = {line_id: count for line_id, count in _rows(connection, counted)}
    found = [
        f"line {line_id}: {kept.get(line_id, 0)} billed days for {count}"
        for line_id, count in days.items()
        if kept.get(line_id, 0) != count
    ]
    sent = {invoice_id for (invoice_id,) in _rows(connection, sa.select(models.Sending.invoice_id))}
    invoices = sa.select(models.Invoice.id, models.Invoice.number, models.Invoice.total_cents)
    for invoice_id, number, total in _rows(connection, invoices):
        found += [f"{number}: lines of {lines[invoice_id]} for a total of {total}"] * (
            lines[invoice_id] != total
        )
        found += [f"{number} was never sent"] * (invoice_id not in sent)
    return found + _billed_twice(connection)


def _billed_twice(connection: sa.Connection) -> list[str]:
    billed = models.BilledDay
    place = (billed.child_id, billed.activity_id, billed.day)
    twice = sa.select(*place).where(billed.cancelled_on.is_(None)).group_by(*place)
    return [f"{tuple(row)} is billed twice" for row in _rows(connection, twice.having(sa.func.count() > 1))]


def _mails(connection: sa.Connection) -> list[str]:
    """A receipt's mail (one, or one for each adult told) or an invoice's announces it."""
    letters = sa.select(models.Outbox.idempotency_key).where(models.Outbox.kind.in_(("receipt", "invoice")))
    receipts = {f"receipt-{i}" for (i,) in _rows(connection, sa.select(models.Receipt.id))}
    invoices = {f"invoice-{n}" for (n,) in _rows(connection, sa.select(models.Invoice.number))}
    return [
        f"the mail {key} announces nothing"
        for (key,) in _rows(connection, letters)
        if key not in invoices and not _announced(key) <= receipts
    ]


def _announced(key: str) -> set[str]:
    """The receipts that a mail announces: `receipt-12+13` two of one act, `receipt-12-3` one to one adult."""
    return {f"receipt-{number}" for number in key.split("-")[1].split("+")}
