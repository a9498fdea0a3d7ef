"""Swaps of days between two households: one proposes, the other accepts, bookings and bills follow.

Every decision holds the child's row: two parents who answer at once queue, and a custody set
meanwhile is seen.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import history, outbox
from operations.actors import Actor
from operations.cancellations import Cancelled, asked_from, cancel_open
from operations.children import facts_of, hold_child
from operations.receipts import mailed_guardians
from operations.swap_views import Seen, lapsed, offer_of
from rules.custody_vocabulary import SwapState
from rules.elision import of_name
from rules.instants import ONE_DAY, paris
from rules.refusals import Refused
from rules.swaps import Offer, check_offer

REASON = "Échange de jours de garde"
BOTH_PARENTS = "les deux parents"  # who did it, on the receipts of both: neither is named to the other
OUT_OF_DATE = "La garde de l’enfant a changé depuis cette proposition : elle n’est plus possible."
CLOSED = {
    SwapState.ACCEPTED: "Cet échange est déjà accepté : seul un nouvel échange peut le changer.",
    SwapState.DECLINED: "Cet échange a déjà été refusé.",
    SwapState.CANCELLED: "Cette proposition a été retirée.",
}


# -- proposing ------------------------------------------------------------------------------


def propose(
    child: models.Child, guardian: models.Guardian, offer: Offer, *, by: Actor, now: datetime
) -> models.CustodySwap:
    """Propose a swap to the other household, which is told by mail.

    Refused: an adult without parental authority, days that cannot be swapped (rules.swaps), days
    of a proposal still waiting. The same proposal sent twice is the same one.
    """
    hold_child(child.id)
    today = paris(now).date()
    _ensure_authority(child, guardian, today)
    homes = facts_of([child.id])[child.id].homes
    other = check_offer(homes, guardian.family_id, offer, today + ONE_DAY)
    for known in _waiting(child.id, today):
        seen = Seen(known, guardian.family_id, today)
        if seen.is_ours and seen.offer == offer:
            return known
        if any(offer.holds(day) for span in seen.offer.spans for day in span):
            raise Refused("Une proposition attend déjà une réponse pour une partie de ces jours.", "laisse")
    row = _new(child, guardian.family_id, other, offer, guardian, by=by, now=now)
    _record(row, "Échange de jours proposé", by, now)
    _tell(row, other, "proposed", f"Échange de jours pour {child.first_name} : à vous de répondre", now)
    return row


def record(
    child: models.Child, family_id: int, offer: Offer, reason: str, *, by: Actor, now: datetime
) -> tuple[models.CustodySwap, Cancelled]:
    """Staff record a swap that both parents agreed on paper; it counts at once.

    Refused without a reason (the paper and its date), or for days already begun.
    """
    if not reason.strip():
        raise Refused("Indiquez le papier signé des deux parents et sa date.", "reason")
    hold_child(child.id)
    homes = facts_of([child.id])[child.id].homes
    other = check_offer(homes, family_id, offer, paris(now).date() + ONE_DAY)
    row = _new(child, family_id, other, offer, None, by=by, now=now)
    row.reason = reason.strip()[:200]
    _end_overlapping(row, by, now)
    return row, _agree(row, by=by, receipts_by=by, now=now)


def _new(
    child: models.Child,
    family_id: int,
    other: int,
    offer: Offer,
    proposed_by: models.Guardian | None,
    *,
    by: Actor,
    now: datetime,
) -> models.CustodySwap:
    """The row: its first days are those taken, or else those given."""
    takes, gives = offer.takes, offer.gives
    there, back = (takes, gives) if takes is not None else (gives, None)
    assert there is not None  # check_offer refuses an empty offer
    row = models.CustodySwap(
        child=child,
        family_id=family_id if takes is not None else other,
        from_family_id=other if takes is not None else family_id,
        first_day=there.first,
        last_day=there.last,
        back_first_day=back.first if back else None,
        back_last_day=back.last if back else None,
        state=SwapState.PROPOSED,
        channel=by.channel,
        proposed_by=proposed_by,
        proposed_at=now,
        reason="",
    )
    db.session.add(row)
    db.session.flush()
    return row


def _waiting(child_id: int, today: date) -> list[models.CustodySwap]:
    rows = db.session.scalars(
        sa.select(models.CustodySwap)
        .filter_by(child_id=child_id, state=SwapState.PROPOSED)
        .order_by(models.CustodySwap.id)
        .execution_options(populate_existing=True)
    )
    return [row for row in rows if not lapsed(row, today)]


def _ensure_authority(child: models.Child, guardian: models.Guardian, today: date) -> None:
    row = models.Guardianship
    query = sa.select(row.id).where(
        row.child_id == child.id,
        row.guardian_id == guardian.id,
        row.can_book,
        row.has_authority,
        row.first_day <= today,
        sa.func.coalesce(row.last_day, today) >= today,
    )
    if db.session.scalars(query).first() is None:
        raise Refused("Seul un titulaire de l’autorité parentale peut échanger des jours de garde.")


# -- answering ------------------------------------------------------------------------------


def accept(
    row: models.CustodySwap, guardian: models.Guardian, *, by: Actor, now: datetime
) -> Cancelled | None:
    """The other household accepts: its days and theirs change hands; None when it had accepted already.

    Booked days that move and may still be cancelled are cancelled, with a receipt to both; a day past
    its cut-off stays booked, and billed, where it was. Refused once the first day has begun, or when
    custody has changed since.
    """
    _hold(row)
    if row.state is SwapState.ACCEPTED and row.closed_by_id == by.account_id:
        return None
    _ensure_open(row, now)
    _ensure_answers(row, guardian, now)
    homes = facts_of([row.child_id])[row.child_id].homes
    try:
        check_offer(homes, guardian.family_id, offer_of(row, guardian.family_id), paris(now).date() + ONE_DAY)
    except Refused:
        raise Refused(OUT_OF_DATE) from None
    # Neither parent is named on the other's receipt.
    anonymous = replace(by, account_id=None, name=BOTH_PARENTS, for_guardian_id=None)
    return _agree(row, by=by, receipts_by=anonymous, now=now)


def decline(row: models.CustodySwap, guardian: models.Guardian, *, by: Actor, now: datetime) -> None:
    """The other household says no; its proposer is told."""
    _hold(row)
    if row.state is SwapState.DECLINED:
        return
    _ensure_open(row, now)
    _ensure_answers(row, guardian, now)
    _close(row, SwapState.DECLINED, by, now)
    _record(row, "Échange de jours refusé", by, now)
    told = _proposer(row)
    _tell(row, told, "declined", f"Échange de jours pour {row.child.first_name} : refusé", now)


def withdraw(row: models.CustodySwap, guardian: models.Guardian, *, by: Actor, now: datetime) -> None:
    """The household that proposed takes it back before an answer; the other is told."""
    _hold(row)
    if row.state is SwapState.CANCELLED:
        return
    _ensure_open(row, now)
    if _proposer(row) != guardian.family_id:
        raise Refused("Seul le foyer qui a proposé l’échange peut le retirer.")
    _ensure_authority(row.child, guardian, paris(now).date())
    _close(row, SwapState.CANCELLED, by, now)
    _record(row, "Échange de jours retiré", by, now)
    _tell(row, _answerer(row), "withdrawn", f"Échange de jours pour {row.child.first_name} : retiré", now)


def _hold(row: models.CustodySwap) -> None:
    """What another answered meanwhile is read."""
    hold_child(row.child_id)
    db.session.refresh(row)


def _ensure_open(row: models.CustodySwap, now: datetime) -> None:
    if row.state in CLOSED:
        raise Refused(CLOSED[row.state])
    if lapsed(row, paris(now).date()):
        raise Refused("Le premier jour de cet échange est déjà là : il n’est plus temps de répondre.")


def _ensure_answers(row: models.CustodySwap, guardian: models.Guardian, now: datetime) -> None:
    if _answerer(row) != guardian.family_id:
        raise Refused("C’est à l’autre parent de répondre à cette proposition.")
    _ensure_authority(row.child, guardian, paris(now).date())


def _proposer(row: models.CustodySwap) -> int:
    return row.from_family_id if row.proposed_by is None else row.proposed_by.family_id


def _answerer(row: models.CustodySwap) -> int:
    return row.from_family_id if _proposer(row) == row.family_id else row.family_id


def _close(row: models.CustodySwap, state: SwapState, by: Actor, now: datetime) -> None:
    row.state, row.closed_at, row.closed_by_id = state, now, by.account_id


def _agree(row: models.CustodySwap, *, by: Actor, receipts_by: Actor, now: datetime) -> Cancelled:
    _close(row, SwapState.ACCEPTED, by, now)
    db.session.flush()
    _record(row, "Échange de jours accepté", by, now)
    offer = offer_of(row, row.family_id)
    moved = [each for each in asked_from(row.child, offer.first) if offer.holds(each.day)]
    done = cancel_moved(row.child, moved, REASON, by=receipts_by, now=now)
    for family_id in (row.family_id, row.from_family_id):
        subject = f"Échange de jours pour {row.child.first_name} : accepté"
        _tell(row, family_id, "accepted", subject, now)
    return done


def cancel_moved(
    child: models.Child, bookings: list[models.Booking], reason: str, *, by: Actor, now: datetime
) -> Cancelled:
    """Cancel those of these bookings whose day is no longer their family's, where it is still time."""
    facts = facts_of([child.id])[child.id]
    owners = {row.day: facts.family_on(row.day) for row in bookings}
    moved = [row for row in bookings if owners[row.day] != row.family_id]
    if not moved:
        return Cancelled([], [])
    goes_to = {row.day: owner for row in moved if (owner := owners[row.day]) is not None}
    return cancel_open(child, moved, reason, new_families=goes_to, by=by, now=now)


