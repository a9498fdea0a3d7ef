"""A school year open to enrolment, a règlement for the canteen, an insurance asked of each child."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

import models
from extensions import db
from rules.documents import DocumentKind
from rules.vocabulary import PerWhom
from tests import factories

OPENS, CLOSES, NEXT_YEAR = date(2027, 5, 3), date(2027, 7, 2), "2027-2028"


def next_year() -> models.SchoolYear:
    """The school year after the town's own."""
    found = db.session.scalars(sa.select(models.SchoolYear).filter_by(name=NEXT_YEAR)).first()
    if found is None:
        found = models.SchoolYear(name=NEXT_YEAR, first_day=date(2027, 9, 1), last_day=date(2028, 7, 4))
        db.session.add(found)
        db.session.flush()
    return found


def campaign(year: models.SchoolYear | None = None, **days: date) -> models.EnrolmentCampaign:
    dates = {"opens_on": OPENS, "closes_on": CLOSES, "documents_by": date(2027, 8, 20), **days}
    row = models.EnrolmentCampaign(school_year=year or next_year(), **dates)
    db.session.add(row)
    db.session.flush()
    return row


def rules(slug: str = "cantine", name: str = "Version 2026") -> models.ServiceRules:
    service = factories.activity(slug).service
    row = models.ServiceRules(
        service=service, name=name, body="## Article 1\n\nOn mange ensemble.", first_day=date(2026, 9, 1)
    )
    db.session.add(row)
    db.session.flush()
    return row


def insurance(year: models.SchoolYear | None = None) -> models.DocumentNeed:
    year = year or next_year()
    row = models.DocumentNeed(
        kind=DocumentKind.INSURANCE,
        per_whom=PerWhom.CHILD,
        first_day=year.first_day,
        last_day=year.last_day,
    )
    db.session.add(row)
    db.session.flush()
    return row
