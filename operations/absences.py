"""Absences: what the règlement makes of a claim, and recording it. No booking, no sheet is touched.

The page that offers the days and the operation that records the claim ask the same `claimable`
(operations/claimable_days.py). Who decides is in operations/claim_decisions.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import history, outbox
from operations.actors import Actor
from operations.children import ChildFacts, facts_of, hold_child
from operations.claimable_days import DayOf, claimable
from operations.configuration import Configuration, configuration
from operations.receipts import asked_by
from operations.told_absences import told_first
from rules import absences
from rules.absences import AbsenceRuling, Claim
from rules.anomalies import ClaimWaiting
from rules.claims import claim_number, ensure_move
from rules.elision import of_name
from rules.instants import to_utc
from rules.money import NBSP
from rules.refusals import Refused
from rules.school_calendar import Place
from rules.vocabulary import (
    AbsenceReason,
    ClaimState,
    ProofKind,
)
from rules.wording import day_and_month, list_days


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    """What a family says of an absence.

    days: the booked days it asks for, by activity. first, last: the absence itself (by default from
    the first to the last of these days). told_at: when the family first said so, received_at: when
    the claim and its proof came (by default now): an agent who opens Monday's post says Monday.
    """

    reason: AbsenceReason
    days: Mapping[int, Collection[date]]
    proof: ProofKind = ProofKind.NONE
    details: str = ""
    first: date | None = None
    last: date | None = None
    told_at: datetime | None = None
    received_at: datetime | None = None


# -- what the règlement makes of them ---------------------------------------------------------


def rulings(
    child: models.Child, facts: ClaimFacts, *, now: datetime, claim_id: int | None = None
) -> dict[int, AbsenceRuling]:
    """What each activity's policies do with the claim; nothing is written. `claim_id`: its own row."""
    known, rules = facts_of([child.id])[child.id], configuration()
    already = _accepted_this_year(child.id, facts, rules, claim_id)
    return {
        activity_id: _ruling(
            known, rules, activity_id, _as_claim(facts, days, now), already.get(activity_id, 0)
        )
        for activity_id, days in facts.days.items()
    }


def promised(
    child: models.Child, facts: ClaimFacts, *, now: datetime, claim_id: int | None = None
) -> dict[int, AbsenceRuling]:
    """The same as if the proof that the règlement wants came now: what is told before it is sent."""
    if facts.proof is not ProofKind.NONE:
        return rulings(child, facts, now=now, claim_id=claim_id)
    wanted = wanted_proofs(child, facts, now=now)
    shown = replace(facts, proof=next(iter(sorted(wanted)), ProofKind.NONE))
    return rulings(child, shown, now=now, claim_id=claim_id)


def wanted_proofs(child: models.Child, facts: ClaimFacts, *, now: datetime) -> frozenset[ProofKind]:
    """What the règlement asks to see for that absence; empty when the family's word is enough."""
    known, rules = facts_of([child.id])[child.id], configuration()
    found = [
        absences.policy_for(
            rules.absences.get(activity_id, ()),
            _as_claim(facts, days, now),
            rules.calendar,
            _place(known, activity_id, days),
        )
        for activity_id, days in facts.days.items()
    ]
    return frozenset(proof for each in found if each and each.needs_proof for proof in each.proofs)


def _accepted_this_year(
    child_id: int, facts: ClaimFacts, rules: Configuration, claim_id: int | None
) -> dict[int, int]:
    """The days already taken off in the school year, by activity; asked only where a policy counts them."""
    counting = {a for a in facts.days if any(p.yearly_days is not None for p in rules.absences.get(a, ()))}
    year = rules.calendar.year_around(min(day for days in facts.days.values() for day in days))
    if not counting or year is None:
        return {}
    row = models.AbsenceClaimDay
    query = (
        sa.select(row.activity_id, sa.func.count())
        .where(
            row.child_id == child_id,
            row.activity_id.in_(counting),
            row.accepted.is_(True),
            row.day.between(year.first, year.last),
            row.claim_id != (claim_id or 0),
        )
        .group_by(row.activity_id)
    )
    return {activity_id: count for activity_id, count in db.session.execute(query)}


def rulings_of(claim: models.AbsenceClaim) -> dict[int, AbsenceRuling]:
    """The same for a recorded claim, as it was received."""
    if not claim.days:
        return {}
    return rulings(claim.child, facts_of_claim(claim), now=claim.received_at, claim_id=claim.id)


