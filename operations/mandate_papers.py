"""The mandate as it is printed: what was frozen when it was edited, and how the signed paper comes back."""

from __future__ import annotations

from flask import current_app

import models
from operations.configuration import commune_settings
from operations.invoices import issuer_of
from rules.ibans import grouped
from rules.mandates import EXAMPLE_ICS, NOTICE_DAYS
from rules.money import NBSP
from rules.sheets import MandateSheet, Party


def sheet_of(mandate: models.Mandate) -> MandateSheet:
    """What the PDF says of an edited mandate."""
    assert mandate.rum is not None
    assert mandate.edited_at is not None
    commune = commune_settings()
    debtor = Party(name=mandate.debtor_name, address=tuple(mandate.debtor_address.split("\n")))
    holder = Party(name=mandate.holder_name, address=tuple(mandate.address_lines))
    return MandateSheet(
        rum=mandate.rum,
        made_at=mandate.edited_at,
        issuer=issuer_of(commune),
        creditor=Party(
            name=mandate.creditor_name,
            address=tuple(part.strip() for part in mandate.creditor_address.split(",")),
        ),
        ics=mandate.ics,
        debtor=debtor,
        holder=None if holder.name == debtor.name else holder,
        iban=grouped(mandate.iban),
        bic=mandate.bic,
        bank=mandate.bank,
        notice_days=NOTICE_DAYS,
        ways_back=(
            f"scanné ou photographié, dans votre espace citoyen{NBSP}: {_address()}",
            f"ou déposé en mairie, exclusivement sur rendez-vous. {appointment(commune)}",
        ),
        is_example=mandate.ics == EXAMPLE_ICS,
    )


def appointment(commune: models.Commune) -> str:
    """How to get the appointment without which no mandate is taken at the town hall."""
    if commune.mandate_appointment:
        return commune.mandate_appointment
    reach = " ou ".join(way for way in (commune.phone, commune.email) if way)
    return f"Rendez-vous auprès du {commune.service_name}{NBSP}: {reach}."


def _address() -> str:
    url: str = current_app.extensions["portail"].base_url
    return f"{url.partition('://')[2]}/espace/prelevement"
