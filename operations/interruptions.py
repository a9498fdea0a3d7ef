"""Planned interruptions of the service: announced at the top of every page, then told on their own.

Every page asks: they are read again only when the stamp of the configuration has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

import models
from extensions import db
from operations.configuration import commune_settings
from rules.instants import paris, to_utc
from rules.wording import clock_time, long_date

REMEMBERED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Interruption:
    what: str
    details: str
    announced_at: datetime
    starts_at: datetime
    ends_at: datetime

    @property
    def period(self) -> str:
        """`le mardi 1 décembre 2026 de 20 h à 22 h`, or from an instant to another."""
        first, last = paris(self.starts_at), paris(self.ends_at)
        if first.date() == last.date():
            return f"le {long_date(first.date())}, de {_time(first)} à {_time(last)}"
        return f"du {long_date(first.date())} à {_time(first)} au {long_date(last.date())} à {_time(last)}"


_held: dict[str, tuple[str, tuple[Interruption, ...]]] = {}


def announced(now: datetime) -> list[Interruption]:
    """Those to tell at that instant: announced and not over, the first to come first."""
    at = to_utc(now)
    return [each for each in _all() if each.announced_at <= at < each.ends_at]


def recently_over(now: datetime) -> list[Interruption]:
    """Those of the last three months, the latest first."""
    at = to_utc(now)
    return [each for each in reversed(_all()) if at - REMEMBERED < each.ends_at <= at]


def _all() -> tuple[Interruption, ...]:
    stamp = commune_settings().configuration_stamp
    held_stamp, held = _held.get("now", ("", ()))
    if stamp != held_stamp:
        rows = db.session.scalars(sa.select(models.Interruption).order_by(models.Interruption.starts_at))
        held = tuple(
            Interruption(row.what, row.details, row.announced_at, row.starts_at, row.ends_at) for row in rows
        )
        _held["now"] = (stamp, held)
    return held


def _time(moment: datetime) -> str:
    return clock_time(moment.hour * 60 + moment.minute)