def facts_of_claim(claim: models.AbsenceClaim) -> ClaimFacts:
    """What the family said, read back from its claim."""
    days: dict[int, list[date]] = {}
    for row in claim.days:
        days.setdefault(row.activity_id, []).append(row.day)
    return ClaimFacts(
        reason=claim.reason,
        days=days,
        proof=claim.proof,
        details=claim.details,
        first=claim.first_day,
        last=claim.last_day,
        told_at=claim.told_at,
        received_at=claim.received_at,
    )


def _as_claim(facts: ClaimFacts, days: Collection[date], now: datetime) -> Claim:
    received_at = facts.received_at or now
    return Claim(
        days=tuple(sorted(days)),
        reason=facts.reason,
        received_at=received_at,
        proof=facts.proof,
        told_at=facts.told_at or received_at,
        first=facts.first,
        last=facts.last,
    )


def _ruling(
    known: ChildFacts, rules: Configuration, activity_id: int, claim: Claim, already: int
) -> AbsenceRuling:
    return absences.judge_claim(
        rules.absences.get(activity_id, ()),
        claim,
        rules.calendar,
        _place(known, activity_id, claim.days),
        rules.activities[activity_id].starts_at_minute,
        already,
    )


def _place(known: ChildFacts, activity_id: int, days: Collection[date]) -> Place:
    """Where the child is on the first day says where the days of service are counted."""
    return known.place_on(min(days), activity_id) or Place(activity_id)


# -- the claim ------------------------------------------------------------------------------------


def record_claim(
    child: models.Child,
    facts: ClaimFacts,
    *,
    family_id: int | None = None,
    documents: Sequence[models.Document] = (),
    by: Actor,
    now: datetime,
) -> models.AbsenceClaim:
    """Record that a family asks for these booked days to be taken off; it waits for a decision.

    `family_id` is the family whose days they are (a parent's own; None: said by the bookings,
    refused when they are of two families). `documents` are its proof; it may come later
    (operations/claim_proofs.py). A claim that the règlement would refuse whole, its proof in hand, is
    refused to a parent at once, with its reason; staff may record it all the same.
    """
    _check(facts, now)
    _alone(child.id)
    asked = [(activity_id, day) for activity_id, days in facts.days.items() for day in days]
    owner = _ensure_claimable(child, asked, family_id, now)
    if not by.is_staff:
        facts = replace(facts, told_at=facts.told_at or told_first(child, asked))
    ruled = rulings(child, facts, now=now) if by.is_staff else ensure_possible(child, facts, now=now)
    claim = _row(child, facts, asked, ruled, owner, by, now)
    claim.documents = list(documents)
    db.session.add(claim)
    db.session.flush()
    history.record(claim, "Absence déclarée", by=by, now=now, after=_told(claim), family_id=owner)
    limits = [limit for ruling in ruled.values() for limit in ruling.limits.values()]
    lacks = facts.proof is ProofKind.NONE and wanted_proofs(child, facts, now=now)
    _acknowledge(claim, min(limits) if lacks and limits else None, by, now)
    return claim


def ensure_possible(
    child: models.Child, facts: ClaimFacts, *, now: datetime, claim_id: int | None = None
) -> dict[int, AbsenceRuling]:
    """What a family is promised; refused when nothing at all would be taken off, whatever it shows."""
    ruled = promised(child, facts, now=now, claim_id=claim_id)
    refusals = [ruling.refused_because for ruling in ruled.values()]
    if all(refusals):
        raise Refused(" ".join(dict.fromkeys(each for each in refusals if each)))
    return ruled


def withdraw(claim: models.AbsenceClaim, *, by: Actor, now: datetime) -> None:
    """The family no longer asks; refused once somebody has decided."""
    lock(claim)
    ensure_move(claim.state, ClaimState.WITHDRAWN)
    claim.state = ClaimState.WITHDRAWN
    history.record(claim, "Absence retirée", by=by, now=now, family_id=claim.family_id)


def lock(claim: models.AbsenceClaim) -> None:
    """Whoever decides this claim, or bills its days, at the same time waits, then reads what was decided."""
    _alone(claim.child_id)
    query = sa.select(models.AbsenceClaim).filter_by(id=claim.id).with_for_update()
    db.session.scalars(query.execution_options(populate_existing=True)).one()


def _alone(child_id: int) -> None:
    """What is decided of one child's days comes one after the other; a month is billed before or after."""
    hold_child(child_id)


