"""The hours that a sheet asks for, and those that cannot be."""

from __future__ import annotations

import pytest

from rules.money import NBSP
from rules.presence_hours import NO_HOURS, Asked, Hours, asked, refusal

EVENING = (16 * 60 + 30, 18 * 60 + 30)
MORNING = (7 * 60 + 30, 8 * 60 + 30)
DAY = (9 * 60, 17 * 60)


@pytest.mark.parametrize(
    ("activity", "needs", "sides"),
    [
        (EVENING, {"timed": True, "late": False}, ("leaves",)),
        (EVENING, {"timed": False, "late": True}, ("leaves",)),
        (MORNING, {"timed": True, "late": False}, ("arrives",)),
        (MORNING, {"timed": True, "late": True}, ("arrives", "leaves")),
        (DAY, {"timed": True, "late": False}, ("arrives", "leaves")),
        (DAY, {"timed": False, "late": True}, ("leaves",)),
        ((450, None), {"timed": True, "late": False}, ("arrives", "leaves")),
        ((720, None), {"timed": True, "late": False}, ("leaves",)),
        ((660, 720), {"timed": True, "late": False}, ("arrives",)),
        (EVENING, {"timed": False, "late": False}, ()),
    ],
)
def test_what_varies_is_asked(activity, needs, sides):
    assert asked(*activity, **needs).sides == sides


def test_only_the_hours_asked_are_written_over():
    before, given = Hours(1000, 1050), Hours(990, None)
    assert Asked(leaves=True).over(before, given) == Hours(1000, None)
    assert Asked(arrives=True, leaves=True).over(before, given) == given
    assert Asked().over(before, given) == before


def test_an_hour_lacks_only_where_it_makes_the_price():
    assert Asked(leaves=True, priced=True).lack(Hours(1000, None))
    assert not Asked(leaves=True, priced=True).lack(Hours(None, 1050))
    assert not Asked(leaves=True, priced=False).lack(NO_HOURS)
    assert Asked(True, True, True).lack(Hours(1000, None))


@pytest.mark.parametrize(
    ("hours", "activity", "side", "words"),
    [
        (Hours(leaves=345), EVENING, "leaves", "5 h 45 est loin des heures de « Garderie » (de 16 h 30"),
        (Hours(leaves=1291), EVENING, "leaves", "21 h 31 est loin"),
        (Hours(arrives=269), MORNING, "arrives", "4 h 29 est loin"),
        (Hours(leaves=1171), (450, None), "leaves", None),
        (Hours(leaves=1351), (450, None), "leaves", "(à partir de 7 h 30)"),
        (Hours(leaves=1440), (1200, 1380), "leaves", "24 h est loin"),
        (Hours(1030, 1030), EVENING, "leaves", "Le départ (17 h 10) n’est pas après l’arrivée (17 h 10)."),
        (Hours(1030, 1029), EVENING, "leaves", "n’est pas après"),
        (Hours(980, 985), EVENING, None, None),
        (Hours(leaves=990), EVENING, "leaves", "À 16 h 30, l’activité n’a pas commencé (16 h 30)."),
        (Hours(leaves=991), EVENING, None, None),
        (Hours(arrives=510), MORNING, "arrives", "À 8 h 30, l’activité est finie (8 h 30)."),
        (Hours(arrives=509), MORNING, None, None),
        (Hours(arrives=510, leaves=520), MORNING, None, None),
        (Hours(leaves=1290), EVENING, None, None),
        (NO_HOURS, EVENING, None, None),
    ],
)  # fmt: skip
def test_an_hour_that_cannot_be_is_refused_on_its_side(hours, activity, side, words):
    found = refusal(hours, *activity, "Garderie")
    if words is None:
        assert found is None
    else:
        assert found is not None
        assert found[0] == side
        assert words in found[1].replace(NBSP, " ")
