"""What the published families said of their children's health, and the absences they declared."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

import models
from demo import people
from demo.dates import TODAY, at
from extensions import db
from operations import absences, claim_decisions, health
from operations.actors import agent, parent
from operations.configuration import configuration
from operations.health import HealthFacts, Insurance
from rules.allergens import Allergen
from rules.health_vocabulary import Diet
from rules.vocabulary import AbsenceReason, Presence, ProofKind

CLAIRE, SONIA = "claire.martin@villars.example", "sonia.bernard@villars.example"
YEAR_END = date(2027, 7, 2)


def tell() -> None:
    """Léa has a PAI, Inès eats no meat; Léa missed three meals, for two of which a claim was made."""
    _health(
        CLAIRE,
        "Léa",
        HealthFacts(
            allergens=frozenset({Allergen.PEANUTS, Allergen.NUTS}),
            has_pai=True,
            pai_until=YEAR_END,
            care="Trousse d’urgence au bureau de la directrice : stylo auto-injecteur, puis appeler le 15.",
            doctor_name="Docteur Morel",
            vaccines_on=date(2026, 8, 25),
        ),
    )
    _health(CLAIRE, "Hugo", HealthFacts(vaccines_on=date(2026, 8, 25)))
    _health(SONIA, "Inès", HealthFacts(diets=frozenset({Diet.NO_MEAT})))
    missed = _missed_meals("Léa", 3)
    _claim(missed[0], accepted=True)
    _claim(missed[1], accepted=False)


def _health(email: str, child: str, facts: HealthFacts) -> None:
    guardian = people.account_of(email).guardian
    row = _child(guardian, child)
    insured = Insurance(insurer="Assurance des écoliers", policy_number="E-2026-118", insured_until=YEAR_END)
    by, when = parent(guardian.account), at(date(2026, 8, 28), 21, 3)
    health.save(row, facts, insurance=insured, guardian=guardian, seen=None, by=by, now=when)


def _missed_meals(child: str, count: int) -> list[models.Attendance]:
    """Of the last meals that Léa was booked for, some where the sheet says that she did not come."""
    row, canteen = models.Attendance, _canteen_id()
    lea = _child(people.account_of(CLAIRE).guardian, child)
    query = (
        sa.select(row)
        .where(row.child_id == lea.id, row.activity_id == canteen, row.presence == Presence.PRESENT)
        .where(row.day < TODAY, row.day >= date(2026, 11, 9))
        .order_by(row.day)
    )
    found = list(db.session.scalars(query))[-count - 1 : -1]
    for each in found:
        each.presence = Presence.ABSENT
    db.session.flush()
    return found


def _claim(missed: models.Attendance, *, accepted: bool) -> None:
    claire = people.account_of(CLAIRE)
    facts = absences.ClaimFacts(
        reason=AbsenceReason.SICKNESS,
        days={missed.activity_id: [missed.day]},
        proof=ProofKind.CERTIFICATE if accepted else ProofKind.NONE,
    )
    child = db.session.get_one(models.Child, missed.child_id)
    when = at(missed.day, 19, 40)
    claim = absences.record_claim(child, facts, by=parent(claire), now=when)
    if accepted:
        by = agent(people.account_of("agent@villars.example"))
        claim_decisions.accept(claim, by=by, now=when.replace(day=when.day + 1, hour=9))


def _child(guardian: models.Guardian, first_name: str) -> models.Child:
    return next(g.child for g in guardian.guardianships if g.child.first_name == first_name)


def _canteen_id() -> int:
    found = configuration().activity("cantine")
    assert found is not None
    return found.id
