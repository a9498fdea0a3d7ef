"""A change of address: the household moves, from a day on; staff decide whether it counts as of the commune.

Accepted, it gives the family its new address and its residence status from that day: days are priced
with it from then on, issued invoices stay what they say. The other adults of the household are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import outbox
from operations.actors import Actor
from operations.families import set_address
from operations.outbox import Letter
from operations.quotients import set_residence
from operations.request_kind import Field, Filing, Kind, Line, day
from rules.addresses import FRANCE, PostalAddress, postal_lines
from rules.documents import DocumentKind
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind

PARTS = ("street", "street_extra", "postcode", "city", "country")
RESIDENT, OUTSIDE, SAME = "oui", "non", "inchange"
RESIDENCES = {
    RESIDENT: "Dans la commune",
    OUTSIDE: "Hors de la commune",
    SAME: "Comme avant",
}
UNDECIDED = "Dites si le foyer compte comme habitant la commune à partir de cette date."


def address_of(values: Mapping[str, Any]) -> PostalAddress:
    """The address among these values; refused with its field when a part is missing or unlikely."""
    parts = {name: str(values.get(name) or "").strip() for name in PARTS}
    return PostalAddress(**(parts | {"country": parts["country"] or FRANCE}))


def since_of(values: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(str(values.get("since") or ""))
    except ValueError:
        raise Refused("Donnez la date du déménagement.", "since") from None


def _current(filing: Filing) -> Mapping[str, Any]:
    return {name: getattr(filing.guardian.family, name) for name in PARTS}


def _said(values: Mapping[str, Any]) -> str:
    return ", ".join(postal_lines(*(str(values.get(name) or "") for name in PARTS))) if values else ""


def _lines(filing: Filing) -> Sequence[Line]:
    lines = [
        Line("Adresse", _said(filing.before), _said(filing.asked)),
        Line("À partir du", "", day(filing.asked.get("since"))),
    ]
    decided = RESIDENCES.get(str(filing.asked.get("resident") or ""))
    return [*lines, Line("Domicile", "", decided)] if decided else lines


def _check(filing: Filing) -> None:
    address, _ = address_of(filing.asked), since_of(filing.asked)
    if filing.before and address == address_of(filing.before):
        raise Refused("C’est déjà l’adresse du foyer.", "street")


def _apply(request: models.Request, *, by: Actor, now: datetime) -> None:
    """Refused until the agent has said what becomes of the residence."""
    decided = request.asked.get("resident")
    if decided not in RESIDENCES:
        raise Refused(UNDECIDED, "resident")
    address, since = address_of(request.asked), since_of(request.asked)
    set_address(request.family, address, by=by, now=now)
    if decided != SAME:
        reason = f"Adresse ({address.city})"
        set_residence(request.family, decided == RESIDENT, reason, first_day=since, by=by, now=now)
    _tell_the_others(request, now=now)


def _tell_the_others(request: models.Request, *, now: datetime) -> None:
    """Whoever lives there learns it from us, and not from a letter that went elsewhere."""
    adult = models.Guardian
    query = sa.select(adult).where(
        adult.family_id == request.family_id, adult.id != request.guardian_id, adult.email.is_not(None)
    )
    for other in db.session.scalars(query):
        letter = Letter(
            kind="address-changed",
            recipient=other.email or "",
            subject="L’adresse de votre foyer a changé",
            body=render_template("mail/address_changed.txt", guardian=other, request=request),
            key=f"address-changed:{request.id}:{other.id}",
        )
        outbox.post_once(letter, now=now)


KIND = Kind(
    kind=RequestKind.ADDRESS,
    slug="adresse",
    fields=(
        Field(name="street", label="Numéro et rue"),
        Field(name="street_extra", label="Complément"),
        Field(name="postcode", label="Code postal"),
        Field(name="city", label="Commune"),
        Field(name="country", label="Pays"),
        Field(name="since", label="À partir du", show=day, widget="date"),
        Field(
            name="resident",
            label="Le foyer compte à partir de cette date comme",
            show=lambda value: RESIDENCES.get(value, ""),
            choices=lambda: list(RESIDENCES.items()),
            to_decide=True,
        ),
    ),
    lines=_lines,
    current=_current,
    check=_check,
    apply=_apply,
    wanted=frozenset({DocumentKind.HOME_PROOF}),
    reasons=(
        "Le justificatif de domicile n’est pas à votre nom, ou date de plus de trois mois.",
        "Le justificatif ne porte pas l’adresse demandée.",
        "Une seule personne du foyer déménage : déclarez plutôt un changement de situation familiale.",
    ),
)
