"""Direct debit in the demo: a creditor that is an example, a mandate in force, one to be checked.

The accounts are those that banks publish as examples: nobody's.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

import models
from demo.dates import at
from demo.people import account_of, agent_called
from extensions import db
from operations import mandates
from operations.actors import parent
from operations.configuration import commune_settings
from operations.mandates import BankDetails
from rules.addresses import PostalAddress
from rules.ibans import EXAMPLE, read_iban
from rules.mandates import EXAMPLE_ICS

FIRST_DEBITED = date(2026, 10, 1)
SONIA = "sonia.bernard@villars.example"
ANOTHER_EXAMPLE = "FR14 2004 1010 0505 0001 3M02 606"


def tell() -> None:
    """Before October is issued: Sonia’s invoice will be debited; another family’s mandate waits."""
    commune = commune_settings()
    commune.ics = EXAMPLE_ICS
    commune.mandate_appointment = (
        "Rendez-vous au 04 65 71 00 00, du lundi au vendredi de 8 h 30 à 12 h et de 13 h 30 à 17 h."
    )
    commune.certificate_signatory = "Camille Exemple, adjointe à l’éducation"
    commune.payfip_number, commune.revenue_code = "000000", "RS"
    sonia = account_of(SONIA).guardian
    mandate = _filled(sonia, EXAMPLE, date(2026, 10, 6))
    _received(mandate, date(2026, 10, 9))
    mandates.activate(
        mandate, signed_on=date(2026, 10, 8), by=agent_called("finances@villars.example"),
        now=at(date(2026, 10, 12), 9, 15),
    )  # fmt: skip
    _received(_filled(_another_payer(sonia), ANOTHER_EXAMPLE, date(2026, 11, 17)), date(2026, 11, 20))


def _another_payer(sonia: models.Guardian) -> models.Guardian:
    row = models.Guardian
    published = ("Martin", "Haddad", sonia.last_name)
    query = sa.select(row).where(row.is_payer, row.account_id.is_not(None), row.last_name.not_in(published))
    return db.session.scalars(query.order_by(row.id)).first() or sonia


def _filled(payer: models.Guardian, iban: str, day: date) -> models.Mandate:
    family, by = payer.family, parent(payer.account)
    address = PostalAddress(family.street, family.postcode, family.city, family.street_extra, family.country)
    details = BankDetails(read_iban(iban), payer.full_name, address)
    mandate = mandates.fill_in(payer, details, by=by, now=at(day, 20, 40))
    mandates.edit(mandate, by=by, now=at(day, 20, 44))
    return mandate


def _received(mandate: models.Mandate, day: date) -> None:
    mandates.register(mandate, by=agent_called("finances@villars.example"), now=at(day, 14, 10))
