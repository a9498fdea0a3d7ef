"""What a cap already gave back for days that are credited later: no family is given it twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from operations.configuration import configuration
from operations.day_facts import Key, justified_days, settled_days
from operations.grounds import ground_of, wanted_by
from operations.prices import pricing_of
from rules.caps import Caps, Counted, taken_off
from rules.ground import DayUse
from rules.periods import earliest_start
from rules.pricer import Pricer
from rules.tariff_grid import PERIOD_UNITS, Facts
from rules.vocabulary import Situation

A_YEAR = timedelta(days=366)


def no_longer_taken_off(family_id: int, credited: Mapping[Key, int]) -> int:
    """The cents that caps would not have taken off a family's invoices had these days cost what they now do.

    `credited` gives the cents due for each day; days credited before count for what they then became.
    """
    rules = configuration()
    if not any(version.caps for known in rules.tariffs.values() for version in known):
        return 0
    days = [day for _, _, day in credited]
    first = earliest_start(min(days), rules.calendar.period_start)
    last = max(days) + A_YEAR
    uses = [use for use in settled_days(first, last) if use.family_id == family_id]
    children = {use.child_id for use in uses}
    pricing = pricing_of({family_id}, children)
    earlier = {
        key: pricing.cents(key[1], family_id, key[2], Situation.JUSTIFIED, key[0]) or 0
        for key in justified_days(first, last) - credited.keys()
        if key[0] in children
    }
    pricer = Pricer(ground_of(rules, wanted_by(rules), {family_id}, children), uses)
    return _taken_off(uses, earlier, pricer) - _taken_off(uses, {**earlier, **credited}, pricer)


def _taken_off(uses: Sequence[DayUse], instead: Mapping[Key, int], pricer: Pricer) -> int:
    caps = Caps(pricer.ground, pricer.version_or_none)
    counted: list[tuple[Counted, Facts]] = []
    for use in uses:
        version = pricer.version_or_none(use.activity_id, use.day)
        if version is None or not caps.on(use.activity_id, use.day):
            continue
        price = pricer.price(version, pricer.facts(use, version))
        if price.row.unit in PERIOD_UNITS:
            continue
        cents = instead.get((use.child_id, use.activity_id, use.day), use.settled_cents or 0)
        anew = use._replace(settled_cents=None)
        counted.append((Counted.of(anew, cents, price.units), pricer.full_facts(use, version)))
    return taken_off(counted, caps)
