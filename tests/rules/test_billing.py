"""The month: priced days, lines, bills, what is carried over, and the agent's fingerprint."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.billing import (
    Adjustment,
    Bill,
    DayFact,
    bills,
    carry_over,
    digest,
    lines_of,
)
from rules.ground import ResidenceFact, is_resident
from rules.refusals import Refused
from rules.tariffs import QuotientFact, recompute
from rules.vocabulary import Presence, PriceUnit, Situation, Timing
from tests.rules.one_october import (
    CANTEEN,
    CANTEEN_PLACE,
    EVENING,
    GROUND,
    HADDAD,
    LEA,
    MARTIN,
    OCTOBER,
    TOM,
    ZOE,
    adjustment,
    booked,
    canteen,
    october,
    priced,
)

# -- days ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "situation", "cents"),
    [
        (booked(LEA, october(6)), Situation.AS_BOOKED, 380),
        (booked(LEA, october(6), family_id=HADDAD), Situation.AS_BOOKED, 520),
        (booked(LEA, october(6), timing=Timing.LATE), Situation.LATE, 380),
        (
            booked(LEA, october(6), presence=Presence.ABSENT, sheet_closed=True),
            Situation.NO_SHOW,
            380,
        ),
        (
            DayFact(LEA, CANTEEN, october(6), MARTIN, False, None, Presence.PRESENT, True),
            Situation.UNBOOKED,
            480,
        ),
        (
            DayFact(LEA, EVENING, october(6), MARTIN, False, None, Presence.PRESENT, True, True),
            Situation.ATTENDED,
            200,
        ),
        (
            DayFact(LEA, EVENING, october(6), HADDAD, False, None, Presence.PRESENT, True, True),
            Situation.ATTENDED,
            300,
        ),
    ],
)
def test_a_day_is_priced_by_its_situation_its_family_and_its_activity(
    fact: DayFact, situation: Situation, cents: int
) -> None:
    (day,) = priced([fact])
    assert (day.situation, day.price.amount_cents) == (situation, cents)
    assert (day.child_id, day.activity_id, day.day, day.family_id) == fact[:4]


def test_days_with_nothing_to_bill_disappear() -> None:
    absent = DayFact(LEA, CANTEEN, october(6), MARTIN, False, None, Presence.ABSENT, True)
    nothing = DayFact(LEA, CANTEEN, october(8), MARTIN, False)
    assert priced([absent, nothing]) == []


def test_the_quotient_is_that_of_the_day_of_the_service() -> None:
    history = {
        MARTIN: [
            QuotientFact(Decimal(712), date(2026, 9, 1), None, "attestation CAF"),
            QuotientFact(Decimal(400), october(15), None, "attestation CAF"),
        ]
    }
    days = priced([booked(LEA, october(d)) for d in (14, 15)], replace(GROUND, quotients=history))
    assert [day.price.amount_cents for day in days] == [380, 120]
    assert "15 octobre 2026" in days[1].price.explanation.quotient_source


def test_the_tariff_is_the_one_in_force_that_day() -> None:
    tariffs = {CANTEEN: [canteen(), canteen(october(12), (130, 400, 550))]}
    days = priced([booked(LEA, october(d)) for d in (9, 12)], replace(GROUND, tariffs=tariffs))
    assert [day.price.amount_cents for day in days] == [380, 400]


def test_a_day_without_a_tariff_is_refused_by_name() -> None:
    day = booked(LEA, date(2026, 8, 31))
    with pytest.raises(Refused) as refused:
        priced([day], replace(GROUND, activities={CANTEEN: CANTEEN_PLACE}))
    assert refused.value.sentence == (
        "Aucun tarif n’est en vigueur le lundi 31 août 2026 pour «\u00a0Cantine\u00a0»."
    )
    with pytest.raises(Refused, match="une activité qui a des jours à facturer"):
        priced([day])


def test_a_residence_counts_from_its_first_to_its_last_day_and_is_never_supposed() -> None:
    history = [
        ResidenceFact(october(5), october(9), True),
        ResidenceFact(october(9), None, False),
    ]
    assert [is_resident(history, october(d)) for d in (4, 5, 8, 9)] == [False, True, True, False]
    assert is_resident([], OCTOBER) is False


# -- lines --------------------------------------------------------------------------


def test_days_of_one_child_price_and_situation_make_one_line() -> None:
    (line,) = lines_of(priced([booked(LEA, october(d)) for d in (8, 6, 5)]))
    assert line.days == (october(5), october(6), october(8))
    assert (line.quantity, line.unit_price_cents, line.amount_cents) == (3, 380, 1140)
    assert (line.family_id, line.child_id, line.activity_id, line.month) == (MARTIN, LEA, CANTEEN, OCTOBER)
    assert (line.situation, line.label, line.unit) == (Situation.AS_BOOKED, "600 et plus", PriceUnit.MEAL)
    assert line.explanation is not None
    assert recompute(line.explanation) == 380


def test_children_activities_and_situations_make_lines_of_their_own_in_order() -> None:
    facts = [
        booked(TOM, october(5)),
        DayFact(LEA, EVENING, october(5), MARTIN, False, None, Presence.PRESENT, True, True),
        booked(LEA, october(6), presence=Presence.ABSENT, sheet_closed=True),
        booked(LEA, october(5)),
    ]
    lines = lines_of(priced(facts))
    assert [(line.child_id, line.activity_id, line.situation) for line in lines] == [
        (LEA, CANTEEN, Situation.AS_BOOKED),
        (LEA, CANTEEN, Situation.NO_SHOW),
        (LEA, EVENING, Situation.ATTENDED),
        (TOM, CANTEEN, Situation.AS_BOOKED),
    ]


def test_a_quotient_that_changes_makes_two_lines_even_at_the_same_price() -> None:
    history = {
        MARTIN: [
            QuotientFact(Decimal(712), date(2026, 9, 1), None, "attestation CAF"),
            QuotientFact(Decimal(715), october(15), None, "attestation CAF"),
        ]
    }
    facts = [booked(LEA, october(d)) for d in (12, 13, 15)]
    lines = lines_of(priced(facts, replace(GROUND, quotients=history)))
    assert [(line.quantity, line.unit_price_cents) for line in lines] == [(2, 380), (1, 380)]


def test_a_day_carried_over_keeps_its_own_month_and_comes_first() -> None:
    facts = [booked(LEA, october(5)), booked(LEA, date(2026, 9, 29))]
    lines = lines_of(priced(facts))
    assert [line.month for line in lines] == [date(2026, 9, 1), OCTOBER]


def test_days_priced_in_two_runs_still_gather() -> None:
    days = priced([booked(LEA, october(5))]) + priced([booked(LEA, october(6))])
    assert [line.quantity for line in lines_of(days)] == [2]


def test_a_child_of_two_families_has_lines_in_each() -> None:
    days = priced([booked(LEA, october(5)), booked(LEA, october(12), HADDAD)])
    assert [(line.family_id, line.amount_cents) for line in lines_of(days)] == [(MARTIN, 380), (HADDAD, 520)]


# -- bills --------------------------------------------------------------------------


def test_each_family_has_one_bill_with_its_adjustments_last() -> None:
    days = priced([booked(ZOE, october(5), HADDAD), booked(LEA, october(5)), booked(TOM, october(5))])
    martin, haddad = bills(days, [adjustment(-380)])
    assert (martin.family_id, martin.total_cents) == (MARTIN, 380)
    assert (haddad.family_id, haddad.total_cents) == (HADDAD, 520)
    last = martin.lines[-1]
    assert (last.adjustment_id, last.label, last.amount_cents) == (7, "Avoir repas du 3 septembre", -380)
    assert (last.days, last.explanation, last.situation) == ((), None, None)


def test_an_adjustment_alone_makes_a_bill() -> None:
    (bill,) = bills([], [adjustment(2000, HADDAD)])
    assert (bill.family_id, bill.total_cents) == (HADDAD, 2000)


def test_an_excluded_family_has_no_bill() -> None:
    days = priced([booked(LEA, october(5)), booked(ZOE, october(5), HADDAD)])
    assert [bill.family_id for bill in bills(days, [adjustment(100)], {MARTIN})] == [HADDAD]


@pytest.mark.parametrize(
    ("total", "flush", "carried"),
    [
        (1499, False, True),
        (1500, False, False),  # the decree: debts *under* 15 €
        (1499, True, False),
        (1, True, False),
        (0, False, True),
        (0, True, True),
        (-500, True, True),
        (-5000, False, True),
        (99_999, False, False),
    ],
)
def test_small_zero_and_negative_totals_are_carried_over(total: int, flush: bool, carried: bool) -> None:
    assert carry_over(Bill(MARTIN, (), total), 1500, flush) is carried


def test_a_commune_may_have_its_own_threshold() -> None:
    assert carry_over(Bill(MARTIN, (), 1499), threshold_cents=500) is False


# -- laws ---------------------------------------------------------------------------

FACTS = st.lists(
    st.builds(
        DayFact,
        child_id=st.sampled_from([LEA, TOM, ZOE]),
        activity_id=st.sampled_from([CANTEEN, EVENING]),
        day=st.integers(0, 60).map(lambda n: date(2026, 9, 1) + timedelta(days=n)),
        family_id=st.sampled_from([MARTIN, HADDAD]),
        booked=st.booleans(),
        timing=st.sampled_from(Timing),
        presence=st.none() | st.sampled_from(Presence),
        sheet_closed=st.booleans(),
        by_attendance=st.booleans(),
    ),
    max_size=40,
    unique_by=lambda fact: (fact.child_id, fact.activity_id, fact.day),
)
ADJUSTMENTS = st.lists(st.integers(-5000, 5000), max_size=3).map(
    lambda amounts: [adjustment(cents, number=n) for n, cents in enumerate(amounts, 1)]
)


@given(FACTS, ADJUSTMENTS)
def test_lines_lose_and_invent_nothing(facts: list[DayFact], adjustments: list[Adjustment]) -> None:
    days = priced(facts)
    lines = lines_of(days)
    assert sum(line.amount_cents for line in lines) == sum(day.price.amount_cents for day in days)
    assert sorted((line.child_id, line.activity_id, day) for line in lines for day in line.days) == sorted(
        day[:3] for day in days
    )
    for line in lines:
        assert line.explanation is not None
        assert recompute(line.explanation) * line.quantity == line.amount_cents
    totals = sum(bill.total_cents for bill in bills(days, adjustments))
    assert totals == sum(d.price.amount_cents for d in days) + sum(a.amount_cents for a in adjustments)


@given(FACTS, ADJUSTMENTS, st.randoms())
def test_the_order_of_the_facts_changes_nothing(
    facts: list[DayFact], adjustments: list[Adjustment], shuffler: random.Random
) -> None:
    before = bills(priced(facts), adjustments)
    shuffler.shuffle(facts)
    shuffler.shuffle(adjustments)
    after = bills(priced(facts), adjustments)
    assert after == before
    assert [digest(bill) for bill in after] == [digest(bill) for bill in before]


@given(FACTS.filter(lambda facts: bool(priced(facts))), st.data())
def test_the_fingerprint_changes_with_a_cent_a_day_or_a_reason(
    facts: list[DayFact], data: st.DataObject
) -> None:
    bill = data.draw(st.sampled_from(bills(priced(facts))))
    index = data.draw(st.integers(0, len(bill.lines) - 1))
    line = bill.lines[index]
    assert line.explanation is not None
    for other in (
        replace(line, amount_cents=line.amount_cents + 1),
        replace(line, days=(*line.days[:-1], line.days[-1] + timedelta(days=1))),
        replace(line, explanation=line.explanation | {"quotient": "1"}),
        replace(line, label="autre"),
    ):
        lines = (*bill.lines[:index], other, *bill.lines[index + 1 :])
        assert digest(replace(bill, lines=lines)) != digest(bill)
    assert digest(replace(bill, total_cents=bill.total_cents + 1)) != digest(bill)
    assert digest(replace(bill, lines=bill.lines[::-1])) == digest(bill)


def test_the_fingerprint_is_the_same_from_one_day_to_the_next() -> None:
    """Drafts are stored with it: it may not depend on the process (hash seed, identity)."""
    (bill,) = bills([], [adjustment(-380)])
    assert digest(bill) == "b54ff2bf5c232a6d9034f450574b1ac1dd032b35a528d755e080350722dcbd0b"


def test_a_line_is_kept_in_a_draft_as_it_is_seen() -> None:
    (line,) = lines_of(priced([booked(LEA, october(6)), booked(LEA, october(5))]))
    kept = json.loads(json.dumps(line.to_json()))
    assert kept == line.to_json()
    assert (kept["month"], kept["days"]) == ("2026-10-01", ["2026-10-05", "2026-10-06"])
    assert (kept["situation"], kept["unit"], kept["amount_cents"]) == ("as_booked", "meal", 760)
    assert recompute(kept["explanation"]) == 380
