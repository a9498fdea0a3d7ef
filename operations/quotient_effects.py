"""What a quotient costs a family, and what another would: the one price engine says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

import models
from extensions import db
from operations.agenda import activities_of, is_booked
from operations.children import ChildFacts, facts_of
from operations.configuration import ActivityFacts, configuration
from operations.households import quotients_of
from operations.prices import Pricing
from operations.simulation import own_ground
from rules.elision import of_name
from rules.explanations import THE_UNIT
from rules.instants import ONE_DAY
from rules.money import NBSP, format_cents
from rules.quotients import QuotientFact, quotient_on
from rules.simulation_words import say_band
from rules.tariff_grid import TariffRow
from rules.tariffs import Price
from rules.vocabulary import Situation
from rules.wording import long_date

LONGEST = 400  # days: a quotient that counts for nothing within a year counts for nothing
SOON = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Standing:
    """`fact`: the quotient in force today, if any; `last`: the last day on which it counts, if known."""

    fact: QuotientFact | None
    last: date | None

    def ends_soon(self, today: date) -> bool:
        return self.last is not None and self.last < today + SOON


@dataclass(frozen=True, slots=True)
class Paid:
    """What one unit of an activity costs on its next day, by its row of the tariff.

    `whose`: the children, where they do not all pay the same; empty otherwise.
    """

    activity: ActivityFacts
    price: Price
    whose: str

    @property
    def band(self) -> str:
        """The quotients that pay it, in words; empty when the price does not look at the quotient."""
        return band_of(self.price.row)

    @property
    def said(self) -> str:
        return f"{format_cents(self.price.amount_cents)} {THE_UNIT[self.price.row.unit]}"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a new quotient changes from its first day on; no `first`: it would count for nothing."""

    first: date | None
    lines: Sequence[str]


def band_of(row: TariffRow) -> str:
    """The band of a row in words: « quotient : de 600 à moins de 900 »."""
    if row.no_quotient:
        return "sans quotient connu"
    if row.qf_from is None and row.qf_to is None:
        return ""
    said = say_band(row.qf_from or Decimal(0), row.qf_to)
    return f"quotient{NBSP}: {said[0].lower()}{said[1:]}"


def matters() -> bool:
    """Whether some tariff looks at the quotient."""
    rows = (row for versions in configuration().tariffs.values() for each in versions for row in each.rows)
    return any(row.no_quotient or row.qf_from is not None or row.qf_to is not None for row in rows)


def to_renew(family_id: int, today: date) -> Standing | None:
    """The standing of a family that should send an attestation: none counts today, or soon none will."""
    if not matters():
        return None
    found = standing_of(family_id, today)
    return found if found.fact is None or found.ends_soon(today) else None


def recorded(family_id: int) -> Sequence[models.Quotient]:
    """All that a household's quotient has been, the latest first."""
    row = models.Quotient
    query = sa.select(row).filter_by(family_id=family_id).order_by(row.effective_on.desc())
    return db.session.scalars(query).all()


def standing_of(family_id: int, today: date) -> Standing:
    """The quotient in force today, and until when the commune's rule makes it count; one query."""
    history, policy = quotients_of([family_id])[family_id], configuration().quotient_policy
    fact = quotient_on(history, today, policy)
    if fact is None:
        return Standing(None, None)
    days = (today + n * ONE_DAY for n in range(1, LONGEST))
    ended = next((day for day in days if quotient_on(history, day, policy) != fact), None)
    return Standing(fact, ended - ONE_DAY if ended else None)


def paid_now(family_id: int, children: Mapping[int, ChildFacts], today: date) -> list[Paid]:
    """What each child's next day costs in each of its activities, with the quotient that counts that day."""
    names, pricing = _names(children), Pricing(own_ground(family_id, children))
    found: dict[tuple[str, str], list[tuple[ActivityFacts, Price, str]]] = {}
    for child_id, activity, day in _next_days(family_id, children, today):
        price = _price(pricing, activity, family_id, day, child_id)
        if price is not None:
            said = f"{price.amount_cents} {band_of(price.row)}"
            found.setdefault((activity.name, said), []).append((activity, price, names[child_id]))
    return [
        Paid(*those[0][:2], _whose(key, [name for *_, name in those], found)) for key, those in found.items()
    ]


