"""Builders for the tests of the month: two families, two activities, one October."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from rules.billing import Adjustment, DayFact, uses_of
from rules.ground import ActivityPlace, Ground, ResidenceFact
from rules.months import PricedDay, price_month
from rules.tariffs import QuotientFact, SituationRule, TariffRow, TariffVersion
from rules.vocabulary import PriceUnit, Situation, SituationEffect, Timing

CANTEEN, EVENING = 1, 2
LEA, TOM, ZOE = 11, 12, 13
MARTIN, HADDAD = 101, 102
OCTOBER = date(2026, 10, 1)


def october(day: int) -> date:
    return date(2026, 10, day)


def canteen(first: date = date(2026, 9, 1), cents: tuple[int, int, int] = (120, 380, 520)) -> TariffVersion:
    low, high, unknown = cents
    rows = (
        TariffRow(position=1, label="moins de 600", qf_to=Decimal(600), amount_cents=low),
        TariffRow(position=2, label="600 et plus", qf_from=Decimal(600), amount_cents=high),
        TariffRow(position=3, label="sans quotient", no_quotient=True, amount_cents=unknown),
    )
    unbooked = SituationRule(Situation.UNBOOKED, SituationEffect.PLUS, 100)
    return TariffVersion(first.year, CANTEEN, "Cantine", first, None, rows, (unbooked,), is_example=False)


def evening() -> TariffVersion:
    rows = (
        TariffRow(position=1, label="commune", resident=True, amount_cents=200, unit=PriceUnit.SESSION),
        TariffRow(position=2, label="hors commune", amount_cents=300, unit=PriceUnit.SESSION),
    )
    return TariffVersion(50, EVENING, "Garderie", date(2026, 9, 1), None, rows)


TARIFFS = {CANTEEN: [canteen()], EVENING: [evening()]}
QUOTIENTS = {MARTIN: [QuotientFact(Decimal(712), date(2026, 9, 1), None, "attestation CAF")]}
RESIDENTS = {MARTIN: [ResidenceFact(date(2020, 1, 1), None, True)]}


def booked(child: int, day: date, family: int = MARTIN, **more: object) -> DayFact:
    return DayFact(child, CANTEEN, day, family, True, Timing.IN_TIME)._replace(**more)


GROUND = Ground(tariffs=TARIFFS, quotients=QUOTIENTS, residents=RESIDENTS)
CANTEEN_PLACE = ActivityPlace("Cantine")


def priced(facts: Iterable[DayFact], ground: Ground = GROUND) -> list[PricedDay]:
    return price_month(uses_of(facts), ground).days


def adjustment(cents: int, family: int = MARTIN, number: int = 7) -> Adjustment:
    return Adjustment(
        id=number, family_id=family, month=OCTOBER, label="Avoir repas du 3 septembre", amount_cents=cents
    )
