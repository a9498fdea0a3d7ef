"""What the town hall writes: news for all, news for a school, a class or an activity, pages.

Staff see a text before it is on show: the `…_as_written` queries do not look at its days.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

import models
from extensions import db
from rules.publishing import Showing, showing


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom news may be for, besides everybody: the schools, classes and activities of some children."""

    school_ids: Collection[int] = ()
    class_ids: Collection[int] = ()
    activity_ids: Collection[int] = ()


EVERYBODY = Audience()


def news_for(audience: Audience, today: date, *, most: int, after: int = 0) -> list[models.News]:
    """The news on show that day, newest first: public ones, and those that concern this audience."""
    query = _on_show(audience, today).order_by(models.News.first_day.desc(), models.News.id.desc())
    return list(db.session.scalars(_whole(query).offset(after).limit(most)))


def news_called(slug: str, audience: Audience, today: date) -> models.News | None:
    """That news item, if it is on show that day and for this audience."""
    query = _on_show(audience, today).where(models.News.slug == slug)
    return db.session.scalars(_whole(query)).one_or_none()


def news_as_written(slug: str) -> models.News | None:
    """That news item, draft or not, whomever it is for."""
    return db.session.scalars(_whole(sa.select(models.News).where(models.News.slug == slug))).one_or_none()


def news_stage(item: models.News, today: date) -> Showing:
    return showing(item.first_day, item.last_day, today, is_published=item.first_day is not None)


def _whole(query: sa.Select[models.News]) -> sa.Select[models.News]:
    shown = (models.News.school, models.News.school_class, models.News.activity, models.News.picture)
    return query.options(*map(joinedload, shown))


def _on_show(audience: Audience, today: date) -> sa.Select[models.News]:
    news = models.News
    return sa.select(news).where(
        news.first_day <= today,
        sa.or_(news.last_day.is_(None), news.last_day >= today),
        sa.or_(news.school_id.is_(None), news.school_id.in_(audience.school_ids)),
        sa.or_(news.class_id.is_(None), news.class_id.in_(audience.class_ids)),
        sa.or_(news.activity_id.is_(None), news.activity_id.in_(audience.activity_ids)),
    )


# -- pages ------------------------------------------------------------------------------


def practical_pages(today: date) -> list[models.Page]:
    """The practical pages on show that day, in their order."""
    query = _pages_on_show(today).where(models.Page.is_practical)
    return list(db.session.scalars(query.order_by(models.Page.position, models.Page.title)))


def page_called(slug: str, today: date, *, practical: bool) -> models.Page | None:
    """A page on show that day by its slug: a practical one, or a legal one."""
    query = _pages_on_show(today).where(models.Page.slug == slug, models.Page.is_practical.is_(practical))
    return db.session.scalars(query).one_or_none()


def page_as_written(slug: str, *, practical: bool) -> models.Page | None:
    """That page, draft or not."""
    query = sa.select(models.Page).filter_by(slug=slug, is_practical=practical)
    return db.session.scalars(query).one_or_none()


def page_stage(page: models.Page, today: date) -> Showing:
    return showing(page.first_day, page.last_day, today, is_published=page.is_published)


def _pages_on_show(today: date) -> sa.Select[models.Page]:
    page = models.Page
    return sa.select(page).where(
        page.is_published,
        sa.or_(page.first_day.is_(None), page.first_day <= today),
        sa.or_(page.last_day.is_(None), page.last_day >= today),
    )
