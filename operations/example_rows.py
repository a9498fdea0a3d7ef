"""The examples kept beside the configuration, as rows and as the file of the commune writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations.commune_yaml import Unreadable, parse, plain_of
from rules.file_nodes import Node
from rules.folding import fold


def stored() -> list[models.ConfigurationExample]:
    """In the order that staff gave."""
    table = models.ConfigurationExample
    return list(db.session.scalars(sa.select(table).order_by(table.position, table.id)))


def told() -> list[dict[str, Any]]:
    """The examples as the file of the commune writes them."""
    written = []
    for row in stored():
        try:
            body = plain_of(parse(row.body))
        except Unreadable:
            continue
        if isinstance(body, dict):
            written.append(
                {"nom": row.name} | {key: each for key, each in body.items() if fold(key) != "nom"}
            )
    return written


def named(nodes: Sequence[Node]) -> dict[str, dict[str, Any]]:
    """The examples of a file by name, each with its body; a name given twice is numbered."""
    found: dict[str, dict[str, Any]] = {}
    for place, node in enumerate(nodes, start=1):
        plain = plain_of(node)
        assert isinstance(plain, dict)
        names = [each for key, each in plain.items() if fold(key) == "nom"]
        name = str(names[0]) if names else f"Exemple {place}"
        while name in found:
            name = f"{name} ({place})"
        found[name] = _without_name(plain)
    return found


def _without_name(body: dict[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in body.items() if fold(key) != "nom"}


def same_body(row: models.ConfigurationExample, body: dict[str, Any]) -> bool:
    try:
        return bool(plain_of(parse(row.body)) == body)
    except Unreadable:
        return False
