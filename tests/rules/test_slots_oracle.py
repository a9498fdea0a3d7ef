"""Timed prices against a second reading, written minute by minute and without any of the engine's pieces."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rules.durations import cut, say_slices, started
from rules.tariff_grid import TariffRow
from rules.tariffs import Facts, price
from rules.vocabulary import PriceUnit
from tests.rules.grids import SEPTEMBER, tariff

OPEN, SHUT = 7 * 60, 19 * 60


@st.composite
def rows(draw: st.DrawFn) -> list[TariffRow]:
    """A few slots, in any order, that may overlap; then the rest of the day, or nothing."""
    made = []
    for position in range(1, draw(st.integers(0, 3)) + 1):
        start = draw(st.integers(OPEN, SHUT - 30))
        made.append(_row(draw, position, start, start + draw(st.integers(5, 180))))
    return [*made, _row(draw, 9, None, None)]


def _row(draw: st.DrawFn, position: int, start: int | None, end: int | None) -> TariffRow:
    return TariffRow(
        position=position,
        label=f"créneau {position}",
        amount_cents=draw(st.integers(1, 500)),
        unit=draw(st.sampled_from((PriceUnit.SLICE, PriceUnit.SESSION))) if start else PriceUnit.SLICE,
        slice_minutes=draw(st.sampled_from((10, 15, 20, 30, 60))),
        tolerance_minutes=draw(st.sampled_from((0, 0, 5))),
        slot_from=start,
        slot_to=end,
    )


def minute_by_minute(listed: list[TariffRow], arrives: int, leaves: int) -> int:
    """Walk the presence: each minute is the first open row's; each run of minutes is paid apart."""
    owners = []
    for minute in range(arrives, leaves):
        for row in listed:
            opened = row.slot_from is None or row.slot_from <= minute
            closed = row.slot_to is not None and minute >= row.slot_to
            if opened and not closed:
                owners.append(row)
                break
    total, run = 0, 0
    for index, row in enumerate(owners):
        run += 1
        last = index + 1 == len(owners) or owners[index + 1] is not row
        if last:
            total += _paid(row, run)
            run = 0
    return total


def _paid(row: TariffRow, minutes: int) -> int:
    if row.unit == PriceUnit.SESSION:
        return row.amount_cents if minutes > row.tolerance_minutes else 0
    count = 0
    while minutes > row.tolerance_minutes + count * row.slice_minutes:
        count += 1
    return count * row.amount_cents


@given(rows(), st.integers(OPEN, SHUT - 1), st.integers(1, 300))
def test_a_presence_costs_what_a_walk_through_its_minutes_says(listed, arrives, minutes) -> None:  # type: ignore[no-untyped-def]
    leaves = min(arrives + minutes, SHUT)
    found = price(tariff(*listed), Facts(SEPTEMBER, arrives=arrives, leaves=leaves))
    assert found.amount_cents == minute_by_minute(listed, arrives, leaves)


@given(st.integers(0, 24 * 60), st.integers(1, 180), st.integers(0, 30))
def test_started_slices_cover_the_presence_and_no_more(minutes: int, length: int, tolerance: int) -> None:
    count = started(minutes, length, tolerance)
    assert count * length >= minutes - tolerance
    assert count == 0 or (count - 1) * length < minutes - tolerance


@given(st.integers(0, 700), st.integers(1, 700), st.sets(st.integers(0, 1440), max_size=5))
def test_the_parts_of_a_presence_are_the_presence(arrives: int, minutes: int, bounds: set[int]) -> None:
    leaves = arrives + minutes
    parts = cut(arrives, leaves, bounds)
    assert (parts[0][0], parts[-1][1]) == (arrives, leaves)
    assert all(end == start for (_, end), (start, _) in pairwise(parts))
    assert all(start < end for start, end in parts)
    assert {end for _, end in parts[:-1]} == {bound for bound in bounds if arrives < bound < leaves}


def test_slices_are_said_in_french() -> None:
    assert say_slices(1, 30) == "1 demi-heure entamée"
    assert say_slices(3, 15) == "3 quarts d’heure entamés"
    assert say_slices(2, 60) == "2 heures entamées"
    assert say_slices(2, 20) == "2 tranches de 20 minutes entamées"


def test_time_outside_every_slot_is_not_paid() -> None:
    slot = TariffRow(position=1, label="soir", amount_cents=200, unit=PriceUnit.SESSION, slot_from=1000)
    assert price(tariff(slot), Facts(SEPTEMBER, arrives=900, leaves=1100)).amount_cents == 200
    assert price(tariff(slot), Facts(SEPTEMBER, arrives=900, leaves=1000)).amount_cents == 0