# -- a custody set since --------------------------------------------------------------------


def touched_from(child_id: int, first_day: date) -> list[models.CustodySwap]:
    """The swaps agreed or waiting over days from that one on."""
    row = models.CustodySwap
    query = sa.select(row).where(
        row.child_id == child_id,
        row.state.in_((SwapState.PROPOSED, SwapState.ACCEPTED)),
        sa.or_(row.last_day >= first_day, row.back_last_day >= first_day),
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def end_from(child: models.Child, first_day: date, reason: str, *, by: Actor, now: datetime) -> None:
    """A custody set from that day puts an end to the swaps from it on: agreed ones stop the day before,
    proposals are cancelled and both households are told."""
    for each in touched_from(child.id, first_day):
        is_new = each.state is SwapState.PROPOSED
        if is_new:
            _close(each, SwapState.CANCELLED, by, now)
            each.reason = reason
        else:
            each.void_from = min(each.void_from or first_day, first_day)
        _record(each, "Échange de jours interrompu", by, now)
        for family_id in (each.family_id, each.from_family_id):
            subject = f"Échange de jours pour {child.first_name} : interrompu"
            _tell(each, family_id, "ended", subject, now)
    db.session.flush()


def _end_overlapping(row: models.CustodySwap, by: Actor, now: datetime) -> None:
    """Proposals waiting over days that staff have just recorded as agreed have no object any more."""
    offer = offer_of(row, row.family_id)
    for each in _waiting(row.child_id, paris(now).date()):
        spans = offer_of(each, each.family_id).spans
        if each is not row and any(offer.holds(day) for span in spans for day in span):
            _close(each, SwapState.CANCELLED, by, now)
            each.reason = "Un échange signé des deux parents a été enregistré"


# -- traces and mails -----------------------------------------------------------------------


def _record(row: models.CustodySwap, verb: str, by: Actor, now: datetime) -> None:
    offer = offer_of(row, row.family_id)
    after = {"jours": offer.takes.words if offer.takes else "", "au foyer": str(row.family)}
    if offer.gives is not None:
        after |= {"en échange": offer.gives.words, "au foyer de l’autre parent": str(row.from_family)}
    history.record(row.child, verb, by=by, now=now, after=after, family_id=row.family_id, reason=row.reason)


def _tell(row: models.CustodySwap, family_id: int, what: str, subject: str, now: datetime) -> None:
    """Write to that household's adults who are mailed about the child; nobody of the other is named."""
    today = paris(now).date()
    for guardian in mailed_guardians(family_id, row.child, today):
        body = render_template(
            "mail/swap.txt",
            what=what,
            guardian=guardian,
            child=row.child,
            swap=Seen(row, family_id, today),
            of_child=of_name(row.child.first_name),
        )
        letter = outbox.Letter(
            kind="swap",
            recipient=guardian.email or "",
            subject=subject,
            body=body,
            key=f"swap-{row.id}-{what}-{guardian.id}",
        )
        outbox.post(letter, now=now)
