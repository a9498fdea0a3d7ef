"""Before a month is issued: lines added by hand and families left out, each with its reason."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from rules.refusals import Refused
from rules.vocabulary import AdjustmentKind
from rules.wording import month_name


def add_adjustment(
    family: models.Family,
    *,
    month: date,
    label: str,
    amount_cents: int,
    reason: str,
    child: models.Child | None = None,
    activity: models.Activity | None = None,
    kind: AdjustmentKind = AdjustmentKind.MANUAL,
    by: Actor,
    now: datetime,
) -> models.Adjustment:
    """Add a line (cents, negative in the family's favour) to the family's next invoice."""
    _check(label, amount_cents, reason)
    row = models.Adjustment(
        family=family,
        month=month.replace(day=1),
        label=label.strip(),
        amount_cents=amount_cents,
        reason=reason.strip(),
        child=child,
        activity=activity,
        kind=kind,
        created_at=now,
        created_by_id=by.account_id,
    )
    db.session.add(row)
    db.session.flush()
    history.record(
        row,
        "Ligne ajoutée",
        by=by,
        now=now,
        after={"libellé": row.label, "montant_cents": amount_cents},
        family_id=family.id,
        reason=row.reason,
    )
    return row


def delete_adjustment(adjustment: models.Adjustment, *, by: Actor, now: datetime) -> None:
    """Take back a line that no invoice carries yet."""
    billed = sa.select(models.InvoiceLine.id).where(models.InvoiceLine.adjustment_id == adjustment.id)
    if db.session.scalar(billed) is not None:
        raise Refused("Cette ligne est sur une facture émise : elle ne peut plus être retirée.")
    history.record(
        adjustment,
        "Ligne retirée",
        by=by,
        now=now,
        before={"libellé": adjustment.label, "montant_cents": adjustment.amount_cents},
        family_id=adjustment.family_id,
    )
    db.session.delete(adjustment)


def exclude(family: models.Family, month: date, reason: str, *, by: Actor, now: datetime) -> models.Exclusion:
    """Leave a family out of a month's issue; its days stay to be billed."""
    if not reason.strip():
        raise Refused("Dites pourquoi cette famille est mise de côté.", "reason")
    month = month.replace(day=1)
    present = sa.select(models.Exclusion.id).filter_by(month=month, family_id=family.id)
    if db.session.scalar(present) is not None:
        raise Refused(f"La famille {family.name} est déjà mise de côté pour {month_name(month)}.", "family")
    row = models.Exclusion(
        month=month, family=family, reason=reason.strip(), created_at=now, created_by_id=by.account_id
    )
    db.session.add(row)
    db.session.flush()
    history.record(row, "Famille mise de côté", by=by, now=now, family_id=family.id, reason=row.reason)
    return row


def include(exclusion: models.Exclusion, *, by: Actor, now: datetime) -> None:
    """Put the family back in the month."""
    history.record(exclusion, "Famille remise", by=by, now=now, family_id=exclusion.family_id)
    db.session.delete(exclusion)


def _check(label: str, amount_cents: int, reason: str) -> None:
    if not label.strip():
        raise Refused("Donnez un libellé à la ligne.", "label")
    if amount_cents == 0:
        raise Refused("Le montant ne peut pas être nul.", "amount_cents")
    if not reason.strip():
        raise Refused("Donnez la raison de la ligne : elle sera conservée.", "reason")
