"""Plain builders: each adds rows to the session, flushes and returns the main one."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import sqlalchemy as sa
from flask.testing import FlaskClient

import models
from extensions import db
from rules.mandate_vocabulary import MandateState
from rules.mandates import EXAMPLE_ICS, OVER
from rules.vocabulary import (
    BookingState,
    Channel,
    Civility,
    CustodyKind,
    Level,
    QuotientSource,
    Relation,
    Role,
    Timing,
)
from tests.town import FIRST_DAY

BIRTH = date(2018, 5, 4)
EXAMPLE_IBAN = "FR7630006000011234567890189"  # published by the banks, nobody’s
CREATED = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
# Hashing is tested where it matters; elsewhere nobody types a password.
NO_PASSWORD = "!"
_count = itertools.count(1)


def activity(slug: str = "cantine") -> models.Activity:
    return db.session.scalars(sa.select(models.Activity).filter_by(slug=slug)).one()


def school_class(name: str = "CP") -> models.SchoolClass:
    return db.session.scalars(sa.select(models.SchoolClass).filter_by(name=name)).one()


def family(name: str = "Martin", *, qf: str | None = None, resident: bool | None = True) -> models.Family:
    row = models.Family(
        name=name, street="3 rue des Acacias", postcode="42390", city="Villars", created_at=CREATED
    )
    if qf is not None:
        row.quotients.append(quotient(qf))
    if resident is not None:
        row.residences.append(models.Residence(resident=resident, reason="Adresse", first_day=FIRST_DAY))
    db.session.add(row)
    db.session.flush()
    return row


def quotient(value: str, *, since: date = FIRST_DAY) -> models.Quotient:
    return models.Quotient(
        value=Decimal(value),
        source=QuotientSource.CAF,
        effective_on=since,
        received_on=since,
        validated_at=CREATED,
    )


def guardian(
    of: models.Family,
    first_name: str = "Claire",
    *,
    last_name: str | None = None,
    email: str | None = None,
    payer: bool = False,
    civility: Civility = Civility.MME,
) -> models.Guardian:
    row = models.Guardian(
        family=of,
        civility=civility,
        last_name=last_name or of.name,
        first_name=first_name,
        email=email,
        is_payer=payer,
        created_at=CREATED,
    )
    db.session.add(row)
    db.session.flush()
    return row


def account(
    of: models.Guardian | None = None,
    *,
    email: str | None = None,
    roles: Sequence[Role] = (),
    name: str | None = None,
    must_change_password: bool = False,
    accepted_cgu: bool = True,
) -> models.Account:
    """An account that can be signed in with `sign_in`; the guardian's own when one is given."""
    email = email or (of.email if of else None) or f"compte{next(_count)}@villars.example"
    row = models.Account(
        email=email,
        display_name=name or (of.full_name if of else email),
        password=NO_PASSWORD,
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
        must_change_password=must_change_password,
        created_at=CREATED,
    )
    names = [role.value for role in roles]
    row.roles = list(db.session.scalars(sa.select(models.Role).where(models.Role.name.in_(names))))
    db.session.add(row)
    if of is not None:
        of.email, of.account = email, row
    db.session.flush()
    if accepted_cgu:
        version = db.session.scalars(sa.select(models.CguVersion).order_by(models.CguVersion.id)).first()
        db.session.add(models.CguAcceptance(account=row, version=version, accepted_at=CREATED))
        db.session.flush()
    return row


def staff(role: Role = Role.ADMINISTRATOR) -> models.Account:
    return account(roles=[role], name=f"Agent {role.label}")


def parent(of: models.Family, *children: models.Child, **options: object) -> models.Guardian:
    """A guardian of the family with an account, who sees and books for these children."""
    row = guardian(of, **options)  # type: ignore[arg-type]
    account(row)
    for each in children:
        guardianship(row, each)
    return row


