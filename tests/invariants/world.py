"""A family, the stranger, the stepfather, the staff: everybody who may knock anywhere, and real ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask

import models
from extensions import db
from operations import absences, actors, billing, bookings, changes, requests
from operations.configuration import configuration
from rules.mandate_vocabulary import MandateState
from rules.request_vocabulary import RequestKind
from rules.vocabulary import AbsenceReason, Channel, CustodyKind, Role
from tests import factories, publications, vault
from tests.invariants.rows import insert

PARIS = ZoneInfo("Europe/Paris")
BILLED_AT = datetime(2026, 10, 1, 9, 0, tzinfo=PARIS)
NOW = datetime(2026, 10, 5, 10, 0, tzinfo=PARIS)

ANONYMOUS = "anonymous"
OWNER = "owner"  # guardian of the child, payer of the invoice
PARTNER = "partner"  # lives with the owner, holds no guardianship of that child
STRANGER = "stranger"  # parent of another family
NEWCOMER = "newcomer"  # the owner of nothing yet: provisional password not changed
FORGETFUL = "forgetful"  # has not accepted the CGU in force
PARENTS = (OWNER, PARTNER, STRANGER)
STAFF = tuple(role.value for role in Role)
ACTORS = (ANONYMOUS, NEWCOMER, FORGETFUL, STRANGER, PARTNER, OWNER, *reversed(STAFF))


@dataclass(frozen=True)
class World:
    """Who is there (account ids by actor) and the owner's real ids, by the name of the address's variable."""

    accounts: dict[str, models.Account]
    ids: dict[str, Any]


def build(app: Flask) -> World:
    """Bill September to the Martins, then stand on 5 October."""
    family = factories.family("Martin", qf="712.00")
    lea = factories.child(family)
    owner = factories.parent(family, lea, payer=True, email="claire@villars.example")
    partner = _partner(family)
    stranger = _stranger()
    for day in (1, 3, 4, 7, 8):
        factories.booking(lea, date(2026, 9, day))
    factories.booking(partner.guardianships[0].child, date(2026, 9, 7))
    receipt = _receipt(lea, owner)
    number = _bill(owner)
    accounts = {
        OWNER: owner.account,
        PARTNER: partner.account,
        STRANGER: stranger.account,
        NEWCOMER: factories.account(factories.guardian(family, "Nina"), must_change_password=True),
        FORGETFUL: factories.account(factories.guardian(family, "Omar"), accepted_cgu=False),
        **{role.value: factories.staff(role) for role in Role},
    }
    ids = {
        "child_id": lea.id,
        "family_id": family.id,
        "guardian_id": owner.id,
        "guardianship_id": owner.guardianships[0].id,
        "contact_id": factories.contact(lea, family).id,
        "activity_slug": "cantine",
        "receipt_id": receipt.id,
        "request_number": _question(owner),
        "number": number,
        "claim_id": _claim(lea, owner),
        "swap_id": _swap(lea, family),
        "sheet_id": insert(db.session.connection(), db.metadata.tables["attendance_sheet"])["id"],
        "token": "faux",
        "rum": _mandate(owner),
        "position": 1,
        "year": 2025,
        "file_name": "faux",
        "document_id": vault.document(owner, lea).id,
        "slug": _published(),
        "document_slug": publications.town_document(app).slug,
        "version_number": 1,
        "image_name": publications.picture(app).sized.name,
    }
    db.session.commit()
    app.extensions["clock"].set(NOW)
    return World(accounts, ids)


def _swap(lea: models.Child, family: models.Family) -> int:
    """From the end of November Léa's days alternate with another household's, which proposes a swap."""
    other, first = factories.family("Roy"), date(2026, 11, 23)
    row = models.Custody(
        child=lea, kind=CustodyKind.PARITY, family=family, other_family=other, first_day=first
    )
    db.session.add(row)
    db.session.flush()
    days = {"first_day": date(2026, 12, 1), "last_day": date(2026, 12, 2)}
    both = {"child_id": lea.id, "family_id": family.id, "from_family_id": other.id}
    return insert(db.session.connection(), db.metadata.tables["custody_swap"], **days, **both)["id"]


def _partner(family: models.Family) -> models.Guardian:
    """Paul lives with Claire; only Tom, his own son, is his to see."""
    tom = factories.child(family, "Tom", last_name="Petit")
    return factories.parent(family, tom, first_name="Paul", last_name="Petit", email="paul@villars.example")


def _stranger() -> models.Guardian:
    family = factories.family("Durand", qf="450.00")
    zoe = factories.child(family, "Zoé")
    return factories.parent(family, zoe, first_name="Inès", payer=True, email="ines@villars.example")


def _receipt(lea: models.Child, owner: models.Guardian) -> models.Receipt:
    canteen = configuration().activity("cantine")
    assert canteen is not None
    by = actors.parent(owner.account)
    receipt = changes.change_days(
        lea, canteen, {date(2026, 11, 5)}, set(), by=by, now=NOW, viewer=_viewer(lea, owner)
    )
    assert receipt is not None
    db.session.flush()
    return receipt


def _question(owner: models.Guardian) -> str:
    asked = {"subject": "Sortie", "question": "À quelle heure part le car ?"}
    by = actors.parent(owner.account)
    return requests.submit(RequestKind.QUESTION, owner, asked, by=by, now=BILLED_AT).number


def _claim(lea: models.Child, owner: models.Guardian) -> int:
    facts = absences.ClaimFacts(reason=AbsenceReason.SICKNESS, days={_canteen_id(): [date(2026, 9, 8)]})
    by = actors.agent(owner.account).acting_for(owner.id, Channel.COUNTER)
    return absences.record_claim(lea, facts, by=by, now=BILLED_AT).id


def _canteen_id() -> int:
    canteen = configuration().activity("cantine")
    assert canteen is not None
    return canteen.id


def _viewer(lea: models.Child, owner: models.Guardian) -> bookings.Viewer:
    from operations.children import facts_of

    return bookings.viewer_of(facts_of([lea.id])[lea.id], owner)


def _mandate(owner: models.Guardian) -> str:
    """The reference of a mandate that the owner has still to sign."""
    row = factories.mandate(owner, MandateState.TO_SIGN)
    assert row.rum is not None
    return row.rum


def _bill(owner: models.Guardian) -> str:
    """The number of the owner's invoice, which names both children of the household."""
    month = date(2026, 9, 1)
    billing.prepare_month(month, by=actors.SYSTEM, now=BILLED_AT)
    billing.issue_month(month, BILLED_AT.date(), by=actors.SYSTEM, now=BILLED_AT)
    db.session.flush()
    return db.session.scalars(sa.select(models.Invoice.number).filter_by(payer_id=owner.id)).one()


def _published() -> str:
    """One word that is the address of a news item and of a practical page."""
    slug, day = "cantine", date(2026, 9, 1)
    page = {"slug": slug, "title": "La cantine", "body": "Texte."}
    db.session.add(models.News(summary="Résumé.", first_day=day, **page))
    db.session.add(models.Page(is_published=True, is_practical=True, updated_on=day, **page))
    db.session.flush()
    return slug
