"""Prices, caps and occurrences by the period between two school holidays; fees by residence."""

from __future__ import annotations

from datetime import date

import pytest

from rules.fees import Fee
from rules.ground import Commitment, DayUse, Ground, ResidenceFact
from rules.months import Around, price_month
from rules.tariff_grid import SituationRule, TariffRow, TariffVersion
from rules.vocabulary import FeeOccasion, Per, PriceUnit, Situation, SituationEffect
from tests.rules.villars import LUNCH, calendar

STUDY, LEA, FAMILY = LUNCH.activity_id, 1, 1
SEPTEMBER = date(2026, 9, 1)


def version(unit: PriceUnit, cents: int, situations: tuple[SituationRule, ...] = ()) -> TariffVersion:
    row = TariffRow(position=1, label="Étude", amount_cents=cents, unit=unit)
    return TariffVersion(1, STUDY, "Étude", SEPTEMBER, None, (row,), situations)


def ground(tariff: TariffVersion, **more: object) -> Ground:
    school = calendar()
    return Ground(
        tariffs={STUDY: [tariff]},
        between_holidays=school.period_start,
        offered=lambda _child, _activity, month: [
            day for day in school.service_days(month, month.replace(day=28), LUNCH)
        ],
        **more,
    )


def use(day: date, situation: Situation = Situation.ATTENDED) -> DayUse:
    return DayUse(LEA, STUDY, day, FAMILY, situation)


def test_a_period_is_paid_once_from_holidays_to_holidays():
    found = price_month(
        [use(date(2026, 11, 5)), use(date(2026, 12, 3)), use(date(2027, 1, 5))],
        ground(version(PriceUnit.PERIOD, 2000)),
    )
    assert [(charge.key.first, charge.amount_cents) for charge in found.charges] == [
        (date(2026, 11, 2), 2000),
        (date(2027, 1, 4), 2000),
    ]


def test_a_child_enrolled_owes_the_period_that_is_served_not_the_holidays():
    owed = Around(commitments=[Commitment(LEA, STUDY, date(2026, 11, 1), FAMILY)])
    (charge,) = price_month([], ground(version(PriceUnit.PERIOD, 2000)), owed).charges
    assert charge.key.first == date(2026, 11, 2)


def test_a_child_enrolled_owes_nothing_when_nothing_is_served():
    owed = Around(commitments=[Commitment(LEA, STUDY, date(2027, 8, 1), FAMILY)])
    assert price_month([], ground(version(PriceUnit.PERIOD, 2000)), owed).charges == []


def test_times_are_counted_anew_after_the_holidays():
    """« Deux absences tolérées par période. »"""
    rules = (
        SituationRule(Situation.NO_SHOW, SituationEffect.FREE, nth_period=Per.PERIOD),
        SituationRule(Situation.NO_SHOW, SituationEffect.SAME, from_nth=3, nth_period=Per.PERIOD),
    )
    days = [date(2026, 11, 5), date(2026, 11, 6), date(2026, 12, 3), date(2027, 1, 5)]
    found = price_month(
        [use(day, Situation.NO_SHOW) for day in days], ground(version(PriceUnit.SESSION, 300, rules))
    )
    assert found.total_cents() == 300


@pytest.mark.parametrize(("resident", "cents"), [(True, 500), (False, 1600)])
def test_of_the_fees_of_one_name_a_family_owes_that_of_its_residence(resident: bool, cents: int):
    fees = [
        Fee(
            name="Cotisation",
            amount_cents=amount,
            occasion=FeeOccasion.FIRST_BILL,
            first=SEPTEMBER,
            resident=lives,
        )
        for amount, lives in ((1600, False), (500, True))
    ]
    home = {FAMILY: [ResidenceFact(SEPTEMBER, None, resident)]}
    known = ground(version(PriceUnit.SESSION, 0), fees=fees, residents=home)
    assert price_month([use(date(2026, 11, 5))], known).total_cents() == cents
