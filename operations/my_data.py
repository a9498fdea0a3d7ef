"""« Mes données »: all that the portal keeps about an adult, as the GDPR lets him ask for it (art. 15, 20).

Only what is the adult's to see: nothing of the other household of a child whose custody alternates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import models
from extensions import db
from operations import my_data_papers as papers
from operations import my_data_people as people
from operations.my_data_reading import Row, Whose, plain


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the file, and the tables that it tells."""

    tables: frozenset[str]
    gather: Callable[[Whose], Any]


def my_data(whose: Whose, *, now: datetime) -> Row:
    """Everything, under French keys, ready for JSON; a number of queries that does not depend on the rows."""
    told: Row = {"édité le": plain(now)}
    return told | {name: section.gather(whose) for name, section in SECTIONS.items()}


def _section(gather: Callable[[Whose], Any], *tables: str) -> Section:
    return Section(frozenset(tables), gather)


SECTIONS: Mapping[str, Section] = {
    "identité": _section(people.identity, "guardian"),
    "compte": _section(people.account, "account", "cgu_acceptance"),
    "choix": _section(people.choices, "muted_notice", "email_change", "calendar_feed"),
    "foyer": _section(people.household, "family", "quotient", "residence", "family_category"),
    "enfants": _section(people.children, "child"),
    "droits": _section(people.rights, "guardianship"),
    "garde": _section(people.custody, "custody"),
    "échanges de jours": _section(people.swaps, "custody_swap"),
    "scolarité": _section(people.schooling, "schooling"),
    "inscriptions": _section(people.enrolments, "enrolment"),
    "contacts": _section(people.contacts, "contact"),
    "santé": _section(people.health, "child_health"),
    "assurances": _section(people.insurances, "child_insurance"),
    "règlements acceptés": _section(people.accepted_rules, "rules_acceptance"),
    "réservations": _section(papers.bookings, "booking"),
    "présences": _section(papers.attendance, "attendance"),
    "reçus": _section(papers.receipts, "receipt", "receipt_line"),
    "absences": _section(papers.claims, "absence_claim", "absence_claim_day"),
    "absences du jour": _section(papers.told_absences, "told_absence"),
    "factures": _section(papers.invoices, "invoice", "invoice_line", "payment"),
    "prélèvement": _section(papers.mandates, "mandate"),
    "attestations fiscales": _section(papers.certificates, "tax_certificate"),
    "démarches": _section(papers.requests, "request", "request_message"),
    "pièces": _section(papers.documents, "document"),
    "courriels": _section(papers.mails, "outbox"),
    "ce que j’ai fait": _section(papers.history, "history"),
}

# Tables about people that the file does not tell, and why.
LEFT_OUT: Mapping[str, str] = {
    "sign_in_failure": "kept a day against intruders: it names addresses, not the adult's doings",
    "draft": "an invoice being prepared: it says nothing until it is issued",
    "exclusion": "an agent's note on an invoice being prepared",
    "anomaly": "what an agent checks before issuing a month",
    "adjustment": "told by the invoice that carries it",
    "billed_day": "told by the lines of the invoice",
    "billed_charge": "told by the lines of the invoice",
    "sending": "told by the mail it sent",
}


def documents_of(whose: Whose) -> Sequence[models.Document]:
    """The documents whose files go with the data."""
    return list(db.session.scalars(whose.documents))


def tables_told() -> Iterable[str]:
    return (table for section in SECTIONS.values() for table in section.tables)
