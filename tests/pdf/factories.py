"""Sheets to print, plain and extreme."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rules.sheets import (
    InvoiceSheet,
    Issuer,
    MonthLines,
    Payfip,
    QuotientUsed,
    ReceiptLine,
    ReceiptSheet,
    SheetLine,
    Treasury,
)

ISSUER = Issuer(
    commune="Commune de Villars",
    service="Service Éducation",
    address=("Hôtel de ville", "42390 Villars"),
    phone="04 77 00 00 00",
    email="education@villars.example",
    siret="000 000 000 00000",
    signatory="Camille Exemple, maire",
)
TREASURY = Treasury(
    name="Trésorerie de Firminy",
    address=("14 rue de la Tour de Varan", "42700 FIRMINY"),
    partners_url="www.impots.gouv.fr/portail/paiement-proximite",
)
COURT = "le tribunal judiciaire de Saint-Étienne"


def school_days(first: date, count: int) -> tuple[date, ...]:
    """The first `count` Mondays, Tuesdays, Thursdays and Fridays from a date."""
    days = (first + timedelta(days=n) for n in range(3 * count + 7))
    return tuple(day for day in days if day.weekday() in {0, 1, 3, 4})[:count]


def meals(child: str, count: int = 14, unit_price: int = 385, **changes: object) -> SheetLine:
    values = {
        "child": child,
        "activity": "Restauration scolaire",
        "situation": "Réservé",
        "days": school_days(date(2026, 10, 1), count),
        "quantity": count,
        "unit": "repas",
        "unit_price": unit_price,
        "amount": count * unit_price,
    }
    return SheetLine(**(values | changes))  # type: ignore[arg-type]


def evening(child: str, count: int = 6, unit_price: int = 150, **changes: object) -> SheetLine:
    values = {"activity": "Garderie du soir", "situation": "Présent", "unit": "séances"}
    return meals(child, count, unit_price, **(values | changes))


def sample_lines() -> tuple[SheetLine, ...]:
    """A month of an ordinary family of two children."""
    return (
        meals(
            "Éloïse Martin", 10, days=(*school_days(date(2026, 10, 1), 4), *school_days(date(2026, 10, 9), 6))
        ),
        meals("Éloïse Martin", 1, situation="Absence non justifiée", days=(date(2026, 10, 8),)),
        evening("Éloïse Martin", 6),
        meals("Noé Martin", 8, 310),
        meals("Noé Martin", 1, 620, situation="Présent sans réservation", days=(date(2026, 10, 16),)),
    )


def sample_sheet(lines: tuple[SheetLine, ...] | None = None, **changes: object) -> InvoiceSheet:
    """An ordinary invoice; `lines` replaces those of October, the total follows."""
    months = (MonthLines(heading="Octobre 2026", lines=sample_lines() if lines is None else lines),)
    sheet = InvoiceSheet(
        number="F2026-000123",
        period="octobre 2026",
        issued_at=datetime(2026, 11, 2, 9, 30, tzinfo=ZoneInfo("Europe/Paris")),
        announced_on=date(2026, 11, 2),
        due_on=date(2026, 11, 23),
        issuer=ISSUER,
        treasury=TREASURY,
        debtor_name="Mme Claire Martin",
        debtor_address=("12 rue des Écoles", "42390 Villars"),
        children=("Éloïse Martin", "Noé Martin"),
        months=months,
        total=0,
        quotients=(QuotientUsed(value=74200, source="attestation CAF", since=date(2026, 1, 1)),),
        court=COURT,
    )
    return with_total(replace(sheet, **changes))  # type: ignore[arg-type]


def with_total(sheet: InvoiceSheet) -> InvoiceSheet:
    return replace(sheet, total=sum(line.amount for month in sheet.months for line in month.lines))


def carried_sheet() -> InvoiceSheet:
    """An invoice that also takes September, which stood under the threshold; references are known."""
    september = MonthLines(
        heading="Septembre 2026",
        note="Reporté : le total de septembre était inférieur au seuil de mise en recouvrement (15,00 €).",
        lines=(meals("Noé Martin", 2, 310, days=(date(2026, 9, 28), date(2026, 9, 29))),),
    )
    october = MonthLines(
        heading="Octobre 2026",
        lines=(
            *sample_lines(),
            SheetLine(
                child="",
                activity="Avoir sur la facture F2026-000098",
                amount=-385,
                note="Certificat médical accepté pour le jeudi 17 septembre 2026.",
            ),
        ),
    )
    return sample_sheet(
        months=(september, october),
        payfip=Payfip(structure="012345", reference="2026-RS-00-000123"),
        is_example=True,
    )


def long_sheet(count: int) -> InvoiceSheet:
    """`count` lines spread over four children."""
    children = ("Éloïse Martin", "Noé Martin", "Zoé Martin", "Théo Martin")
    each = -(-count // len(children))
    lines = [evening(child, 5 + n % 14) for child in children for n in range(each)]
    return sample_sheet(tuple(lines[:count]), children=children)


def sample_receipt(**changes: object) -> ReceiptSheet:
    """The receipt of a change asked at the counter."""
    receipt = ReceiptSheet(
        number="R2026-000456",
        made_at=datetime(2026, 9, 22, 14, 5, tzinfo=ZoneInfo("Europe/Paris")),
        made_by="Service Éducation, pour Mme Odette Perrin, demandé au guichet",
        issuer=ISSUER,
        addressee="Mme Odette Perrin",
        address=("3 impasse du Puits", "42390 Villars"),
        lines=(
            ReceiptLine(
                child="Lucas Perrin",
                activity="Restauration scolaire",
                what="Réservé",
                days=school_days(date(2026, 10, 1), 9),
                until="Modifiable jusqu’au mercredi 23 septembre 2026 à 23 h 59",
                price="9 × 3,85 € = 34,65 €",
            ),
            ReceiptLine(
                child="Lucas Perrin",
                activity="Restauration scolaire",
                what="Annulé",
                days=(date(2026, 9, 29),),
                price="−3,85 €",
            ),
        ),
        note="Ce reçu tient lieu de confirmation. Rien n’est à payer avant la facture du mois.",
    )
    return replace(receipt, **changes)  # type: ignore[arg-type]