def effect_of(family_id: int, new: QuotientFact, *, today: date) -> Effect:
    """From when that quotient would count by the commune's rule, and what it would change, in words."""
    children = _children_of(family_id)
    ground = own_ground(family_id, children)
    known = [each for each in ground.quotients.get(family_id, ()) if each.effective_on != new.effective_on]
    history = [*known, new]
    days = (new.effective_on + n * ONE_DAY for n in range(LONGEST))
    first = next((day for day in days if quotient_on(history, day, ground.policy) == new), None)
    if first is None:
        return Effect(None, ())
    before = Pricing(ground)
    after = Pricing(replace(ground, quotients={**ground.quotients, family_id: history}))
    names = _names(children)
    found: dict[tuple[str, str], list[str]] = {}
    for child_id, activity, day in _next_days(family_id, children, max(first, today)):
        prices = [_price(each, activity, family_id, day, child_id) for each in (before, after)]
        if prices[0] is not None and prices[1] is not None:
            said = _changed(prices[0], prices[1])
            found.setdefault((activity.name, said), []).append(names[child_id])
    return Effect(first, [_line(name, said, who, found) for (name, said), who in found.items()])


def in_words(effect: Effect) -> str:
    """The effect in a few lines, for a decision and its mail."""
    if effect.first is None:
        return "Ce quotient ne change aucun prix."
    since = f"Ce quotient compte à partir du {long_date(effect.first)}"
    lines = "".join(f"\n– {line}" for line in effect.lines)
    return f"{since}{NBSP}:{lines}" if lines else f"{since}."


def _changed(before: Price, after: Price) -> str:
    unit = THE_UNIT[after.row.unit]
    if before.amount_cents == after.amount_cents:
        return f"{format_cents(after.amount_cents)} {unit}, inchangé"
    return f"{format_cents(before.amount_cents)} → {format_cents(after.amount_cents)} {unit}"


def _line(name: str, said: str, who: Sequence[str], found: Mapping[tuple[str, str], object]) -> str:
    whose = _whose((name, said), who, found)
    return f"{name} {whose}{NBSP}: {said}" if whose else f"{name}{NBSP}: {said}"


def _whose(key: tuple[str, str], who: Sequence[str], found: Mapping[tuple[str, str], object]) -> str:
    """The children, named only where they do not all pay the same for the activity."""
    differs = sum(name == key[0] for name, _ in found) > 1
    return ", ".join(map(of_name, who)) if differs else ""


def _price(
    pricing: Pricing, activity: ActivityFacts, family_id: int, day: date, child_id: int
) -> Price | None:
    situation = Situation.AS_BOOKED if is_booked(activity, day) else Situation.ATTENDED
    return pricing.price(activity.id, family_id, day, situation, child_id)


def _next_days(
    family_id: int, children: Mapping[int, ChildFacts], since: date
) -> list[tuple[int, ActivityFacts, date]]:
    """For each child and activity, its next day of service that is this family's."""
    calendar, found = configuration().calendar, []
    for child_id, facts in children.items():
        for activity in activities_of(facts, since):
            for n in range(LONGEST):
                day = since + n * ONE_DAY
                place = facts.place_on(day, activity.id)
                is_ours = facts.family_on(day) == family_id and facts.enrolled_on(day, activity.id)
                if place is not None and is_ours and calendar.is_service_day(day, place):
                    found.append((child_id, activity, day))
                    break
    return found


def _children_of(family_id: int) -> dict[int, ChildFacts]:
    """The children whose days may be this family's."""
    row = models.Custody
    query = sa.select(row.child_id).where(
        sa.or_(row.family_id == family_id, row.other_family_id == family_id)
    )
    return facts_of(sorted(set(db.session.scalars(query))))


def _names(child_ids: Mapping[int, object]) -> dict[int, str]:
    row = models.Child
    query = sa.select(row.id, row.first_name).where(row.id.in_(child_ids))
    return {child_id: name for child_id, name in db.session.execute(query)}
