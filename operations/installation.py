"""What an empty portal needs before anything else: the roles and the commune's own row."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa

import models
from extensions import db
from operations import school_years
from rules import calendar_seed
from rules.vocabulary import Role

# The Trésorerie and the list of partner tobacconists are those the guide of Villars prints.
VILLARS = {
    "name": "Villars",
    "service_name": "Service Éducation",
    "street": "Hôtel de ville",
    "street_extra": "",
    "postcode": "42390",
    "city": "Villars",
    "country": "France",
    "phone": "",
    "email": "education@villars.example",
    "website": "https://www.villars.fr",
    "zone": "A",
    "treasury_name": "Trésorerie de Firminy",
    "treasury_address": "14 rue de la Tour de Varan, 42700 Firminy",
    "tobacconist_url": "https://www.impots.gouv.fr/portail/paiement-proximite",
    "carry_over_below_cents": 1500,
    "due_days": 21,
    "keep_years": 10,
}


def install(*, billed_from: date) -> models.Commune:
    """Create the roles and the commune's row if they are missing; running again changes nothing.

    `billed_from` is the first day the portal bills: what was before belongs to the former software.
    """
    _install_roles()
    commune = db.session.get(models.Commune, 1)
    if commune is None:
        commune = models.Commune(
            id=1, configuration_stamp=uuid.uuid4().hex, billed_from=billed_from, **VILLARS
        )
        db.session.add(commune)
        db.session.flush()
    return commune


def _install_roles() -> None:
    present = set(db.session.scalars(sa.select(models.Role.name)))
    for role in Role:
        if role.value not in present:
            db.session.add(models.Role(name=role.value, description=role.label))
    db.session.flush()


def seed_school_year(first_year: int, zone: str) -> models.SchoolYear:
    """Seed a school year, its holidays (the summer after it too) and its public holidays from the packages.

    Only a seed: the table, edited by staff, is the truth. Refused beyond what the packages cover.
    """
    first, last = calendar_seed.school_year_bounds(zone, first_year)
    year = models.SchoolYear(name=f"{first_year}-{first_year + 1}", first_day=first, last_day=last)
    db.session.add(year)
    school_years.add_missing(calendar_seed.official_days(zone, first, last))
    return year
