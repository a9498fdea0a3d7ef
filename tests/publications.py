"""Builders of what the town hall publishes: an image, a document with its file, a day's menu."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from PIL import Image

import models
from extensions import db
from gateways.pictures import prepared
from operations import pictures, town_documents
from operations.actors import SYSTEM
from rules.publication_vocabulary import Course, DocumentCategory
from tests.gateways import files

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def image_file(size: tuple[int, int] = (1600, 1200), form: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "#2b5ce6").save(file, form, **options)
    return file.getvalue()


def picture(app: Flask, name: str = "Le self", alternative: str = "Enfants au self") -> models.Picture:
    made, storage = prepared(image_file()), app.extensions["storage"]
    stored = pictures.Stored(
        storage.put(made.large, ".webp"), storage.put(made.small, ".webp"), made.width, made.height, 1
    )
    return pictures.add(name, alternative, stored, is_decorative=not alternative, by=SYSTEM, now=NOW)


def town_document(
    app: Flask, slug: str = "reglement", *, first: date | None = date(2026, 9, 1), **values: Any
) -> models.TownDocument:
    row = models.TownDocument(
        slug=slug,
        title=values.pop("title", f"Document {slug}"),
        category=values.pop("category", DocumentCategory.RULES),
        first_day=first,
        **values,
    )
    db.session.add(row)
    replaced(app, row, files.pdf(slug))
    return row


def replaced(app: Flask, row: models.TownDocument, content: bytes) -> models.TownDocumentVersion:
    key = app.extensions["storage"].put(content, ".pdf")
    return town_documents.put_online(row, content, key, by=SYSTEM, now=NOW)


def menu(day: date, *dishes: models.Dish, published: bool = True, **values: Any) -> models.Menu:
    row = models.Menu(day=day, is_published=published, dishes=list(dishes), **values)
    db.session.add(row)
    db.session.flush()
    return row


def dish(name: str, course: Course = Course.MAIN, **values: Any) -> models.Dish:
    return models.Dish(name=name, course=course, position=list(Course).index(course), **values)
