"""« Aperçu des dates limites »: what families will meet each day, read before they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from flask_admin import expose

import models
from admin.conversion import rows_of
from admin.families import FAMILY_READERS
from admin.guard import StaffPage
from operations.configuration import ActivityFacts, Configuration, configuration
from operations.deadline_preview import PreviewDay, preview
from rules.deadline_words import in_words
from rules.deadlines import Circumstances, needs_booking
from rules.instants import monday_of, paris
from rules.school_calendar import Place
from rules.vocabulary import Level, Regime
from rules.wording import short_date

WEEKS = 6
FARTHEST = date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose days are shown, and from when."""

    activity: ActivityFacts
    school_id: int
    level: Level | None
    regime: Regime | None
    resident: bool | None
    monday: date

    @property
    def who(self) -> Circumstances:
        place = Place(self.activity.id, self.school_id, None, self.level)
        return Circumstances(place, self.regime, self.resident)


@dataclass(frozen=True, slots=True)
class Week:
    name: str
    days: list[PreviewDay]


class DeadlinePreviewPage(StaffPage):
    title, slug, section = "Aperçu des dates limites", "apercu-dates-limites", "Activités et prix"
    audience = FAMILY_READERS

    @expose("/")
    def index(self) -> str:
        rules, schools = configuration(), rows_of(models.School)
        today = paris(self.now()).date()
        asked = _asked(rules, [school.id for school in schools], today)
        weeks = _weeks(asked, rules, self.now()) if asked else []
        return self.render(
            "staff/deadlines/preview.html",
            asked=asked,
            activities=[(each.id, each.name) for each in rules.activities.values()],
            schools=[(each.id, each.name) for each in schools],
            levels=[(each.value, each.label) for each in Level],
            regimes=[(each.value, each.label) for each in Regime],
            rules_url=url_for("staff_dates_limites.index_view"),
            rules=_in_words(asked, rules) if asked else [],
            weeks=weeks,
            has_openings=any(day.opens for week in weeks for day in week.days),
            missing=_missing(rules, schools),
            url_of=lambda weeks: _url(self, asked, weeks),
        )


def _missing(rules: Configuration, schools: list[Any]) -> str:
    if not rules.activities:
        return "Aucune activité n’est encore créée."
    return "" if schools else "Aucune école n’est encore créée."


def _asked(rules: Configuration, school_ids: list[int], today: date) -> Asked | None:
    """What the address asks; what it does not say, or says wrong, is the first of its list."""
    if not rules.activities or not school_ids:
        return None
    activity_id = request.args.get("activite", type=int)
    school_id = request.args.get("ecole", type=int)
    first = _first_booked(rules, today)
    return Asked(
        rules.activities.get(activity_id, first) if activity_id else first,
        school_id if school_id in school_ids else school_ids[0],
        _member(Level, request.args.get("niveau")),
        _member(Regime, request.args.get("regime")),
        {"oui": True, "non": False}.get(request.args.get("habitants", "")),
        monday_of(_day(request.args.get("du"), today)),
    )


def _first_booked(rules: Configuration, today: date) -> ActivityFacts:
    """What one comes to without booking has little to show."""
    activities = list(rules.activities.values())
    booked = (a for a in activities if needs_booking(rules.deadlines.get(a.id, ()), today))
    return next(booked, activities[0])


def _member(listed: Any, value: str | None) -> Any:
    return next((member for member in listed if member.value == value), None)


def _day(text: str | None, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return otherwise
    return day if otherwise - timedelta(days=3700) < day < FARTHEST else otherwise


def _in_words(asked: Asked, rules: Configuration) -> list[str]:
    """The rules of the activity that are about at least one of these days, in order."""
    days = [asked.monday + timedelta(days=n) for n in range(7 * WEEKS)]
    found = rules.deadlines.get(asked.activity.id, ())
    return [in_words(rule) for rule in found if any(rule.concerns(day) for day in days)]


def _weeks(asked: Asked, rules: Configuration, now: Any) -> list[Week]:
    """Without the Saturdays and Sundays that nothing runs on."""
    last = asked.monday + timedelta(days=7 * WEEKS - 1)
    days = preview(asked.activity, asked.who, asked.monday, last, rules, now)
    shown = [each for each in days if not each.closed or each.day.isoweekday() <= 5]
    by_week: dict[date, list[PreviewDay]] = {}
    for each in shown:
        by_week.setdefault(monday_of(each.day), []).append(each)
    return [Week(f"Semaine du {short_date(day)} {day.year}", found) for day, found in by_week.items()]


def _url(page: DeadlinePreviewPage, asked: Asked | None, weeks: int) -> str:
    kept = {name: value for name, value in request.args.items() if name != "du" and value}
    start = asked.monday + timedelta(weeks=weeks) if asked else ""
    return str(page.get_url(".index", **kept, du=start))


VIEWS = (DeadlinePreviewPage,)
