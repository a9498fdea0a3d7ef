"""Contesting a line of an invoice: accepted, what is given back is a credit on the next invoice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import models
from extensions import db
from operations.actors import Actor
from operations.adjustments import add_adjustment
from operations.children import hold_child
from operations.line_credits import credited_cents
from operations.request_kind import Field, Filing, Kind, Line, filing_of
from rules.contests import DAYS_TO_ANSWER, ContestReason, ensure_credit
from rules.money import NBSP, format_cents, parse_cents
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from rules.requests import message
from rules.vocabulary import AdjustmentKind, Role

LONGEST_LABEL = 120  # what the table of adjustments holds


def _check(filing: Filing) -> None:
    """What is said and what would be given back, when it is asked and when it is accepted."""
    line = filing.invoice_line
    if line is None:
        raise Refused("Dites quelle ligne vous contestez.")
    if filing.asked.get("reason") not in set(ContestReason):
        raise Refused("Choisissez ce qui ne va pas.", "reason")
    message(str(filing.asked.get("text", "")), "text", missing="Expliquez en quelques mots ce qui ne va pas.")
    credited = credited_cents([line.id]).get(line.id, 0)
    ensure_credit(int(filing.asked.get("credit_cents", 0)), line.amount_cents, credited)


def _lines(filing: Filing) -> Sequence[Line]:
    line = filing.invoice_line
    assert line is not None
    who = " · ".join(filter(None, [line.child_name, line.label]))
    price = format_cents(line.unit_price_cents)
    return [
        Line("Facture", "", line.invoice.number),
        Line("Ligne", "", f"{who}, {line.quantity} × {price} = {format_cents(line.amount_cents)}"),
        Line("Ce qui ne va pas", "", _reason(filing.asked["reason"])),
        Line("Explication", "", str(filing.asked["text"])),
        Line("À rendre", "", format_cents(int(filing.asked["credit_cents"]))),
    ]


def _apply(request: models.Request, *, by: Actor, now: datetime) -> None:
    """The credit joins the next invoice of the family that was billed; the decision says how much.

    What is credited of one child's days is decided one after the other: an absence accepted meanwhile
    counts.
    """
    line = request.invoice_line
    assert line is not None
    if line.child_id is not None:
        hold_child(line.child_id)
    _check(filing_of(request))
    cents, family = int(request.asked["credit_cents"]), line.invoice.family
    credit = add_adjustment(
        family,
        month=line.month,
        label=f"Facture {line.invoice.number}, ligne rendue{NBSP}: {line.label}"[:LONGEST_LABEL],
        amount_cents=-cents,
        reason=f"Contestation acceptée : {request.number}",
        child=None if line.child_id is None else db.session.get_one(models.Child, line.child_id),
        activity=None if line.activity_id is None else db.session.get_one(models.Activity, line.activity_id),
        kind=AdjustmentKind.CREDIT,
        by=by,
        now=now,
    )
    db.session.add(models.LineCredit(invoice_line_id=line.id, adjustment_id=credit.id))
    told = f"{format_cents(cents)} seront déduits de votre prochaine facture."
    request.decision = f"{told} {request.decision}".strip()


def _reason(value: Any) -> str:
    return next((reason.label for reason in ContestReason if reason == value), "")


def _show_cents(value: Any) -> str:
    return format_cents(int(value or 0))


KIND = Kind(
    kind=RequestKind.CONTEST,
    slug="contestation",
    fields=(
        Field(
            name="reason",
            label="Ce qui ne va pas",
            show=_reason,
            corrected=False,
        ),
        Field(name="text", label="Explication", widget="long", corrected=False),
        Field(name="credit_cents", label="À rendre (€)", show=_show_cents, read=parse_cents),
    ),
    lines=_lines,
    check=_check,
    apply=_apply,
    days=DAYS_TO_ANSWER,
    reasons=(
        "Le repas réservé n’a pas été annulé avant la date limite : il reste dû.",
        "L’absence n’a pas été justifiée dans les délais du règlement.",
        "La présence a été pointée ce jour-là par les agents.",
        "Le quotient familial appliqué est celui en vigueur à la date du service.",
    ),
    audience=frozenset({Role.EDUCATION, Role.FINANCE}),
    several=True,
    counter=False,  # a line is contested from its invoice
)
