"""Prices of many days, each worked out once: the facts of a day, and what its tariff looks at of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from rules.categories import categories_on
from rules.durations import started
from rules.explanations import ORDINARY
from rules.ground import DayUse, Ground, SchoolFact, is_resident, school_on
from rules.money import NBSP
from rules.occurrences import NO_REGIME, Decided, Regimes, enrolled, occurrences, rule_counted
from rules.quotients import QuotientFact, quotient_on
from rules.refusals import Refused
from rules.siblings import Siblings
from rules.tariff_conditions import CONDITIONS, mentions, on_weekday, ready
from rules.tariff_grid import HOUR_MINUTES, PERIOD_UNITS, TIMED_UNITS, Facts, TariffVersion
from rules.tariffs import Price, price, version_for
from rules.vocabulary import Eater, EffortBasis, Formula, PriceMethod, Situation
from rules.wording import long_date

NOWHERE = SchoolFact(None, None)
NO_CATEGORY: frozenset[str] = frozenset()
SIMPLE = frozenset({"quotient", "resident"})


@dataclass(frozen=True, slots=True)
class Needs:
    """What a tariff looks at: the conditions stated anywhere in it, and what else makes its prices."""

    stated: frozenset[str]
    timed: bool
    slices: tuple[int, int] | None
    income: bool
    ranked: bool
    regime: bool
    late: bool
    counted: frozenset[Situation]
    plain: bool


@lru_cache(maxsize=512)
def needs_of(version: TariffVersion) -> Needs:
    """Read once for each tariff: its plain prices then cost no more than a look-up."""
    stated = frozenset(mentions((*version.rows, *version.modifiers, *version.caps)))
    income = any(r.method == PriceMethod.RATE and r.basis == EffortBasis.INCOME for r in version.rows)
    timed = "slot" in stated or any(row.unit in TIMED_UNITS for row in version.rows)
    shared = any(row.method == PriceMethod.SHARED for row in version.rows)
    counted = frozenset(s for s in Situation if rule_counted(version, s) is not None)
    late = any(rule.situation == Situation.LATE_PICKUP for rule in version.situations)
    by_period = any(row.unit in PERIOD_UNITS for row in version.rows)
    plain = not (timed or shared or counted or late or by_period or version.caps or stated - SIMPLE)
    return Needs(
        stated=stated,
        timed=timed,
        slices=_slices(version) if timed else None,
        income=income,
        ranked=shared or bool({"rank", "children"} & stated),
        regime="regime" in stated,
        late=late,
        counted=counted,
        plain=plain and "income" not in stated,
    )


def _slices(version: TariffVersion) -> tuple[int, int] | None:
    """The slice and the tolerance, when they are all that hours change: one kind of slice, and no slot."""
    kinds = {
        (row.slice_minutes or HOUR_MINUTES, row.tolerance_minutes)
        for row in version.rows
        if row.unit in TIMED_UNITS
    }
    return kinds.pop() if len(kinds) == 1 and not ready(version).bounds else None


EVERYTHING = Needs(
    stated=frozenset(condition.name for condition in CONDITIONS),
    timed=True,
    slices=None,
    income=True,
    ranked=True,
    regime=True,
    late=True,
    counted=frozenset(),
    plain=False,
)


class Pricer:
    """The prices of one pass over days; what is asked twice is worked out once."""

    def __init__(self, ground: Ground, uses: Sequence[DayUse], *, foreseen: bool = False) -> None:
        """`foreseen`: before the month is known, a child is what its enrolment says, regular by default."""
        self.ground = ground
        self._foreseen = foreseen
        self._versions: dict[tuple[int, date], TariffVersion | None] = {}
        self._plain: dict[tuple[int, date], bool] = {}
        self._families: dict[tuple[int, date], tuple[QuotientFact | None, bool]] = {}
        self._prices: dict[object, Price] = {}
        self._bare: dict[Price, Price] = {}
        self._bare_of: dict[int, Price] = {}
        self._shared_caps: dict[int | None, bool] = {}
        other = [use for use in uses if not self._is_plain(use.activity_id, use.day)]
        self._siblings = Siblings(ground, other)
        self._regimes = Regimes(ground, other)
        self.late = [late for use in other if (late := self._late(use)) is not None]
        self._nth = occurrences([*other, *self.late], self.version_on, ground)

    # -- tariffs

    def version_or_none(self, activity_id: int, day: date) -> TariffVersion | None:
        key = (activity_id, day)
        if key not in self._versions:
            self._versions[key] = version_for(self.ground.tariffs.get(activity_id, ()), day)
        return self._versions[key]

    def version_on(self, activity_id: int, day: date) -> TariffVersion:
        found = self.version_or_none(activity_id, day)
        if found is None:
            known = self.ground.activities.get(activity_id)
            raise Refused(_no_tariff(day, known.name if known else None))
        return found

    def _is_plain(self, activity_id: int, day: date) -> bool:
        key = (activity_id, day)
        if key not in self._plain:
            plain = needs_of(self.version_on(activity_id, day)).plain
            self._plain[key] = plain and not self._capped_by_its_service(activity_id)
        return self._plain[key]

    def _capped_by_its_service(self, activity_id: int) -> bool:
        """Whether another activity's tariff caps the whole service."""
        service = self.ground.service_of(activity_id)
        if service not in self._shared_caps:
            activities = [a for a, place in self.ground.activities.items() if place.service_id == service]
            versions = [v for a in activities for v in self.ground.tariffs.get(a, ())]
            self._shared_caps[service] = service is not None and any(
                cap.whole_service for version in versions for cap in version.caps
            )
        return self._shared_caps[service]

    # -- facts

    def family_on(self, family_id: int, day: date) -> tuple[QuotientFact | None, bool]:
        key = (family_id, day)
        if key not in self._families:
            history = self.ground.quotients.get(family_id, ())
            quotient = quotient_on(history, day, self.ground.policy)
            self._families[key] = quotient, is_resident(self.ground.residents.get(family_id, ()), day)
        return self._families[key]

    def facts(self, use: DayUse, version: TariffVersion, needs: Needs | None = None) -> Facts:
        """What the tariff looks at of a day; the rest is left out, so that more days are alike."""
        needs = needs or needs_of(version)
        quotient, resident = self.family_on(use.family_id, use.day)
        rank, children = self._siblings.rank(use, version, quotient) if needs.ranked else (1, 1)
        regime = self._regime(use, version) if needs.regime else NO_REGIME
        arrives, leaves, ends_at = self._hours(use, needs)
        stated = needs.stated
        school = NOWHERE
        if "level" in stated or "school" in stated:
            school = school_on(self.ground.schools.get(use.child_id, ()), use.day)
        return Facts(
            day=on_weekday(use.day.isoweekday()) if "weekday" in stated else version.first,
            quotient=quotient.value if quotient else None,
            quotient_source=quotient.source if quotient else "",
            resident=resident,
            situation=use.situation,
            categories=self._categories(use) if "category" in stated else NO_CATEGORY,
            level=school.level,
            school_id=school.school_id,
            in_holidays="holidays" in stated and self.ground.in_holidays(use.day),
            rank=rank,
            children=children,
            days_a_week=self._regimes.days_a_week(use, version) if "days" in stated else 1,
            days_a_month=self._regimes.days(use, version) if "month" in stated else 1,
            regime=regime.regime,
            taken=regime.taken,
            offered=regime.offered,
            formula=use.formula if "formula" in stated else Formula.MEAL,
            eater=use.eater if "eater" in stated else Eater.CHILD,
            arrives=arrives,
            leaves=leaves,
            ends_at=ends_at,
            income=quotient.income if quotient and needs.income else None,
            occurrence=self._nth.get(use, 1) if use.situation in needs.counted else 1,
        )

    def full_facts(self, use: DayUse, version: TariffVersion) -> Facts:
        """Every fact, for a cap that another tariff of the service states."""
        facts = self.facts(use, version, EVERYTHING)
        return replace(facts, day=use.day)

    def _regime(self, use: DayUse, version: TariffVersion) -> Decided:
        return enrolled(use) if self._foreseen else self._regimes.decide(use, version)

    def _categories(self, use: DayUse) -> frozenset[str]:
        return categories_on(self.ground.categories.get(use.family_id, ()), use.day)

    def _hours(self, use: DayUse, needs: Needs) -> tuple[int | None, int | None, int | None]:
        """The hours that count; any that start as many slices will do, where slices alone are counted."""
        if use.situation == Situation.LATE_PICKUP:
            place = self.ground.activities.get(use.activity_id)
            return None, use.leaves, place.ends_at if place else None
        if not needs.timed:
            return None, None, None
        arrives, leaves = self.hours(use)
        if needs.slices is not None and arrives is not None and leaves is not None and arrives < leaves:
            length, tolerance = needs.slices
            count = started(leaves - arrives, length, tolerance)
            return (0, count * length + tolerance, None) if count else (arrives, leaves, None)
        return arrives, leaves, None

    def hours(self, use: DayUse) -> tuple[int | None, int | None]:
        """When the child was there: for an hour not noted, the activity's own; unknown when neither is."""
        if use.arrives is None and use.leaves is None:
            return None, None
        place = self.ground.activities.get(use.activity_id)
        arrives = use.arrives if use.arrives is not None else place and place.starts_at
        leaves = use.leaves if use.leaves is not None else place and place.ends_at
        return arrives, leaves

    def _late(self, use: DayUse) -> DayUse | None:
        """The late pick-up of a day, as a fact of its own; None in time, or when the tariff ignores it."""
        version = self.version_on(use.activity_id, use.day)
        place = self.ground.activities.get(use.activity_id)
        if not needs_of(version).late or use.leaves is None or place is None or place.ends_at is None:
            return None
        rules = [rule for rule in version.situations if rule.situation == Situation.LATE_PICKUP]
        late = use.leaves - place.ends_at
        if late <= min(rule.tolerance_minutes for rule in rules):
            return None
        return use._replace(situation=Situation.LATE_PICKUP)

    # -- prices

    def is_plain(self, use: DayUse) -> bool:
        """Whether the tariff of that day asks only for the quotient, the residence and the situation."""
        return self._is_plain(use.activity_id, use.day)

    def plain_price(self, use: DayUse) -> Price:
        """The price of a day of a plain tariff: the objects themselves are the key, which is quickest."""
        version = self.version_on(use.activity_id, use.day)
        quotient, resident = self.family_on(use.family_id, use.day)
        key = (id(version), id(quotient), resident, use.situation)
        found = self._prices.get(key)
        if found is None:
            found = self._prices[key] = price(version, self.facts(use, version))
        return found

    def price(self, version: TariffVersion, facts: Facts) -> Price:
        key = (id(version), facts)
        found = self._prices.get(key)
        if found is None:
            found = self._prices[key] = price(version, facts)
        return found

    def ordinary_price(self, use: DayUse, version: TariffVersion) -> Price:
        """What the day would cost had nothing happened: the price of its period, for a row that has one."""
        if use.situation not in ORDINARY:
            use = use._replace(situation=Situation.AS_BOOKED)
        return self.price(version, self.facts(use, version))

    def without_hours(self, found: Price) -> Price:
        """The same price for all the days that count as much, and one object for it."""
        known = self._bare_of.get(id(found))
        if known is None:
            bare = found
            if found.explanation.has_hours:
                bare = replace(found, explanation=found.explanation.without_hours())
            known = self._bare_of[id(found)] = self._bare.setdefault(bare, bare)
        return known


def _no_tariff(day: date, activity: str | None) -> str:
    of_what = f"«{NBSP}{activity}{NBSP}»" if activity else "une activité qui a des jours à facturer"
    return f"Aucun tarif n’est en vigueur le {long_date(day)} pour {of_what}."
