"""Custody: which family a child's days belong to, from a day on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import history, swaps
from operations.actors import Actor
from operations.cancellations import Cancelled, asked_from
from operations.children import hold_child
from rules.custody import CustodyRule
from rules.refusals import Refused
from rules.vocabulary import CustodyKind

REASON = "Changement de garde"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyFacts:
    """Parity: even ISO weeks are `family_id`'s. Fortnight: the week of `anchor_day` is `family_id`'s."""

    kind: CustodyKind
    family_id: int
    other_family_id: int | None = None
    anchor_day: date | None = None
    changeover_weekday: int = 1
    judgment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternation:
    """Days shared between a family still to be created and another that exists.

    `starts_here`: the even weeks (parity), or the week of `anchor_day`, are the new family's.
    """

    kind: CustodyKind
    other_family_id: int
    starts_here: bool = True
    anchor_day: date | None = None
    changeover_weekday: int = 1
    judgment: str = ""

    def of(self, family_id: int) -> CustodyFacts:
        """The custody once the new family has its number."""
        other = self.other_family_id
        return CustodyFacts(
            kind=self.kind,
            family_id=family_id if self.starts_here else other,
            other_family_id=other if self.starts_here else family_id,
            anchor_day=self.anchor_day,
            changeover_weekday=self.changeover_weekday,
            judgment=self.judgment,
        )


def check_alternation(facts: Alternation) -> None:
    """Refuse what `check_custody` would, before the new family exists."""
    if db.session.get(models.Family, facts.other_family_id) is None:
        raise Refused("Choisissez l’autre famille de la garde alternée.", "other_family_id")
    if facts.kind is CustodyKind.FORTNIGHT and facts.anchor_day is None:
        raise Refused("Donnez un jour de la première semaine de l’alternance.", "anchor_day")


def single(family: models.Family) -> CustodyFacts:
    return CustodyFacts(kind=CustodyKind.SINGLE, family_id=family.id)


def check_custody(facts: CustodyFacts, first_day: date) -> None:
    """Refuse an alternation that lacks its second family or its date, or that names an unknown family."""
    CustodyRule(
        first=first_day,
        kind=facts.kind,
        family_id=facts.family_id,
        other_family_id=facts.other_family_id,
        anchor_on=facts.anchor_day,
        changeover_weekday=facts.changeover_weekday,
    )
    for field in ("family_id", "other_family_id"):
        family_id = getattr(facts, field)
        if family_id is not None and db.session.get(models.Family, family_id) is None:
            raise Refused("Cette famille n’existe pas.", field)


def set_custody(
    child: models.Child, facts: CustodyFacts, first_day: date, *, by: Actor, now: datetime
) -> Cancelled:
    """Say which family the child's days belong to from that day on, until the next change already known.

    Past days and days past their cut-off stay where they were. Booked days still open that change
    family are cancelled, with a receipt to both families.
    """
    facts = _coherent(facts)
    hold_child(child.id)
    check_custody(facts, first_day)
    query = sa.select(models.Custody).filter_by(child_id=child.id, first_day=first_day)
    row = db.session.scalars(query).first()
    before = None if row is None else _facts(row)
    if before == facts:
        return Cancelled([], [])
    if row is None:
        row = models.Custody(child=child, first_day=first_day)
        db.session.add(row)
    for name, value in asdict(facts).items():
        setattr(row, name, value)
    db.session.flush()
    history.record(
        child,
        "Garde enregistrée",
        by=by,
        now=now,
        before=asdict(before) if before else None,
        after=asdict(facts) | {"depuis": first_day},
        family_id=facts.family_id,
    )
    swaps.end_from(child, first_day, REASON, by=by, now=now)
    return swaps.cancel_moved(child, asked_from(child, first_day), REASON, by=by, now=now)


def _coherent(facts: CustodyFacts) -> CustodyFacts:
    """Only what this kind of custody says: a form may send leftovers of another kind."""
    if facts.kind is CustodyKind.SINGLE:
        return CustodyFacts(kind=facts.kind, family_id=facts.family_id, judgment=facts.judgment)
    if facts.kind is CustodyKind.PARITY:
        return CustodyFacts(
            kind=facts.kind,
            family_id=facts.family_id,
            other_family_id=facts.other_family_id,
            judgment=facts.judgment,
        )
    return facts


def _facts(row: models.Custody) -> CustodyFacts:
    return CustodyFacts(**{name: getattr(row, name) for name in CustodyFacts.__dataclass_fields__})
