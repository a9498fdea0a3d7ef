"""Deciding a claim: the days accepted become justified in billing, or a credit when already billed.

No booking and no attendance sheet changes: what was booked and who came stay what they were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import adjustments, history, outbox
from operations import documents as vault
from operations.absences import lock, rulings_of
from operations.actors import Actor
from operations.capped_credits import no_longer_taken_off
from operations.claimable_days import DayOf
from operations.day_facts import Key
from operations.line_credits import left_of_contested
from operations.prices import pricing_of
from operations.receipts import mailed_guardians
from rules.absences import AbsenceRuling
from rules.claims import ensure_move
from rules.elision import of_name
from rules.instants import paris
from rules.money import NBSP
from rules.refusals import Refused
from rules.vocabulary import AdjustmentKind, ClaimState, Situation
from rules.wording import list_days, month_name

LONGEST_LABEL = 120  # what the table of adjustments holds


def accept(
    claim: models.AbsenceClaim,
    *,
    days: Collection[DayOf] | None = None,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> list[models.Adjustment]:
    """Take days off: those that the règlement frees or, with a reason, those that the agent chooses.

    Days not yet billed will be priced as justified; those already billed make credits (returned), on
    the family's next invoice. The family is told by mail.
    """
    lock(claim)
    ensure_move(claim.state, ClaimState.ACCEPTED)
    ruled = rulings_of(claim)
    freed = {(activity_id, day) for activity_id, ruling in ruled.items() for day in ruling.freed}
    chosen = freed if days is None else set(days)
    _ensure_choice(claim, chosen, freed, ruled, reason)
    for row in claim.days:
        row.accepted = (row.activity_id, row.day) in chosen
        row.why = "" if row.accepted else _why_due(row, ruled)
    _decide(claim, ClaimState.ACCEPTED, reason, by, now)
    for document in claim.documents:
        vault.seen(document, by=by, now=now)
    credits = _credit(claim, by, now)
    _announce(claim, -sum(each.amount_cents for each in credits), now)
    return credits


def refuse(claim: models.AbsenceClaim, reason: str, *, by: Actor, now: datetime) -> None:
    """Leave every day due; the reason is told to the family."""
    lock(claim)
    ensure_move(claim.state, ClaimState.REFUSED)
    if not reason.strip():
        raise Refused("Donnez la raison du refus : elle est écrite à la famille.", "reason")
    for row in claim.days:
        row.accepted = False
    _decide(claim, ClaimState.REFUSED, reason, by, now)
    _announce(claim, 0, now)


def reopen(claim: models.AbsenceClaim, *, by: Actor, now: datetime) -> None:
    """Take a decision back; refused once an invoice says it."""
    lock(claim)
    ensure_move(claim.state, ClaimState.WAITING)
    _ensure_not_invoiced(claim)
    credits = {row.adjustment for row in claim.days if row.adjustment is not None}
    for row in claim.days:
        row.accepted, row.adjustment = None, None
    db.session.flush()
    for credit in credits:
        adjustments.delete_adjustment(credit, by=by, now=now)
    before = {"état": claim.state.label}
    claim.state, claim.decided_at, claim.decided_by_id, claim.decision = ClaimState.WAITING, None, None, ""
    history.record(claim, "Décision reprise", by=by, now=now, before=before, family_id=claim.family_id)


# -- the decision -------------------------------------------------------------------------


def _ensure_choice(
    claim: models.AbsenceClaim,
    chosen: set[DayOf],
    freed: set[DayOf],
    ruled: Mapping[int, AbsenceRuling],
    reason: str,
) -> None:
    if chosen - {(row.activity_id, row.day) for row in claim.days}:
        raise Refused("Ce jour n’est pas dans la demande.", "days")
    if not chosen:
        because = " ".join(dict.fromkeys(r.refused_because for r in ruled.values() if r.refused_because))
        raise Refused(f"Aucun jour n’est à déduire. {because}".strip(), "days")
    if chosen != freed and not reason.strip():
        raise Refused(
            "Ces jours ne sont pas ceux du règlement : donnez la raison, elle sera conservée.", "reason"
        )


def _why_due(row: models.AbsenceClaimDay, ruled: Mapping[int, AbsenceRuling]) -> str:
    return ruled[row.activity_id].due.get(row.day, "Le service n’a pas retenu ce jour.")


def _decide(claim: models.AbsenceClaim, state: ClaimState, reason: str, by: Actor, now: datetime) -> None:
    claim.state, claim.decision = state, reason.strip()
    claim.decided_at, claim.decided_by_id = now, by.account_id
    db.session.flush()
    history.record(
        claim,
        f"Absence {'acceptée' if state is ClaimState.ACCEPTED else 'refusée'}",
        by=by,
        now=now,
        after={"jours déduits": list_days(row.day for row in claim.days if row.accepted)}
        if state is ClaimState.ACCEPTED
        else None,
        family_id=claim.family_id,
        reason=claim.decision,
    )


def _ensure_not_invoiced(claim: models.AbsenceClaim) -> None:
    """Neither its credits nor, for the days that had none, the days themselves."""
    for row in claim.days:
        if row.adjustment is not None and row.adjustment.invoice_line is not None:
            raise Refused("L’avoir de cette absence est sur une facture émise : la décision est définitive.")
    without_credit = [row for row in claim.days if row.accepted and row.adjustment is None]
    if _billed(claim, without_credit):
        raise Refused(
            "Un jour de cette absence est déjà facturé comme justifié : la décision est définitive."
        )


# -- what was already billed ---------------------------------------------------------------


def _credit(claim: models.AbsenceClaim, by: Actor, now: datetime) -> list[models.Adjustment]:
    """One credit per activity, family billed and month of the days: it joins that family's next invoice."""
    accepted = {(row.activity_id, row.day): row for row in claim.days if row.accepted}
    groups: dict[tuple[int, int, date], list[tuple[models.AbsenceClaimDay, int]]] = defaultdict(list)
    lines: dict[tuple[int, int, date], set[int]] = defaultdict(set)
    for activity_id, day, family_id, cents, line_id in _billed(claim, accepted.values()):
        group = family_id, activity_id, day.replace(day=1)
        groups[group].append((accepted[activity_id, day], cents))
        lines[group].add(line_id)
    pricing = pricing_of({family_id for family_id, _, _ in groups}, {claim.child_id})
    due: dict[int, dict[Key, int]] = defaultdict(dict)
    for (family_id, activity_id, _), days in groups.items():
        for row, _ in days:
            now_costs = pricing.cents(activity_id, family_id, row.day, Situation.JUSTIFIED, claim.child_id)
            due[family_id][claim.child_id, activity_id, row.day] = now_costs or 0
    capped = {family_id: no_longer_taken_off(family_id, credited) for family_id, credited in due.items()}
    written = []
    for (family_id, activity_id, month), days in groups.items():
        now_due = sum(due[family_id][claim.child_id, activity_id, row.day] for row, _ in days)
        less = sum(cents for _, cents in days) - now_due
        already = min(max(less, 0), capped[family_id])
        capped[family_id] -= already
        less -= already
        left = left_of_contested(lines[family_id, activity_id, month])
        if left is not None:
            less = min(less, left)
        if less > 0:
            written.append(_write(claim, family_id, month, [row for row, _ in days], -less, by, now))
    return written


