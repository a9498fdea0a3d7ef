"""Custody: which family a child's days belong to, from a day on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import history, outbox, swaps
from operations.actors import Actor
from operations.cancellations import Cancelled, asked_from
from operations.children import facts_of, hold_child
from operations.receipts import mailed_guardians
from rules.custody import CustodyRule
from rules.elision import of_name
from rules.instants import paris
from rules.refusals import Refused
from rules.swaps import Days, stretches
from rules.vocabulary import Channel, CustodyKind

REASON = "Changement de garde"
FIRST_WEEKS = timedelta(days=27)


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
    family are cancelled, with a receipt to both families. A household without a receipt is told by mail
    when the custody replaces another, unless both come from the former software.
    """
    facts = _coherent(facts)
    hold_child(child.id)
    check_custody(facts, first_day)
    query = sa.select(models.Custody).filter_by(child_id=child.id, first_day=first_day)
    row = db.session.scalars(query).first()
    before = None if row is None else _facts(row)
    if before == facts:
        return Cancelled([], [])
    former = facts_of([child.id])[child.id].families
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
    done = swaps.cancel_moved(child, asked_from(child, first_day), REASON, by=by, now=now)
    if former and by.channel is not Channel.IMPORT:
        told = {receipt.family_id for receipt in done.receipts}
        _tell(child, row, (former | _households(row)) - told, now)
    return done


def _households(row: models.Custody) -> set[int]:
    return {row.family_id} if row.other_family_id is None else {row.family_id, row.other_family_id}


def _tell(child: models.Child, row: models.Custody, family_ids: Collection[int], now: datetime) -> None:
    """Each household reads its own first weeks, and nothing of the other."""
    today = paris(now).date()
    first = max(row.first_day, today)
    homes = facts_of([child.id])[child.id].homes
    coming = stretches(homes, first, first + FIRST_WEEKS)
    for family_id in sorted(family_ids):
        for guardian in mailed_guardians(family_id, child, today):
            body = render_template(
                "mail/custody_changed.txt",
                guardian=guardian,
                child=child,
                first_day=row.first_day,
                weeks=[week.days for week in coming if week.family_id == family_id],
            )
            letter = outbox.Letter(
                kind="custody",
                recipient=guardian.email or "",
                subject=f"La garde {of_name(child.first_name)} change",
                body=body,
                key=f"custody-{row.id}-{now.isoformat()}-{guardian.id}",
            )
            outbox.post(letter, now=now)


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


@dataclass(frozen=True, slots=True)
class Preview:
    """What setting a custody would do: the first weeks and their family, the days cancelled by activity,
    the families that get a receipt, the days to come past their cut-off, how many swaps it ends."""

    weeks: list[tuple[Days, str]]
    cancelled: list[tuple[str, list[date]]]
    told: list[str]
    kept: list[date]
    swaps: int


def preview_custody(
    child: models.Child, facts: CustodyFacts, first_day: date, *, by: Actor, now: datetime
) -> Preview:
    """Set it, read what it did, and undo it: the same operation, so the screen cannot say otherwise."""
    ended = len(swaps.touched_from(child.id, first_day))
    nested = db.session.begin_nested()
    try:
        done = set_custody(child, facts, first_day, by=by, now=now)
        lines = {(line.activity.name, line.day) for receipt in done.receipts for line in receipt.lines}
        days: dict[str, list[date]] = {}
        for activity, day in sorted(lines):
            days.setdefault(activity, []).append(day)
        return Preview(
            weeks=_weeks(child, max(first_day, paris(now).date())),
            cancelled=list(days.items()),
            told=_names({receipt.family_id for receipt in done.receipts}),
            kept=[day for day in done.kept if day >= paris(now).date()],
            swaps=ended,
        )
    finally:
        nested.rollback()


def _weeks(child: models.Child, first: date) -> list[tuple[Days, str]]:
    homes = facts_of([child.id])[child.id].homes
    names = {family_id: _names({family_id})[0] for family_id in homes.families}
    coming = stretches(homes, first, first + FIRST_WEEKS)
    return [(week.days, names[week.family_id]) for week in coming]


def _names(family_ids: Collection[int]) -> list[str]:
    query = sa.select(models.Family.name).where(models.Family.id.in_(family_ids)).order_by(models.Family.name)
    return [f"famille {name}" for name in db.session.scalars(query)]
