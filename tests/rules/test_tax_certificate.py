"""The tax certificate: what was paid for the childcare of the young ones, exactly, and never more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.refusals import Refused
from rules.tax_certificate import (
    BilledLine,
    PaidInvoice,
    Received,
    certified,
    ensure_over,
    is_young_enough,
    paid_for_childcare,
)

LEA, TOM = 1, 2
MEALS, MORNING, EVENING = 10, 11, 12
SHARES = {MEALS: 0, MORNING: 100, EVENING: 100}
YEAR = 2026


def line(child: int | None, activity: int | None, cents: int, childcare: int | None = None) -> BilledLine:
    told = SHARES.get(activity or 0, 0) if childcare is None else childcare
    return BilledLine(child, activity, cents, told)


def paid(on: str, cents: int) -> Received:
    return Received(date.fromisoformat(on), cents)


def year_of(*invoices: PaidInvoice, children: tuple[int, ...] = (LEA, TOM)) -> dict[int, int]:
    return certified(paid_for_childcare(invoices, children, YEAR))


@pytest.mark.parametrize(
    ("born", "counts"),
    [("2019-12-31", False), ("2020-01-01", True), ("2020-03-15", True), ("2026-05-01", True)],
)
def test_under_six_on_the_first_of_january(born: str, counts: bool) -> None:
    assert is_young_enough(date.fromisoformat(born), YEAR) is counts


def test_the_year_in_progress_is_refused_until_its_last_day() -> None:
    for year, today in ((2026, date(2026, 12, 31)), (2027, date(2026, 12, 31))):
        with pytest.raises(Refused, match=f"1er janvier {year + 1}"):
            ensure_over(year, today)
    ensure_over(2026, date(2027, 1, 1))


CASES = {
    "meals do not count": ([line(LEA, MEALS, 3000)], [paid("2026-10-01", 3000)], {}),
    "childcare counts": ([line(LEA, MORNING, 1200)], [paid("2026-10-01", 1200)], {LEA: 1200}),
    "nothing paid, nothing certified": ([line(LEA, MORNING, 1200)], [], {}),
    "paid in January, of the next year": ([line(LEA, MORNING, 1200)], [paid("2027-01-04", 1200)], {}),
    "two activities of two children": (
        [line(LEA, MORNING, 500), line(LEA, EVENING, 700), line(TOM, EVENING, 300), line(TOM, MEALS, 900)],
        [paid("2026-10-01", 2400)],
        {LEA: 1200, TOM: 300},
    ),
    "half paid, half certified": (
        [line(LEA, MORNING, 1000), line(LEA, MEALS, 3000)],
        [paid("2026-10-01", 2000)],
        {LEA: 500},
    ),
    "the other half the year after": (
        [line(LEA, MORNING, 1001), line(LEA, MEALS, 3000)],
        [paid("2026-10-01", 2000), paid("2027-02-01", 2001)],
        {LEA: 500},
    ),
    "a credit of childcare counts against it": (
        [line(LEA, EVENING, 1500), line(LEA, EVENING, -300), line(LEA, MEALS, 2000)],
        [paid("2026-10-01", 3200)],
        {LEA: 1200},
    ),
    "a credit of childcare that nothing faces is taken off the others": (
        [line(LEA, EVENING, -300), line(TOM, EVENING, 1000), line(LEA, MEALS, 2000)],
        [paid("2026-10-01", 2700)],
        {TOM: 700},
    ),
    "a credit of meals beyond the meals lightens what is paid": (
        [line(LEA, EVENING, 1000), line(LEA, MEALS, -400)],
        [paid("2026-10-01", 600)],
        {LEA: 600},
    ),
    "a line of the whole family is not childcare": (
        [line(None, None, 1000), line(LEA, EVENING, 1000)],
        [paid("2026-10-01", 2000)],
        {LEA: 1000},
    ),
    "a meal of which 40 % is supervision": (
        [line(LEA, MEALS, 1001, childcare=40)],
        [paid("2026-10-01", 1001)],
        {LEA: 400},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "payments", "wanted"), CASES.values(), ids=CASES.keys())
def test_what_a_year_certifies(
    lines: list[BilledLine], payments: list[Received], wanted: dict[int, int]
) -> None:
    assert year_of(PaidInvoice(tuple(lines), tuple(payments))) == wanted


def test_a_child_who_is_not_young_enough_counts_for_nothing() -> None:
    both = PaidInvoice((line(LEA, EVENING, 500), line(TOM, EVENING, 700)), (paid("2026-10-01", 1200),))
    assert year_of(both, children=(TOM,)) == {TOM: 700}


# -- laws ----------------------------------------------------------------------------------------

LINES = st.builds(
    BilledLine,
    st.sampled_from([None, LEA, TOM]),
    st.sampled_from([None, MEALS, MORNING, EVENING]),
    st.integers(-5000, 20_000),
    st.sampled_from([0, 40, 100]),
)


@st.composite
def invoices(draw: st.DrawFn, in_full: bool = False) -> PaidInvoice:
    """An invoice with payments spread over three years, never more than what it comes to."""
    lines = tuple(draw(st.lists(LINES, min_size=1, max_size=8)))
    left, payments = sum(each.amount_cents for each in lines), []
    day = date(2025, 11, 1)
    while left > 0 and (in_full or draw(st.booleans())):
        cents = left if in_full and len(payments) > 3 else draw(st.integers(1, left))
        day += timedelta(days=draw(st.integers(0, 200)))
        payments.append(Received(day, cents))
        left -= cents
    return PaidInvoice(lines, tuple(payments))


@given(st.lists(invoices(), max_size=4), st.sets(st.sampled_from([LEA, TOM])))
def test_never_more_than_what_was_paid_in_the_year(found: list[PaidInvoice], children: set[int]) -> None:
    for year in range(2025, 2030):
        received = sum(p.cents for invoice in found for p in invoice.payments if p.on.year == year)
        parts = paid_for_childcare(found, children, year)
        assert sum(parts.values()) <= received
        told = certified(parts)
        assert 0 <= sum(told.values()) <= max(received, 0)
        assert set(told) <= children
        assert sum(told.values()) == max(sum(parts.values()), 0)


@given(st.lists(invoices(in_full=True), max_size=4))
def test_over_the_years_a_paid_invoice_certifies_its_childcare_to_the_cent(found: list[PaidInvoice]) -> None:
    """Whatever the payments; a rest in credit is the one thing that lowers it."""
    over_the_years = sum(
        sum(paid_for_childcare(found, (LEA, TOM), year).values()) for year in range(2025, 2032)
    )
    assert over_the_years == sum(_childcare(invoice) for invoice in found if invoice.payments)


def _childcare(invoice: PaidInvoice) -> int:
    """The oracle: line by line, with the rest in credit taken off."""
    care = rest = 0
    for each in invoice.lines:
        counts = each.child_id is not None and each.activity_id is not None
        cents = abs(each.amount_cents) * each.childcare // 100 if counts else 0
        parts = (cents, abs(each.amount_cents) - cents)
        # share() gives the odd cent to the larger remainder
        remainder = abs(each.amount_cents) * each.childcare % 100
        if counts and remainder >= 50:
            parts = (cents + 1, parts[1] - 1)
        sign = 1 if each.amount_cents > 0 else -1
        care += sign * parts[0]
        rest += sign * parts[1]
    return care + min(rest, 0)
