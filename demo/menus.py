"""The menus of the autumn, as a caterer sends them: a grid a week, pasted by the service."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from demo.dates import at
from operations.actors import SYSTEM
from operations.menus import replace_week
from rules.menu_text import read_week

FIRST_MONDAY = date(2026, 11, 16)
# What each dish holds between brackets is that of these recipes; nobody's real menu.
WEEKS = (Path(__file__).parent / "menus.csv").read_text(encoding="utf-8").split("\n\n")


def write_menus() -> None:
    """Three weeks on line and the next one as a draft, the way the service prepares them."""
    for number, text in enumerate(WEEKS):
        _write(text, FIRST_MONDAY + timedelta(weeks=number), is_published=True)
    _write(WEEKS[0], FIRST_MONDAY + timedelta(weeks=len(WEEKS)), is_published=False)


def _write(text: str, monday: date, *, is_published: bool) -> None:
    menus = read_week(text.strip(), monday).menus(allergens_given=True)
    replace_week(menus, monday, None, is_published=is_published, by=SYSTEM, now=at(date(2026, 11, 9), 10, 0))
