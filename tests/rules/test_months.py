"""What several days make together: ranks, regimes, nth times, whole periods, caps, fees, late pick-ups."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rules.billing import bills, lines_of
from rules.charge_explanations import read, recompute
from rules.fees import Fee
from rules.ground import Commitment, Sibling, Signing
from rules.months import Month
from rules.quotients import QuotientFact
from rules.refusals import Refused
from rules.vocabulary import (
    ChargeKind,
    CountIn,
    FeeOccasion,
    Per,
    PerWhom,
    PriceMethod,
    PriceUnit,
    Regime,
    Situation,
    SituationEffect,
)
from tests.rules.grids import (
    CANTEEN,
    EVENING,
    HADDAD,
    LEA,
    MARTIN,
    MORNING,
    SESSION,
    TOM,
    ZOE,
    by_day,
    cap,
    cents,
    ground,
    month,
    october,
    on,
    row,
    tariff,
    times,
    use,
)

BORN = {ZOE: date(2020, 5, 1), LEA: date(2016, 3, 1), TOM: date(2018, 1, 1)}
HOME = {MARTIN: [Sibling(child, born_on) for child, born_on in BORN.items()]}
SCHOOL_DAYS = [october(n) for n in (1, 2, 5, 6, 8, 9, 12, 13, 15, 16)]
PLAIN = tariff(row(1, "4.00"))


def charges(found: Month) -> list[tuple[ChargeKind, int | None, int]]:
    return [(c.key.kind, c.key.child_id, c.amount_cents) for c in found.charges]


def told(found: Month) -> str:
    lines = lines_of(found.days, found.charges)
    return " ".join(s for line in lines for s in read(line.explanation or {}).sentences()).replace(
        "\u00a0", " "
    )


# -- siblings -----------------------------------------------------------------------

SIBLINGS = tariff(row(1, "4.00"), modifiers=(times(1, "0.8", "dès le 2e enfant", rank_from=2),))


def test_the_eldest_is_the_first_of_the_household_unless_the_tariff_says_otherwise() -> None:
    uses = [use(child, october(1)) for child in (LEA, TOM, ZOE)]
    found = by_day(month(uses, ground(SIBLINGS, siblings=HOME)))
    assert [found[c, october(1), Situation.AS_BOOKED] for c in (LEA, TOM, ZOE)] == [400, 320, 320]
    youngest = by_day(month(uses, ground(replace(SIBLINGS, eldest_first=False), siblings=HOME)))
    assert [youngest[c, october(1), Situation.AS_BOOKED] for c in (LEA, TOM, ZOE)] == [320, 320, 400]


@pytest.mark.parametrize(
    ("count_in", "alone"),
    [(CountIn.HOUSEHOLD, 320), (CountIn.PRESENT, 400), (CountIn.ACTIVITY, 400)],
)
def test_a_child_alone_in_the_activity_has_its_rank_where_the_tariff_counts(
    count_in: CountIn, alone: int
) -> None:
    standing = ground(
        replace(SIBLINGS, count_in=count_in), siblings=HOME, enrolled=lambda child, *_: child == TOM
    )
    assert month([use(TOM, october(1))], standing).total_cents() == alone


def test_a_declared_number_of_children_counts_those_that_nobody_knows() -> None:
    grid = tariff(row(1, "3.00", children_from=4), row(2, "4.00"), count_in=CountIn.DECLARED)
    quotient = QuotientFact(Decimal(500), date(2026, 9, 1), None, "CAF", dependants=4)
    standing = ground(grid, siblings=HOME, quotients={MARTIN: [quotient]})
    assert month([use(LEA, october(1))], standing).total_cents() == 300
    assert month([use(LEA, october(1))], ground(grid, siblings=HOME)).total_cents() == 400


def test_a_family_total_is_shared_to_the_cent() -> None:
    shared = tariff(row(1, "10.00", method=PriceMethod.SHARED, unit=PriceUnit.MONTH))
    found = month([use(child, october(1)) for child in (LEA, TOM, ZOE)], ground(shared, siblings=HOME))
    assert sorted(c.amount_cents for c in found.charges) == [333, 333, 334]
    assert "10,00 € pour la famille, partagés entre 3 enfants" in told(found)


def test_a_child_who_left_the_household_counts_no_more() -> None:
    gone = {MARTIN: [Sibling(LEA, date(2016, 3, 1), last=october(4)), Sibling(TOM, date(2018, 1, 1))]}
    found = by_day(month([use(TOM, october(1)), use(TOM, october(5))], ground(SIBLINGS, siblings=gone)))
    assert list(found.values()) == [320, 400]


# -- regular, once the month is known ---------------------------------------------------

RETRO = tariff(
    row(1, "3.00", regime=Regime.REGULAR),
    row(2, "5.00", "occasionnel"),
    regular_share=Decimal("0.5"),
    regular_without_weekdays=frozenset({3}),
)
SIXTEEN = [*SCHOOL_DAYS, *(october(n) for n in (19, 20, 22, 23, 26, 27)), october(7), october(14)]


@pytest.mark.parametrize(("taken", "cents"), [(8, 300), (7, 500)])
def test_half_of_the_months_meals_makes_a_regular(taken: int, cents: int) -> None:
    """Les Rousses: 8 of 16 is regular, 7 is not; Wednesdays count on neither side."""
    standing = ground(RETRO, offered=lambda *_: SIXTEEN)
    uses = [use(LEA, day) for day in (*SCHOOL_DAYS[:taken], october(7))]
    found = month(uses, standing)
    assert {day.price.amount_cents for day in found.days} == {cents}
    assert f"({taken} jours pris sur 16 dans le mois)" in told(found)


def test_a_missed_meal_is_not_taken_and_a_billed_one_is() -> None:
    standing = ground(RETRO, offered=lambda *_: SIXTEEN)
    uses = [use(LEA, day) for day in SCHOOL_DAYS[:7]]
    missed = use(LEA, SCHOOL_DAYS[8], situation=Situation.NO_SHOW)
    assert month([*uses, missed], standing).days[0].price.amount_cents == 500
    settled = use(LEA, SCHOOL_DAYS[9], settled_cents=500)
    found = month([*uses, settled], standing)
    assert [day.price.amount_cents for day in found.days] == [300] * 7


def test_without_a_threshold_the_enrolment_says_the_regime() -> None:
    enrolled = tariff(row(1, "3.00", regime=Regime.REGULAR), row(2, "5.00"))
    uses = [use(LEA, october(1), regime=Regime.OCCASIONAL), use(TOM, october(1))]
    assert list(by_day(month(uses, ground(enrolled))).values()) == [500, 300]


# -- nth times, once a day -----------------------------------------------------------------

WARNED = tariff(
    row(1, "4.00"),
    situations=(
        on(Situation.NO_SHOW, SituationEffect.PLUS, "2.00", from_nth=2, nth_period=Per.MONTH),
        on(Situation.NO_SHOW, SituationEffect.PLUS, "5.00", from_nth=3, nth_period=Per.MONTH),
    ),
)


def no_shows(*days: date) -> list:  # type: ignore[type-arg]
    return [use(LEA, day, situation=Situation.NO_SHOW) for day in days]


def test_a_penalty_grows_with_each_time_of_the_period() -> None:
    found = month(no_shows(october(1), october(2), october(5), date(2026, 11, 3)), ground(WARNED))
    assert [day.price.amount_cents for day in found.days] == [400, 600, 900, 400]
    assert "Absence non justifiée (3e fois) : prix habituel plus un supplément" in told(found)


def test_what_was_billed_earlier_in_the_period_counts() -> None:
    before = use(LEA, october(1), situation=Situation.NO_SHOW, settled_cents=400)
    found = month([before, *no_shows(october(5))], ground(WARNED))
    assert [day.price.amount_cents for day in found.days] == [600]


def test_a_family_is_counted_together_and_charged_once_a_day() -> None:
    once = tariff(
        row(1, "4.00"),
        situations=(on(Situation.UNBOOKED, SituationEffect.PLUS, "3.00", once=PerWhom.FAMILY),),
    )
    uses = [use(c, october(d), situation=Situation.UNBOOKED) for c in (LEA, TOM) for d in (1, 2)]
    found = month(uses, ground(once))
    assert sorted(day.price.amount_cents for day in found.days) == [400, 400, 700, 700]
    assert found.total_cents() == 2200


# -- late pick-ups --------------------------------------------------------------------------

LATE = tariff(
    row(1, "2.00", unit=SESSION),
    activity=EVENING,
    situations=(
        on(
            Situation.LATE_PICKUP,
            SituationEffect.FIXED,
            "5.00",
            once=PerWhom.FAMILY,
            slice_minutes=15,
            tolerance_minutes=5,
        ),
    ),
)


@pytest.mark.parametrize(
    ("leaves", "late"), [("18:30", 0), ("18:35", 0), ("18:36", 500), ("18:50", 500), ("18:51", 1000)]
)
def test_leaving_late_is_due_by_started_slice_beyond_the_tolerance(leaves: str, late: int) -> None:
    stay = use(LEA, october(1), EVENING, situation=Situation.ATTENDED, arrives="16:30", leaves=leaves)
    found = by_day(month([stay], ground(LATE)))
    assert found[LEA, october(1), Situation.ATTENDED] == 200
    assert found.get((LEA, october(1), Situation.LATE_PICKUP), 0) == late


def test_two_children_fetched_late_together_are_one_late_pickup() -> None:
    uses = [
        use(c, october(1), EVENING, situation=Situation.ATTENDED, leaves=leaves)
        for c, leaves in ((LEA, "18:40"), (TOM, "18:51"))
    ]
    found = month(uses, ground(LATE))
    assert by_day(found)[TOM, october(1), Situation.LATE_PICKUP] == 1000
    assert found.total_cents() == 2 * 200 + 1000
    line = lines_of(found.days)[-1]
    assert (line.situation, line.days, line.billed) == (Situation.LATE_PICKUP, (october(1),), ())
    assert "2 quarts d’heure entamés × 5,00 € = 10,00 €" in told(found)


def test_a_flat_penalty_is_due_from_the_first_minute() -> None:
    """Noyers-sur-Cher: after 18:30, 6,00 €."""
    flat = replace(LATE, situations=(on(Situation.LATE_PICKUP, SituationEffect.FIXED, "6.00"),))
    stay = use(LEA, october(1), EVENING, situation=Situation.ATTENDED, leaves="18:31")
    assert by_day(month([stay], ground(flat)))[LEA, october(1), Situation.LATE_PICKUP] == 600


# -- whole periods ----------------------------------------------------------------------------

FLAT = tariff(
    row(1, "12.00", "forfait", regime=Regime.REGULAR, unit=PriceUnit.MONTH),
    row(2, "3.50", "occasionnel", unit=SESSION),
    activity=EVENING,
    situations=(on(Situation.JUSTIFIED, SituationEffect.REFUND, "1.00"),),
)


@pytest.mark.parametrize("count", [1, 10])
def test_a_month_costs_the_same_for_one_day_and_for_all(count: int) -> None:
    """Plivot: 12,00 € a month."""
    found = month([use(LEA, day, EVENING) for day in SCHOOL_DAYS[:count]], ground(FLAT))
    assert (found.days, charges(found)) == ([], [(ChargeKind.FLAT, LEA, 1200)])
    (line,) = lines_of(found.days, found.charges)
    assert (line.quantity, line.amount_cents, line.unit, line.label) == (1, 1200, PriceUnit.MONTH, "forfait")
    assert line.billed == tuple((day, EVENING, 0) for day in SCHOOL_DAYS[:count])
    assert recompute(line.explanation or {}) == 1200


def test_a_justified_day_is_taken_off_and_an_occasional_child_pays_by_the_day() -> None:
    uses = [use(LEA, day, EVENING) for day in SCHOOL_DAYS[:3]]
    uses += [use(LEA, SCHOOL_DAYS[3 + n], EVENING, situation=Situation.JUSTIFIED) for n in range(2)]
    uses += [use(TOM, SCHOOL_DAYS[0], EVENING, regime=Regime.OCCASIONAL)]
    found = month(uses, ground(FLAT))
    assert found.total_cents() == 1200 - 2 * 100 + 350
    assert "Absence justifiée : somme déduite, −1,00 €" in told(found)
    assert "compris dans le forfait" not in told(found)


def test_a_card_less_the_meals_refunded() -> None:
    """Saussay: 59,00 € less 3,85 € for each of two meals: 51,30 €."""
    card = tariff(
        row(1, "59.00", unit=PriceUnit.MONTH),
        situations=(on(Situation.JUSTIFIED, SituationEffect.REFUND, "3.85"),),
    )
    uses = [use(LEA, day) for day in SCHOOL_DAYS[:8]]
    uses += [use(LEA, day, situation=Situation.JUSTIFIED) for day in SCHOOL_DAYS[8:]]
    assert month(uses, ground(card)).total_cents() == 5130


def test_a_period_already_billed_is_not_billed_again() -> None:
    first = month([use(LEA, SCHOOL_DAYS[0], EVENING)], ground(FLAT))
    billed = {charge.key: charge.amount_cents for charge in first.charges}
    again = month([use(LEA, SCHOOL_DAYS[1], EVENING)], ground(FLAT), billed=billed)
    assert (again.total_cents(), again.charges, len(again.days)) == (0, [], 1)
    assert "Jour compris dans le forfait « forfait »." in told(again)


def test_a_regular_child_owes_the_month_without_a_day() -> None:
    owed = Commitment(LEA, EVENING, october(1), MARTIN)
    found = month([], ground(FLAT), commitments=[owed])
    assert charges(found) == [(ChargeKind.FLAT, LEA, 1200)]
    both = month([use(LEA, october(5), EVENING)], ground(FLAT), commitments=[owed])
    assert charges(both) == [(ChargeKind.FLAT, LEA, 1200)]
    assert month([], ground(PLAIN), commitments=[replace_activity(owed)]).charges == []


def replace_activity(owed: Commitment) -> Commitment:
    return owed._replace(activity_id=CANTEEN)


@pytest.mark.parametrize(
    ("unit", "days", "times"),
    [
        (PriceUnit.WEEK, [october(1), october(2), october(5)], 2),
        (PriceUnit.TERM, [date(2026, 9, 7), october(5), date(2027, 1, 5)], 2),
        (PriceUnit.YEAR, [date(2026, 9, 7), october(5), date(2027, 1, 5), date(2027, 6, 1)], 1),
    ],
)
def test_weeks_terms_and_years_are_billed_once_each(unit: PriceUnit, days: list[date], times: int) -> None:
    found = month([use(LEA, day) for day in days], ground(tariff(row(1, "50.00", unit=unit))))
    assert [charge.amount_cents for charge in found.charges] == [5000] * times


def test_two_homes_share_the_price_of_a_period_by_their_days() -> None:
    uses = [use(LEA, day, EVENING, family_id=MARTIN) for day in SCHOOL_DAYS[:3]]
    uses += [use(LEA, day, EVENING, family_id=HADDAD) for day in SCHOOL_DAYS[3:10]]
    found = month(uses, ground(FLAT))
    assert [(c.key.family_id, c.amount_cents) for c in found.charges] == [(MARTIN, 360), (HADDAD, 840)]
    assert [recompute(c.explanation) for c in found.charges] == [360, 840]
    assert "Votre part, pour 3 jours sur 10 : 3,60 €." in told(found)


def test_one_price_for_a_whole_service_is_paid_once_for_both_activities() -> None:
    both = tariff(row(1, "20.00", unit=PriceUnit.MONTH), activity=EVENING)
    both = replace(both, activity_id=None, service_id=9)
    standing = replace(ground(), tariffs={MORNING: [both], EVENING: [both]})
    found = month([use(LEA, october(1), MORNING), use(LEA, october(1), EVENING)], standing)
    assert found.total_cents() == 2000
    (line,) = lines_of(found.days, found.charges)
    assert sorted(line.billed) == [(october(1), MORNING, 0), (october(1), EVENING, 0)]


# -- caps, fees --------------------------------------------------------------------------------


def test_no_more_than_so_many_units_are_paid() -> None:
    paid = tariff(row(1, "2.00"), caps=(cap("vingt par mois", period=Per.MONTH, max_units=4),))
    found = month([use(LEA, day) for day in SCHOOL_DAYS], ground(paid))
    assert found.total_cents() == 800
    assert "vingt par mois : 4 unités payées au plus par mois et par enfant." in told(found)


def test_a_family_cap_counts_all_its_children() -> None:
    paid = tariff(row(1, "2.00"), caps=(cap("famille", "5.00", per_whom=PerWhom.FAMILY),))
    found = month([use(c, october(1)) for c in (LEA, TOM, ZOE)], ground(paid))
    assert charges(found) == [(ChargeKind.CAP, None, -100)]
    assert "2,00 € + 2,00 € + 2,00 € = 6,00 €, 1,00 € déduits." in told(found)


def test_a_wider_cap_counts_what_the_narrower_has_left() -> None:
    caps = (
        cap("jour", "2.20", whole_service=True),
        cap("mois", "4.00", period=Per.MONTH, whole_service=True),
    )
    both = [tariff(row(1, "1.90", unit=SESSION), activity=a, caps=caps) for a in (MORNING, EVENING)]
    uses = [use(LEA, october(d), a) for d in (1, 2) for a in (MORNING, EVENING)]
    found = month(uses, ground(*both))
    assert [c.amount_cents for c in found.charges] == [-160, -160, -40]
    lines = lines_of(found.days, found.charges)
    assert [(line.label, line.quantity) for line in lines if line.charges] == [("jour", 2), ("mois", 1)]


MEMBERSHIP = Fee(id=1, name="Adhésion", amount_cents=500, first=date(2026, 9, 1))


def test_a_membership_comes_with_the_first_bill_of_the_school_year() -> None:
    """Saint-Clair-de-Halouze: ten meals at 4,10 € and 5,00 € a family: 46,00 €."""
    standing = ground(tariff(row(1, "4.10")), fees=(MEMBERSHIP,))
    uses = [use(LEA if n % 2 else TOM, day) for n, day in enumerate(SCHOOL_DAYS)]
    found = month(uses, standing)
    assert found.total_cents() == cents("46.00")
    billed = {charge.key: charge.amount_cents for charge in found.charges}
    assert month([use(LEA, date(2027, 5, 3))], standing, billed=billed).total_cents() == 410
    assert month([use(LEA, date(2027, 9, 6))], standing, billed=billed).total_cents() == 910
    assert "une seule fois pour l’année scolaire 2026-2027" in told(found)


def test_a_late_enrolment_is_charged_once_to_the_family() -> None:
    """Saint-Colomban: 25,00 € for a family of three."""
    late = replace(MEMBERSHIP, name="Retard", amount_cents=2500, occasion=FeeOccasion.LATE_ENROLMENT)
    signings = [Signing(c, CANTEEN, october(1), MARTIN, late=True) for c in (LEA, TOM, ZOE)]
    assert month([], ground(PLAIN, fees=(late,)), signings=signings).total_cents() == 2500
    in_time = [signing._replace(late=False) for signing in signings]
    assert month([], ground(PLAIN, fees=(late,)), signings=in_time).total_cents() == 0
    each = replace(late, per_whom=PerWhom.CHILD, occasion=FeeOccasion.ENROLMENT)
    assert month([], ground(PLAIN, fees=(each,)), signings=in_time).total_cents() == 7500


def test_a_fee_concerns_its_activity_and_its_dates() -> None:
    other = replace(MEMBERSHIP, activity_id=EVENING)
    assert month([use(LEA, october(1))], ground(PLAIN, fees=(other,))).charges == []
    over = replace(MEMBERSHIP, last=date(2026, 9, 30))
    assert month([use(LEA, october(1))], ground(PLAIN, fees=(over,))).charges == []


# -- the bill -----------------------------------------------------------------------------------


def test_days_of_as_many_slices_are_one_line_that_says_each_presence() -> None:
    hourly = tariff(row(1, "1.15", unit=PriceUnit.SLICE, slice_minutes=30), activity=EVENING)
    uses = [
        use(LEA, october(1), EVENING, situation=Situation.ATTENDED, leaves="18:10"),
        use(LEA, october(2), EVENING, situation=Situation.ATTENDED, arrives="17:10", leaves="18:20"),
        use(LEA, october(5), EVENING, situation=Situation.ATTENDED, leaves="17:01"),
    ]
    found = month(uses, ground(hourly))
    lines = lines_of(found.days)
    assert [(line.quantity, line.unit_price_cents) for line in lines] == [(1, 460), (1, 345), (1, 230)]
    uses[0] = uses[0]._replace(arrives=16 * 60 + 45)
    lines = lines_of(month(uses, ground(hourly)).days)
    assert [(line.quantity, line.unit_price_cents) for line in lines] == [(2, 345), (1, 230)]
    said = " ".join(read(lines[0].explanation or {}).sentences()).replace("\u00a0", " ")
    assert "3 demi-heures entamées × 1,15 € = 3,45 €" in said
    assert "le 1er octobre, de 16 h 45 à 18 h 10 ; le 2 octobre, de 17 h 10 à 18 h 20." in said
    assert all(recompute(line.explanation or {}) == line.unit_price_cents for line in lines)


def test_a_bill_gathers_days_periods_caps_and_fees() -> None:
    standing = ground(PLAIN, FLAT, fees=(MEMBERSHIP,))
    found = month([use(LEA, october(1)), use(LEA, october(1), EVENING)], standing)
    (bill,) = bills(found.days, charges=found.charges)
    assert bill.total_cents == found.total_cents() == 400 + 1200 + 500
    assert {recompute(line.explanation or {}) for line in bill.lines} == {400, 1200, 500}


def test_a_day_without_a_tariff_is_refused_unless_it_was_billed_before() -> None:
    august = date(2026, 8, 31)
    with pytest.raises(Refused, match="Aucun tarif"):
        month([use(LEA, august)], ground(PLAIN))
    assert month([use(LEA, august, settled_cents=400)], ground(PLAIN)).total_cents() == 0
