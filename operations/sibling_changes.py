"""Several children's days changed at once: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import models
from extensions import db
from operations import capacity, receipts
from operations.actors import Actor
from operations.bookings import Viewer
from operations.changes import change_days
from operations.children import hold_children
from operations.configuration import ActivityFacts, configuration
from rules.refusals import Refused


@dataclass(frozen=True, slots=True)
class ChildDays:
    """What is asked for one child, as seen by whoever asks."""

    child: models.Child
    add: frozenset[date]
    remove: frozenset[date]
    viewer: Viewer


def change_children(
    activity: ActivityFacts, asked: Sequence[ChildDays], *, by: Actor, now: datetime
) -> list[models.Receipt]:
    """Change these children's days (see `change_days`): one receipt for each that changes, one mail for all.

    Refused whole: the sentence names the child, and the field is `<child id>/<ISO date>`. The children
    are held first, then the activity, as everywhere: no two requests wait for each other.
    """
    wanted = [each for each in asked if each.add or each.remove]
    hold_children([each.child.id for each in wanted])
    capacity.hold(activity, configuration())
    with db.session.begin_nested():  # a child refused leaves nothing of those before it
        done = [_change(activity, each, by, now) for each in wanted]
    written = [receipt for receipt in done if receipt is not None]
    receipts.announce(written, activity, by=by, now=now)
    return written


def _change(activity: ActivityFacts, asked: ChildDays, by: Actor, now: datetime) -> models.Receipt | None:
    try:
        return change_days(
            asked.child, activity, asked.add, asked.remove, by=by, now=now, viewer=asked.viewer, told=False
        )
    except Refused as refusal:
        said = refusal.sentence[:1].lower() + refusal.sentence[1:]
        field = f"{asked.child.id}/{refusal.field}" if refusal.field else None
        raise Refused(f"{asked.child.first_name} : {said}", field) from None