def _billed(
    claim: models.AbsenceClaim, rows: Collection[models.AbsenceClaimDay]
) -> list[tuple[int, date, int, int, int]]:
    """Of these days, those on an issued invoice: activity, day, family billed, cents, line."""
    billed, line, invoice = models.BilledDay, models.InvoiceLine, models.Invoice
    wanted = {(row.activity_id, row.day) for row in rows}
    query = (
        sa.select(billed.activity_id, billed.day, invoice.family_id, billed.amount_cents, line.id)
        .join(line, line.id == billed.invoice_line_id)
        .join(invoice, invoice.id == line.invoice_id)
        .where(
            billed.child_id == claim.child_id,
            billed.cancelled_on.is_(None),
            billed.day.between(claim.first_day, claim.last_day),
        )
        .order_by(billed.day, billed.activity_id)
    )
    return [
        (activity_id, day, family_id, cents, line_id)
        for activity_id, day, family_id, cents, line_id in db.session.execute(query)
        if (activity_id, day) in wanted
    ]


def _write(
    claim: models.AbsenceClaim,
    family_id: int,
    month: date,
    rows: Sequence[models.AbsenceClaimDay],
    cents: int,
    by: Actor,
    now: datetime,
) -> models.Adjustment:
    credit = adjustments.add_adjustment(
        db.session.get_one(models.Family, family_id),
        month=month,
        label=_label(rows, month),
        amount_cents=cents,
        reason=f"Absence acceptée : {claim.number}",
        child=claim.child,
        activity=rows[0].activity,
        kind=AdjustmentKind.CREDIT,
        by=by,
        now=now,
    )
    for row in rows:
        row.adjustment = credit
    db.session.flush()
    return credit


def _label(rows: Sequence[models.AbsenceClaimDay], month: date) -> str:
    what = f"Absence justifiée{NBSP}: {rows[0].activity.name}"
    label = f"{what}, {list_days(row.day for row in rows)}"
    if len(label) > LONGEST_LABEL:
        label = f"{what}, {len(rows)} jours, {month_name(month)}"
    return label


# -- the mail ----------------------------------------------------------------------------------


def _announce(claim: models.AbsenceClaim, credit_cents: int, now: datetime) -> None:
    """Tell the family's guardians and who asked; nothing of what the absence was due to.

    What is taken off is told to the paying household alone.
    """
    day, asker = paris(now).date(), claim.guardian
    told = mailed_guardians(claim.family_id, claim.child, day)
    if asker is not None and asker.family_id != claim.family_id:
        others = mailed_guardians(asker.family_id, claim.child, day)
        told = [*told, *(each for each in others if each.id == asker.id)]
    for guardian in told:
        body = render_template(
            "mail/absence_decided.txt",
            claim=claim,
            guardian=guardian,
            accepted=[row for row in claim.days if row.accepted],
            kept=[row for row in claim.days if not row.accepted],
            credit_cents=credit_cents if guardian.family_id == claim.family_id else 0,
        )
        said = "acceptée" if claim.state is ClaimState.ACCEPTED else "refusée"
        letter = outbox.Letter(
            kind="absence",
            recipient=guardian.email or "",
            subject=f"Absence {of_name(claim.child.first_name)} {said} : {claim.number}",
            body=body,
            key=f"absence-{claim.id}-{said}-{guardian.id}-{now.isoformat()}",
        )
        outbox.post(letter, now=now)