def mandate(of: models.Guardian, state: MandateState = MandateState.ACTIVE) -> models.Mandate:
    """A mandate of this payer on a published example account; the commune may debit."""
    commune = db.session.get_one(models.Commune, 1)
    commune.ics = EXAMPLE_ICS
    number = next(_count)
    row = models.Mandate(
        guardian=of,
        state=state,
        rum=None if state is MandateState.DRAFT else f"VILLARS-2026-{number:06d}",
        iban=EXAMPLE_IBAN,
        bic="AGRIFRPPXXX",
        bank="CREDIT AGRICOLE SA",
        holder_name=of.full_name,
        street=of.family.street,
        postcode=of.family.postcode,
        city=of.family.city,
        debtor_name=of.full_name,
        debtor_address="3 rue des Acacias\n42390 Villars",
        creditor_name="Commune de Villars",
        creditor_address="Hôtel de ville, 42390 Villars",
        ics=EXAMPLE_ICS,
        channel=Channel.PORTAL,
        started_at=CREATED,
        edited_at=CREATED,
        received_at=CREATED,
        signed_on=CREATED.date(),
        activated_at=CREATED,
        ended_at=CREATED if state in OVER else None,
        decision="Signature illisible." if state is MandateState.REFUSED else "",
    )
    db.session.add(row)
    db.session.flush()
    return row


def child(
    of: models.Family,
    first_name: str = "Léa",
    *,
    last_name: str | None = None,
    in_class: str | None = "CP",
    level: Level = Level.CP,
    activities: Sequence[str] = ("cantine", "garderie-du-matin", "garderie-du-soir"),
    born: date = BIRTH,
) -> models.Child:
    """A child of one family, at school and enrolled since the first day of the year."""
    row = models.Child(
        last_name=last_name or of.name, first_name=first_name, birth_date=born, created_at=CREATED
    )
    row.custodies.append(models.Custody(kind=CustodyKind.SINGLE, family=of, first_day=FIRST_DAY))
    if in_class is not None:
        row.schoolings.append(
            models.Schooling(school_class=school_class(in_class), level=level, first_day=FIRST_DAY)
        )
    for slug in activities:
        row.enrolments.append(models.Enrolment(activity=activity(slug), first_day=FIRST_DAY))
    db.session.add(row)
    db.session.flush()
    return row


def guardianship(
    adult: models.Guardian,
    of: models.Child,
    *,
    relation: Relation = Relation.MOTHER,
    books: bool = True,
    sees_invoices: bool = True,
    last_day: date | None = None,
) -> models.Guardianship:
    row = models.Guardianship(
        child=of,
        guardian=adult,
        relation=relation,
        has_authority=True,
        can_book=books,
        sees_invoices=sees_invoices,
        may_collect=True,
        is_mailed=True,
        call_order=1,
        first_day=FIRST_DAY,
        last_day=last_day,
    )
    db.session.add(row)
    db.session.flush()
    return row


def contact(
    of: models.Child,
    given_by: models.Family,
    first_name: str = "Odile",
    *,
    last_name: str = "Roux",
    phone: str = "0639981234",
    may_collect: bool = True,
    call_order: int = 1,
) -> models.Contact:
    """Somebody whom this household gives for the child."""
    row = models.Contact(
        child=of,
        family=given_by,
        first_name=first_name,
        last_name=last_name,
        relation="Grand-mère",
        phone=phone,
        may_collect=may_collect,
        call_order=call_order,
    )
    db.session.add(row)
    db.session.flush()
    return row


def alternate(
    of: models.Child, even: models.Family, odd: models.Family, *, since: date = FIRST_DAY
) -> models.Custody:
    """Alternating custody by ISO week: even weeks to the first family, odd ones to the second."""
    for row in list(of.custodies):
        if row.first_day == since:
            db.session.delete(row)
    db.session.flush()
    row = models.Custody(child=of, kind=CustodyKind.PARITY, family=even, other_family=odd, first_day=since)
    db.session.add(row)
    db.session.flush()
    return row


def booking(
    of: models.Child,
    day: date,
    *,
    slug: str = "cantine",
    family: models.Family | None = None,
    timing: Timing = Timing.IN_TIME,
) -> models.Booking:
    row = models.Booking(
        child=of,
        activity=activity(slug),
        family=family or of.custodies[0].family,
        day=day,
        state=BookingState.BOOKED,
        timing=timing,
        changed_at=CREATED,
    )
    db.session.add(row)
    db.session.flush()
    return row


def sign_in(client: FlaskClient, who: models.Account | models.Guardian) -> FlaskClient:
    """Open a session as this account without typing its password (signing in has tests of its own)."""
    account = who.account if isinstance(who, models.Guardian) else who
    assert account is not None
    uniquifier = account.fs_uniquifier
    db.session.commit()
    with client.session_transaction() as session:
        session["_user_id"] = uniquifier
        session["_fresh"] = True
    return client