def _check(facts: ClaimFacts, now: datetime) -> None:
    received_at = facts.received_at or now
    if not any(facts.days.values()):
        raise Refused("Aucun jour réservé n’est à justifier dans cette période.", "days")
    if to_utc(received_at) > to_utc(now):
        raise Refused("Une demande ne peut pas avoir été reçue demain.", "received_at")
    if facts.told_at is not None and to_utc(facts.told_at) > to_utc(received_at):
        raise Refused("L’absence est signalée au plus tard à la réception.", "told_at")
    days = sorted(day for those in facts.days.values() for day in those)
    first, last = facts.first or days[0], facts.last or days[-1]
    if last < first:
        raise Refused("Le dernier jour ne peut pas précéder le premier.", "last_day")
    if not first <= days[0] <= days[-1] <= last:
        raise Refused("Les jours demandés sont en dehors de l’absence.", "days")


def _ensure_claimable(
    child: models.Child, asked: Sequence[DayOf], family_id: int | None, now: datetime
) -> int:
    """The family whose days they are, all of them claimable."""
    days = [day for _, day in asked]
    known = {each.of: each for each in claimable(child, min(days), max(days), now=now, family_id=family_id)}
    owners = set()
    for wanted in asked:
        found = known.get(wanted)
        if found is None:
            raise Refused(f"Le {day_and_month(wanted[1])} n’est pas réservé.", "days")
        if found.why:
            raise Refused(found.why, "days")
        owners.add(found.family_id)
    if len(owners) > 1:
        raise Refused(f"Ces jours sont de deux familles{NBSP}: faites une demande par famille.", "family")
    return owners.pop()


def _row(
    child: models.Child,
    facts: ClaimFacts,
    asked: Sequence[DayOf],
    ruled: Mapping[int, AbsenceRuling],
    family_id: int,
    by: Actor,
    now: datetime,
) -> models.AbsenceClaim:
    days = [day for _, day in asked]
    received_at = facts.received_at or now
    guardian = asked_by(by)
    return models.AbsenceClaim(
        child=child,
        family_id=family_id,
        guardian_id=guardian.id if guardian else None,
        channel=by.channel,
        reason=facts.reason,
        details=facts.details.strip(),
        proof=facts.proof,
        first_day=facts.first or min(days),
        last_day=facts.last or max(days),
        told_at=facts.told_at or received_at,
        received_at=received_at,
        recorded_at=now,
        recorded_by_id=by.account_id,
        state=ClaimState.WAITING,
        days=[
            models.AbsenceClaimDay(
                child_id=child.id, activity_id=activity_id, day=day, why=ruled[activity_id].due.get(day, "")
            )
            for activity_id, day in sorted(asked, key=lambda each: (each[1], each[0]))
        ],
    )


def _told(claim: models.AbsenceClaim) -> dict[str, object]:
    """For the history, which outlives the claim: nothing of the child's health."""
    return {"jours": list_days(row.day for row in claim.days), "reçu": claim.received_at}


def claims_waiting(last: date) -> list[ClaimWaiting]:
    """The claims that nobody has decided, about days up to that one; one query."""
    claim, row, child = models.AbsenceClaim, models.AbsenceClaimDay, models.Child
    query = (
        sa.select(claim.family_id, claim.id, child.first_name, child.last_name, row.day)
        .join(row, row.claim_id == claim.id)
        .join(child, child.id == claim.child_id)
        .where(claim.state == ClaimState.WAITING, row.day <= last)
        .order_by(claim.family_id, claim.id, row.day)
    )
    days: dict[tuple[int, str, str], list[date]] = {}
    for family_id, claim_id, first, name, day in db.session.execute(query):
        days.setdefault((family_id, claim_number(claim_id), f"{first} {name}"), []).append(day)
    return [ClaimWaiting(*who, tuple(those)) for who, those in days.items()]


# -- the mail that says it came ------------------------------------------------------------------------


def _acknowledge(claim: models.AbsenceClaim, limit: datetime | None, by: Actor, now: datetime) -> None:
    """`limit`: the first instant too late for the proof that is still to come. Nothing of why."""
    guardian = asked_by(by)
    if guardian is None or guardian.email is None:
        return
    body = render_template("mail/absence_recorded.txt", claim=claim, guardian=guardian, limit=limit)
    letter = outbox.Letter(
        kind="absence",
        recipient=guardian.email,
        subject=f"Absence {of_name(claim.child.first_name)} enregistrée : {claim.number}",
        body=body,
        key=f"absence-{claim.id}",
    )
    outbox.post(letter, now=now)
