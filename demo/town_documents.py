"""Fictional documents of the town hall: short, and saying that they are examples."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from flask import current_app

import models
from demo.dates import at
from extensions import db
from operations.actors import SYSTEM
from operations.town_documents import put_online
from rules.folding import slug
from rules.publication_vocabulary import DocumentCategory

ADDED = at(date(2026, 8, 24), 9, 0)
EXAMPLE = "Document d’exemple d’une commune fictive : il n’engage personne."
BLANKS = ("Nom et prénom de l’enfant", "Date de naissance", "Adresse", "Responsable légal", "Téléphone",
          "Date et signature")  # fmt: skip
DOCUMENTS = (
    (
        "Dossier d’inscription scolaire",
        "Pour une entrée en petite section, au CP ou une arrivée dans la commune. Pièces à joindre : "
        "livret de famille, justificatif de domicile, carnet de vaccination.",
        DocumentCategory.ENROLMENT,
        True,
        BLANKS,
    ),
    (
        "Demande de dérogation au périmètre scolaire",
        "Pour demander une autre école que celle de votre secteur, avant le 31 mars.",
        DocumentCategory.ENROLMENT,
        True,
        (*BLANKS[:4], "École demandée", "Motif de la demande", BLANKS[-1]),
    ),
    (
        "Autorisation de rentrer seul",
        "Pour un enfant d’école élémentaire, à la sortie de la garderie.",
        DocumentCategory.FORM,
        True,
        (*BLANKS[:2], "Jours et heure de départ", *BLANKS[3:]),
    ),
    (
        "Règlement de la restauration scolaire",
        "Réservations, annulations, absences, paiement.",
        DocumentCategory.RULES,
        False,
        (),
    ),
    (
        "Règlement des garderies",
        "Horaires, retards, personnes autorisées à venir chercher l’enfant.",
        DocumentCategory.RULES,
        False,
        (),
    ),
    (
        "Calendrier scolaire 2026-2027",
        "Vacances de la zone A et ponts.",
        DocumentCategory.CALENDAR,
        False,
        (),
    ),
)  # fmt: skip


def put_documents_online() -> None:
    """Each with its first version, as the service did before the school year."""
    year = db.session.scalars(sa.select(models.SchoolYear).order_by(models.SchoolYear.id)).first()
    for position, (title, description, category, is_returned, blanks) in enumerate(DOCUMENTS):
        row = models.TownDocument(
            slug=slug(title),
            title=title,
            description=description,
            category=category,
            is_returned=is_returned,
            position=position,
            school_year=year,
            first_day=ADDED.date(),
        )
        db.session.add(row)
        content = _pdf(title, description, blanks)
        put_online(row, content, current_app.extensions["storage"].put(content, ".pdf"), by=SYSTEM, now=ADDED)


def _pdf(title: str, description: str, blanks: Sequence[str]) -> bytes:
    from fpdf import FPDF

    sheet = FPDF()
    sheet.core_fonts_encoding = "windows-1252"
    sheet.set_title(title)
    sheet.set_lang("fr")
    sheet.set_creation_date(ADDED)
    sheet.add_page()
    sheet.set_font("helvetica", "B", 18)
    sheet.multi_cell(0, 10, title, new_x="LMARGIN", new_y="NEXT")
    sheet.set_font("helvetica", "", 12)
    for text in (EXAMPLE, description, *(f"{blank} : {'.' * 70}" for blank in blanks)):
        sheet.ln(4)
        sheet.multi_cell(0, 8, text, new_x="LMARGIN", new_y="NEXT")
    return bytes(sheet.output())
