"""Tax certificates: gathered from the payments recorded, decided by rules, frozen when they are issued.

Each is a snapshot with its number; a payment recorded later for that year makes a new version, the
former one stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.configuration import commune_settings
from operations.invoices import issuer_of
from rules.instants import paris
from rules.refusals import Refused
from rules.sheets import CertificateSheet, CertifiedChild, Issuer, Party
from rules.tax_certificate import (
    BilledLine,
    PaidInvoice,
    Part,
    Received,
    certified,
    ensure_over,
    is_young_enough,
    paid_for_childcare,
)
from rules.vocabulary import ChargeKind


def years_of(payer: models.Guardian, today: date) -> list[int]:
    """The years that are over and in which this adult paid something, newest first."""
    years = {received.year for received in db.session.scalars(_received_days(payer))}
    return sorted((year for year in years if year < today.year), reverse=True)


def issue(payer: models.Guardian, year: int, *, by: Actor, now: datetime) -> models.TaxCertificate:
    """The certificate of a year that is over: the last one if it still says what was paid, or a new version.

    Refused for the year in progress, and when nothing that was paid qualifies.
    """
    ensure_over(year, paris(now).date())
    _hold(payer)
    facts = _facts(payer, year)
    versions = _versions(payer, year)
    if versions and _same(versions[-1].facts, facts):
        return versions[-1]
    version = len(versions) + 1
    row = models.TaxCertificate(
        guardian_id=payer.id,
        year=year,
        version=version,
        number=f"AF{year}-{payer.id:06d}-{version}",
        total_cents=sum(child["cents"] for child in facts["children"]),
        facts=facts,
        issued_at=now,
        keep_until=history.keep_until(now),
    )
    db.session.add(row)
    db.session.flush()
    told = {"année": year, "total_cents": row.total_cents}
    history.record(row, "Attestation fiscale établie", by=by, now=now, after=told, family_id=payer.family_id)
    return row


def sheet_of(certificate: models.TaxCertificate) -> CertificateSheet:
    """What the PDF says, from the snapshot alone."""
    facts = certificate.facts
    return CertificateSheet(
        number=certificate.number,
        year=certificate.year,
        version=certificate.version,
        issued_at=certificate.issued_at,
        issuer=Issuer(**facts["issuer"] | {"address": tuple(facts["issuer"]["address"])}),
        signatory=facts["signatory"],
        payer=Party(name=facts["payer"], address=tuple(facts["address"])),
        children=tuple(
            CertifiedChild(
                name=child["name"],
                birth_date=date.fromisoformat(child["born"]),
                services=tuple(child["services"]),
                paid=child["cents"],
            )
            for child in facts["children"]
        ),
        total=certificate.total_cents,
    )


# -- gather ---------------------------------------------------------------------------------------


def _facts(payer: models.Guardian, year: int) -> dict[str, Any]:
    """Everything the certificate says, as plain values. Refused when there is nothing to say."""
    paid = paid_for_childcare(_invoices(payer, year), [child.id for child in _young(payer, year)], year)
    totals = certified(paid)
    if not totals:
        raise Refused(
            f"Aucune somme payée en {year} à votre nom n’ouvre droit à une attestation : elle compte la "
            "garde (hors repas) des enfants de moins de six ans au 1er janvier."
        )
    commune = commune_settings()
    issuer = issuer_of(commune)
    return {
        "payer": payer.full_name,
        "address": payer.family.address_lines,
        "issuer": {
            "commune": issuer.commune, "service": issuer.service, "address": list(issuer.address),
            "phone": issuer.phone, "email": issuer.email, "siret": issuer.siret,
        },
        "signatory": commune.certificate_signatory or commune.mayor_name,
        "children": _children(payer, year, totals, paid),
    }  # fmt: skip


def _children(
    payer: models.Guardian, year: int, totals: Mapping[int, int], paid: Mapping[Part, int]
) -> list[dict[str, Any]]:
    names = {row.id: row.name for row in db.session.scalars(sa.select(models.Activity))}
    return [
        {
            "name": child.full_name,
            "born": child.birth_date.isoformat(),
            "services": sorted(names[a] for (c, a), cents in paid.items() if c == child.id and cents > 0),
            "cents": totals[child.id],
        }
        for child in sorted(_young(payer, year), key=lambda child: (child.birth_date, child.first_name))
        if child.id in totals
    ]


def _young(payer: models.Guardian, year: int) -> Sequence[models.Child]:
    """The children named on this payer's invoices who were young enough that year."""
    line, invoice = models.InvoiceLine, models.Invoice
    named = (
        sa.select(line.child_id)
        .join(invoice, invoice.id == line.invoice_id)
        .where(invoice.payer_id == payer.id, line.child_id.is_not(None))
    )
    children = db.session.scalars(sa.select(models.Child).where(models.Child.id.in_(named))).all()
    return [child for child in children if is_young_enough(child.birth_date, year)]


