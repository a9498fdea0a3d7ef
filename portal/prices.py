"""The prices of the open activities, in words: conditions, reductions, caps, situations, annual fees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from operations.configuration import ActivityFacts, Configuration
from operations.tariffs import school_names
from rules.deadlines import in_words
from rules.folding import fold
from rules.tariff_grid import Conditions, TariffRow, TariffVersion
from rules.tariff_words import (
    amount_in_words,
    bound,
    bounds_in_words,
    cap_in_words,
    conditions_in_words,
    fee_in_words,
    modifier_in_words,
    others_in_words,
    regular_in_words,
    situation_in_words,
    unit_in_words,
)
from rules.tariffs import version_for
from rules.vocabulary import PriceMethod, PriceUnit

EVERYBODY = "Tous"
TIMED = (PriceUnit.SLICE, PriceUnit.HOUR)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the page's table; `amount` is the price with its unit when it is not the activity's."""

    label: str
    quotient: str
    others: str
    amount: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A tariff in force on a day, the activities that it prices, and their deadlines."""

    activities: Sequence[ActivityFacts]
    version: TariffVersion
    deadlines: Sequence[str]
    upcoming: TariffVersion | None
    schools: Mapping[int, str]

    @property
    def slug(self) -> str:
        return self.activities[0].slug

    @property
    def title(self) -> str:
        return " et ".join(each.name for each in self.activities)

    @property
    def unit(self) -> PriceUnit:
        """The unit that most rows share; the others say theirs."""
        units = [row.unit for row in self.version.rows]
        return max(units, key=units.count)

    @property
    def lines(self) -> list[Line]:
        return [
            Line(
                row.label,
                _quotient(row),
                self._whom(row),
                self._amount(row),
            )
            for row in self.version.rows
        ]

    def _whom(self, row: TariffRow) -> str:
        """Who else the row asks for, unless its label says just that."""
        said = _sentence(", ".join(others_in_words(row, self.schools)))
        return "" if fold(said) == fold(row.label) else said

    def _amount(self, row: TariffRow) -> str:
        said = _sentence(amount_in_words(row))
        plain = row.method is PriceMethod.FREE or (row.unit is self.unit and row.unit not in TIMED)
        return said if plain else f"{said} {unit_in_words(row)}"

    @property
    def tells_families_apart(self) -> bool:
        return any(line.others for line in self.lines)

    @property
    def others(self) -> list[tuple[str, str]]:
        """Reductions, caps and situations: what they are called, and what they do."""
        said = [(each.label, self._to(modifier_in_words(each), each)) for each in self.version.modifiers]
        if bounds := bounds_in_words(self.version):
            said.append(("Prix plancher ou plafond", bounds))
        said += [(each.label, self._to(cap_in_words(each), each)) for each in self.version.caps]
        said += [(each.situation.label, situation_in_words(each)) for each in self.version.situations]
        return [(label, _sentence(words)) for label, words in said]

    def _to(self, words: str, asked: Conditions) -> str:
        whom = ", ".join(conditions_in_words(asked, self.schools))
        return f"{words} ({whom})" if whom else words

    @property
    def regular(self) -> str:
        return regular_in_words(self.version)


def grids(rules: Configuration, day: date) -> Iterator[Grid]:
    """The tariff in force of each open activity; those that share their service's tariff together."""
    schools = school_names()
    together: dict[int | None, list[ActivityFacts]] = {}
    versions: dict[int | None, TariffVersion] = {}
    for activity in rules.activities.values():
        version = version_for(rules.tariffs.get(activity.id, ()), day)
        if activity.is_open and version is not None:
            together.setdefault(version.id, []).append(activity)
            versions[version.id] = version
    for version_id, activities in together.items():
        known = rules.tariffs[activities[0].id]
        later = min((v for v in known if v.first > day), key=lambda v: v.first, default=None)
        yield Grid(activities, versions[version_id], _deadlines(rules, activities, day), later, schools)


def _deadlines(rules: Configuration, activities: Sequence[ActivityFacts], day: date) -> list[str]:
    said = (
        in_words(rule)
        for activity in activities
        for rule in rules.deadlines.get(activity.id, ())
        if rule.concerns(day)
    )
    return list(dict.fromkeys(said))


def annual_fees(rules: Configuration, day: date) -> Iterator[tuple[str, str]]:
    """What is paid once a school year."""
    for fee in rules.fees:
        if fee.covers(day):
            yield fee.name, fee_in_words(fee)


def _quotient(row: TariffRow) -> str:
    """The band of a row: « Moins de 400 », « De 400 à moins de 622,50 », « 1 400 et plus »."""
    if row.no_quotient:
        return "Quotient inconnu"
    if row.qf_to is None:
        return f"{bound(row.qf_from)} et plus" if row.qf_from else EVERYBODY
    if not row.qf_from:
        return f"Moins de {bound(row.qf_to)}"
    return f"De {bound(row.qf_from)} à moins de {bound(row.qf_to)}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
