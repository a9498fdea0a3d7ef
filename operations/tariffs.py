"""The prices of an activity or a service, as the council voted them: one operation saves a whole version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.tariff_facts import tariff_facts, usual_unit
from rules import tariff_grid
from rules.refusals import Refused
from rules.tariff_checks import check_version
from rules.tariff_entry import arranged, exceptions_first, narrow_holes
from rules.tariff_words import version_in_words
from rules.vocabulary import PriceUnit

Subject = models.Activity | models.Service
PARTS = ("modifiers", "caps", "situations")
SETTINGS = (
    "rounding",
    "rounding_step_cents",
    "floor_cents",
    "ceiling_cents",
    "quotient_rounding",
    "count_in",
    "eldest_first",
    "regular_share",
    "regular_days",
    "regular_without_weekdays",
)
_ROW = tuple(f.name for f in fields(tariff_grid.TariffRow) if f.name not in ("id", "unit", "slice_minutes"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A version as typed: its name, its days, and all its rows in order; a row with an id is one kept."""

    name: str
    deliberation: str = ""
    is_example: bool = False
    first_day: date
    last_day: date | None = None
    rows: tuple[tariff_grid.TariffRow, ...]


def save_version(
    subject: Subject,
    terms: Terms,
    *,
    version: models.TariffVersion | None = None,
    like: models.TariffVersion | None = None,
    by: Actor,
    now: datetime,
) -> models.TariffVersion:
    """Save a version whole, or a new one; `like` gives a new one its reductions, caps and situations.

    Exceptions typed after the rule are put before it. Refused, and nothing changed, when the name or the
    days make no sense, or when the rows have a hole, an overlap or a row never reached: the sentence
    names the culprit.
    """
    _refuse_wrong_days(subject, terms, version)
    wanted = checked(subject, terms, like=version or like)
    before = None if version is None else _in_words(version)
    row = version or _new_version(subject, like)
    row.name, row.deliberation, row.is_example = (
        terms.name.strip(),
        terms.deliberation.strip(),
        terms.is_example,
    )
    row.first_day, row.last_day = terms.first_day, terms.last_day
    db.session.add(row)
    _write_rows(row, wanted.rows, usual_unit(row, _activities()))
    _record(row, before, by, now)
    return row


def checked(
    subject: Subject, terms: Terms, *, like: models.TariffVersion | None = None
) -> tariff_grid.TariffVersion:
    """The version that would be saved. Refused when it cannot price every family, or holds a useless row.

    A first tariff, as typed from the deliberation, has its exceptions put before the rule.
    """
    schools = set(school_names())
    version = drafted(subject, terms, like=like)
    if like is None:
        version = replace(version, rows=exceptions_first(version.rows))
    version = arranged(version, lambda each: check_version(each, schools))
    said = check_version(version, schools)
    if said:
        raise Refused(" ".join([*said, *narrow_holes(version.rows)]), "rows")
    return version


def drafted(
    subject: Subject, terms: Terms, *, like: models.TariffVersion | None = None
) -> tariff_grid.TariffVersion:
    """The version as typed, checked or not, with the other parts of the version that it follows."""
    activity_id, service_id = _subject_ids(subject)
    known = (
        tariff_grid.TariffVersion(None, activity_id, terms.name, terms.first_day, None, ())
        if like is None
        else tariff_facts(like, usual_unit(like, _activities()))
    )
    return replace(
        known,
        id=None,
        name=terms.name,
        first=terms.first_day,
        last=terms.last_day,
        is_example=terms.is_example,
        rows=terms.rows,
        activity_id=activity_id,
        service_id=service_id,
    )


def has_versions(subject: Subject) -> bool:
    """Whether this activity, or this service, has a tariff already."""
    activity_id, service_id = _subject_ids(subject)
    query = sa.select(models.TariffVersion.id).filter_by(activity_id=activity_id, service_id=service_id)
    return db.session.scalars(query.limit(1)).first() is not None


def _refuse_wrong_days(subject: Subject, terms: Terms, version: models.TariffVersion | None) -> None:
    if not terms.name.strip():
        raise Refused("Donnez un nom à ce tarif, par exemple « Cantine 2026-2027 ».", "name")
    if terms.last_day is not None and terms.last_day < terms.first_day:
        raise Refused("Le dernier jour ne peut pas précéder le premier.", "last_day")
    activity_id, service_id = _subject_ids(subject)
    query = sa.select(models.TariffVersion).filter_by(
        first_day=terms.first_day, activity_id=activity_id, service_id=service_id
    )
    other = db.session.scalars(query).first()
    if other is not None and other is not version:
        raise Refused(f"Un tarif commence déjà ce jour-là : « {other.name} ».", "first_day")


def _subject_ids(subject: Subject) -> tuple[int | None, int | None]:
    """The activity's id, or the service's."""
    return (subject.id, None) if isinstance(subject, models.Activity) else (None, subject.id)


# -- writing ---------------------------------------------------------------------------------


def _new_version(subject: Subject, like: models.TariffVersion | None) -> models.TariffVersion:
    activity_id, service_id = _subject_ids(subject)
    row = models.TariffVersion(activity_id=activity_id, service_id=service_id)
    if like is None:
        return row
    for name in SETTINGS:
        setattr(row, name, getattr(like, name))
    for part in PARTS:
        setattr(row, part, [_copy(each) for each in getattr(like, part)])
    return row


def _copy(row: Any) -> Any:
    """The same row, for another version."""
    columns = sa.inspect(type(row)).column_attrs
    return type(row)(**{c.key: getattr(row, c.key) for c in columns if c.key not in ("id", "version_id")})


def _write_rows(
    version: models.TariffVersion, rows: Sequence[tariff_grid.TariffRow], usual: PriceUnit
) -> None:
    """Rows with an id are kept and changed, the others made, the missing removed."""
    known = {row.id: row for row in version.rows if row.id is not None}
    kept = {row.id for row in rows}
    version.rows = [row for row in version.rows if row.id in kept]
    for number, row in enumerate(version.rows, start=1):
        row.position = -number  # out of the way: places may be swapped
    db.session.flush()
    for facts in rows:
        written = known.get(facts.id or 0)
        if written is None:
            written = models.TariffRow()
            version.rows.append(written)
        for name in _ROW:
            setattr(written, name, getattr(facts, name))
        written.unit = None if facts.unit == usual else facts.unit
        written.slice_minutes = facts.slice_minutes or None
    db.session.flush()
    db.session.expire(version)


def _record(row: models.TariffVersion, before: dict[str, Any] | None, by: Actor, now: datetime) -> None:
    """The history of what changed; nothing when nothing did."""
    after = _in_words(row)
    if before is None:
        history.record(row, "Création", by=by, now=now, after=after)
        return
    changed = [name for name in after if before[name] != after[name]]
    if changed:
        history.record(
            row,
            "Modification",
            by=by,
            now=now,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )


def _in_words(row: models.TariffVersion) -> dict[str, Any]:
    facts = tariff_facts(row, usual_unit(row, _activities()))
    told = ("name", "deliberation", "is_example", "first_day", "last_day")
    return {name: getattr(row, name) for name in told} | version_in_words(facts, school_names())


def _activities() -> list[models.Activity]:
    return list(db.session.scalars(sa.select(models.Activity).order_by(models.Activity.position)))


def school_names() -> dict[int, str]:
    """The schools, by id."""
    return {s.id: s.name for s in db.session.scalars(sa.select(models.School))}
