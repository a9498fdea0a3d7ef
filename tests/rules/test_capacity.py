"""Who fits in a day, who waits, and where in line."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.capacity import Capacity, Room, Waiting, rank_in_words
from rules.school_calendar import Place
from rules.vocabulary import Level

FIRST = date(2026, 9, 1)
MONDAY, TUESDAY = date(2026, 9, 14), date(2026, 9, 15)
NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
FERRY, LILAS = 1, 2
CP, CE2 = Place(1, FERRY, 10, Level.CP), Place(1, FERRY, 11, Level.CE2)
PS = Place(1, LILAS, 20, Level.PS)
GONE = Place(1)


def queue(*places: Place) -> list[Waiting]:
    """Children 1, 2, 3… who wait, in that order."""
    return [Waiting(n, place, NOW + timedelta(seconds=n)) for n, place in enumerate(places, start=1)]


@pytest.mark.parametrize(
    ("limit", "day", "applies"),
    [
        (Capacity(10, FIRST), MONDAY, True),
        (Capacity(10, TUESDAY), MONDAY, False),
        (Capacity(10, FIRST, MONDAY), MONDAY, True),
        (Capacity(10, FIRST, MONDAY), TUESDAY, False),
        (Capacity(10, FIRST, weekdays=frozenset({2, 4})), TUESDAY, True),
        (Capacity(10, FIRST, weekdays=frozenset({2, 4})), MONDAY, False),
    ],
)
def test_a_limit_applies_on_its_dates_and_weekdays(limit, day, applies):
    assert limit.applies_on(day) is applies


@pytest.mark.parametrize(
    ("limit", "concerned"),
    [
        (Capacity(10, FIRST), {CP, CE2, PS, GONE}),
        (Capacity(10, FIRST, school_id=FERRY), {CP, CE2}),
        (Capacity(10, FIRST, level=Level.CE2), {CE2}),
        (Capacity(10, FIRST, school_id=LILAS, level=Level.PS), {PS}),
        (Capacity(10, FIRST, school_id=LILAS, level=Level.CP), set()),
    ],
)
def test_a_limit_concerns_its_school_and_level(limit, concerned):
    assert {place for place in (CP, CE2, PS, GONE) if limit.concerns(place)} == concerned


def test_the_last_place_is_a_place_and_the_next_is_not():
    room = Room([Capacity(3, FIRST)], {CP: 2})
    assert room.has_room(CE2)
    room.take(CE2)
    assert not room.has_room(CE2)


def test_every_limit_that_applies_must_have_room():
    """120 in the hall, of whom 30 from the nursery school."""
    room = Room([Capacity(3, FIRST), Capacity(1, FIRST, school_id=LILAS)], {CP: 1, PS: 1})
    assert room.has_room(CP)
    assert not room.has_room(PS)
    room.take(CP)
    assert not room.has_room(CP)


def test_no_place_at_all_is_a_capacity_too():
    assert not Room([Capacity(0, FIRST)]).has_room(CP)


def test_more_children_than_places_is_full_and_nobody_is_put_out():
    assert not Room([Capacity(1, FIRST)], {CP: 3}).has_room(CP)


def test_a_child_of_no_school_takes_a_place_of_the_hall_only():
    room = Room([Capacity(2, FIRST), Capacity(1, FIRST, school_id=FERRY)], {GONE: 1})
    assert room.has_room(CP)
    assert not Room([Capacity(1, FIRST)], {GONE: 1}).has_room(CP)


def test_the_rank_follows_the_order_of_the_requests():
    room = Room([Capacity(1, FIRST)], {CP: 1}, queue(CP, CE2, PS))
    assert [room.rank(child, CP) for child in (1, 2, 3)] == [1, 2, 3]
    assert room.rank(99, CP) == 4


def test_only_those_who_wait_for_the_same_places_are_before_me():
    """The nursery school is full, the hall is not: a child of the elementary school is not in its line."""
    limits = [Capacity(50, FIRST), Capacity(1, FIRST, school_id=LILAS), Capacity(1, FIRST, level=Level.CP)]
    room = Room(limits, {PS: 1, CP: 1}, queue(PS, CP, PS, CP))
    assert [room.rank(each.child_id, each.place) for each in room.queue] == [1, 1, 2, 2]


def test_a_request_that_overtook_another_at_the_lock_keeps_the_rank_it_was_told():
    room = Room([Capacity(1, FIRST)], {CP: 1}, [Waiting(1, CP, NOW)])
    assert room.next_since(NOW + timedelta(seconds=1)) == NOW + timedelta(seconds=1)
    assert room.next_since(NOW - timedelta(seconds=1)) == NOW + timedelta(microseconds=1)
    assert room.next_since(NOW) > NOW
    assert Room([Capacity(1, FIRST)]).next_since(NOW) == NOW


@pytest.mark.parametrize(("rank", "said"), [(1, "1re"), (2, "2e"), (11, "11e")])
def test_a_rank_is_said_in_words(rank, said):
    assert rank_in_words(rank) == said


places = st.sampled_from([CP, CE2, PS])
limits = st.lists(
    st.builds(
        Capacity,
        st.integers(0, 4),
        st.just(FIRST),
        st.none(),
        st.sampled_from([None, FERRY, LILAS]),
        st.sampled_from([None, Level.CP, Level.PS]),
    ),
    max_size=4,
)


@given(limits, st.lists(places, max_size=15))
def test_whoever_is_let_in_never_exceeds_a_limit(found, children):
    room = Room(found)
    for place in children:
        if room.has_room(place):
            room.take(place)
    for limit in found:
        inside = sum(count for place, count in room.taken.items() if limit.concerns(place))
        assert inside <= limit.places


@given(limits, st.lists(places, max_size=15))
def test_whoever_is_left_out_is_stopped_by_a_full_limit_of_its_own(found, children):
    room = Room(found)
    for place in children:
        if room.has_room(place):
            room.take(place)
        else:
            assert any(each.concerns(place) for each in room.full_limits(place))


@given(limits, st.lists(places, min_size=1, max_size=10))
def test_ranks_grow_along_the_line_of_those_who_are_alike(found, waiting):
    room = Room(found, {}, queue(*waiting))
    for kind in (CP, CE2, PS):
        ranks = [room.rank(each.child_id, each.place) for each in room.queue if each.place == kind]
        assert ranks == sorted(set(ranks)) or not any(each.concerns(kind) for each in found)
        assert all(1 <= rank <= len(waiting) for rank in ranks)
