"""The days of an example priced together by the one price pass: a month, a family, a whole year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property

from rules.categories import CategoryFact
from rules.commune_examples import Example
from rules.commune_file import Reglement
from rules.example_cases import DayCase
from rules.ground import (
    ActivityPlace,
    Commitment,
    DayUse,
    Ground,
    ResidenceFact,
    SchoolFact,
    Sibling,
    Signing,
)
from rules.months import Around, Month, price_month
from rules.pricer import Pricer
from rules.quotients import PLAIN, QuotientFact
from rules.vocabulary import Eater, FeeOccasion, Formula, Regime, Situation

FAMILY = 1
SIGNINGS = {FeeOccasion.ENROLMENT: False, FeeOccasion.LATE_ENROLMENT: True}


class FamilyMonth:
    """One family, its children numbered by their rank, and all their days of the example."""

    def __init__(
        self, example: Example, reglement: Reglement, days: Sequence[tuple[DayCase, Situation | None]]
    ) -> None:
        self.facts = example.facts
        self.reglement = reglement
        self.cases = [case for case, _ in days]
        self.uses = [_use(case, situation) for case, situation in days if situation is not None]

    @cached_property
    def month(self) -> Month:
        around = Around(commitments=self._commitments(), signings=self._signings())
        return price_month(self.uses, self.ground, around)

    def regimes(self) -> set[Regime]:
        """What the month makes of each child, where the tariff decides it afterwards."""
        pricer = Pricer(self.ground, self.uses)
        return {
            pricer.full_facts(use, pricer.version_on(use.activity_id, use.day)).regime for use in self.uses
        }

    @cached_property
    def ground(self) -> Ground:
        reglement, calendar = self.reglement, self.reglement.calendar
        occasions = self.facts["occasions"] or frozenset()
        places = {
            reglement.number(each): ActivityPlace(
                each.name, reglement.service_number(each), each.starts_at, each.ends_at
            )
            for each in reglement.activities
        }
        return Ground(
            tariffs={reglement.number(each): reglement.tariffs_of(each) for each in reglement.activities},
            activities=places,
            quotients={FAMILY: self._quotients()},
            policy=reglement.quotient if self.facts["quotients"] else PLAIN,
            residents={FAMILY: [ResidenceFact(date.min, None, self.facts["resident"] is not False)]},
            categories={FAMILY: [CategoryFact(n, date.min) for n in self.facts["categories"] or ()]},
            siblings={FAMILY: self._siblings()},
            schools={case.rank_in_family: [_school(case)] for case in self.cases},
            fees=[fee for fee in reglement.fees if fee.occasion in occasions],
            in_holidays=calendar.in_school_holidays,
            between_holidays=calendar.period_start,
            offered=self._offered,
            enrolled=lambda *_: True,
        )

    # -- the family --

    def _quotients(self) -> list[QuotientFact]:
        history: Sequence[QuotientFact] = self.facts["quotients"] or ()
        income: Decimal | None = self.facts["income"]
        value = self.cases[0].quotient if self.cases and not history else None
        if not history and (value is not None or income is not None):
            history = [QuotientFact(value or Decimal(0), date.min, None, "Attestation")]
        return [each._replace(income=income, dependants=self._size()) for each in history]

    def _size(self) -> int:
        children = self.facts["children"]
        count = len(children) if isinstance(children, tuple) else children or 1
        return max([count, *(case.rank_in_family for case in self.cases)])

    def _siblings(self) -> list[Sibling]:
        """As many children as the family has, born so that each has the rank that the example gives."""
        versions = [each for a in self.reglement.activities for each in self.reglement.tariffs_of(a)]
        eldest_first = all(each.eldest_first for each in versions)
        step = 1 if eldest_first else -1
        return [Sibling(rank, date(2000 + step * rank, 1, 1)) for rank in range(1, self._size() + 1)]

    def _offered(self, child_id: int, activity_id: int, month: date) -> Sequence[date]:
        place = next(
            case.place
            for case in self.cases
            if case.rank_in_family == child_id and case.place.activity_id == activity_id
        )
        end = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        days = self.reglement.calendar.service_days(month, end, place)
        return [day for day in days if day < end]

    # -- what is owed without a day --

    def _commitments(self) -> list[Commitment]:
        """A child said to be regular owes its period even without a day in it."""
        return [
            Commitment(
                case.rank_in_family,
                _activity(case),
                case.day,
                FAMILY,
                case.facts["formula"] or Formula.MEAL,
                case.facts["chosen"],
            )
            for case in self.cases
            if case.facts["regime"] is Regime.REGULAR
        ]

    def _signings(self) -> list[Signing]:
        occasions: frozenset[FeeOccasion] = self.facts["occasions"] or frozenset()
        return [
            Signing(case.rank_in_family, _activity(case), case.day, FAMILY, late)
            for occasion, late in SIGNINGS.items()
            if occasion in occasions
            for case in self.cases
        ]


def _activity(case: DayCase) -> int:
    return case.reglement.number(case.activity)


def _school(case: DayCase) -> SchoolFact:
    return SchoolFact(case.facts["school"], case.facts["level"])


def _use(case: DayCase, situation: Situation) -> DayUse:
    arrives, leaves = case.hours
    return DayUse(
        child_id=case.rank_in_family,
        activity_id=_activity(case),
        day=case.day,
        family_id=FAMILY,
        situation=situation,
        arrives=arrives,
        leaves=leaves,
        regime=case.facts["regime"],
        formula=case.facts["formula"] or Formula.MEAL,
        eater=case.facts["eater"] or Eater.CHILD,
        chosen=case.facts["chosen"],
    )
