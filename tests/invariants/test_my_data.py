"""« Mes données » tells every table about people, or says why not: a new table cannot be forgotten."""

from __future__ import annotations

import models
from extensions import db
from operations.my_data import LEFT_OUT, tables_told

PEOPLE = {"account", "family", "guardian", "child"}
assert models.Account.__tablename__ in PEOPLE


def about_people() -> set[str]:
    """The tables of facts that name a family, an adult or a child."""
    return PEOPLE | {
        mapper.local_table.name
        for mapper in db.Model.registry.mappers
        for key in mapper.local_table.foreign_keys
        if key.column.table.name in PEOPLE - {"account"}
    }


def test_every_table_about_people_is_told_or_left_out_for_a_reason() -> None:
    told, left_out = set(tables_told()), set(LEFT_OUT)
    assert not about_people() - told - left_out
    assert not told & left_out
    assert all(LEFT_OUT.values())
    assert told | left_out <= set(db.metadata.tables), "a table that no longer exists"
