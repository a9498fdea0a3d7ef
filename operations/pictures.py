"""The images of the town hall: kept under an address nobody can guess, never taken from under a text."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from rules.instants import paris
from rules.pictures import Sized
from rules.refusals import Refused


@dataclass(frozen=True, slots=True)
class Stored:
    """Where both sizes of an image have been put, and the size of the large one."""

    large_key: str
    small_key: str
    width: int
    height: int
    size: int


def describe(alternative: str, *, is_decorative: bool) -> str:
    """The alternative to keep: none for a decorative image. Refused when an image says nothing (RGAA 1.1)."""
    if is_decorative:
        return ""
    if not alternative.strip():
        raise Refused(
            "Décrivez ce que montre l’image, ou cochez « décorative » si elle n’apporte rien au texte.",
            "alternative",
        )
    return alternative.strip()


def add(
    name: str, alternative: str, stored: Stored, *, is_decorative: bool, by: Actor, now: datetime
) -> models.Picture:
    """A new image, whose files are already kept."""
    row = models.Picture(
        name=name,
        alternative=describe(alternative, is_decorative=is_decorative),
        is_decorative=is_decorative,
        token=uuid.uuid4().hex,
        width=stored.width,
        height=stored.height,
        size=stored.size,
        large_key=stored.large_key,
        small_key=stored.small_key,
        added_on=paris(now).date(),
    )
    db.session.add(row)
    db.session.flush()
    history.record(row, "Création", by=by, now=now, after={"name": name, "alternative": row.alternative})
    return row


def ensure_unused(picture: models.Picture) -> None:
    """Refused while a news item or a page shows it, in its heading or in its text."""
    named = [*_headed(picture), *_written(models.News, picture), *_written(models.Page, picture)]
    if named:
        raise Refused(f"Cette image sert encore : {', '.join(sorted(set(named)))}. Retirez-la d’abord.")


def _headed(picture: models.Picture) -> list[str]:
    return list(db.session.scalars(sa.select(models.News.title).filter_by(picture_id=picture.id)))


def _written(table: type[models.News] | type[models.Page], picture: models.Picture) -> list[str]:
    query = sa.select(table.title).where(table.body.contains(picture.token))
    return list(db.session.scalars(query))


def key_of(image: Sized) -> str | None:
    """Where the file of an image at that size is kept; None when there is no such image."""
    row = db.session.scalars(sa.select(models.Picture).filter_by(token=image.token)).one_or_none()
    if row is None:
        return None
    return {row.sized: row.large_key, row.sized.small: row.small_key}.get(image)


def ensure_described(images: list[tuple[Sized | None, str]]) -> None:
    """The images of a text are ours, and each has its alternative unless it is kept as decorative."""
    tokens = [image.token for image, _ in images if image is not None]
    query = sa.select(models.Picture.token, models.Picture.is_decorative)
    known = {token: free for token, free in db.session.execute(query.where(models.Picture.token.in_(tokens)))}
    for image, alternative in images:
        if image is None or image.token not in known:
            raise Refused(
                "Une image du texte n’est pas dans « Images » : ajoutez-la, puis copiez sa ligne.",
                "body",
            )
        if not alternative.strip() and not known[image.token]:
            raise Refused("Une image du texte n’a pas de description entre ses crochets : ![ici](…).", "body")
