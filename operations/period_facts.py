"""What a month knows beside its days: periods and fees already billed, enrolments that owe something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

import sqlalchemy as sa

import models
from extensions import db
from operations.children import EnrolmentFact, homes_of
from operations.configuration import Configuration
from operations.grounds import Wanted
from rules.charges import ChargeKey
from rules.custody import NO_HOME, Homes
from rules.ground import Commitment, DayUse, Ground, Signing
from rules.instants import ONE_DAY, paris
from rules.invoices import next_month
from rules.months import Around
from rules.periods import earliest_start, period_start
from rules.vocabulary import FeeOccasion, Per, Regime

LONGEST_WAIT = timedelta(days=365)  # a bill under the threshold is issued before: at the end of the exercice
Enrolments = Mapping[int, Sequence[EnrolmentFact]]
LONGEST_PERIOD = Per.YEAR


def history_start(uses: Iterable[DayUse], ground: Ground) -> date:
    """From when days already billed may count with these: the start of their longest period."""
    return earliest_start(min(use.day for use in uses), ground.between_holidays)


def around_month(
    month: date,
    last: date,
    since: date,
    uses: Sequence[DayUse],
    rules: Configuration,
    wanted: Wanted,
    ground: Ground,
    enrolments: Enrolments,
) -> Around:
    """What was billed by the period, what enrolments owe; nothing is asked when no tariff has such things.

    `since` is the first day that the portal bills.
    """
    if not wanted.charges:
        return Around()
    signed = any(fee.occasion != FeeOccasion.FIRST_BILL for fee in rules.fees)
    homes = homes_of(None) if wanted.periods or signed else {}
    late = any(fee.occasion == FeeOccasion.LATE_ENROLMENT for fee in rules.fees)
    recorded = _recorded(rules) if late else {}
    owed = list(_owed(month, last, since, ground, enrolments, homes)) if wanted.periods else []
    earliest = min([month, *(use.day for use in uses), *(each.day for each in owed)])
    return Around(
        commitments=owed,
        signings=list(signings(month, last, enrolments, homes, recorded)) if signed else (),
        billed=_billed(earliest_start(earliest, ground.between_holidays)),
    )


def _owed(
    month: date,
    last: date,
    since: date,
    ground: Ground,
    enrolments: Enrolments,
    homes: Mapping[int, Homes],
) -> Iterator[Commitment]:
    """What enrolments owe for the month, and for those before that no invoice of their family has settled.

    A family left out, or whose bill was too small to be issued, owes what it owed then.
    """
    settled = _last_invoices(month)
    earlier = max(since, month - LONGEST_WAIT).replace(day=1)
    while earlier < month:
        following = next_month(earlier)
        for each in commitments(earlier, following - ONE_DAY, ground, enrolments, homes):
            if settled.get(each.family_id, date.min) < earlier:
                yield each
        earlier = following
    yield from commitments(month, last, ground, enrolments, homes)


def _last_invoices(month: date) -> dict[int, date]:
    """The latest month invoiced to each family, of those before this one."""
    row = models.Invoice
    query = sa.select(row.family_id, sa.func.max(row.month)).where(row.month < month).group_by(row.family_id)
    return {family_id: latest for family_id, latest in db.session.execute(query)}


def _billed(since: date) -> dict[ChargeKey, int]:
    """The cents billed under each name, for periods that start from that day (a cap: all its parts)."""
    row = models.BilledCharge
    query = sa.select(
        row.kind, row.subject, row.family_id, row.child_id, row.first_day, row.amount_cents
    ).where(row.first_day >= since, row.cancelled_on.is_(None))
    found: dict[ChargeKey, int] = defaultdict(int)
    for *key, cents in db.session.execute(query):
        found[ChargeKey._make(key)] += cents
    return dict(found)


def commitments(
    month: date, last: date, ground: Ground, enrolments: Enrolments, homes: Mapping[int, Homes]
) -> Iterator[Commitment]:
    """The children enrolled as regular during the month, in activities that run in it."""
    for child_id, known in enrolments.items():
        for each in known:
            day = max(month, each.first)
            over = each.last is not None and each.last < month
            if each.regime != Regime.REGULAR or over or day > last:
                continue
            family_id = homes.get(child_id, NO_HOME).on(day)
            if family_id is not None and ground.offered(child_id, each.activity_id, month):
                yield Commitment(child_id, each.activity_id, day, family_id, each.formula, each.chosen)


NOT_RECORDED: Mapping[tuple[int, int], date] = {}


def _recorded(rules: Configuration) -> dict[tuple[int, int], date]:
    """When each child was last signed up for each activity, from the journal."""
    row, activities = models.History, {a.name: a.id for a in rules.activities.values()}
    query = sa.select(row.subject_id, row.after, row.at).where(row.verb == "Inscription").order_by(row.at)
    return {
        (child_id, activities[after["activité"]]): paris(at).date()
        for child_id, after, at in db.session.execute(query)
        if after and after.get("activité") in activities
    }


def signings(
    month: date,
    last: date,
    enrolments: Enrolments,
    homes: Mapping[int, Homes],
    recorded: Mapping[tuple[int, int], date] = NOT_RECORDED,
) -> Iterator[Signing]:
    """The enrolments that start in the school year, up to the end of the month.

    One that goes on under other terms is not a new one.
    """
    year = period_start(LONGEST_PERIOD, month)
    for child_id, known in enrolments.items():
        ends = {(each.activity_id, each.last) for each in known}
        for each in known:
            goes_on = (each.activity_id, each.first - ONE_DAY) in ends
            if goes_on or not year - EARLY <= each.first <= last:
                continue
            day = max(each.first, year)
            family_id = homes.get(child_id, NO_HOME).on(day)
            if family_id is not None:
                when = recorded.get((child_id, each.activity_id))
                yield Signing(child_id, each.activity_id, day, family_id, recorded_on=when)


EARLY = timedelta(days=31)  # an enrolment dated from the summer is one of the school year that it opens
