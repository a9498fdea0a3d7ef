"""The proof of a claim: it may come with it, or later while the règlement leaves time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import models
from extensions import db
from operations import history
from operations.absences import ensure_possible, facts_of_claim, lock, promised, wanted_proofs
from operations.actors import Actor
from rules.instants import to_utc
from rules.labelled import in_order
from rules.refusals import Refused
from rules.vocabulary import ClaimState, ProofKind


@dataclass(frozen=True, slots=True)
class AwaitedProof:
    """What a waiting claim still lacks. `limits`: each day's first instant too late, the soonest first."""

    proofs: Sequence[ProofKind]
    limits: Sequence[tuple[date, datetime]]

    @property
    def first_limit(self) -> datetime | None:
        return self.limits[0][1] if self.limits else None

    def is_open(self, now: datetime) -> bool:
        """Whether it may still come for one day at least."""
        return not self.limits or to_utc(now) < to_utc(self.limits[-1][1])


def awaited(claim: models.AbsenceClaim) -> AwaitedProof | None:
    """The proof that a waiting claim lacks, or None."""
    if claim.state is not ClaimState.WAITING or not claim.days:
        return None
    facts = facts_of_claim(claim)
    wanted = wanted_proofs(claim.child, facts, now=claim.received_at)
    if not wanted or claim.proof in wanted:
        return None
    shown = replace(facts, proof=min(wanted))
    ruled = promised(claim.child, shown, now=claim.received_at, claim_id=claim.id)
    limits = {day: limit for ruling in ruled.values() for day, limit in ruling.limits.items()}
    return AwaitedProof(in_order(wanted), sorted(limits.items(), key=lambda each: (to_utc(each[1]), each[0])))


def add_proof(
    claim: models.AbsenceClaim,
    documents: Sequence[models.Document],
    proof: ProofKind,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Join documents to a waiting claim; the first that proves it counts from now, not from the claim.

    Refused once decided, without a document, or when it comes too late for every day.
    """
    lock(claim)
    if claim.state is not ClaimState.WAITING:
        raise Refused(f"Cette demande est déjà tranchée : {claim.state.label.lower()}.")
    if not documents:
        raise Refused("Choisissez ou ajoutez au moins un document.", "pieces")
    if awaited(claim) is not None:
        facts = replace(facts_of_claim(claim), proof=proof, received_at=now)
        ensure_possible(claim.child, facts, now=now, claim_id=claim.id)
        claim.proof, claim.received_at = proof, now
    claim.documents += [each for each in documents if each not in claim.documents]
    db.session.flush()
    history.record(claim, "Justificatif joint", by=by, now=now, family_id=claim.family_id)
