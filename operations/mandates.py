"""SEPA mandates: filled in, edited, sent back signed, checked, ended. The only writer of their state.

A payer has one mandate in force and one on its way. Each move is made under the payer's lock, writes the
history (never the IBAN) and the mail, and neither commits nor calls outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations import documents as vault
from operations import history, mandate_mails
from operations.actors import Actor
from operations.configuration import commune_settings
from rules.addresses import PostalAddress, postal_lines
from rules.ibans import BankAccount, masked
from rules.instants import paris
from rules.mandate_vocabulary import MandateState, SignedReturn
from rules.mandates import OVER, UNDER_WAY, ensure_ics, ensure_move, rum_of
from rules.money import NBSP
from rules.refusals import Refused

LONGEST_NAME = 70  # what a SEPA message carries (EPC)
_ADDRESS = ("street", "street_extra", "postcode", "city", "country")


@dataclass(frozen=True, slots=True)
class BankDetails:
    """What step 1 asks: the account, and whose it is (the payer, or somebody else with their address)."""

    account: BankAccount
    holder_name: str
    address: PostalAddress


@dataclass(frozen=True, slots=True)
class Mandates:
    """Those of a payer: the one in force, the one on its way, the past ones, newest first."""

    active: models.Mandate | None
    under_way: models.Mandate | None
    past: Sequence[models.Mandate]


def mandates_of(guardian: models.Guardian) -> Mandates:
    """In one query."""
    query = sa.select(models.Mandate).filter_by(guardian_id=guardian.id).order_by(models.Mandate.id.desc())
    rows = list(db.session.scalars(query))
    return Mandates(
        active=next((row for row in rows if row.state is MandateState.ACTIVE), None),
        under_way=next((row for row in rows if row.state in UNDER_WAY), None),
        past=[row for row in rows if row.state in OVER],
    )


def is_offered() -> bool:
    """Whether the commune may debit: it has its creditor identifier."""
    return bool(commune_settings().ics)


def was_good_on(rum: str, day: date) -> bool:
    """Whether that mandate debits that day: not revoked before it. Replaced, the new one debits."""
    row = db.session.scalars(sa.select(models.Mandate).filter_by(rum=rum)).one_or_none()
    if row is None or row.state is not MandateState.REVOKED:
        return row is not None
    return row.ended_at is not None and paris(row.ended_at).date() > day


# -- by the payer, or for them at the counter --------------------------------------------------------


def fill_in(guardian: models.Guardian, details: BankDetails, *, by: Actor, now: datetime) -> models.Mandate:
    """Step 1. A mandate already edited for another account is replaced by a new one, with a new reference.

    Refused to who is not the payer, and while a signed mandate is being checked.
    """
    _ensure_may_adhere(guardian)
    _ensure_named(details.holder_name)
    _hold(guardian)
    row = mandates_of(guardian).under_way
    if row is not None and row.state is MandateState.RECEIVED:
        raise Refused("Votre mandat signé est en cours de vérification par le service.")
    if row is not None and row.state is not MandateState.DRAFT:
        if _says(row) == _told(details):
            return row
        _end(row, MandateState.REPLACED, "Mandat remplacé", by, now, mailed=False)
        row = None
    if row is None:
        row = models.Mandate(guardian=guardian, state=MandateState.DRAFT, channel=by.channel, started_at=now)
        db.session.add(row)
    for name, value in _told(details).items():
        setattr(row, name, value)
    row.bic, row.bank = details.account.bic[:11], details.account.bank[:120]
    db.session.flush()
    _record(row, "Coordonnées bancaires enregistrées", by, now, after=_seen(row))
    return row


def edit(mandate: models.Mandate, *, by: Actor, now: datetime) -> None:
    """Step 2: the paper to sign, with its reference; what it says of both parties is frozen."""
    _lock(mandate)
    if mandate.state is MandateState.TO_SIGN:  # a second click
        return
    _ensure_may_adhere(mandate.guardian)
    ensure_move(mandate.state, MandateState.TO_SIGN)
    commune, guardian = commune_settings(), mandate.guardian
    mandate.rum = rum_of(commune.name, paris(now).year, mandate.id)
    mandate.debtor_name = guardian.full_name
    mandate.debtor_address = "\n".join(guardian.family.address_lines)
    mandate.creditor_name = commune.creditor_name or f"Commune de {commune.name}"
    mandate.creditor_address = commune.creditor_address or ", ".join(commune.address_lines)
    mandate.ics = commune.ics
    mandate.state, mandate.edited_at = MandateState.TO_SIGN, now
    _record(mandate, "Mandat édité", by, now, after={"rum": mandate.rum})
    mandate_mails.tell(mandate, now=now)


def choose_return(mandate: models.Mandate, way: SignedReturn, *, by: Actor, now: datetime) -> None:
    """Step 3: how the signed mandate comes back."""
    _lock(mandate)
    ensure_move(mandate.state, MandateState.RECEIVED)
    if mandate.returned_by is not way:
        mandate.returned_by = way
        _record(mandate, "Retour du mandat choisi", by, now, after={"retour": way.label})


def join(mandate: models.Mandate, documents: Sequence[models.Document]) -> None:
    """Step 3: these scans are those of the signed mandate, in place of the former ones."""
    _lock(mandate)
    ensure_move(mandate.state, MandateState.RECEIVED)
    wanted = {document.id for document in documents}
    for paper in [paper for paper in mandate.papers if paper.document_id not in wanted]:
        mandate.papers.remove(paper)
        db.session.delete(paper)
    held = {paper.document_id for paper in mandate.papers}
    for document_id in sorted(wanted - held):
        mandate.papers.append(models.MandateDocument(document_id=document_id))
    db.session.flush()


def send(mandate: models.Mandate, *, by: Actor, now: datetime) -> None:
    """Step 4: the scanned mandate goes to the service. Refused without it."""
    _lock(mandate)
    if mandate.state is MandateState.RECEIVED:  # a second click
        return
    ensure_move(mandate.state, MandateState.RECEIVED)
    if not mandate.papers:
        raise Refused("Joignez d’abord le mandat signé, scanné ou photographié.")
    _receive(mandate, SignedReturn.PORTAL, by, now)


def revoke(mandate: models.Mandate, *, reason: str = "", by: Actor, now: datetime) -> None:
    """At any time: nothing is debited any more under this mandate. Agents say why."""
    _lock(mandate)
    if mandate.state is MandateState.REVOKED:  # a second click
        return
    ensure_move(mandate.state, MandateState.REVOKED)
    if by.is_staff and not reason.strip():
        raise Refused(f"Donnez la raison{NBSP}: elle est écrite au payeur.", "reason")
    mandate.decision, mandate.decided_by_id = reason.strip()[:300], by.account_id
    _end(mandate, MandateState.REVOKED, "Mandat révoqué", by, now)


# -- by the service -------------------------------------------------------------------------------


def register(mandate: models.Mandate, *, by: Actor, now: datetime) -> None:
    """The signed paper came to the counter."""
    _lock(mandate)
    ensure_move(mandate.state, MandateState.RECEIVED)
    _receive(mandate, SignedReturn.TOWN_HALL, by, now)


def activate(mandate: models.Mandate, *, signed_on: date, by: Actor, now: datetime) -> None:
    """The paper is as it should be: it replaces the one in force. The next invoices are debited."""
    _lock(mandate)
    ensure_move(mandate.state, MandateState.ACTIVE)
    if signed_on > paris(now).date():
        raise Refused("La date de signature ne peut pas être à venir.", "signed_on")
    former = mandates_of(mandate.guardian).active
    if former is not None:
        _end(former, MandateState.REPLACED, "Mandat remplacé", by, now, mailed=False)
    mandate.state, mandate.signed_on, mandate.activated_at = MandateState.ACTIVE, signed_on, now
    mandate.decided_by_id, mandate.decision = by.account_id, ""
    db.session.flush()
    _record(mandate, "Mandat en vigueur", by, now, after={"signé le": signed_on})
    for paper in mandate.papers:
        vault.seen(paper.document, by=by, now=now)
    mandate_mails.tell(mandate, replaces=former, now=now)


def refuse(mandate: models.Mandate, reason: str, *, by: Actor, now: datetime) -> None:
    """The paper cannot be used; the payer reads why, and may send it again."""
    _lock(mandate)
    ensure_move(mandate.state, MandateState.REFUSED)
    if not reason.strip():
        raise Refused(f"Donnez la raison du refus{NBSP}: elle est écrite au payeur.", "reason")
    mandate.state, mandate.decision = MandateState.REFUSED, reason.strip()[:300]
    mandate.decided_by_id = by.account_id
    _record(mandate, "Mandat refusé", by, now, reason=mandate.decision)
    mandate_mails.tell(mandate, now=now)


def amend(mandate: models.Mandate, account: BankAccount, *, by: Actor, now: datetime) -> None:
    """The bank itself told the new account (mobilité bancaire): the mandate keeps its reference.

    Nothing is signed again; the payer is told (code monétaire et financier, L312-1-7).
    """
    _lock(mandate)
    if mandate.state is not MandateState.ACTIVE:
        raise Refused("Seul un mandat en vigueur suit un changement de banque.", "iban")
    if account.iban == mandate.iban:
        raise Refused("C’est déjà le compte de ce mandat.", "iban")
    before = _seen(mandate)
    mandate.iban, mandate.bic, mandate.bank = account.iban, account.bic[:11], account.bank[:120]
    _record(mandate, "Compte changé par la banque", by, now, before=before, after=_seen(mandate))
    mandate_mails.tell_amended(mandate, now=now)


def read_iban(mandate: models.Mandate, *, by: Actor, now: datetime) -> str:
    """The whole IBAN, for who debits; that it was read is recorded."""
    _record(mandate, "IBAN lu en clair", by, now)
    return mandate.iban


def lapse(mandate: models.Mandate, *, by: Actor, now: datetime) -> None:
    """Thirty-six months without a collection: it is worth nothing any more."""
    _lock(mandate)
    _end(mandate, MandateState.LAPSED, "Mandat caduc", by, now)


# -- the parts ------------------------------------------------------------------------------------


def _ensure_may_adhere(guardian: models.Guardian) -> None:
    commune = commune_settings()
    if not commune.ics:
        raise Refused("La commune n’a pas encore ouvert le prélèvement automatique.")
    ensure_ics(commune.ics)
    if not guardian.is_payer:
        raise Refused("Seul le payeur des factures de la famille peut adhérer au prélèvement.")


def _ensure_named(name: str) -> None:
    if not name.strip():
        raise Refused("Donnez le nom du titulaire du compte, comme sur le RIB.", "holder_name")
    if len(name.strip()) > LONGEST_NAME:
        raise Refused(f"Le nom du titulaire compte {LONGEST_NAME} caractères au plus.", "holder_name")


def _told(details: BankDetails) -> dict[str, Any]:
    address = {name: getattr(details.address, name).strip() for name in _ADDRESS}
    return {"iban": details.account.iban, "holder_name": details.holder_name.strip(), **address}


def _says(mandate: models.Mandate) -> dict[str, Any]:
    return {name: getattr(mandate, name) for name in ("iban", "holder_name", *_ADDRESS)}


def _seen(mandate: models.Mandate) -> dict[str, Any]:
    """What the history may say of an account."""
    address = postal_lines(*(getattr(mandate, name) for name in _ADDRESS))
    return {"compte": masked(mandate.iban), "titulaire": mandate.holder_name, "adresse": ", ".join(address)}


def _receive(mandate: models.Mandate, way: SignedReturn, by: Actor, now: datetime) -> None:
    mandate.state, mandate.received_at, mandate.returned_by = MandateState.RECEIVED, now, way
    mandate.decision, mandate.decided_by_id = "", None
    _record(mandate, "Mandat signé reçu", by, now, after={"retour": way.label})
    mandate_mails.tell(mandate, now=now)


def _end(
    mandate: models.Mandate,
    state: MandateState,
    verb: str,
    by: Actor,
    now: datetime,
    *,
    mailed: bool = True,
) -> None:
    ensure_move(mandate.state, state)
    mandate.state, mandate.ended_at = state, now
    db.session.flush()
    _record(mandate, verb, by, now, reason=mandate.decision)
    if mailed:
        mandate_mails.tell(mandate, now=now)


def _hold(guardian: models.Guardian) -> None:
    """What is done to a payer's mandates comes one after the other."""
    row = models.Guardian.id
    db.session.execute(sa.select(row).where(row == guardian.id).with_for_update(key_share=True))


def _lock(mandate: models.Mandate) -> None:
    _hold(mandate.guardian)
    query = sa.select(models.Mandate).filter_by(id=mandate.id).with_for_update()
    db.session.scalars(query.execution_options(populate_existing=True)).one()


def _record(mandate: models.Mandate, verb: str, by: Actor, now: datetime, **said: Any) -> None:
    family_id = mandate.guardian.family_id
    history.record(mandate, verb, by=by, now=now, family_id=family_id, **said)
