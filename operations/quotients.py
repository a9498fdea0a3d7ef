"""Quotients and residence: what a family's days are priced with, dated and never rewritten."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from rules.instants import ONE_DAY
from rules.refusals import Refused
from rules.tariff_grid import format_quotient
from rules.vocabulary import QuotientSource
from rules.wording import long_date

HIGHEST = Decimal(100_000)  # beyond, somebody typed a yearly income
MOST_CHILDREN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotientFacts:
    """A quotient as its document gives it. `effective_on` is what prices, `received_on` is memory."""

    value: Decimal
    source: QuotientSource
    effective_on: date
    received_on: date
    document: str = ""
    period: str = ""
    ends_on: date | None = None
    income: Decimal | None = None
    dependants: int | None = None


def check_quotient(facts: QuotientFacts) -> None:
    """Refuse a value or a period that no document can give."""
    if not 0 <= facts.value < HIGHEST or facts.value != facts.value.quantize(Decimal("0.01")):
        raise Refused("Un quotient est un nombre positif, avec deux décimales au plus.", "value")
    if facts.ends_on is not None and facts.ends_on < facts.effective_on:
        raise Refused("La fin ne peut pas précéder la date d’effet.", "ends_on")
    if facts.income is not None and not 0 <= facts.income < HIGHEST:
        raise Refused("Des ressources mensuelles sont un montant positif, de moins de 100 000 €.", "income")
    if facts.dependants is not None and not 0 <= facts.dependants <= MOST_CHILDREN:
        raise Refused("Un nombre d’enfants à charge va de 0 à 30.", "dependants")


def set_quotient(family: models.Family, facts: QuotientFacts, *, by: Actor, now: datetime) -> models.Quotient:
    """Keep a family's quotient from its effective date on; it is stored, never computed.

    Another one of the same effective date is replaced as long as no issued invoice used it;
    after that it is refused: an invoice's quotient is never rewritten.
    """
    check_quotient(facts)
    query = sa.select(models.Quotient).filter_by(family_id=family.id, effective_on=facts.effective_on)
    row = db.session.scalars(query).first()
    before = None if row is None else _facts(row)
    if before == facts and row is not None:
        return row
    if row is None:
        row = models.Quotient(family_id=family.id)
        db.session.add(row)
    elif row.value != facts.value and is_billed(row):
        raise Refused(_used(row), "effective_on")
    for name, value in asdict(facts).items():
        setattr(row, name, value)
    row.validated_by_id, row.validated_at = by.account_id, now
    db.session.flush()
    history.record(
        family,
        "Quotient enregistré",
        by=by,
        now=now,
        before=asdict(before) if before else None,
        after=asdict(facts),
        family_id=family.id,
    )
    return row


def is_billed(row: models.Quotient) -> bool:
    """Whether an issued invoice priced with this quotient a day on which it was in force."""
    until = _next_effective(row)
    query = (
        sa.select(models.InvoiceLine.days)
        .join(models.Invoice)
        .where(models.Invoice.family_id == row.family_id, models.InvoiceLine.quotient == row.value)
    )
    days = (date.fromisoformat(day) for used in db.session.scalars(query) for day in used)
    return any(row.effective_on <= day and (until is None or day < until) for day in days)


def _used(row: models.Quotient) -> str:
    since = long_date(row.effective_on)
    return (
        f"Le quotient {format_quotient(row.value)} en vigueur depuis le {since} a servi à une facture "
        "émise : enregistrez le nouveau avec une autre date d’effet."
    )


def _next_effective(row: models.Quotient) -> date | None:
    later = sa.select(sa.func.min(models.Quotient.effective_on)).where(
        models.Quotient.family_id == row.family_id, models.Quotient.effective_on > row.effective_on
    )
    return db.session.scalar(later)


def _facts(row: models.Quotient) -> QuotientFacts:
    return QuotientFacts(**{name: getattr(row, name) for name in QuotientFacts.__dataclass_fields__})


def set_residence(
    family: models.Family, resident: bool, reason: str, *, first_day: date, by: Actor, now: datetime
) -> models.Residence:
    """Whether the family counts as living in the commune from that day on, and why.

    The status before it ends the day before; one of the same first day is replaced.
    """
    if not reason.strip():
        raise Refused("Donnez la raison : adresse, dérogation, agent communal…", "reason")
    query = sa.select(models.Residence).where(models.Residence.family_id == family.id)
    known = list(db.session.scalars(query.order_by(models.Residence.first_day)))
    row = next((each for each in known if each.first_day == first_day), None)
    before = None if row is None else {"habite la commune": row.resident, "raison": row.reason}
    after = {"habite la commune": resident, "raison": reason.strip()}
    if row is not None and before == after:
        return row
    for each in known:
        if each.first_day < first_day and (each.last_day is None or each.last_day >= first_day):
            each.last_day = first_day - ONE_DAY
    if row is None:
        row = models.Residence(family_id=family.id, first_day=first_day)
        db.session.add(row)
    row.resident, row.reason = resident, reason.strip()
    db.session.flush()
    history.record(
        family,
        "Résidence enregistrée",
        by=by,
        now=now,
        before=before,
        after=after | {"depuis": first_day},
        family_id=family.id,
    )
    return row
