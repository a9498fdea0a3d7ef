"""The papers of the published families, what the commune asks for, and the year open to enrolment."""

from __future__ import annotations

import hashlib
from datetime import date

import sqlalchemy as sa
from flask import current_app

import models
from demo.dates import at
from extensions import db
from gateways.uploads import PDF
from operations import documents
from operations.actors import agent, parent
from rules.documents import DocumentKind, Upload
from rules.vocabulary import PerWhom

CLAIRE, SONIA = "claire.martin@villars.example", "sonia.bernard@villars.example"
AGENT = "agent@villars.example"
RULES = """## Article 1. Qui déjeune

La restauration scolaire accueille tout enfant scolarisé dans la commune, dès que sa famille l’a inscrit.

## Article 2. Réserver

Les repas d’une semaine se réservent et s’annulent jusqu’au mercredi 23 h 59 de la semaine d’avant.

## Article 3. Vivre ensemble

Chacun respecte les autres enfants, les agents et la nourriture. Un écart répété se parle avec la famille."""


def build() -> None:
    """What is asked of every child for 2026-27, and what the Martins and Sonia have given of it."""
    year = db.session.scalars(sa.select(models.SchoolYear).order_by(models.SchoolYear.first_day)).first()
    if year is None:
        return
    days = {"first_day": year.first_day, "last_day": year.last_day}
    per = {DocumentKind.INSURANCE: PerWhom.CHILD, DocumentKind.HOME_PROOF: PerWhom.FAMILY}
    db.session.add_all(models.DocumentNeed(kind=kind, per_whom=who, **days) for kind, who in per.items())
    db.session.add(
        models.EnrolmentCampaign(
            school_year=year,
            opens_on=date(2026, 6, 1),
            closes_on=year.last_day,
            documents_by=date(2026, 12, 18),
        )
    )
    canteen = db.session.scalars(sa.select(models.Activity).filter_by(slug="cantine")).one().service
    version = {"name": "délibération du 12 juin 2026", "body": RULES, "first_day": date(2026, 6, 12)}
    db.session.add(models.ServiceRules(service=canteen, **version))
    db.session.flush()
    _give(CLAIRE, "Léa", DocumentKind.INSURANCE, "assurance-lea.pdf", date(2026, 9, 3), seen=True)
    _give(CLAIRE, None, DocumentKind.HOME_PROOF, "facture-electricite.pdf", date(2026, 9, 3), seen=True)
    _give(SONIA, "Inès", DocumentKind.INSURANCE, "assurance-ines.pdf", date(2026, 11, 20), seen=False)


def _give(email: str, child: str | None, kind: DocumentKind, name: str, day: date, *, seen: bool) -> None:
    adult = db.session.scalars(sa.select(models.Guardian).filter_by(email=email)).one()
    whose = next((g.child for g in adult.guardianships if g.child.first_name == child), None)
    data = _page(f"{kind.label} - document de démonstration")
    key = current_app.extensions["storage"].put(data, ".pdf")
    upload = Upload(name, PDF, len(data), hashlib.sha256(data).hexdigest(), key)
    by, when = parent(adult.account), at(day, 19, 40)
    row = documents.deposit(upload, guardian=adult, child=whose, kind=kind, by=by, now=when)
    if seen:
        staff = db.session.scalars(sa.select(models.Account).filter_by(email=AGENT)).unique().one()
        documents.seen(row, by=agent(staff), now=at(day, 21, 5))


def _page(words: str) -> bytes:
    """A whole PDF of one line, written by hand: the demo needs no font for it."""
    stream = f"BT /F1 18 Tf 60 760 Td ({words}) Tj ET".encode("cp1252", "replace")
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return b"%s%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (out, head, size, len(out))
