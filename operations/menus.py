"""The menus: read by week for the pages, replaced by week for the staff."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.configuration import ActivityFacts, configuration
from rules.menus import DayMenu, Dish
from rules.refusals import Refused
from rules.school_calendar import Place
from rules.vocabulary import PriceUnit
from rules.wording import short_date

WEEK = timedelta(days=6)


def menus_between(
    first: date, last: date, school_id: int | None, *, drafts: bool = False
) -> dict[date, models.Menu]:
    """What is served each day, both included: everybody's menu, or that school's own where it has one."""
    menu = models.Menu
    query = sa.select(menu).where(
        menu.day.between(first, last), sa.or_(menu.school_id.is_(None), menu.school_id == school_id)
    )
    if not drafts:
        query = query.where(menu.is_published)
    own_last = sorted(_whole(query), key=lambda row: (row.day, row.school_id is not None))
    return {row.day: row for row in own_last}


def _whole(query: sa.Select[models.Menu]) -> Iterable[models.Menu]:
    return db.session.scalars(query.options(selectinload(models.Menu.dishes)))


def own_menus(monday: date, school_id: int | None) -> list[models.Menu]:
    """The menus of a week as they were written for that school, or for everybody, drafts included."""
    menu = models.Menu
    query = sa.select(menu).where(menu.day.between(monday, monday + WEEK), menu.school_id == school_id)
    return list(_whole(query.order_by(menu.day)))


def schools_apart() -> list[models.School]:
    """The schools that have menus of their own, by name."""
    apart = sa.select(models.Menu.school_id).where(
        models.Menu.school_id.is_not(None), models.Menu.is_published
    )
    query = sa.select(models.School).where(models.School.id.in_(apart))
    return list(db.session.scalars(query.order_by(models.School.search_text)))


def facts_of(row: models.Menu) -> DayMenu:
    """A menu as the rules want it."""
    return DayMenu(
        row.day, [_dish_facts(dish) for dish in row.dishes], row.note, allergens_given=row.allergens_given
    )


def _dish_facts(row: models.Dish) -> Dish:
    return Dish(
        row.course,
        row.name,
        row.allergens or frozenset(),
        row.contents or frozenset(),
        row.labels or frozenset(),
        row.origin,
        row.is_substitute,
    )


def canteen() -> ActivityFacts | None:
    """The activity whose days have a menu: the first whose unit is a meal."""
    found = (each for each in configuration().activities.values() if each.unit is PriceUnit.MEAL)
    return next(found, None)


def closed_days(days: Iterable[date], school_id: int | None) -> dict[date, str]:
    """The days without a meal, with the reason that the calendar gives."""
    activity, calendar = canteen(), configuration().calendar
    place = Place(activity_id=activity.id if activity else None, school_id=school_id)
    said = {day: calendar.closed_because(day, place) for day in days}
    return {day: reason for day, reason in said.items() if reason is not None}


def next_menu(today: date) -> models.Menu | None:
    """The first published menu from that day on, among those for everybody."""
    menu = models.Menu
    query = sa.select(menu).where(menu.day >= today, menu.is_published, menu.school_id.is_(None))
    return next(iter(_whole(query.order_by(menu.day).limit(1))), None)


def replace_week(
    menus: Sequence[DayMenu],
    monday: date,
    school: models.School | None,
    *,
    is_published: bool,
    by: Actor,
    now: datetime,
) -> list[models.Menu]:
    """Write the week of a school, or of everybody, as given: days that are not in it lose their menu.

    Refused for a day out of the week.
    """
    if any(not monday <= menu.day <= monday + WEEK for menu in menus):
        raise Refused("Un menu est hors de cette semaine.", "text")
    school_id = school.id if school else None
    before = own_menus(monday, school_id)
    told = _told(map(facts_of, before))
    for row in before:
        db.session.delete(row)
    db.session.flush()
    rows = [_row(menu, school_id, is_published) for menu in menus]
    db.session.add_all(rows)
    db.session.flush()
    subject = rows[0] if rows else before[0] if before else None
    if subject is not None:
        verb = f"Menus de la semaine du {short_date(monday)} {'publiés' if is_published else 'en brouillon'}"
        history.record(subject, verb, by=by, now=now, before=told, after=_told(menus))
    return rows


def _row(menu: DayMenu, school_id: int | None, is_published: bool) -> models.Menu:
    return models.Menu(
        day=menu.day,
        school_id=school_id,
        note=menu.note,
        allergens_given=menu.allergens_given,
        is_published=is_published,
        dishes=[_dish_row(position, dish) for position, dish in enumerate(menu.dishes)],
    )


def _dish_row(position: int, dish: Dish) -> models.Dish:
    return models.Dish(
        position=position,
        course=dish.course,
        name=dish.name,
        allergens=dish.allergens,
        contents=dish.contents,
        labels=dish.labels,
        origin=dish.origin,
        is_substitute=dish.is_substitute,
    )


def _told(menus: Iterable[DayMenu]) -> dict[str, str]:
    return {f"{menu.day:%d/%m/%Y}": ", ".join(_names(menu.dishes)) for menu in menus}


def _names(dishes: Collection[Dish]) -> list[str]:
    return [dish.name for dish in dishes]
