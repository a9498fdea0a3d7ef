"""What an import needs to know of the commune, and what one run of it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

import models
from extensions import db
from operations.actors import Actor
from operations.configuration import commune_settings, configuration
from rules.folding import fold
from rules.import_rows import FamilyRow
from rules.instants import paris
from rules.refusals import Refused


@dataclass(frozen=True, slots=True)
class Town:
    """The names a file may use, folded, and what they stand for; `since` is the year's first day.

    It holds the rows that every line needs: the session alone would let go of them and read them again.
    """

    commune: models.Commune
    held: tuple[models.SchoolClass, ...]
    year: str
    since: date
    schools: dict[str, str]
    classes: dict[tuple[str, str], int]
    activities: dict[str, tuple[int, ...]]

    def class_id(self, school: str, class_name: str) -> int:
        """The class of that name. Refused when the school or the class does not exist this year."""
        known = self.schools.get(fold(school))
        if known is None:
            raise Refused(f"L’école « {school} » n’existe pas.", "ecole")
        found = self.classes.get((fold(school), fold(class_name)))
        if found is None:
            raise Refused(f"La classe « {class_name} » n’existe pas à « {known} » en {self.year}.", "classe")
        return found

    def activity_ids(self, names: tuple[str, ...]) -> list[int]:
        """The activities named, a service standing for all of its own. Refused when one does not exist."""
        found: list[int] = []
        for name in names:
            ids = self.activities.get(fold(name))
            if ids is None:
                raise Refused(f"Le service « {name} » n’existe pas.", "services")
            found += [activity_id for activity_id in ids if activity_id not in found]
        return found


def town_of(now: datetime) -> Town:
    """The town of the school year that holds today, or of the next one in the summer."""
    today = paris(now).date()
    query = sa.select(models.SchoolYear).where(models.SchoolYear.last_day >= today)
    year = db.session.scalars(query.order_by(models.SchoolYear.first_day)).first()
    if year is None:
        raise Refused("Aucune année scolaire n’est ouverte : créez-la avant de reprendre les familles.")
    in_year = sa.select(models.SchoolClass).options(joinedload(models.SchoolClass.school))
    held = tuple(db.session.scalars(in_year.where(models.SchoolClass.school_year_id == year.id)))
    schools = {fold(school.name): school.name for school in db.session.scalars(sa.select(models.School))}
    classes = {(fold(row.school.name), fold(row.name)): row.id for row in held}
    return Town(commune_settings(), held, year.name, year.first_day, schools, classes, _activities())


def _activities() -> dict[str, tuple[int, ...]]:
    """By the name of the activity, its address in URLs, or the name of its service."""
    rows = configuration().activities.values()
    names = {service.id: service.name for service in db.session.scalars(sa.select(models.Service))}
    found: dict[str, tuple[int, ...]] = {}
    for row in rows:
        service = fold(names[row.service_id])
        found[service] = (*found.get(service, ()), row.id)
    for row in rows:
        found[fold(row.name)] = found[fold(row.slug)] = (row.id,)
    return found


@dataclass(slots=True)
class LineChanges:
    """What one line did: `done` in words, `left` what differs and was not overwritten."""

    created: bool = False
    done: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One run: the town, and the first line of each family of the file (for alternating custody)."""

    town: Town
    first_rows: dict[str, FamilyRow]
    by: Actor
    now: datetime
