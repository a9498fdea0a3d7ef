from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.custody import CustodyRule, Homes, Swap, families_over, family_on, parity_warning
from rules.refusals import Refused
from rules.vocabulary import CustodyKind

HERS, HIS, AUNT = 1, 2, 3
START = date(2026, 9, 1)
PARITY = CustodyRule(START, CustodyKind.PARITY, HERS, HIS)
days = st.dates(date(2026, 9, 1), date(2034, 8, 31))


def fortnight(anchor: date, changeover: int = 1) -> CustodyRule:
    return CustodyRule(
        START, CustodyKind.FORTNIGHT, HERS, HIS, anchor_on=anchor, changeover_weekday=changeover
    )


def test_one_family_has_every_day_from_the_first() -> None:
    rules = [CustodyRule(START, CustodyKind.SINGLE, HERS)]
    assert family_on(rules, START - timedelta(days=1)) is None
    assert family_on(rules, START) == HERS
    assert family_on(rules, date(2030, 1, 1)) == HERS


@pytest.mark.parametrize(
    ("day", "family"),
    [
        (date(2026, 9, 1), HERS),  # week 36
        (date(2026, 9, 6), HERS),
        (date(2026, 9, 7), HIS),  # week 37
        (date(2026, 9, 14), HERS),
        (date(2026, 12, 27), HERS),  # week 52
        (date(2026, 12, 28), HIS),  # week 53
        (date(2027, 1, 3), HIS),
        (date(2027, 1, 4), HIS),  # week 1: odd again
        (date(2027, 1, 10), HIS),
        (date(2027, 1, 11), HERS),  # week 2
    ],
)
def test_iso_week_parity(day: date, family: int) -> None:
    assert family_on([PARITY], day) == family


@pytest.mark.parametrize(
    ("day", "family"),
    [
        (date(2026, 9, 3), HIS),
        (date(2026, 9, 4), HERS),  # the Friday of the anchor's week: the changeover itself
        (date(2026, 9, 9), HERS),
        (date(2026, 9, 10), HERS),
        (date(2026, 9, 11), HIS),
        (date(2026, 9, 17), HIS),
        (date(2026, 9, 18), HERS),
        (date(2027, 1, 1), HIS),
        (date(2027, 1, 8), HERS),
    ],
)
def test_fortnight_that_changes_on_fridays(day: date, family: int) -> None:
    assert family_on([fortnight(date(2026, 9, 8), changeover=5)], day) == family


def test_an_anchor_after_the_day_counts_backwards() -> None:
    rule = fortnight(date(2026, 11, 4))
    assert family_on([rule], date(2026, 11, 2)) == HERS
    assert family_on([rule], date(2026, 11, 1)) == HIS
    assert family_on([rule], date(2026, 10, 25)) == HERS


def test_the_rule_in_force_is_the_latest_begun_whatever_their_order() -> None:
    rules = [CustodyRule(date(2027, 1, 4), CustodyKind.SINGLE, AUNT), PARITY]
    assert family_on(rules, date(2027, 1, 3)) == HIS
    assert family_on(rules, date(2027, 1, 4)) == AUNT
    assert family_on(rules, date(2027, 1, 11)) == AUNT


def test_a_swap_overrides_its_days_only_and_the_last_agreed_wins() -> None:
    swaps = [
        Swap(date(2026, 9, 7), date(2026, 9, 13), HERS),
        Swap(date(2026, 9, 10), date(2026, 9, 10), HIS),
    ]
    found = families_over([PARITY], date(2026, 9, 6), date(2026, 9, 14), swaps)
    assert list(found.values()) == [HERS, HERS, HERS, HERS, HIS, HERS, HERS, HERS, HERS]
    assert list(found) == [date(2026, 9, day) for day in range(6, 15)]


def test_a_swap_gives_nothing_before_the_first_rule() -> None:
    early = date(2026, 8, 31)
    assert family_on([PARITY], early, [Swap(early, early, HERS)]) is None


def test_a_swap_is_between_the_families_of_the_custody_in_force() -> None:
    rules = [PARITY, CustodyRule(date(2026, 9, 10), CustodyKind.SINGLE, AUNT)]
    swap = Swap(date(2026, 9, 7), date(2026, 9, 13), HERS)
    found = families_over(rules, swap.first, swap.last, [swap])
    assert list(found.values()) == [HERS, HERS, HERS, AUNT, AUNT, AUNT, AUNT]
    assert Homes(rules, [swap]).families == {HERS, HIS, AUNT}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": CustodyKind.PARITY}, "other_family_id"),
        ({"kind": CustodyKind.PARITY, "other_family_id": HERS}, "other_family_id"),
        ({"kind": CustodyKind.FORTNIGHT, "other_family_id": HIS}, "anchor_on"),
        (
            {
                "kind": CustodyKind.FORTNIGHT,
                "other_family_id": HIS,
                "anchor_on": START,
                "changeover_weekday": 0,
            },
            "changeover_weekday",
        ),
    ],
)
def test_an_incomplete_alternation_is_refused(values: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        CustodyRule(first=START, family_id=HERS, **values)
    assert refusal.value.field == field


def test_staff_are_warned_about_week_53() -> None:
    said = parity_warning(date(2026, 9, 1), date(2027, 7, 2))
    assert said is not None
    assert "L’année 2026 compte 53 semaines" in said
    assert "du lundi 28 décembre 2026 au dimanche 10 janvier 2027" in said


@pytest.mark.parametrize(
    ("first", "last", "warned"),
    [
        (date(2025, 9, 1), date(2026, 7, 3), False),
        (date(2026, 9, 1), date(2027, 1, 3), False),
        (date(2026, 9, 1), date(2027, 1, 4), True),
        (date(2027, 1, 3), date(2027, 7, 2), True),
        (date(2027, 1, 4), date(2027, 7, 2), False),
        (date(2032, 9, 1), date(2033, 7, 2), True),
    ],
)
def test_the_warning_is_for_periods_that_hold_both_weeks(first: date, last: date, warned: bool) -> None:
    assert (parity_warning(first, last) is not None) is warned


@given(days, st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.integers(1, 7))
def test_a_fortnight_always_alternates(day: date, anchor: date, changeover: int) -> None:
    rules = [fortnight(anchor, changeover)]
    families = [family_on(rules, day + timedelta(days=offset)) for offset in (0, 7, 14)]
    assert families[0] != families[1]
    assert families[0] == families[2]


@given(days)
def test_parity_gives_two_weeks_running_only_at_the_end_of_a_year_of_53_weeks(day: date) -> None:
    same = family_on([PARITY], day) == family_on([PARITY], day + timedelta(days=7))
    assert same == (day.isocalendar().week == 53)


spans = st.tuples(days, st.integers(0, 40), st.sampled_from((HERS, HIS, AUNT)))


@given(days, st.lists(spans, max_size=4), st.dates(date(2026, 9, 2), date(2034, 8, 31)))
def test_whatever_the_swaps_a_day_is_one_family_s_of_the_custody_in_force(
    day: date, asked: list[tuple[date, int, int]], changed: date
) -> None:
    rules = [PARITY, CustodyRule(changed, CustodyKind.SINGLE, HIS)]
    swaps = [Swap(first, first + timedelta(days=length), family) for first, length, family in asked]
    found = Homes(rules, swaps).on(day)
    assert found in ({HERS, HIS} if day < changed else {HIS})
    untouched = all(not swap.first <= day <= swap.last for swap in swaps)
    if untouched:
        assert found == family_on(rules, day)
