"""Reading for the month's screens: what was prepared, beside last month; what was issued, and how it left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload

import models
from extensions import db
from operations.configuration import commune_settings
from rules.instants import ONE_DAY, paris
from rules.invoices import first_of_month
from rules.refusals import Refused
from rules.vocabulary import AnomalyKind, Channel, MailState
from rules.wording import of_month


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft beside what its family was billed for the month before, in cents (None: nothing)."""

    draft: models.Draft
    previous_cents: int | None

    @property
    def change_cents(self) -> int:
        return self.draft.total_cents - (self.previous_cents or 0)


@dataclass(frozen=True, slots=True)
class Review:
    """A prepared month as an agent reads it before issuing; all amounts in cents."""

    month: date
    due: Sequence[Prepared]
    carried: Sequence[Prepared]
    anomalies: Sequence[tuple[AnomalyKind, Sequence[models.Anomaly]]]
    excluded: Sequence[models.Exclusion]
    previous_count: int
    previous_cents: int

    @property
    def is_prepared(self) -> bool:
        return bool(self.due or self.carried)

    @property
    def total_cents(self) -> int:
        return sum(each.draft.total_cents for each in self.due)

    @property
    def anomaly_count(self) -> int:
        return sum(len(found) for _, found in self.anomalies)

    @property
    def prepared_at(self) -> datetime | None:
        first = next(iter([*self.due, *self.carried]), None)
        return first.draft.prepared_at if first else None

    @property
    def prepared_by(self) -> models.Account | None:
        first = next(iter([*self.due, *self.carried]), None)
        return first.draft.prepared_by if first else None

    @property
    def seen(self) -> str:
        """What tells this preparation from the next one: the confirmation sends it back."""
        return self.prepared_at.isoformat() if self.prepared_at else ""


@dataclass(frozen=True, slots=True)
class Batch:
    """The invoices of a month issued together, and how they were announced."""

    issued_at: datetime
    announced_on: date
    due_on: date
    count: int
    total_cents: int
    first_number: str
    last_number: str
    mails: Counter[MailState]
    to_print: Sequence[models.Invoice]


def months(now: datetime) -> list[date]:
    """The months that can be billed, the last complete one first."""
    first = first_of_month(commune_settings().billed_from)
    month = _month_before(first_of_month(paris(now).date()))
    found = []
    while month >= first:
        found.append(month)
        month = _month_before(month)
    return found


def review(month: date) -> Review:
    """The drafts of a month by family name, its anomalies by kind, last month; four queries."""
    previous = _previous(month)
    prepared = [Prepared(draft, previous.get(draft.family_id)) for draft in _drafts(month)]
    return Review(
        month=month,
        due=[each for each in prepared if not each.draft.carried_over],
        carried=[each for each in prepared if each.draft.carried_over],
        anomalies=_anomalies(month),
        excluded=_exclusions(month),
        previous_count=len(previous),
        previous_cents=sum(previous.values()),
    )


def ensure_seen(month: date, seen: str) -> None:
    """Refuse to issue a preparation that is not the one whose summary was confirmed."""
    found = review(month)
    if found.is_prepared and found.seen != seen:
        raise Refused(
            f"Le mois {of_month(month)} a été préparé de nouveau depuis l’affichage de ce résumé : "
            "relisez-le avant d’émettre."
        )


def batches(month: date) -> list[Batch]:
    """What was issued for a month, the latest first; two queries whatever the number of invoices."""
    row = models.Invoice
    query = sa.select(row).where(row.month == month).order_by(row.issued_at.desc(), row.sequence)
    sendings = _sendings(month)
    together = groupby(db.session.scalars(query), key=lambda invoice: invoice.issued_at)
    return [_batch(list(invoices), sendings) for _, invoices in together]


def to_print(month: date) -> list[models.Invoice]:
    """The invoices of a month whose payer has no e-mail, in order of number."""
    return [invoice for batch in batches(month) for invoice in batch.to_print]


# -- reading ----------------------------------------------------------------------------


def _month_before(month: date) -> date:
    return first_of_month(month - ONE_DAY)


def _drafts(month: date) -> list[models.Draft]:
    row = models.Draft
    query = (
        sa.select(row)
        .join(models.Family, models.Family.id == row.family_id)
        .where(row.month == month)
        .options(joinedload(row.family), joinedload(row.payer), joinedload(row.prepared_by), defer(row.lines))
        .order_by(models.Family.search_text, row.id)
    )
    return list(db.session.scalars(query).unique())


def _anomalies(month: date) -> list[tuple[AnomalyKind, list[models.Anomaly]]]:
    row = models.Anomaly
    query = sa.select(row).where(row.month == month).options(joinedload(row.family)).order_by(row.id)
    found = list(db.session.scalars(query))
    by_kind = [(kind, [each for each in found if each.kind is kind]) for kind in AnomalyKind]
    return [(kind, rows) for kind, rows in by_kind if rows]


def _exclusions(month: date) -> list[models.Exclusion]:
    row = models.Exclusion
    query = sa.select(row).where(row.month == month).options(joinedload(row.family)).order_by(row.id)
    return list(db.session.scalars(query))


def _previous(month: date) -> dict[int, int]:
    row = models.Invoice
    query = (
        sa.select(row.family_id, sa.func.sum(row.total_cents))
        .where(row.month == _month_before(month))
        .group_by(row.family_id)
    )
    return {family_id: int(total) for family_id, total in db.session.execute(query)}


def _sendings(month: date) -> dict[int, tuple[Channel, MailState | None]]:
    row, mail = models.Sending, models.Outbox
    query = (
        sa.select(row.invoice_id, row.channel, mail.state)
        .join(models.Invoice, models.Invoice.id == row.invoice_id)
        .outerjoin(mail, mail.id == row.outbox_id)
        .where(models.Invoice.month == month)
    )
    return {invoice_id: (channel, state) for invoice_id, channel, state in db.session.execute(query)}


def _batch(
    invoices: Sequence[models.Invoice], sendings: dict[int, tuple[Channel, MailState | None]]
) -> Batch:
    ways = [sendings.get(invoice.id) for invoice in invoices]
    return Batch(
        issued_at=invoices[0].issued_at,
        announced_on=invoices[0].announced_on,
        due_on=invoices[0].due_on,
        count=len(invoices),
        total_cents=sum(invoice.total_cents for invoice in invoices),
        first_number=invoices[0].number,
        last_number=invoices[-1].number,
        mails=Counter(way[1] for way in ways if way is not None and way[1] is not None),
        to_print=[
            invoice
            for invoice, way in zip(invoices, ways, strict=True)
            if way is not None and way[0] is Channel.PAPER
        ],
    )
