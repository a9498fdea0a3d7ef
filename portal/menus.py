"""The menus of the week, with what concerns one's children once signed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request, url_for

import models
from operations import health
from operations.menus import closed_days, facts_of, menus_between, schools_apart
from portal import access
from portal.public import public
from portal.spans import Span, read_span, week_of
from portal.viewing import is_parent, is_staff
from rules.allergens import Allergen
from rules.health_vocabulary import Diet
from rules.instants import ONE_DAY, monday_of
from rules.menus import DayMenu, Eater, concerns
from rules.publication_vocabulary import Content

SUNDAY = timedelta(days=6)
AVOIDED = {
    Diet.NO_PORK: frozenset({Content.PORK}),
    Diet.NO_MEAT: frozenset({Content.PORK, Content.MEAT}),
}


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the page: its meal, or why there is none; what concerns my children."""

    day: date
    menu: DayMenu | None
    is_draft: bool
    closed: str
    concerns: Sequence[str]
    is_today: bool


@public.get("/menus")
def menus() -> str:
    today = access.today()
    span = _span(today)
    monday = span.first
    schools = schools_apart()
    school = _chosen(schools)
    days = _days(monday, school, schools, today)
    return render_template(
        "public/menus.html",
        days=days,
        monday=monday,
        this_week=monday_of(today),
        has_menus=any(each.menu for each in days),
        has_drafts=any(each.is_draft for each in days),
        schools=schools,
        school=school,
        previous=_url(span.previous, school),
        next=_url(span.next, school),
        this_week_url=_url(week_of(today), school),
        school_url=lambda each: _url(span, each),
    )


def _span(today: date) -> Span:
    """The week that the address asks for; this one when it asks for none, or for one that does not exist."""
    asked = request.args.get("semaine")
    return (read_span(None, asked, today) if asked else None) or week_of(today)


def _url(span: Span, school: models.School | None) -> str:
    """Nobody's school is said too, so that a parent may look at the others' menu."""
    return url_for("public.menus", **span.query, ecole=school.id if school else "")


def _chosen(schools: Sequence[models.School]) -> models.School | None:
    """The school asked for; otherwise that of a parent's eldest child, when it has menus of its own."""
    asked = request.args.get("ecole", type=int)
    if asked is None and "ecole" not in request.args and is_parent():
        asked = next((mine.school.id for mine in access.my_children() if mine.school), None)
    return next((school for school in schools if school.id == asked), None)


def _days(
    monday: date, school: models.School | None, schools: Sequence[models.School], today: date
) -> list[Day]:
    """Monday to Friday, and the days of the week-end that have a menu."""
    school_id = school.id if school else None
    found = menus_between(monday, monday + SUNDAY, school_id, drafts=is_staff())
    closed = closed_days((monday + n * ONE_DAY for n in range(7)), school_id)
    eaters = _eaters(school_id, {each.id for each in schools}) if is_parent() else []
    days = [monday + n * ONE_DAY for n in range(7)]
    return [_day(day, found, closed, eaters, today) for day in days if day.isoweekday() <= 5 or day in found]


def _day(
    day: date,
    found: Mapping[date, models.Menu],
    closed: Mapping[date, str],
    eaters: Sequence[Eater],
    today: date,
) -> Day:
    row = found.get(day)
    menu = facts_of(row) if row and day not in closed else None
    said = [sentence for eater in eaters for sentence in concerns(menu, eater)] if menu else []
    is_draft = menu is not None and row is not None and not row.is_published
    return Day(day, menu, is_draft, closed.get(day, ""), said, day == today)


def _eaters(school_id: int | None, apart: set[int]) -> list[Eater]:
    """My children who eat there: those of that school, or of the schools that share the common menu."""
    mine = [each for each in access.my_children() if each.school and _eats(each.school.id, school_id, apart)]
    ids = [each.id for each in mine]
    allergies, diets = health.allergies_of(ids), health.diets_of(ids)
    return [
        _eater(each, allergies.get(each.id, frozenset()), diets.get(each.id, frozenset())) for each in mine
    ]


def _eats(own: int, shown: int | None, apart: set[int]) -> bool:
    return own == shown or (shown is None and own not in apart)


def _eater(mine: access.MyChild, allergies: frozenset[Allergen], diets: frozenset[Diet]) -> Eater:
    avoided = frozenset(each for diet in diets for each in AVOIDED[diet])
    widest = max(diets, key=lambda diet: len(AVOIDED[diet]), default=None)
    return Eater(mine.child.first_name, allergies, avoided, widest.label if widest else "")
