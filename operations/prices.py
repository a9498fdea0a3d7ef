"""What a day would cost a family: its facts, handed to the one price engine."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from operations.children import EnrolmentFact
from operations.configuration import configuration
from operations.grounds import enrolment_on, enrolments_of, ground_of, wanted_by
from rules.ground import DayUse, Ground
from rules.pricer import Pricer
from rules.refusals import Refused
from rules.tariff_grid import PERIOD_UNITS
from rules.tariffs import Price
from rules.vocabulary import Situation


@dataclass(slots=True)
class Pricing:
    """The facts of some families, loaded once, and the prices already worked out from them.

    A price shown before the month is over supposes the regime of the enrolment, and one unit of time.
    """

    ground: Ground
    enrolments: Mapping[int, Sequence[EnrolmentFact]] = field(default_factory=dict)
    _pricer: Pricer | None = None

    def price(
        self, activity_id: int, family_id: int, day: date, situation: Situation, child_id: int = 0
    ) -> Price | None:
        """The price of a day; None when no tariff says it (a page shows nothing rather than a guess).

        `child_id` is needed by the tariffs that look at the child (level, rank…). A price paid for a
        whole period is nobody's price for a day.
        """
        if self._pricer is None:
            self._pricer = Pricer(self.ground, (), foreseen=True)
        version = self._pricer.version_or_none(activity_id, day)
        if version is None:
            return None
        enrolled = enrolment_on(self.enrolments, child_id, activity_id, day)
        use = DayUse(child_id, activity_id, day, family_id, situation)
        if enrolled is not None:
            use = use._replace(regime=enrolled.regime, formula=enrolled.formula, chosen=enrolled.chosen)
        try:
            found = self._pricer.price(version, self._pricer.facts(use, version))
        except Refused:
            return None
        is_whole = found.row.unit in PERIOD_UNITS and not found.explanation.in_flat
        return None if is_whole else found

    def cents(
        self, activity_id: int, family_id: int, day: date, situation: Situation, child_id: int = 0
    ) -> int | None:
        found = self.price(activity_id, family_id, day, situation, child_id)
        return None if found is None else found.amount_cents


NO_PRICE = Pricing(Ground(tariffs={}))


def pricing_of(family_ids: Collection[int], child_ids: Collection[int] = ()) -> Pricing:
    """Load what prices these families' days: two queries whatever their number, more for richer tariffs."""
    rules = configuration()
    wanted = wanted_by(rules)
    enrolments = enrolments_of(child_ids) if wanted.enrolments else {}
    ground = ground_of(rules, wanted, family_ids, child_ids, enrolments=enrolments)
    return Pricing(ground, enrolments)
