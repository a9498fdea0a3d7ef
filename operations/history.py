"""The history: who did what, when, before and after, for everything that is not a booking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import models
from extensions import db
from operations.actors import Actor
from operations.configuration import commune_settings
from rules.instants import paris

MASK = "••••••"
SECRET_COLUMNS = frozenset({"password", "secret", "fs_uniquifier", "tf_totp_secret", "mf_recovery_codes"})


def record(
    subject: Any,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    family_id: int | None = None,
    reason: str = "",
) -> models.History:
    """Add the history row of a change to `subject` (a mapped row); secrets are masked by column name."""
    row = models.History(
        at=now,
        by_id=by.account_id,
        by_name=by.name,
        channel=by.channel,
        verb=verb,
        subject=subject.__tablename__,
        subject_id=getattr(subject, "id", None),
        subject_name=str(subject)[:200],
        family_id=family_id,
        before=readable(before),
        after=readable(after),
        reason=reason,
        keep_until=keep_until(now),
    )
    db.session.add(row)
    return row


def keep_until(now: datetime) -> date:
    """The last day a journal row must be kept, from the commune's setting in years."""
    today = paris(now).date()
    return date(today.year + commune_settings().keep_years, 12, 31)


def readable(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Values fit for JSON, with the secrets masked."""
    if values is None:
        return None
    return {name: MASK if name in SECRET_COLUMNS else _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    if value is None or isinstance(value, (str, int, float, bool, list, dict)):
        return value
    return str(value)