def _invoices(payer: models.Guardian, year: int) -> list[PaidInvoice]:
    """Those of which something was paid that year, with all their payments, in three queries."""
    paid_in_year = _received_days(payer).with_only_columns(models.Payment.invoice_id)
    paid_in_year = paid_in_year.where(
        models.Payment.received_on.between(date(year, 1, 1), date(year, 12, 31))
    )
    lines, payments = _lines(paid_in_year), _payments(paid_in_year)
    return [PaidInvoice(tuple(lines[id]), tuple(received)) for id, received in payments.items()]


def _lines(invoice_ids: sa.Select[Any]) -> Mapping[int, list[BilledLine]]:
    line, activity = models.InvoiceLine, models.Activity
    query = (
        sa.select(line, sa.func.coalesce(activity.childcare_share, 0))
        .outerjoin(activity, activity.id == line.activity_id)
        .where(line.invoice_id.in_(invoice_ids))
        .order_by(line.invoice_id, line.position)
    )
    capped = _capped_activities(invoice_ids)
    found: dict[int, list[BilledLine]] = defaultdict(list)
    for row, share in db.session.execute(query):
        activity_id, care = capped.get(row.id, (row.activity_id, share))
        found[row.invoice_id].append(BilledLine(row.child_id, activity_id, row.amount_cents, care))
    return found


def _capped_activities(invoice_ids: sa.Select[Any]) -> dict[int, tuple[int, int]]:
    """For the lines where a cap takes something off: the activity it is taken off, and its childcare.

    A cap names an activity or a service (rules/caps.py); of a service, the activity that is most childcare:
    what a cap gives back is never certified.
    """
    line, charge, activity = models.InvoiceLine, models.BilledCharge, models.Activity
    caps = (
        sa.select(line.id, charge.subject)
        .join(charge, charge.invoice_line_id == line.id)
        .where(line.invoice_id.in_(invoice_ids), charge.kind == ChargeKind.CAP)
    )
    activities = db.session.scalars(sa.select(activity).order_by(activity.childcare_share)).all()
    named = {f"service:{row.service_id}": (row.id, row.childcare_share) for row in activities}
    named |= {f"activity:{row.id}": (row.id, row.childcare_share) for row in activities}
    found = {line_id: ":".join(subject.split(":")[:2]) for line_id, subject in db.session.execute(caps)}
    return {line_id: named[subject] for line_id, subject in found.items() if subject in named}


def _payments(invoice_ids: sa.Select[Any]) -> Mapping[int, list[Received]]:
    row = models.Payment
    query = _standing(sa.select(row)).where(row.invoice_id.in_(invoice_ids))
    found: dict[int, list[Received]] = defaultdict(list)
    for payment in db.session.scalars(query.order_by(row.received_on, row.id)):
        found[payment.invoice_id].append(Received(payment.received_on, payment.amount_cents))
    return found


def _received_days(payer: models.Guardian) -> sa.Select[Any]:
    row, invoice = models.Payment, models.Invoice
    query = sa.select(row.received_on).join(invoice, invoice.id == row.invoice_id)
    return _standing(query).where(invoice.payer_id == payer.id)


def _standing(query: sa.Select[Any]) -> sa.Select[Any]:
    """Payments that nobody reversed: one reversed never was, whenever it was seen."""
    row = models.Payment
    undone = sa.select(row.reverses_id).where(row.reverses_id.is_not(None))
    return query.where(row.reverses_id.is_(None), row.id.not_in(undone))


# -- versions ---------------------------------------------------------------------------------------


def _versions(payer: models.Guardian, year: int) -> list[models.TaxCertificate]:
    row = models.TaxCertificate
    query = sa.select(row).filter_by(guardian_id=payer.id, year=year).order_by(row.version)
    return list(db.session.scalars(query))


def _same(told: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether a certificate still says what was paid; a move or a new signatory does not make another."""
    return bool(told["children"] == facts["children"])


def _hold(payer: models.Guardian) -> None:
    """Two downloads at once make one version."""
    row = models.Guardian.id
    db.session.execute(sa.select(row).where(row == payer.id).with_for_update(key_share=True))
