"""Swaps of days between the two households of an alternation: what may be proposed, and until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules.custody import CustodyRule, Homes, rule_on
from rules.instants import ONE_DAY
from rules.refusals import Refused
from rules.wording import day_and_month, day_number, long_date, short_date

MOST_DAYS = 62  # the summer holidays
FURTHEST = timedelta(days=366)
WEEK = timedelta(days=7)
NOT_SHARED = "Les jours de cet enfant ne sont pas partagés entre deux foyers ce jour-là"


@dataclass(frozen=True, slots=True)
class Days:
    """Days that follow one another, first and last included."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + n * ONE_DAY for n in range((self.last - self.first).days + 1))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    @staticmethod
    def read(value: str) -> Days:
        """What `value` wrote. Raises ValueError."""
        first, last = value.split("/")
        return Days(date.fromisoformat(first), date.fromisoformat(last))

    @property
    def value(self) -> str:
        return f"{self.first.isoformat()}/{self.last.isoformat()}"

    @property
    def words(self) -> str:
        """`du lundi 7 décembre au dimanche 13 décembre 2026`, or `le mardi 8 décembre 2026`."""
        if self.first == self.last:
            return f"le {long_date(self.first)}"
        return f"du {day_and_month(self.first)} au {long_date(self.last)}"

    @property
    def short(self) -> str:
        if self.first == self.last:
            return f"le {short_date(self.first)}"
        one_month = (self.first.year, self.first.month) == (self.last.year, self.last.month)
        return (
            f"du {day_number(self.first) if one_month else short_date(self.first)} au {short_date(self.last)}"
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """A swap as one household sees it: the days it gives, those it takes; one of the two at least."""

    gives: Days | None
    takes: Days | None

    @property
    def spans(self) -> list[Days]:
        return [span for span in (self.gives, self.takes) if span is not None]

    @property
    def first(self) -> date:
        return min(span.first for span in self.spans)

    def holds(self, day: date) -> bool:
        return any(day in span for span in self.spans)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A week of days, or less, that belong to one family."""

    days: Days
    family_id: int


def stretches(homes: Homes, first: date, last: date) -> list[Stretch]:
    """The days from first to last by the family they belong to, in order; none is longer than a week."""
    found: list[Stretch] = []
    for day in Days(first, last):
        family_id = homes.on(day)
        previous = found[-1] if found else None
        goes_on = previous is not None and (previous.family_id, previous.days.last) == (
            family_id,
            day - ONE_DAY,
        )
        if family_id is None:
            continue
        if previous is not None and goes_on and day - previous.days.first < WEEK:
            found[-1] = Stretch(Days(previous.days.first, day), family_id)
        else:
            found.append(Stretch(Days(day, day), family_id))
    return found


def next_changeover(homes: Homes, day: date) -> date | None:
    """The first day after `day` that belongs to another family than it; None within the two months."""
    now = homes.on(day)
    coming = (day + n * ONE_DAY for n in range(1, MOST_DAYS + 1))
    return next((each for each in coming if homes.on(each) != now), None)


def week_in_words(day: date) -> str:
    """`Cette semaine est la semaine 48, paire.`"""
    week = day.isocalendar().week
    return f"Cette semaine est la semaine {week}, {'paire' if week % 2 == 0 else 'impaire'}."


def other_family(rules: Sequence[CustodyRule], family_id: int, day: date) -> int | None:
    """The other household of the alternation in force that day; None when there is none."""
    rule = rule_on(rules, day)
    if rule is None or family_id not in rule.families:
        return None
    return next((each for each in rule.families if each != family_id), None)


def check_offer(homes: Homes, family_id: int, offer: Offer, first_day: date) -> int:
    """Refuse what cannot be swapped; returns the other household.

    Days that begin on `first_day` at the soonest and within a year, two months of them at most each way:
    those given are the household's own, those taken the other's, between the same two households.
    """
    if not offer.spans:
        raise Refused("Choisissez les jours que vous laissez, ceux que vous demandez, ou les deux.", "laisse")
    others = set()
    for field, span, is_given in (("laisse", offer.gives, True), ("demande", offer.takes, False)):
        if span is not None:
            _check_length(span, field, first_day)
            others |= {_other_on(homes, family_id, day, field, is_given) for day in span}
    if len(others) > 1:
        raise Refused("Ces jours se partagent avec deux foyers différents : faites deux échanges.", "laisse")
    return others.pop()


def _check_length(span: Days, field: str, first_day: date) -> None:
    if span.last < span.first:
        raise Refused("Le dernier jour ne peut pas précéder le premier.", field)
    if span.first < first_day:
        raise Refused(f"Un échange porte sur des jours à venir, à partir du {long_date(first_day)}.", field)
    if span.last - first_day > FURTHEST:
        raise Refused("Un échange se prévoit au plus un an à l’avance.", field)
    if (span.last - span.first).days >= MOST_DAYS:
        raise Refused(f"Un échange porte sur {MOST_DAYS} jours qui se suivent au plus.", field)


def _other_on(homes: Homes, family_id: int, day: date, field: str, is_given: bool) -> int:
    other = other_family(homes.rules, family_id, day)
    if other is None:
        raise Refused(f"{NOT_SHARED} : {long_date(day)}.", field)
    if (homes.on(day) == family_id) is not is_given:
        whose = "n’est pas un de vos jours" if is_given else "est déjà un de vos jours"
        raise Refused(f"Le {day_and_month(day)} {whose}.", field)
    return other
