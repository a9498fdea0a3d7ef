"""What a day would cost a family: its quotients and residence, handed to the one price engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

import models
from extensions import db
from operations.configuration import configuration
from rules.billing import ResidenceFact, is_resident
from rules.refusals import Refused
from rules.tariff_grid import Facts, TariffVersion
from rules.tariffs import Price, QuotientFact, price, quotient_on, version_for
from rules.vocabulary import QuotientSource, Situation

SOURCES = {
    QuotientSource.CAF: "attestation CAF",
    QuotientSource.MSA: "attestation MSA",
    QuotientSource.TAX: "avis d’imposition",
    QuotientSource.AGENT: "saisie du service Éducation",
    QuotientSource.IMPORT: "reprise de l’ancien logiciel",
}


@dataclass(slots=True)
class Pricing:
    """The facts of some families, loaded once, and the prices already worked out from them."""

    quotients: Mapping[int, Sequence[QuotientFact]]
    residences: Mapping[int, Sequence[ResidenceFact]]
    tariffs: Mapping[int, Sequence[TariffVersion]]
    _known: dict[tuple[object, ...], Price] = field(default_factory=dict)

    def price(self, activity_id: int, family_id: int, day: date, situation: Situation) -> Price | None:
        """The price of a day; None when no tariff says it (a page shows nothing rather than a guess)."""
        version = version_for(self.tariffs.get(activity_id, ()), day)
        if version is None:
            return None
        quotient = quotient_on(self.quotients.get(family_id, ()), day)
        resident = is_resident(self.residences.get(family_id, ()), day)
        known = (version.id, quotient, resident, situation)
        if known not in self._known:
            try:
                self._known[known] = _price(version, day, quotient, resident, situation)
            except Refused:
                return None
        return self._known[known]

    def cents(self, activity_id: int, family_id: int, day: date, situation: Situation) -> int | None:
        found = self.price(activity_id, family_id, day, situation)
        return None if found is None else found.amount_cents


def _price(
    version: TariffVersion, day: date, quotient: QuotientFact | None, resident: bool, situation: Situation
) -> Price:
    value, source = (quotient.value, quotient.source) if quotient else (None, "")
    return price(version, Facts(day, value, source, resident, situation))


def pricing_of(family_ids: Collection[int]) -> Pricing:
    """Load what prices these families' days: two queries whatever their number."""
    return Pricing(quotients_of(family_ids), residences_of(family_ids), configuration().tariffs)


def quotients_of(family_ids: Collection[int] | None) -> dict[int, list[QuotientFact]]:
    """The quotients of these families (None: all), by effective date."""
    columns = (
        models.Quotient.family_id,
        models.Quotient.value,
        models.Quotient.effective_on,
        models.Quotient.ends_on,
        models.Quotient.source,
    )
    query = sa.select(*columns).order_by(models.Quotient.effective_on)
    if family_ids is not None:
        query = query.where(models.Quotient.family_id.in_(family_ids))
    found: dict[int, list[QuotientFact]] = defaultdict(list)
    for family_id, value, effective_on, ends_on, source in db.session.execute(query):
        found[family_id].append(QuotientFact(value, effective_on, ends_on, SOURCES[source]))
    return found


def residences_of(family_ids: Collection[int] | None) -> dict[int, list[ResidenceFact]]:
    """The residence status of these families (None: all), by first day."""
    columns = (
        models.Residence.family_id,
        models.Residence.first_day,
        models.Residence.last_day,
        models.Residence.resident,
    )
    query = sa.select(*columns).order_by(models.Residence.first_day)
    if family_ids is not None:
        query = query.where(models.Residence.family_id.in_(family_ids))
    found: dict[int, list[ResidenceFact]] = defaultdict(list)
    for family_id, first, last, resident in db.session.execute(query):
        found[family_id].append(ResidenceFact(first, last, resident))
    return found
