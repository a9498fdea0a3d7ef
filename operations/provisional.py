"""Provisional enrolments: they wait for documents, work meanwhile, and become final by themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask import render_template
from sqlalchemy.orm import joinedload

import models
from extensions import db
from operations import history, outbox
from operations.actors import SYSTEM, Actor
from operations.document_needs import Expected, expected_of
from operations.outbox import Letter
from rules.documents import Answer
from rules.instants import paris
from rules.wording import enumerate_words

A_MONTH = timedelta(days=30)
MOST_WORDS = 300


def await_documents(
    child: models.Child,
    family_id: int,
    activity_ids: Collection[int],
    year: models.SchoolYear,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Mark provisional what was just accepted, where a compulsory document is not there and seen."""
    today = paris(now).date()
    until = _hoped_for(year, today)
    for row in _enrolments_of(child.id, activity_ids, max(year.first_day, today)):
        row.provisional_until, row.provisional_for = None, ""
        row.provisional_family_id = None
        waits_for = _waits_for(row, family_id, today)
        if waits_for:
            row.provisional_until, row.provisional_for = until, _in_words(waits_for)
            row.provisional_family_id = family_id
            after = {"activité": row.activity.name, "il manque": row.provisional_for, "avant le": until}
            history.record(child, "Inscription provisoire", by=by, now=now, after=after, family_id=family_id)


def follow(document: models.Document, *, by: Actor, now: datetime) -> None:
    """A document was given, seen or removed: what waited for it may be final, or wait for less."""
    row = models.Enrolment
    concerns = row.provisional_family_id == document.family_id
    if document.child_id is not None:
        concerns = sa.or_(concerns, row.child_id == document.child_id)
    settle(_provisional(concerns), by=by, now=now)


def settle_all(now: datetime) -> int:
    """The same each night for all of them: what is asked for may have changed. How many became final."""
    return settle(_provisional(), by=SYSTEM, now=now)


def settle(rows: Iterable[models.Enrolment], *, by: Actor, now: datetime) -> int:
    """Make final what waits for nothing more, and say by mail that nothing more is asked."""
    today, final = paris(now).date(), []
    for row in rows:
        assert row.provisional_family_id is not None
        waits_for = _waits_for(row, row.provisional_family_id, today)
        if waits_for:
            row.provisional_for = _in_words(waits_for)
        else:
            final.append((row, row.provisional_family_id))
            row.provisional_until, row.provisional_for, row.provisional_family_id = None, "", None
    told: dict[tuple[models.Child, int], list[str]] = defaultdict(list)
    for row, family_id in final:
        told[row.child, family_id].append(row.activity.name)
    for (child, family_id), names in told.items():
        after = {"activités": names}
        history.record(child, "Inscription définitive", by=by, now=now, after=after, family_id=family_id)
        _tell(child, family_id, "enrolment_final", names=names, now=now)
    return len(final)


def remind(rows: Iterable[models.Enrolment], *, by: Actor, now: datetime) -> int:
    """Write to the families what their children's enrolments still wait for, once a day at most."""
    waiting: dict[tuple[models.Child, int], list[models.Enrolment]] = defaultdict(list)
    for row in rows:
        if row.provisional_family_id is not None:
            waiting[row.child, row.provisional_family_id].append(row)
    said = 0
    for (child, family_id), held in waiting.items():
        until = min(row.provisional_until for row in held if row.provisional_until)
        missing = list(dict.fromkeys(row.provisional_for for row in held))
        sent = _tell(child, family_id, "documents_reminder", missing=missing, until=until, now=now)
        if sent:
            after = {"il manque": missing}
            history.record(child, "Pièces rappelées", by=by, now=now, after=after, family_id=family_id)
        said += sent
    return said


# -- what it waits for ------------------------------------------------------------------


def _hoped_for(year: models.SchoolYear, today: date) -> date:
    """The campaign's own day, or a month, whichever leaves more time."""
    query = sa.select(models.EnrolmentCampaign.documents_by).filter_by(school_year_id=year.id)
    return max(db.session.scalar(query) or today, today + A_MONTH)


def _waits_for(row: models.Enrolment, family_id: int, today: date) -> list[Expected]:
    on = max(row.first_day, today)
    asked = expected_of({row.child_id: [row.activity_id]}, [row.child_id], family_id, on, today)
    return [each for each in asked if each.need.is_compulsory and each.answer is not Answer.SEEN]


def _in_words(waits_for: Sequence[Expected]) -> str:
    said = [
        f"{each.need.said} (à vérifier par le service)" if each.answer is Answer.GIVEN else each.need.said
        for each in waits_for
    ]
    return enumerate_words(list(dict.fromkeys(said)))[:MOST_WORDS]


def _provisional(*where: sa.ColumnElement[bool]) -> list[models.Enrolment]:
    row = models.Enrolment
    query = sa.select(row).where(row.provisional_until.is_not(None), *where)
    loaded = query.options(joinedload(row.child), joinedload(row.activity)).order_by(row.id)
    return list(db.session.scalars(loaded))


def _enrolments_of(child_id: int, activity_ids: Collection[int], day: date) -> list[models.Enrolment]:
    row = models.Enrolment
    over = sa.or_(row.last_day.is_(None), row.last_day >= day)
    query = sa.select(row).where(row.child_id == child_id, row.activity_id.in_(activity_ids), over)
    return list(db.session.scalars(query.where(row.first_day <= day)))


# -- who is told ------------------------------------------------------------------------


def _tell(child: models.Child, family_id: int, kind: str, *, now: datetime, **said: object) -> int:
    """The adults of that household who are mailed about the child; returns how many letters left."""
    day, link = paris(now).date(), models.Guardianship
    query = (
        sa.select(models.Guardian)
        .join(link)
        .where(
            link.child_id == child.id,
            link.is_mailed,
            link.first_day <= day,
            sa.or_(link.last_day.is_(None), link.last_day >= day),
            models.Guardian.family_id == family_id,
            models.Guardian.email.is_not(None),
        )
    )
    subjects = {
        "enrolment_final": f"Inscription de {child.first_name} : elle est définitive",
        "documents_reminder": f"Inscription de {child.first_name} : il manque une pièce",
    }
    return sum(
        outbox.post_once(
            Letter(
                kind=kind.replace("_", "-"),
                recipient=guardian.email or "",
                subject=subjects[kind],
                body=render_template(f"mail/{kind}.txt", guardian=guardian, child=child, **said),
                key=f"{kind}:{child.id}:{guardian.id}:{day}",
            ),
            now=now,
        )
        for guardian in db.session.scalars(query)
    )
