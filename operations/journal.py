"""The receipts as a parent reads them back: for whom, what, how many days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

import models
from extensions import db
from rules.vocabulary import Change


@dataclass(frozen=True, slots=True)
class Summary:
    """A receipt with its lines, in the order of the days."""

    receipt: models.Receipt
    lines: Sequence[models.ReceiptLine]

    @property
    def children(self) -> list[str]:
        return sorted({line.child.first_name for line in self.lines})

    @property
    def activities(self) -> list[str]:
        return sorted({line.activity.name for line in self.lines})

    @property
    def booked(self) -> list[date]:
        return [line.day for line in self.lines if line.change is Change.BOOK and not line.waits]

    @property
    def waiting(self) -> list[date]:
        return [line.day for line in self.lines if line.change is Change.BOOK and line.waits]

    @property
    def cancelled(self) -> list[date]:
        return [line.day for line in self.lines if line.change is Change.CANCEL]

    @property
    def price_cents(self) -> int | None:
        """What the change adds to the bill, in cents; None when a price is not known.

        A day on a waiting list costs nothing.
        """
        signed = [
            None if line.price_cents is None else _SIGN[line.change] * line.price_cents
            for line in self.lines
            if not line.waits
        ]
        return None if None in signed else sum(cents or 0 for cents in signed)


_SIGN = {Change.BOOK: 1, Change.CANCEL: -1}


def summaries(receipts: Sequence[models.Receipt]) -> list[Summary]:
    """These receipts with their lines, children and activities: one query whatever their number."""
    found = summaries_of([receipt.id for receipt in receipts])
    return [found.get(receipt.id) or Summary(receipt, []) for receipt in receipts]


def summaries_of(receipt_ids: Sequence[int]) -> dict[int, Summary]:
    """The same by the receipts' keys, which come with their lines."""
    row = models.ReceiptLine
    loading = (joinedload(row.receipt), joinedload(row.child), joinedload(row.activity))
    query = sa.select(row).where(row.receipt_id.in_(receipt_ids)).options(*loading)
    lines: dict[int, list[models.ReceiptLine]] = {}
    for line in db.session.scalars(query.order_by(row.day, row.id)):
        lines.setdefault(line.receipt_id, []).append(line)
    return {key: Summary(found[0].receipt, found) for key, found in lines.items()}
