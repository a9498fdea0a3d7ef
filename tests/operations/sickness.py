"""A sick child, what the family says of it, and a month billed: shared by the tests of absences."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations import actors, billing
from operations.absences import ClaimFacts, record_claim
from rules.instants import PARIS
from rules.vocabulary import (
    AbsenceReason,
    EventEffect,
    ProofKind,
    Situation,
    SituationEffect,
)
from tests import factories
from tests.town import FIRST_DAY

TUESDAY, THURSDAY, FRIDAY, MONDAY = (date(2026, 9, day) for day in (15, 17, 18, 21))
SICK = (TUESDAY, THURSDAY, FRIDAY)
MORNING = datetime(2026, 9, 15, 8, 0, tzinfo=PARIS)
LATER = datetime(2026, 9, 22, 9, 0, tzinfo=PARIS)
SEPTEMBER = date(2026, 9, 1)
OCTOBER_1 = datetime(2026, 10, 1, 9, tzinfo=PARIS)
OCTOBER_5 = datetime(2026, 10, 5, 9, tzinfo=PARIS)


def policy(**settings: Any) -> models.AbsencePolicy:
    row = models.AbsencePolicy(
        **{
            "activity": factories.activity(),
            "first_day": FIRST_DAY,
            "proofs": {ProofKind.CERTIFICATE},
            "window_amount": 15,
            **settings,
        }
    )
    db.session.add(row)
    db.session.flush()
    return row


def rule(situation: Situation, cents: int) -> models.SituationRule:
    return models.SituationRule(situation=situation, effect=SituationEffect.FIXED, amount_cents=cents)


def event(effect: EventEffect, day: date = TUESDAY, **scope: Any) -> None:
    db.session.add(models.Closure(name="Grève", first_day=day, last_day=day, effect=effect, **scope))
    db.session.flush()


def sick_child(of: models.Family) -> models.Child:
    """Léa, booked at the canteen on the days she was sick."""
    child = factories.child(of)
    for day in SICK:
        factories.booking(child, day)
    return child


def facts(*days: date, **said: Any) -> ClaimFacts:
    asked = {factories.activity().id: days or SICK}
    return ClaimFacts(
        **{"reason": AbsenceReason.SICKNESS, "proof": ProofKind.CERTIFICATE, "days": asked, **said}
    )


def by(guardian: models.Guardian) -> actors.Actor:
    assert guardian.account is not None
    return actors.parent(guardian.account)


def record(child: models.Child, *days: date, now: datetime = LATER, **said: Any) -> models.AbsenceClaim:
    return record_claim(child, facts(*days, **said), by=actors.SYSTEM, now=now)


def bill(month: date = SEPTEMBER, now: datetime | None = None) -> int:
    now = now or OCTOBER_1
    billing.prepare_month(month, by=actors.SYSTEM, now=now)
    issued = billing.issue_month(month, now.date(), by=actors.SYSTEM, now=now)
    db.session.commit()
    return issued.total_cents


def mails(kind: str = "absence") -> list[models.Outbox]:
    return list(db.session.scalars(sa.select(models.Outbox).filter_by(kind=kind).order_by(models.Outbox.id)))
