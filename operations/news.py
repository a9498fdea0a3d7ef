"""What the town hall publishes: news for all, news for a school, a class or an activity, pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

import models
from extensions import db


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom news may be for, besides everybody: the schools, classes and activities of some children."""

    school_ids: Collection[int] = ()
    class_ids: Collection[int] = ()
    activity_ids: Collection[int] = ()


EVERYBODY = Audience()


def news_for(audience: Audience, today: date, *, most: int) -> list[models.News]:
    """The news on show that day, newest first: public ones, and those that concern this audience."""
    query = _on_show(audience, today).order_by(models.News.first_day.desc(), models.News.id.desc())
    scopes = (models.News.school, models.News.school_class, models.News.activity)
    return list(db.session.scalars(query.options(*map(joinedload, scopes)).limit(most)))


def news_called(slug: str, audience: Audience, today: date) -> models.News | None:
    """That news item, if it is on show that day and for this audience."""
    query = _on_show(audience, today).where(models.News.slug == slug)
    return db.session.scalars(query).one_or_none()


def _on_show(audience: Audience, today: date) -> sa.Select[models.News]:
    news = models.News
    return sa.select(news).where(
        news.first_day <= today,
        sa.or_(news.last_day.is_(None), news.last_day >= today),
        sa.or_(news.school_id.is_(None), news.school_id.in_(audience.school_ids)),
        sa.or_(news.class_id.is_(None), news.class_id.in_(audience.class_ids)),
        sa.or_(news.activity_id.is_(None), news.activity_id.in_(audience.activity_ids)),
    )


def practical_pages() -> list[models.Page]:
    """The published practical pages, in their order."""
    query = sa.select(models.Page).where(models.Page.is_published, models.Page.is_practical)
    return list(db.session.scalars(query.order_by(models.Page.position, models.Page.title)))


def page_called(slug: str, *, practical: bool) -> models.Page | None:
    """A published page by its slug: a practical one, or a legal one."""
    query = sa.select(models.Page).where(
        models.Page.slug == slug, models.Page.is_published, models.Page.is_practical.is_(practical)
    )
    return db.session.scalars(query).one_or_none()
