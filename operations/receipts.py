"""Receipts: the append-only journal of bookings, and the mail that says what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import outbox
from operations.actors import Actor
from operations.configuration import ActivityFacts
from operations.history import keep_until
from operations.prices import Pricing
from rules.elision import of_name
from rules.situations import NOT_DUE
from rules.vocabulary import Change, Situation, Timing
from rules.wording import enumerate_words

MOST_SUBJECT = 200  # what the outbox holds


@dataclass(frozen=True, slots=True)
class DayChange:
    """One day booked or cancelled, decided and not yet written. `until`: the first refused instant.

    `waiting_rank`: the place taken (book) or given up (cancel) on a full day's waiting list.
    """

    day: date
    change: Change
    family_id: int
    timing: Timing
    until: datetime | None
    reason: str
    situation: Situation = Situation.AS_BOOKED  # what the day is, or was, priced as
    waiting_rank: int | None = None


def write(
    child: models.Child,
    activity: ActivityFacts,
    changes: Sequence[DayChange],
    pricing: Pricing,
    *,
    by: Actor,
    now: datetime,
) -> models.Receipt:
    """Write the receipt of these changes (all of one family) and the mail to whoever asked for them."""
    receipt = record(child, activity, changes, pricing, by=by, now=now)
    announce([receipt], activity, by=by, now=now)
    return receipt


def record(
    child: models.Child,
    activity: ActivityFacts,
    changes: Sequence[DayChange],
    pricing: Pricing,
    *,
    by: Actor,
    now: datetime,
    reverses: models.Receipt | None = None,
) -> models.Receipt:
    """Write the receipt alone: its mail is the caller's, who may have others to announce with it."""
    kept = keep_until(now)
    receipt = models.Receipt(
        family_id=changes[0].family_id,
        at=now,
        by_id=by.account_id,
        by_name=by.name,
        for_guardian_id=by.for_guardian_id,
        channel=by.channel,
        reverses=reverses,
        keep_until=kept,
    )
    receipt.lines = [_line(child, activity, change, pricing, kept) for change in changes]
    db.session.add(receipt)
    db.session.flush()
    return receipt


def _line(
    child: models.Child, activity: ActivityFacts, change: DayChange, pricing: Pricing, kept: date
) -> models.ReceiptLine:
    has_price = change.waiting_rank is None and change.situation not in NOT_DUE
    return models.ReceiptLine(
        child=child,
        activity_id=activity.id,
        day=change.day,
        change=change.change,
        timing=change.timing,
        until=change.until,
        price_cents=pricing.cents(activity.id, change.family_id, change.day, change.situation, child.id)
        if has_price
        else None,
        waiting_rank=change.waiting_rank,
        reason=change.reason,
        keep_until=kept,
    )


def announce(written: Sequence[models.Receipt], activity: ActivityFacts, *, by: Actor, now: datetime) -> None:
    """Mail these receipts of one act, together, to the parent who acted or for whom staff acted.

    One receipt per child, one mail for all; nothing when there is no address.
    """
    guardian = asked_by(by)
    if not written or guardian is None or guardian.email is None:
        return
    children = [receipt.lines[0].child for receipt in written]
    body = render_template(
        "mail/receipt.txt",
        receipts=list(zip(written, children, strict=True)),
        activity=activity,
        guardian=guardian,
        Change=Change,
    )
    of_children = enumerate_words(list(dict.fromkeys(of_name(child.first_name) for child in children)))
    several = f"Vos {len(written)} reçus"
    title = f"Reçu {written[0].number}" if len(written) == 1 else several
    outbox.post(
        outbox.Letter(
            kind="receipt",
            recipient=guardian.email,
            subject=f"{title} : {activity.name} {of_children}"[:MOST_SUBJECT],
            body=body,
            key=f"receipt-{'+'.join(str(receipt.id) for receipt in written)}",
        ),
        now=now,
    )


def mailed_guardians(family_id: int, child: models.Child, today: date) -> list[models.Guardian]:
    """The guardians of that family who are mailed about that child, and have an address."""
    in_force = sa.or_(models.Guardianship.last_day.is_(None), models.Guardianship.last_day >= today)
    query = (
        sa.select(models.Guardian)
        .join(models.Guardianship)
        .where(
            models.Guardian.family_id == family_id,
            models.Guardian.email.is_not(None),
            models.Guardianship.child_id == child.id,
            models.Guardianship.is_mailed,
            models.Guardianship.first_day <= today,
            in_force,
        )
    )
    return list(db.session.scalars(query.order_by(models.Guardian.id)))


def asked_by(by: Actor) -> models.Guardian | None:
    """The adult who asks, or for whom staff act."""
    if by.for_guardian_id is not None:
        return db.session.get(models.Guardian, by.for_guardian_id)
    if by.account_id is None or by.is_staff:
        return None
    account = db.session.get(models.Account, by.account_id)
    return account.guardian if account else None
