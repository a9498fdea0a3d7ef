"""Whether the coming school years are ready in the calendar, and filling them from the official one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.configuration import commune_settings, configuration
from rules import calendar_seed
from rules.refusals import Refused
from rules.school_calendar import Holiday

SOON = timedelta(days=150)  # a règlement and its bookings are prepared from the spring on


def warnings(today: date) -> list[str]:
    """What the calendar lacks for the school year under way and the next, as sentences; no query."""
    calendar = configuration().calendar
    coming = [year for year in calendar.years if year.last >= today]
    said = [
        f"L’année scolaire {year.name} n’a pas de vacances dans le calendrier : tous ses jours seraient "
        "ouverts. Ajoutez-les avant que les familles ne réservent."
        for year in coming
        if calendar.lacks_holidays(year)
    ]
    if not coming or coming[-1].last - today < SOON:
        said.append("L’année scolaire suivante n’est pas encore dans le calendrier.")
    return said


def fill(year: models.SchoolYear, *, by: Actor, now: datetime) -> int:
    """Add the official holidays that the table lacks for that year, and say how many.

    What staff have typed stays: an official period that meets one of the same nature is left out.
    Refused beyond what the official calendar covers, and when nothing is missing.
    """
    commune = commune_settings()
    official = calendar_seed.official_days(commune.zone, year.first_day, year.last_day, commune.postcode)
    added = add_missing(official)
    if not added:
        raise Refused(f"Les vacances et jours fériés de {year.name} sont déjà dans le calendrier.")
    names = [f"{each.name} ({each.first:%d/%m/%Y})" for each in added]
    history.record(year, "Calendrier officiel ajouté", by=by, now=now, before=None, after={"jours": names})
    return len(added)


def add_missing(official: Iterable[Holiday]) -> list[Holiday]:
    """Put in the table the days off that meet none of the same nature; one query."""
    known = list(db.session.scalars(sa.select(models.Holiday)))
    added = [each for each in official if not any(_meet(each, row) for row in known)]
    db.session.add_all(
        models.Holiday(kind=each.kind, name=each.name, first_day=each.first, last_day=each.last)
        for each in added
    )
    db.session.flush()
    return added


def _meet(each: Holiday, row: models.Holiday) -> bool:
    return each.kind is row.kind and each.first <= row.last_day and row.first_day <= each.last
