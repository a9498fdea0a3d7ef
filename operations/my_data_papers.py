"""« Mes données »: the days, the invoices, the démarches and the papers."""

from __future__ import annotations

import sqlalchemy as sa

import models
from operations.my_data_reading import Row, Whose, rows, told
from rules.money import format_cents


def bookings(whose: Whose) -> list[Row]:
    row = models.Booking
    query = sa.select(row).where(whose.days(row)).order_by(row.day, row.child_id)
    return rows(
        query.options(sa.orm.joinedload(row.child), sa.orm.joinedload(row.activity)),
        lambda row: told(
            jour=row.day,
            enfant=row.child.first_name,
            activité=row.activity.name,
            état=row.state,
            modifié_le=row.changed_at,
        ),
    )


def attendance(whose: Whose) -> list[Row]:
    row = models.Attendance
    query = sa.select(row).where(whose.days(row)).order_by(row.day, row.child_id)
    return rows(
        query.options(sa.orm.joinedload(row.child), sa.orm.joinedload(row.activity)),
        lambda row: told(
            jour=row.day,
            enfant=row.child.first_name,
            activité=row.activity.name,
            présence=row.presence,
            arrivée=row.arrived_at,
            départ=row.left_at,
        ),
    )


def told_absences(whose: Whose) -> list[Row]:
    row = models.ToldAbsence
    query = sa.select(row).where(whose.days(row)).order_by(row.day, row.child_id)
    return rows(
        query.options(sa.orm.joinedload(row.child), sa.orm.joinedload(row.activity)),
        lambda row: told(
            jour=row.day, enfant=row.child.first_name, activité=row.activity.name, signalée_le=row.told_at
        ),
    )


def receipts(whose: Whose) -> list[Row]:
    line = sa.orm.selectinload(models.Receipt.lines)
    query = whose.receipts.options(
        line.joinedload(models.ReceiptLine.child), line.joinedload(models.ReceiptLine.activity)
    )
    return rows(
        query.order_by(models.Receipt.id),
        lambda row: told(
            reçu=row.number,
            le=row.at,
            jours=[
                told(
                    jour=line.day,
                    enfant=line.child.first_name,
                    activité=line.activity.name,
                    changement=line.change,
                )
                for line in row.lines
            ],
        ),
    )


def claims(whose: Whose) -> list[Row]:
    query = whose.claims.options(
        sa.orm.joinedload(models.AbsenceClaim.child), sa.orm.selectinload(models.AbsenceClaim.days)
    )
    return rows(
        query.order_by(models.AbsenceClaim.id),
        lambda row: told(
            demande=row.number,
            enfant=row.child.first_name,
            jours=[day.day.isoformat() for day in row.days],
            motif=row.reason,
            précisions=row.details,
            reçue_le=row.received_at,
            état=row.state,
            décision=row.decision,
        ),
    )


def invoices(whose: Whose) -> list[Row]:
    query = whose.invoices.options(
        sa.orm.selectinload(models.Invoice.lines), sa.orm.selectinload(models.Invoice.payments)
    )
    return rows(
        query.order_by(models.Invoice.id),
        lambda row: told(
            numéro=row.number,
            mois=f"{row.month:%Y-%m}",
            au_nom_de=row.payer_name,
            adresse=row.payer_address.split("\n"),
            montant=format_cents(row.total_cents),
            annoncée_le=row.announced_on,
            à_payer_jusqu_au=row.due_on,
            lignes=[
                told(
                    enfant=line.child_name,
                    objet=line.label,
                    jours=list(line.days),
                    quantité=line.quantity,
                    montant=format_cents(line.amount_cents),
                )
                for line in row.lines
            ],
            paiements=[
                told(reçu_le=paid.received_on, moyen=paid.method, montant=format_cents(paid.amount_cents))
                for paid in row.payments
            ],
        ),
    )


def mandates(whose: Whose) -> list[Row]:
    query = sa.select(models.Mandate).filter_by(guardian_id=whose.guardian.id)
    return rows(
        query,
        lambda row: told(
            référence=row.rum,
            état=row.state,
            titulaire=row.holder_name,
            iban=row.masked_iban,
            banque=row.bank,
            signé_le=row.signed_on,
        ),
    )


def certificates(whose: Whose) -> list[Row]:
    query = sa.select(models.TaxCertificate).filter_by(guardian_id=whose.guardian.id)
    return rows(
        query,
        lambda row: told(
            numéro=row.number, année=row.year, montant=format_cents(row.total_cents), éditée_le=row.issued_at
        ),
    )


def requests(whose: Whose) -> list[Row]:
    row = models.Request
    query = sa.select(row).filter_by(guardian_id=whose.guardian.id).order_by(row.id)
    return rows(
        query.options(sa.orm.selectinload(row.messages)),
        lambda row: told(
            démarche=row.number,
            objet=row.kind,
            demandé=dict(row.asked),
            état=row.state,
            le=row.submitted_at,
            réponse=row.decision,
            messages=[told(le=each.at, de=each.by_name, texte=each.body) for each in row.messages],
        ),
    )


def documents(whose: Whose) -> list[Row]:
    return rows(
        whose.documents.order_by(None).order_by(models.Document.id),
        lambda row: told(
            pièce=row.kind,
            nom=row.name,
            déposée_le=row.added_at,
            valable_jusqu_au=row.expires_on,
            vue_par_le_service_le=row.seen_at,
            fichier=file_name(row),
        ),
    )


def file_name(document: models.Document) -> str:
    """Where the document stands in the archive: its number keeps two of one name apart."""
    return f"pieces/{document.id}-{document.name.replace('/', '-')}"


def mails(whose: Whose) -> list[Row]:
    query = sa.select(models.Outbox).filter_by(recipient=whose.guardian.email).order_by(models.Outbox.id)
    return rows(query, lambda row: told(objet=row.subject, envoyé_le=row.sent_at, état=row.state))


def history(whose: Whose) -> list[Row]:
    query = sa.select(models.History).filter_by(by_id=whose.guardian.account_id)
    if whose.guardian.account_id is None:
        return []
    return rows(
        query.order_by(models.History.id),
        lambda row: told(le=row.at, quoi=row.verb, sur=row.subject_name),
    )
