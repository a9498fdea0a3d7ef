"""A person asks to be erased (GDPR, article 17): what the law does not oblige the commune to keep goes.

What stays: the names of the adult and of the children, as the invoices, the bookings and the archives of
a public service must keep them (CGCT L1617-5, Code du patrimoine L212-2), until their own retention ends.
"""

from __future__ import annotations

import secrets
from datetime import datetime

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import email_changes, outbox
from operations.actors import Actor
from operations.agenda import unpaid
from operations.feeds import feed_of
from operations.guardians import PHONES, end_guardianship
from operations.request_kind import Field, Kind
from rules.instants import ONE_DAY, paris
from rules.mandate_vocabulary import MandateState
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from rules.vocabulary import MailState

ERASED = "Effacé à la demande de la personne"
NO_PASSWORD = "!"  # noqa: S105 — no password hashes to it: nobody signs in


def _apply(request: models.Request, *, by: Actor, now: datetime) -> None:
    """Close the account and erase what is the adult's own. Refused while something is still due or used."""
    guardian = request.guardian
    _ensure_nothing_is_due(guardian, now)
    _ensure_children_are_left_to_somebody(guardian, now)
    _tell(guardian, request, now)
    _end_rights(guardian, by, now)
    _empty_vault(guardian, now)
    _erase_mails(guardian)
    _close_account(guardian)
    for name in ("email", "birth_name", "marital_status", *PHONES):
        setattr(guardian, name, None)
    guardian.occupation = guardian.employer = ""
    db.session.flush()


def _ensure_nothing_is_due(guardian: models.Guardian, now: datetime) -> None:
    if unpaid(sa.select(models.Invoice).filter_by(payer_id=guardian.id), paris(now).date()):
        raise Refused("Une facture reste à payer : l’effacement attend qu’elle le soit.")
    mandate = sa.select(models.Mandate.id).filter_by(guardian_id=guardian.id, state=MandateState.ACTIVE)
    if db.session.scalars(mandate).first() is not None:
        raise Refused("Un mandat de prélèvement est actif : révoquez-le d’abord.")


def _ensure_children_are_left_to_somebody(guardian: models.Guardian, now: datetime) -> None:
    """A child still enrolled keeps at least one adult who answers for it."""
    today = paris(now).date()
    for link in _in_force(guardian, now):
        enrolled = sa.select(models.Enrolment.id).where(
            models.Enrolment.child_id == link.child_id,
            sa.func.coalesce(models.Enrolment.last_day, today) >= today,
        )
        others = sa.select(models.Guardianship.id).where(
            models.Guardianship.child_id == link.child_id,
            models.Guardianship.guardian_id != guardian.id,
            models.Guardianship.first_day <= today,
            sa.func.coalesce(models.Guardianship.last_day, today) >= today,
        )
        alone = db.session.scalars(others).first() is None
        if alone and db.session.scalars(enrolled).first() is not None:
            name = link.child.first_name
            raise Refused(
                f"{name} est encore inscrit(e) et n’a pas d’autre responsable : désinscrivez d’abord."
            )


def _in_force(guardian: models.Guardian, now: datetime) -> list[models.Guardianship]:
    today, row = paris(now).date(), models.Guardianship
    query = sa.select(row).where(
        row.guardian_id == guardian.id, sa.func.coalesce(row.last_day, today) >= today
    )
    return list(db.session.scalars(query))


def _tell(guardian: models.Guardian, request: models.Request, now: datetime) -> None:
    """Before the address is forgotten."""
    if guardian.email is None:
        return
    body = render_template("mail/erased.txt", guardian=guardian, request=request)
    letter = outbox.Letter(
        kind="erased",
        recipient=guardian.email,
        subject="Vos données sont effacées",
        body=body,
        key=f"erased-{guardian.id}",
    )
    outbox.post(letter, now=now)


def _end_rights(guardian: models.Guardian, by: Actor, now: datetime) -> None:
    yesterday = paris(now).date() - ONE_DAY
    for link in _in_force(guardian, now):
        end_guardianship(link, max(yesterday, link.first_day), by=by, now=now)


def _empty_vault(guardian: models.Guardian, now: datetime) -> None:
    mine = models.Document.guardian_id == guardian.id, models.Document.removed_at.is_(None)
    db.session.execute(sa.update(models.Document).where(*mine).values(removed_at=now))


def _erase_mails(guardian: models.Guardian) -> None:
    """What was written to the adult and has left; the last mail is still to go."""
    gone = (
        models.Outbox.recipient == guardian.email,
        models.Outbox.state.in_((MailState.SENT, MailState.FAILED)),
    )
    erased = {"recipient": "", "subject": ERASED, "body": ERASED}
    db.session.execute(sa.update(models.Outbox).where(*gone).values(erased))


def _close_account(guardian: models.Guardian) -> None:
    """The sessions end with the identifier that they carry; an agent keeps the account of the service."""
    email_changes.forget(guardian)
    feed = feed_of(guardian)
    if feed is not None:
        db.session.delete(feed)
    account = guardian.account
    guardian.account = None
    if account is None or account.roles:
        return
    account.active = False
    account.email = f"efface-{account.id}@invalid"
    account.display_name = "Compte effacé"
    account.password = NO_PASSWORD
    account.fs_uniquifier = secrets.token_hex(32)


KIND = Kind(
    kind=RequestKind.ERASURE,
    slug="effacement",
    fields=(Field(name="reason", label="Ce que je demande", widget="long", corrected=False),),
    apply=_apply,
    days=30,  # GDPR, article 12: one month
    reasons=(
        "Une facture reste à payer : votre demande pourra être acceptée une fois qu’elle l’est.",
        "Votre enfant est encore inscrit dans nos services : désinscrivez-le d’abord.",
    ),
)
