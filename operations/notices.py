"""The mails that each adult receives or switched off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from rules.notices import Notice


def muted_by(guardian: models.Guardian) -> set[Notice]:
    """What this adult switched off."""
    query = sa.select(models.MutedNotice.notice).filter_by(guardian_id=guardian.id)
    return set(db.session.scalars(query))


def readers_of(
    notice: Notice, child_ids: Collection[int], today: date, *where: sa.ColumnElement[bool]
) -> Mapping[tuple[int, int], Sequence[models.Guardian]]:
    """By child and household, the adults mailed about the child who keep that notice on; one query."""
    link, adult, muted = models.Guardianship, models.Guardian, models.MutedNotice
    off = sa.exists().where(muted.guardian_id == adult.id, muted.notice == notice)
    query = (
        sa.select(link.child_id, adult)
        .join(adult, adult.id == link.guardian_id)
        .where(
            link.child_id.in_(child_ids),
            link.is_mailed,
            link.first_day <= today,
            sa.func.coalesce(link.last_day, today) >= today,
            adult.email.is_not(None),
            ~off,
            *where,
        )
        .order_by(adult.id)
    )
    found: dict[tuple[int, int], list[models.Guardian]] = defaultdict(list)
    for child_id, guardian in db.session.execute(query):
        found[child_id, guardian.family_id].append(guardian)
    return found


def keep_only(guardian: models.Guardian, wanted: Collection[Notice], *, by: Actor, now: datetime) -> None:
    """Switch off every notice that is not wanted, and on those that are."""
    before, after = muted_by(guardian), set(Notice) - set(wanted)
    if before == after:
        return
    row = models.MutedNotice
    back = sa.delete(row).where(row.guardian_id == guardian.id, row.notice.in_(before - after))
    db.session.execute(back)
    for notice in after - before:
        db.session.add(row(guardian_id=guardian.id, notice=notice, muted_at=now))
    db.session.flush()
    history.record(
        guardian,
        "Choix des messages",
        by=by,
        now=now,
        before={"désactivés": _said(before)},
        after={"désactivés": _said(after)},
        family_id=guardian.family_id,
    )


def _said(notices: Collection[Notice]) -> str:
    return ", ".join(notice.label for notice in Notice if notice in notices) or "aucun"
