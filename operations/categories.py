"""Family categories: free tags, dated, that tariffs may ask for; a tag has one spelling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa

import models
from extensions import db
from operations.configuration import configuration
from rules.categories import CategoryFact
from rules.folding import fold
from rules.refusals import Refused
from rules.wording import long_date


def known_names() -> list[str]:
    """The tags that families have and those that tariffs ask for, in order."""
    row = models.FamilyCategory.name
    used = set(db.session.scalars(sa.select(row).distinct()))
    return sorted(used | _asked_for(), key=fold)


def _asked_for() -> set[str]:
    versions = (version for known in configuration().tariffs.values() for version in known)
    return {row.category for version in versions for row in version.rows if row.category is not None}


def as_known(name: str) -> str:
    """The spelling already in use, those of tariffs first: « Commune Conventionnee » is no other tag."""
    name = " ".join(name.split())
    if not name:
        raise Refused("Donnez un nom à la catégorie.", "name")
    spellings = {fold(each): each for each in known_names()}
    spellings |= {fold(each): each for each in _asked_for()}
    return spellings.get(fold(name), name)


def refuse_overlap(row: models.FamilyCategory) -> None:
    """A family has a tag once at a time."""
    query = sa.select(models.FamilyCategory).where(
        models.FamilyCategory.family_id == row.family_id, models.FamilyCategory.name == row.name
    )
    for each in db.session.scalars(query):
        if each.id != row.id and _meet(each, row):
            since = long_date(each.first_day)
            raise Refused(f"Cette famille a déjà cette catégorie depuis le {since}.", "first_day")


def _meet(one: models.FamilyCategory, other: models.FamilyCategory) -> bool:
    return (one.last_day is None or other.first_day <= one.last_day) and (
        other.last_day is None or one.first_day <= other.last_day
    )


def categories_of(family_ids: Collection[int] | None) -> dict[int, list[CategoryFact]]:
    """The tags of these families (None: all); one query."""
    row = models.FamilyCategory
    query = sa.select(row.family_id, row.name, row.first_day, row.last_day).order_by(row.first_day)
    if family_ids is not None:
        query = query.where(row.family_id.in_(family_ids))
    found: dict[int, list[CategoryFact]] = defaultdict(list)
    for family_id, name, first, last in db.session.execute(query):
        found[family_id].append(CategoryFact(name, first, last))
    return found
