"""Writing from a staff screen: one transaction, its history row inside, and refusals in French."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

import models
from extensions import db, violated
from operations import history
from operations.actors import Actor
from rules.constraint_sentences import refusal

T = TypeVar("T")
# Columns that say nothing to a reader of the history.
SILENT = frozenset({"id", "search_text", "configuration_stamp", "created_at"})


def committed(work: Callable[[], T]) -> T:
    """Do the work and commit it; what the database refuses comes back as a `Refused` in French.

    Whatever happens, nothing half-done stays in the session.
    """
    try:
        result = work()
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        raise refusal(violated(error)) from error
    except BaseException:
        db.session.rollback()
        raise
    return result


def snapshot(row: Any) -> dict[str, Any]:
    """What a row says, by column; a reference is told by the name of what it refers to."""
    mapper = sa.inspect(type(row))
    many_to_one = [each for each in mapper.relationships if each.direction.name == "MANYTOONE"]
    referring = {column.key for each in many_to_one for column in each.local_columns}
    told = {
        each.key: _told(getattr(row, each.key))
        for each in mapper.column_attrs
        if each.key not in SILENT and each.columns[0].key not in referring
    }
    for each in many_to_one:
        target = getattr(row, each.key)
        told[each.key] = None if target is None else str(target)
    return told


def _told(value: Any) -> Any:
    return getattr(value, "label", value) if isinstance(value, StrEnum) else value


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what changed, before and after."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def family_of(row: Any) -> int | None:
    """The family whose history a row belongs to, when there is one."""
    if isinstance(row, models.Family):
        return row.id
    if isinstance(row, models.Guardianship):
        return row.guardian.family_id
    return getattr(row, "family_id", None)


def record(
    row: Any,
    verb: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    by: Actor,
    now: datetime,
) -> None:
    """The history row of a change made in a plain grid."""
    history.record(row, verb, by=by, now=now, before=before, after=after, family_id=family_of(row))
