"""What holds of every price: shares make the whole, caps never raise, explanations give their cents again."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from rules.charge_explanations import recompute as recompute_any
from rules.explanations import Explanation, recompute
from rules.ground import Sibling
from rules.money import share
from rules.tariff_grid import Facts, SituationRule, TariffRow
from rules.tariffs import price
from rules.vocabulary import (
    EffortBasis,
    Per,
    PerWhom,
    PriceMethod,
    PriceUnit,
    QuotientRounding,
    Rounding,
    Situation,
    SituationEffect,
)
from tests.rules.grids import (
    CANTEEN,
    EVENING,
    LEA,
    MARTIN,
    MORNING,
    SEPTEMBER,
    TOM,
    ZOE,
    bands,
    cap,
    ground,
    month,
    october,
    plus,
    tariff,
    times,
    use,
)

QUOTIENTS = st.decimals(0, 5000, places=2)
CENTS = st.integers(0, 3000)
MINUTES = st.integers(7 * 60, 19 * 60)
TIMED = (PriceUnit.SLICE, PriceUnit.HOUR)


@st.composite
def rows(draw: st.DrawFn) -> TariffRow:
    """A row of any method and unit, that takes every family."""
    method = draw(st.sampled_from(PriceMethod))
    values: dict[str, Any] = {
        "method": method,
        "amount_cents": draw(CENTS),
        "unit": draw(st.sampled_from(PriceUnit)),
        "slice_minutes": draw(st.sampled_from((10, 15, 30, 60))),
        "tolerance_minutes": draw(st.integers(0, 10)),
    }
    if method in (PriceMethod.RATE, PriceMethod.LINEAR):
        low, high = sorted((draw(CENTS), draw(CENTS)))
        values |= {"floor_cents": draw(st.sampled_from((None, low)))}
        values |= {"ceiling_cents": draw(st.sampled_from((None, high)))}
        values |= {"rate": draw(st.decimals(0, 2, places=4)), "basis": draw(st.sampled_from(EffortBasis))}
        values |= {"to_cents": draw(CENTS), "qf_from": Decimal(0), "qf_to": Decimal(10_000)}
    return TariffRow(position=1, label="tarif", **values)


CHANGES = st.lists(
    st.builds(lambda amount: plus(1, str(amount), "en plus"), st.decimals(-3, 3, places=2))
    | st.builds(lambda factor: times(1, str(factor), "fois"), st.decimals(0, 3, places=2)),
    max_size=2,
)
BOUNDS = st.tuples(st.none() | CENTS, st.none() | CENTS).map(
    lambda pair: {
        "floor_cents": pair[0],
        "ceiling_cents": None if pair[1] is None else max(pair[1], pair[0] or 0),
    }
)
FACTS = st.builds(
    Facts,
    day=st.just(SEPTEMBER),
    quotient=QUOTIENTS,
    situation=st.sampled_from(Situation),
    rank=st.integers(1, 4),
    children=st.integers(1, 4),
    arrives=st.none() | MINUTES,
    leaves=st.none() | MINUTES,
    ends_at=st.just(18 * 60),
    income=st.decimals(0, 9000, places=2),
)
RULES = st.builds(
    SituationRule,
    st.sampled_from(Situation),
    st.sampled_from(SituationEffect),
    CENTS,
    st.decimals(0, 5, places=2),
    slice_minutes=st.sampled_from((0, 15)),
    tolerance_minutes=st.integers(0, 5),
)


@given(rows(), CHANGES, RULES, FACTS, st.sampled_from(Rounding), st.sampled_from((1, 5, 10)), st.data())
def test_every_explanation_gives_its_cents_again(  # type: ignore[no-untyped-def]
    row, changes, rule, facts, rounding, step, data
) -> None:
    grid = tariff(
        row,
        modifiers=tuple(changes),
        situations=(rule,),
        rounding=rounding,
        rounding_step_cents=step,
        **data.draw(BOUNDS),
        quotient_rounding=data.draw(st.sampled_from(QuotientRounding)),
    )
    found = price(grid, facts)
    stored = json.loads(json.dumps(found.explanation.to_json()))
    assert recompute(stored) == recompute_any(stored) == found.amount_cents
    assert Explanation.from_json(stored) == found.explanation
    assert Explanation.from_json(stored).sentences() == found.explanation.sentences()
    bare = found.explanation.without_hours()
    assert recompute(bare.to_json()) == found.amount_cents
    refunded = rule.effect == SituationEffect.REFUND and found.explanation.in_flat
    assert found.amount_cents >= 0 or refunded


@given(rows(), CHANGES, RULES, FACTS, BOUNDS, st.sampled_from(Rounding))
def test_only_a_situation_or_a_free_row_passes_the_bounds(  # type: ignore[no-untyped-def]
    row, changes, rule, facts, bounds, rounding
) -> None:
    """Whatever the modifiers: a unit costs no less than the floor, no more than the ceiling."""
    grid = tariff(row, modifiers=tuple(changes), situations=(rule,), rounding=rounding, **bounds)
    found = price(grid, facts)
    told = found.explanation
    floor, ceiling = bounds["floor_cents"], bounds["ceiling_cents"]
    free = row.method == PriceMethod.FREE and not changes
    for part in told.parts:
        unit = part.unit_cents(told.coins)
        assert free or floor is None or unit >= floor
        assert ceiling is None or unit <= ceiling
    if not told.parts and not (told.in_flat or facts.situation == Situation.LATE_PICKUP):
        assert free or (told.base_cents >= (floor or 0) and told.base_cents <= (ceiling or told.base_cents))
    if told.effect == SituationEffect.SAME and found.units == 1 and row.unit != PriceUnit.HOUR:
        assert found.amount_cents == told.base_cents
        assert free or told.in_flat or found.amount_cents >= (floor or 0)


@given(st.integers(0, 100_000), st.integers(1, 8))
def test_the_shares_of_a_family_make_the_whole(total: int, children: int) -> None:
    whole = tariff(TariffRow(position=1, label="famille", method=PriceMethod.SHARED, amount_cents=total))
    parts = [
        price(whole, Facts(day=SEPTEMBER, rank=rank, children=children)).amount_cents
        for rank in range(1, children + 1)
    ]
    assert sum(parts) == total
    assert parts == share(total, [1] * children)
    assert max(parts) - min(parts) <= 1


@given(st.lists(CENTS, min_size=2, max_size=6).map(sorted), QUOTIENTS, QUOTIENTS, st.sampled_from(Rounding))
def test_a_price_that_rises_by_bands_rises_with_the_quotient(prices, one, other, rounding) -> None:  # type: ignore[no-untyped-def]
    euros = [str(Decimal(cents) / 100) for cents in prices]
    bounds = tuple(str(200 * n) for n in range(1, len(euros)))
    grid = tariff(*bands(*euros, bounds=bounds), rounding=rounding, rounding_step_cents=5)
    low, high = sorted((one, other))
    assert price(grid, Facts(SEPTEMBER, low)).amount_cents <= price(grid, Facts(SEPTEMBER, high)).amount_cents


@given(QUOTIENTS, QUOTIENTS, CENTS, CENTS, st.sampled_from((PriceMethod.RATE, PriceMethod.LINEAR)))
def test_a_sliding_price_rises_with_the_quotient_between_its_bounds(one, other, a, b, method) -> None:  # type: ignore[no-untyped-def]
    floor, ceiling = sorted((a, b))
    assume(ceiling > floor)
    row = TariffRow(
        position=1,
        label="progressif",
        method=method,
        rate=Decimal("0.3"),
        amount_cents=floor,
        to_cents=ceiling,
        qf_from=Decimal(0),
        qf_to=Decimal(5001),
        floor_cents=floor,
        ceiling_cents=ceiling,
    )
    low, high = (price(tariff(row), Facts(SEPTEMBER, q)).amount_cents for q in sorted((one, other)))
    assert floor <= low <= high <= ceiling


# -- months -------------------------------------------------------------------------

USES = st.lists(
    st.builds(
        use,
        child=st.sampled_from((LEA, TOM, ZOE)),
        day=st.integers(1, 31).map(october),
        activity=st.sampled_from((CANTEEN, MORNING, EVENING)),
        situation=st.sampled_from((Situation.ATTENDED, Situation.UNBOOKED, Situation.NO_SHOW)),
    ),
    max_size=30,
    unique_by=lambda each: (each.child_id, each.activity_id, each.day),
)
CAPS = st.lists(
    st.builds(
        lambda euros, units, per, whom, whole: cap(
            f"plafond {per} {whom}",
            None if units else str(euros),
            max_units=units,
            period=per,
            per_whom=whom,
            whole_service=whole,
        ),
        st.decimals(0, 9, places=2),
        st.none() | st.integers(0, 5),
        st.sampled_from(Per),
        st.sampled_from(PerWhom),
        st.booleans(),
    ),
    max_size=2,
)
HOME = {MARTIN: [Sibling(LEA), Sibling(TOM), Sibling(ZOE)]}


def _grids(caps: tuple[Any, ...]) -> list[Any]:
    row = TariffRow(position=1, label="séance", amount_cents=190, unit=PriceUnit.SESSION)
    return [tariff(row, activity=a, caps=caps) for a in (CANTEEN, MORNING, EVENING)]


@given(USES, CAPS)
def test_a_cap_never_raises_and_never_makes_a_debt_of_the_commune(uses, caps) -> None:  # type: ignore[no-untyped-def]
    """What caps take off is at most what was due; two caps together take off at least as much as each."""
    alone = [month(uses, ground(*_grids(each))) for each in [(), *((one,) for one in caps)]]
    together = month(uses, ground(*_grids(tuple(caps))))
    assert 0 <= together.total_cents() <= min(found.total_cents() for found in alone)
    for found in (*alone, together):
        assert all(charge.amount_cents < 0 for charge in found.charges)
        assert all(recompute_any(charge.explanation) == charge.amount_cents for charge in found.charges)


@given(USES, CAPS, st.randoms())
def test_the_order_of_the_days_changes_nothing(uses, caps, shuffler) -> None:  # type: ignore[no-untyped-def]
    standing = ground(*_grids(tuple(caps)), siblings=HOME)
    before = month(uses, standing)
    shuffler.shuffle(uses)
    after = month(uses, standing)
    assert sorted(after.days, key=lambda d: d[:4]) == sorted(before.days, key=lambda d: d[:4])
    assert after.charges == before.charges


@given(USES, CAPS.map(lambda caps: caps[:1]), st.integers(0, 30))
def test_a_month_billed_in_two_parts_comes_to_the_same(uses, caps, cut) -> None:  # type: ignore[no-untyped-def]
    """What the first invoice billed is remembered by the second: periods, caps and nth times go on."""
    standing = ground(*_grids(tuple(caps)), siblings=HOME)
    whole = month(uses, standing).total_cents()
    uses = sorted(uses, key=lambda each: each.day)
    first = month(uses[:cut], standing)
    paid = {(d.child_id, d.activity_id, d.day): d.price.amount_cents for d in first.days}
    settled = [u._replace(settled_cents=paid[u.child_id, u.activity_id, u.day]) for u in uses[:cut]]
    billed = {charge.key: charge.amount_cents for charge in first.charges}
    second = month(settled + uses[cut:], standing, billed=billed)
    assert first.total_cents() + second.total_cents() == whole
